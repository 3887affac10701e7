//! The numbers in the version of a build.

use std::str::Split;

/// Returns the numbers at the start of the version of a build, without the suffix. If the text has
/// another form, a part is not a number.
pub(super) fn parts(text: &str) -> Split<'_, char> {
    let text = text.trim_ascii();
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    // The epoch 0 of PEP 440 is the default.
    let text = text.strip_prefix("0!").unwrap_or(text);
    if let Some(date) = date(text) {
        return date.split('-');
    }
    let dotted = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (numbers, suffix) = text.split_at(dotted.unwrap_or(text.len()));
    // The suffix may follow a dot: `1.0.dev3`, `4.2.1.Final`.
    let numbers = match numbers.strip_suffix('.') {
        Some(before) if is_word(suffix) => before,
        Some(_) => numbers,
        None if begins_suffix(numbers, suffix) => numbers,
        None => text,
    };
    numbers.split('.')
}

/// Returns the date at the start of a calendar version such as `2024-01-15`.
fn date(text: &str) -> Option<&str> {
    let date = text.get(.."2024-01-15".len())?;
    let is_date = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let goes_on = text[date.len()..].starts_with(|c: char| c.is_ascii_digit());
    (is_date && !goes_on).then_some(date)
}

/// Returns whether a text after a dot starts with a word. The placeholder in `3.x` is not a word.
fn is_word(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric());
    let word = &text[..end.unwrap_or(text.len())];
    word.starts_with(|c: char| c.is_ascii_alphabetic()) && !word.eq_ignore_ascii_case("x")
}

/// Returns whether a suffix may follow the numbers without a dot.
fn begins_suffix(numbers: &str, suffix: &str) -> bool {
    match suffix.chars().next() {
        None | Some('-' | '+' | '~') => true,
        // After a single number, the text is rather a hash or a name: `7f3a9c1`.
        Some(c) => numbers.contains('.') && (c.is_ascii_alphabetic() || c == '_'),
    }
}
