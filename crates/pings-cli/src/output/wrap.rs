//! Wrapping of styled text.

use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::untrusted::style;

/// The end of a style.
const RESET: &str = "\u{1b}[0m";

/// Returns the number of columns of a text on a terminal. Styles take none.
pub(super) fn width(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().width()
}

/// Breaks a text into lines that are not wider than the limit, at spaces where possible. Each line
/// has the styles of its part of the text.
pub(super) fn wrapped(text: &str, limit: usize) -> Vec<String> {
    if width(text) <= limit {
        return vec![text.to_owned()];
    }
    let (styles, letters) = letters(text);
    let lines = ranges(&letters, limit).into_iter();
    lines
        .map(|line| with_styles(&letters[line], &styles))
        .collect()
}

/// A character, and the place of its style in a list.
struct Letter {
    character: char,
    style: usize,
}

/// Returns the styles of a text and its characters. The first style is empty.
fn letters(text: &str) -> (Vec<String>, Vec<Letter>) {
    let mut styles = vec![String::new()];
    let mut letters = Vec::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let taken = match style(rest) {
            0 => {
                let style = styles.len() - 1;
                letters.push(Letter { character, style });
                character.len_utf8()
            }
            length => {
                let codes = &rest[..length];
                // A style adds to the one before it.
                let before = styles.last().map_or("", String::as_str);
                styles.push(match codes {
                    RESET | "\u{1b}[m" => String::new(),
                    codes => format!("{before}{codes}"),
                });
                length
            }
        };
        rest = &rest[taken..];
    }
    (styles, letters)
}

/// Returns the lines as ranges, without the spaces at which they were broken.
fn ranges(letters: &[Letter], limit: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let (mut start, mut columns) = (0, 0);
    let mut space: Option<usize> = None;
    for (place, letter) in letters.iter().enumerate() {
        let of_letter = letter.character.width().unwrap_or(0);
        if letter.character == ' ' {
            space = Some(place);
        } else if columns + of_letter > limit && place > start {
            let space = space.take().filter(|space| *space > start);
            let (end, next) = space.map_or((place, place), |space| (space, space + 1));
            lines.push(start..end);
            start = next;
            let begun = letters[start..place].iter();
            columns = begun.map(|it| it.character.width().unwrap_or(0)).sum();
        }
        columns += of_letter;
    }
    lines.push(start..letters.len());
    lines
}

/// Returns characters with their styles.
fn with_styles(letters: &[Letter], styles: &[String]) -> String {
    let mut line = String::new();
    let mut current = "";
    for letter in letters {
        let style = styles[letter.style].as_str();
        if style != current {
            if !current.is_empty() {
                line.push_str(RESET);
            }
            line.push_str(style);
            current = style;
        }
        line.push(letter.character);
    }
    if !current.is_empty() {
        line.push_str(RESET);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::{width, wrapped};
    use crate::output::{BOLD, styled};

    #[test]
    fn lines_are_broken_at_spaces() {
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 13), ["one two three"]);
        assert_eq!(wrapped("", 3), [""]);
    }

    #[test]
    fn a_word_that_is_too_long_is_broken() {
        assert_eq!(wrapped("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrapped("日本語", 3), ["日", "本", "語"]);
        assert_eq!(wrapped("日本", 1), ["日", "本"]);
        assert_eq!(wrapped(" abcd", 3), [" ab", "cd"]);
    }

    #[test]
    fn each_line_has_its_style_and_ends_it() {
        let text = format!("a {} d", styled(BOLD, "bb ccc"));
        let lines = wrapped(&text, 5);
        assert_eq!(
            lines,
            [
                format!("a {}", styled(BOLD, "bb")),
                format!("{} d", styled(BOLD, "ccc")),
            ]
        );
        assert!(lines.iter().all(|line| width(line) <= 5));
    }
}
