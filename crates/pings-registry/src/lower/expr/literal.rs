//! Literals and patterns.

use pings_model::{LikePiece, Literal, ValueType};

/// Parses a number, which is an integer if it contains only digits.
pub(super) fn number(digits: &str) -> Option<(Literal, ValueType)> {
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((Literal::Integer(digits.parse().ok()?), ValueType::Integer));
    }
    let finite = digits.parse::<f64>().is_ok_and(f64::is_finite);
    finite.then(|| (Literal::Number(digits.to_owned()), ValueType::Number))
}

/// Splits a LIKE pattern into pieces. A backslash escapes the next character.
pub(in crate::lower) fn like(pattern: &str) -> Vec<LikePiece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        let piece = match c {
            '%' => LikePiece::AnyText,
            '_' => LikePiece::AnyCharacter,
            '\\' => {
                text.push(chars.next().unwrap_or('\\'));
                continue;
            }
            _ => {
                text.push(c);
                continue;
            }
        };
        if !text.is_empty() {
            pieces.push(LikePiece::Text(std::mem::take(&mut text)));
        }
        pieces.push(piece);
    }
    if !text.is_empty() {
        pieces.push(LikePiece::Text(text));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::{LikePiece, like};

    #[test]
    fn a_pattern_is_taken_apart_once() {
        let text = |text: &str| LikePiece::Text(text.to_owned());
        assert_eq!(
            like("a%b_"),
            [
                text("a"),
                LikePiece::AnyText,
                text("b"),
                LikePiece::AnyCharacter
            ]
        );
        assert_eq!(like(r"100\%"), [text("100%")]);
        assert_eq!(like(r"\"), [text(r"\")]);
        assert_eq!(like(""), []);
    }
}
