//! Rust code: items, doc comments and string literals.

use proc_macro2::TokenStream;
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

/// Returns an enum of declared texts. `place` completes the sentence "Returns the text …".
pub(crate) fn text_enum(
    name: &proc_macro2::Ident,
    variants: &[String],
    texts: &[&str],
    place: &str,
) -> TokenStream {
    let variants: Vec<_> = variants.iter().map(|it| format_ident!("{it}")).collect();
    let variant_docs = texts.iter().map(|text| match markdown::code(text) {
        text if text.is_empty() => doc_attributes(&["An empty text.".to_owned()]),
        text => doc_attributes(&[text]),
    });
    let as_str = doc_attributes(&[format!("Returns the text {place}.")]);
    quote! {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum #name { #(#variant_docs #variants),* }

        impl #name {
            /// All values, in registry order.
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];
            /// The text of each value.
            pub(crate) const TEXTS: &'static [&'static str] = &[#(#texts),*];

            #as_str
            #[must_use]
            pub fn as_str(self) -> &'static str {
                Self::TEXTS[self as usize]
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
    use super::{doc, string};

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
