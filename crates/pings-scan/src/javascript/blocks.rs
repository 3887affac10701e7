//! The parts of a file that are JavaScript or TypeScript.

use std::ops::Range;

use memchr::memmem;
use oxc_span::SourceType;

use crate::language::Syntax;
use crate::language::rule::Family;
use crate::lexer::is_word;

/// A part of a file that is JavaScript or TypeScript.
pub(super) struct Block {
    pub(super) range: Range<usize>,
    /// The types of source that the part may be, the most probable first.
    pub(super) types: Vec<SourceType>,
}

/// Returns the whole file if its language is JavaScript, or the scripts of a page.
pub(super) fn blocks(text: &[u8], path: &str, syntax: Syntax) -> Vec<Block> {
    match (syntax.family(), syntax.host) {
        (Family::JavaScript, None) if syntax.is_javascript() => vec![Block {
            range: 0..text.len(),
            types: by_path(path),
        }],
        (Family::Markup, Some(_)) => {
            let front = front_matter(text).filter(|_| path.ends_with(".astro"));
            let behind = front.as_ref().map_or(0, |front| front.range.end);
            front.into_iter().chain(scripts(text, behind)).collect()
        }
        _ => Vec::new(),
    }
}

/// Returns the types of source that a file may be, according to its extension.
fn by_path(path: &str) -> Vec<SourceType> {
    let module = SourceType::mjs().with_jsx(true);
    let script = SourceType::script().with_jsx(true);
    match SourceType::from_path(path) {
        Ok(kind) if kind.is_typescript_definition() => vec![kind],
        Ok(kind) if kind.is_typescript() && kind.is_jsx() => vec![kind],
        // `<T>x` is a cast without JSX.
        Ok(kind) if kind.is_typescript() => vec![kind, SourceType::tsx()],
        Ok(kind) => vec![kind, script, SourceType::tsx()],
        Err(_) => vec![module, script],
    }
}

/// Returns the code between two lines `---` at the beginning of a file.
fn front_matter(text: &[u8]) -> Option<Block> {
    let start = text.len() - text.trim_ascii_start().len();
    let rest = text[start..].strip_prefix(b"---")?;
    let end = memmem::find(rest, b"\n---")?;
    Some(Block {
        range: start + 3..start + 3 + end,
        types: vec![SourceType::ts(), SourceType::tsx()],
    })
}

/// Returns the content of each element `<script>` with JavaScript or TypeScript from a position on.
fn scripts(text: &[u8], from: usize) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut at = from;
    while let Some(open) = tag(text, at, b"<script") {
        let Some(length) = memchr::memchr(b'>', &text[open..]) else {
            break;
        };
        let start = open + length + 1;
        let head = text[open..start].to_ascii_lowercase();
        let Some(end) = tag(text, start, b"</script") else {
            break;
        };
        at = end;
        if let Some(types) = by_attributes(&head) {
            blocks.push(Block {
                range: start..end,
                types,
            });
        }
    }
    blocks
}

/// Returns the position of the next tag.
fn tag(text: &[u8], from: usize, name: &[u8]) -> Option<usize> {
    let is_tag = |at: &usize| {
        let rest = &text[*at..];
        let head = rest.get(..name.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(name))
            && !rest.get(name.len()).copied().is_some_and(is_word)
    };
    memchr::memchr_iter(b'<', &text[from..])
        .map(|at| from + at)
        .find(is_tag)
}

/// Returns the types of source for the opening tag of a script, or `None` if the element contains
/// something else, such as a template.
fn by_attributes(head: &[u8]) -> Option<Vec<SourceType>> {
    let has = |word: &str| memmem::find(head, word.as_bytes()).is_some();
    let is_other = has("type=") && !has("module") && !has("javascript") && !has("typescript");
    if is_other || head.ends_with(b"/>") {
        return None;
    }
    Some(vec![
        SourceType::ts(),
        SourceType::tsx(),
        SourceType::script().with_jsx(true),
    ])
}
