//! Rust code: items, doc comments and string literals.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::markdown;
use crate::text::one_line;

/// The maximum width of a line of a doc comment, including its marker and its indentation.
const WIDTH: usize = 92;

/// Formats items with prettyplease, with a blank line between them.
pub(crate) fn items(tokens: TokenStream) -> String {
    let Ok(file) = syn::parse2::<syn::File>(tokens.clone()) else {
        // Only a mistake in a template leads here. The compiler then reports its position.
        return tokens.to_string();
    };
    let mut out = String::new();
    let mut after_use = false;
    for item in file.items {
        let is_use = matches!(item, syn::Item::Use(_));
        let is_joined = after_use && is_use;
        if !out.is_empty() && !is_joined {
            out.push('\n');
        }
        after_use = is_use;
        out.push_str(&prettyplease::unparse(&syn::File {
            shebang: None,
            frontmatter: None,
            attrs: Vec::new(),
            items: vec![item],
        }));
    }
    out
}

/// The number of texts above which a text is looked up in their sorted places. Comparing with one
/// after the other is quicker for fewer texts.
const FEW_TEXTS: usize = 16;

/// Returns the expression for the texts of an enum. `support` is the crate or the module that has
/// the type `Texts`.
pub(crate) fn texts(texts: &[&str], support: &TokenStream) -> TokenStream {
    if texts.len() <= FEW_TEXTS {
        return quote!(#support::Texts::short(&[#(#texts),*]));
    }
    let mut sorted: Vec<usize> = (0..texts.len()).collect();
    sorted.sort_by_key(|place| texts[*place]);
    let sorted = sorted.into_iter().map(Literal::usize_unsuffixed);
    quote!(#support::Texts::long(&[#(#texts),*], &[#(#sorted),*]))
}

/// Returns an enum of declared texts. `place` completes the sentence "Returns the text …".
pub(crate) fn text_enum(
    name: &proc_macro2::Ident,
    variants: &[String],
    texts: &[&str],
    place: &str,
    support: &TokenStream,
) -> TokenStream {
    let variants: Vec<_> = variants.iter().map(|it| format_ident!("{it}")).collect();
    let variant_docs = texts.iter().map(|text| match markdown::code(text) {
        text if text.is_empty() => doc_attributes(&["An empty text.".to_owned()]),
        text => doc_attributes(&[text]),
    });
    let as_str = doc_attributes(&[format!("Returns the text {place}.")]);
    let texts = self::texts(texts, support);
    quote! {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum #name { #(#variant_docs #variants),* }

        impl #name {
            /// All values, in the order of their declaration.
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];
            /// The text of each value.
            pub(crate) const TEXTS: &'static #support::Texts = &#texts;

            #as_str
            #[must_use]
            pub fn as_str(self) -> &'static str {
                Self::TEXTS.text(self as usize)
            }
        }
    }
}

/// Returns a doc comment as attributes, one for each line. Each text becomes a paragraph.
pub(crate) fn doc_attributes(paragraphs: &[String]) -> TokenStream {
    let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
    let comment = doc("", &paragraphs);
    let lines = comment.lines();
    quote! { #(#[doc = #lines])* }
}

/// Returns a string literal.
pub(crate) fn string(text: &str) -> String {
    format!("{text:?}")
}

/// Returns the doc comment of an item. Each text becomes a paragraph, and its Markdown is shown
/// verbatim. Lines begin with `marker`, such as `    ///`.
pub(crate) fn doc(marker: &str, paragraphs: &[&str]) -> String {
    let mut out = String::new();
    for text in paragraphs {
        let text = one_line(text);
        if text.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push_str(marker);
            out.push('\n');
        }
        let text = markdown::guarded(&doc_text(&text));
        for line in wrapped(&text, WIDTH.saturating_sub(marker.len() + 1)) {
            out.push_str(marker);
            out.push(' ');
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

/// Escapes text so that rustdoc shows it verbatim: without links, HTML, or code that would run as a
/// test. Code between paired backticks is kept.
fn doc_text(text: &str) -> String {
    let mut out = String::new();
    for span in markdown::spans(text) {
        match span {
            markdown::Span::Code(code) => out.push_str(&markdown::code(code)),
            markdown::Span::Text(text) => out.push_str(&markdown::escaped(text)),
        }
    }
    out
}

/// Wraps text at a width where possible. A line begins only with a word that has no meaning in
/// Markdown.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let full = line.chars().count() + 1 + word.chars().count() > width;
        if full && !line.is_empty() && word.starts_with(char::is_alphabetic) {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::{Expr, Lit};

    use super::{FEW_TEXTS, doc, string, texts};

    /// Returns the literals of each argument of a call.
    fn literals(call: &Expr) -> Vec<Vec<String>> {
        fn text(expr: &Expr) -> String {
            match expr {
                Expr::Lit(lit) => match &lit.lit {
                    Lit::Str(text) => text.value(),
                    Lit::Int(number) => number.to_string(),
                    _ => String::new(),
                },
                _ => String::new(),
            }
        }
        let Expr::Call(call) = call else {
            return Vec::new();
        };
        let lists = call.args.iter().map(|argument| match argument {
            Expr::Reference(list) => match &*list.expr {
                Expr::Array(list) => list.elems.iter().map(text).collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        });
        lists.collect()
    }

    #[test]
    fn long_enums_have_the_places_of_their_sorted_texts() {
        let words: Vec<String> = (0..1_500_usize)
            .map(|number| format!("word {}", number * 7 % 1_500))
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let of = |words: &[&str]| literals(&syn::parse2(texts(words, &quote!(s))).unwrap());
        assert_eq!(of(&words[..FEW_TEXTS]), [&words[..FEW_TEXTS]]);

        let lists = of(&words);
        assert_eq!(lists[0], words);
        let found: Vec<&str> = lists[1]
            .iter()
            .map(|place| words[place.parse::<usize>().unwrap()])
            .collect();
        let mut sorted = words.clone();
        sorted.sort_unstable();
        assert_eq!(found, sorted);
    }

    #[test]
    fn docs_are_prose_to_rustdoc() {
        let hostile = "See [Vec] <script> `code [x]` `open\n\n    let x = 1;\n# no https://a.b";
        assert_eq!(
            doc("///", &[hostile, "", "    indented"]),
            "/// See \\[Vec\\] &lt;script> `code [x]` \\`open let x = 1; # no https&#58;//a.b\n\
             ///\n\
             /// indented\n"
        );
        assert_eq!(doc("//!", &["```"]), "//! \\`\\`\\`\n");
        assert_eq!(doc("//!", &["```rust\nx\n```"]), "//! `rust x`\n");
    }

    #[test]
    fn no_line_of_a_doc_begins_a_block() {
        let text = "word ".repeat(20) + "- not a list " + &"word ".repeat(30) + "1. neither # nor";
        for line in doc("///", &[&text]).lines() {
            assert!(line.starts_with("/// w"), "{line}");
        }
    }

    #[test]
    fn literals_show_what_would_reorder_them() {
        assert_eq!(string("a\"\\\n\u{202e}é"), r#""a\"\\\n\u{202e}é""#);
    }
}
