//! Detection of inline code.

/// A piece of a line of Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span<'a> {
    /// Text that is not code.
    Text(&'a str),
    /// Text between two runs of backticks of the same length.
    Code(&'a str),
}

/// Splits a line into spans. A run of backticks without a matching run is text.
pub(crate) fn spans(line: &str) -> Vec<Span<'_>> {
    let mut spans = Vec::new();
    let (mut text, mut at) = (0, 0);
    while let Some(found) = line[at..].find(['`', '\\']) {
        at += found;
        let rest = &line[at..];
        if let Some(escaped) = rest.strip_prefix('\\') {
            at += 1 + escaped.chars().next().map_or(0, char::len_utf8);
            continue;
        }
        match code_at(rest) {
            Some((code, length)) => {
                if text < at {
                    spans.push(Span::Text(&line[text..at]));
                }
                spans.push(Span::Code(code));
                at += length;
                text = at;
            }
            None => at += run(rest),
        }
    }
    if text < line.len() {
        spans.push(Span::Text(&line[text..]));
    }
    spans
}

/// Returns the code at the beginning of the text, with its length including the backticks.
pub(super) fn code_at(text: &str) -> Option<(&str, usize)> {
    let ticks = run(text);
    let length = closing(&text[ticks..], ticks).filter(|_| ticks > 0)?;
    let code = unpadded(&text[ticks..ticks + length]);
    Some((code, ticks + length + ticks))
}

/// Returns the number of backticks at the beginning of the text.
pub(super) fn run(text: &str) -> usize {
    text.bytes().take_while(|byte| *byte == b'`').count()
}

/// Returns the position of the next run of exactly that many backticks.
fn closing(text: &str, ticks: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        at += found;
        let here = run(&text[at..]);
        if here == ticks {
            return Some(at);
        }
        at += here;
    }
    None
}

/// Returns code without the space on either side that separates it from its backticks.
fn unpadded(code: &str) -> &str {
    code.strip_prefix(' ')
        .and_then(|code| code.strip_suffix(' '))
        .filter(|code| !code.trim().is_empty())
        .unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::Span::{Code, Text};
    use super::spans;

    #[test]
    fn code_is_what_equal_runs_of_backticks_hold() {
        assert_eq!(spans("a `b` c"), [Text("a "), Code("b"), Text(" c")]);
        assert_eq!(spans("`` a`b ``"), [Code("a`b")]);
        assert_eq!(spans("a ``` b"), [Text("a ``` b")]);
        assert_eq!(spans("`a ``b`"), [Code("a ``b")]);
        assert_eq!(spans(r"\`a` b`"), [Text(r"\`a"), Code(" b")]);
        assert_eq!(spans(r"`a\` b"), [Code(r"a\"), Text(" b")]);
        assert_eq!(spans("a\\"), [Text("a\\")]);
        assert_eq!(spans(""), []);
    }
}
