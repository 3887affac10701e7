//! Text from untrusted sources: names in payloads, values of events, answers, file names.
//!
//! All output passes [`steady`], which keeps only line breaks and the styles of this program. A
//! text from an untrusted source also passes [`plain`] before it becomes part of a message, so that
//! it cannot begin a new line.

use super::emoji;

/// Returns an untrusted text without characters that steer a terminal, hide text or break a line.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[push_safe(&mut plain, rest, c)..];
    }
    plain
}

/// Adds the character at the beginning of a text, or the emoji that begins with it. Returns the
/// length of what was read.
fn push_safe(safe: &mut String, text: &str, c: char) -> usize {
    let emoji = emoji::joined(text);
    match emoji {
        0 => safe.push(if steers(c) { '\u{fffd}' } else { c }),
        length => safe.push_str(&text[..length]),
    }
    emoji.max(c.len_utf8())
}

/// Returns lines of output without characters that steer a terminal, but with styles.
pub(crate) fn steady(text: &str) -> String {
    let mut steady = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let style = style(rest);
        let taken = match c {
            '\n' => {
                steady.push(c);
                1
            }
            '\t' => {
                steady.push(' ');
                1
            }
            '\u{1b}' if style > 0 => {
                steady.push_str(&rest[..style]);
                style
            }
            c => push_safe(&mut steady, rest, c),
        };
        rest = &rest[taken..];
    }
    steady
}

/// Returns a JSON text in which characters that steer a terminal are escaped.
pub(crate) fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        // Outside of a string, a control character is whitespace between values.
        match steers(c) && !matches!(c, '\n' | '\r' | '\t') {
            true => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    escaped.push_str(&format!("\\u{unit:04x}"));
                }
            }
            false => escaped.push(c),
        }
    }
    escaped
}

/// Returns a text as a CSV cell that spreadsheets do not interpret as a formula.
pub(crate) fn cell(text: &str) -> String {
    let cell = plain(text);
    // A text that begins with a tab or a line break is already safe.
    let is_formula = cell.trim_start().starts_with([
        '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}', '\u{fffd}',
    ]);
    match is_formula {
        true => format!("'{cell}"),
        false => cell,
    }
}

/// Returns whether a character steers a terminal, changes the direction of text, or is invisible.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Returns the length of the style at the beginning of a text, or 0. Only colours and weights
/// count, because other styles can hide text.
pub(super) fn style(text: &str) -> usize {
    let Some(parameters) = text.strip_prefix("\u{1b}[") else {
        return 0;
    };
    let digits = |c: char| c.is_ascii_digit() || c == ';';
    let end = parameters.find(|c| !digits(c)).unwrap_or(parameters.len());
    let is_style = |code: &str| {
        matches!(code.parse(), Ok(0..=4 | 22 | 30..=37 | 39 | 90..=97_u8)) || code.is_empty()
    };
    let is_colour_of_256 = parameters[..end].starts_with("38;5;");
    let is_ours = is_colour_of_256 || parameters[..end].split(';').all(is_style);
    match is_ours && parameters[end..].starts_with('m') && end <= 12 {
        true => end + 3,
        false => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::{cell, escaped, plain, steady};

    const HOSTILE: &str =
        "a\u{1b}]0;t\u{7}\u{1b}[2J\u{1b}[8m\u{9b}31m\u{202e}\u{200b}\r\u{7f}\u{0}\u{feff}é";

    #[test]
    fn no_text_steers_the_terminal() {
        assert_eq!(
            plain("a\u{1b}[31m\n\u{202e}b é"),
            "a\u{fffd}[31m\u{fffd}\u{fffd}b é"
        );
        for text in [plain(HOSTILE), steady(HOSTILE)] {
            assert!(!text.chars().any(super::steers), "{text:?}");
            assert!(text.starts_with('a') && text.ends_with('é'));
        }
    }

    #[test]
    fn an_emoji_of_several_characters_stays_whole() {
        for emoji in ["👩\u{200d}💻", "a 🏴\u{e0067}\u{e0062}\u{e007f} b"] {
            assert_eq!(plain(emoji), emoji);
            assert_eq!(steady(emoji), emoji);
        }
        assert_eq!(
            plain("a\u{200d}b👩\u{200d}\u{202e}"),
            "a\u{fffd}b👩\u{fffd}\u{fffd}"
        );
    }

    #[test]
    fn lines_and_styles_of_this_program_stay() {
        let ours = "\u{1b}[1m\u{1b}[31merror\u{1b}[0m: a\n  \u{1b}[1;38mb\u{1b}[0m";
        assert_eq!(
            steady(&ours.replace("1;38", "1;32")),
            ours.replace("1;38", "1;32")
        );
        assert_eq!(
            steady("\u{1b}[38;5;12ma\u{1b}[m"),
            "\u{1b}[38;5;12ma\u{1b}[m"
        );
        assert_eq!(steady("\u{1b}[7ma"), "\u{fffd}[7ma");
        assert_eq!(steady("\u{1b}[31"), "\u{fffd}[31");
        assert_eq!(steady("a\tb"), "a b");
    }

    #[test]
    fn json_stays_what_it_is() {
        let json = serde_json::json!({ "a": HOSTILE, "b\u{9b}": "\u{e0041}" });
        let text = format!("{json:#}");
        let shown = escaped(&text);
        assert_eq!(serde_json::from_str::<Json>(&shown).unwrap(), json);
        assert!(!shown.replace('\n', "").chars().any(super::steers));
    }

    #[test]
    fn no_cell_is_a_formula() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-2+3", "'-2+3"),
            ("@SUM(1)", "'@SUM(1)"),
            ("  =1", "'  =1"),
            ("\t=1", "'\u{fffd}=1"),
            ("\r\n=1", "'\u{fffd}\u{fffd}=1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(cell(text), written);
        }
    }
}
