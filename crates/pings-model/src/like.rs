//! Patterns of `LIKE`.

/// A piece of a `LIKE` pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LikePiece {
    /// `%`: any text, including the empty text.
    AnyText,
    /// `_`: any one character.
    AnyCharacter,
    /// A literal text.
    Text(String),
}

impl LikePiece {
    /// Returns the piece as `LIKE` writes it, with `\` as the escape character.
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Self::AnyText => "%".to_owned(),
            Self::AnyCharacter => "_".to_owned(),
            Self::Text(text) => text
                .replace('\\', r"\\")
                .replace('%', r"\%")
                .replace('_', r"\_"),
        }
    }

    /// Returns whether a text matches a pattern. Upper and lower case differ.
    #[must_use]
    pub fn matches(pattern: &[Self], text: &str) -> bool {
        // The pattern as one step for each character; `None` is any text.
        let steps: Vec<Option<Option<char>>> = pattern
            .iter()
            .flat_map(|piece| match piece {
                Self::AnyText => vec![None],
                Self::AnyCharacter => vec![Some(None)],
                Self::Text(text) => text.chars().map(|c| Some(Some(c))).collect(),
            })
            .collect();
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut step) = (0, 0);
        // The step after the last "any text", and the place that it reaches.
        let mut back: Option<(usize, usize)> = None;
        while at < text.len() {
            match steps.get(step) {
                Some(None) => {
                    step += 1;
                    back = Some((step, at));
                }
                Some(Some(wanted)) if wanted.is_none_or(|wanted| wanted == text[at]) => {
                    step += 1;
                    at += 1;
                }
                _ => {
                    let Some((after, reached)) = back else {
                        return false;
                    };
                    step = after;
                    at = reached + 1;
                    back = Some((after, at));
                }
            }
        }
        steps.iter().skip(step).all(Option::is_none)
    }
}

#[cfg(test)]
mod tests {
    use super::LikePiece::{self, AnyCharacter, AnyText};

    #[test]
    fn texts_match_patterns() {
        let text = |text: &str| LikePiece::Text(text.to_owned());
        for (pattern, matching, other) in [
            (vec![], vec![""], vec!["a"]),
            (vec![AnyText], vec!["", "ab"], vec![]),
            (
                vec![text("a"), AnyText],
                vec!["a", "ab"],
                vec!["", "A", "ba"],
            ),
            (
                vec![AnyText, text("ab")],
                vec!["ab", "aab", "abab"],
                vec!["aba"],
            ),
            (
                vec![AnyText, text("a"), AnyCharacter, AnyText, text("é")],
                vec!["abé", "aabé", "xaaéé"],
                vec!["aé", "abe"],
            ),
        ] {
            for found in matching {
                assert!(LikePiece::matches(&pattern, found), "{pattern:?} {found}");
            }
            for other in other {
                assert!(!LikePiece::matches(&pattern, other), "{pattern:?} {other}");
            }
        }
    }

    #[test]
    fn literal_texts_are_escaped() {
        assert_eq!(LikePiece::Text(r"50%_\".to_owned()).written(), r"50\%\_\\");
    }
}
