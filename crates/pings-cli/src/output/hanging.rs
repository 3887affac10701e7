//! Text that hangs from a heading.

use super::table::{NARROW, terminal_width};
use super::wrap::{width, wrapped};

/// The indentation of a text that does not fit next to its heading.
const INDENT: usize = 4;

/// Returns a heading followed by a text. On a terminal, the text is wrapped to its width and keeps
/// its left edge; if the heading leaves too little space, the text begins on the next line.
pub(crate) fn hanging(heading: &str, text: &str) -> String {
    hanging_within(heading, text, terminal_width())
}

fn hanging_within(heading: &str, text: &str, limit: Option<usize>) -> String {
    let Some(limit) = limit else {
        return format!("{heading}{text}").trim_end().to_owned();
    };
    let left = limit.saturating_sub(width(heading));
    let (mut lines, indent, space) = match left >= NARROW {
        true => (String::new(), width(heading), left),
        false => ("\n".to_owned(), INDENT, limit.saturating_sub(INDENT)),
    };
    let indent = " ".repeat(indent);
    let is_beside = lines.is_empty();
    for (place, line) in wrapped(text, space.max(1)).into_iter().enumerate() {
        match (place, is_beside) {
            (0, true) => {}
            (0, false) => lines.push_str(&indent),
            _ => {
                lines.push('\n');
                lines.push_str(&indent);
            }
        }
        lines.push_str(&line);
    }
    format!("{heading}{lines}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::hanging_within;

    #[test]
    fn a_text_keeps_its_left_edge() {
        let text = "one two three four five six seven";
        assert_eq!(
            hanging_within("head  ", text, Some(32)),
            "head  one two three four five\n      six seven"
        );
        assert_eq!(
            hanging_within("head  ", text, None),
            format!("head  {text}")
        );
        assert_eq!(hanging_within("head  ", "", Some(80)), "head");
    }

    #[test]
    fn a_text_moves_below_a_wide_heading() {
        assert_eq!(
            hanging_within("a wide heading", "one two three four five", Some(30)),
            "a wide heading\n    one two three four five"
        );
    }
}
