//! Emoji that consist of several characters.

/// The character that joins emoji: the woman and the laptop of 👩‍💻.
const JOINER: char = '\u{200d}';

/// The flag that tags follow, as in the flag of Wales.
const FLAG: char = '\u{1f3f4}';

/// The tag that ends a flag.
const LAST_TAG: char = '\u{e007f}';

/// The maximum number of characters of a flag.
const LONGEST_FLAG: usize = 16;

/// Returns the length of the emoji at the beginning of a text if invisible characters are part of
/// it, and otherwise 0.
pub(super) fn joined(text: &str) -> usize {
    let mut length = element(text);
    if length == 0 {
        return 0;
    }
    if text.starts_with(FLAG)
        && let Some(end) = flag(text)
    {
        return end;
    }
    let mut is_joined = false;
    while let Some(rest) = text[length..].strip_prefix(JOINER) {
        match element(rest) {
            0 => break,
            next => length += JOINER.len_utf8() + next,
        }
        is_joined = true;
    }
    if is_joined { length } else { 0 }
}

/// Returns the length of a picture with its variant and color, or 0.
fn element(text: &str) -> usize {
    let mut chars = text.chars();
    let Some(picture) = chars.next().filter(|c| is_picture(*c)) else {
        return 0;
    };
    let is_modifier = |c: &char| matches!(c, '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
    let modifiers = chars.take(2).take_while(is_modifier).map(char::len_utf8);
    picture.len_utf8() + modifiers.sum::<usize>()
}

fn is_picture(c: char) -> bool {
    matches!(
        c,
        '\u{2190}'..='\u{21ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}'
    )
}

/// Returns the length of a flag with tags.
fn flag(text: &str) -> Option<usize> {
    let is_tag = |c: char| matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}');
    let mut tags = text.char_indices().skip(1).take(LONGEST_FLAG);
    let (last, end) = tags.find(|(_, c)| !is_tag(*c))?;
    (end == LAST_TAG && last > FLAG.len_utf8()).then(|| last + LAST_TAG.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn only_an_emoji_has_joiners_and_tags() {
        for emoji in [
            "👩\u{200d}💻",
            "👨\u{200d}👩\u{200d}👧\u{200d}👦",
            "❤\u{fe0f}\u{200d}🔥",
            "👩🏽\u{200d}🚀",
            "🏳\u{fe0f}\u{200d}⚧\u{fe0f}",
            "🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
        ] {
            assert_eq!(joined(emoji), emoji.len(), "{emoji}");
            assert_eq!(joined(&format!("{emoji} a")), emoji.len(), "{emoji}");
        }
        for text in [
            "",
            "a",
            "👩",
            "a\u{200d}b",
            "👩\u{200d}a",
            "👩\u{200d}\u{200d}💻",
            "\u{200d}👩",
            "👩\u{202e}\u{200d}💻",
            "🏴\u{e0067}\u{e0062}",
            "🏴\u{e007f}",
            "👩\u{e0067}\u{e007f}",
        ] {
            assert_eq!(joined(text), 0, "{text:?}");
        }
    }
}
