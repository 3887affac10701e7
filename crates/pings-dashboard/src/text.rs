//! Numbers and untrusted texts.

use pings_store::{number as json_number, thousands};
use serde_json::Value as Json;

/// Formats a number with thousands separators and at most two decimal places: `12,345`, `3.14`.
pub(crate) fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    if rounded.abs() >= 9e15 {
        return format!("{value:e}");
    }
    if rounded.fract() == 0.0 {
        return thousands(rounded as i64);
    }
    let text = format!("{:.2}", rounded.abs());
    let text = text.trim_end_matches('0');
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let sign = if rounded < 0.0 { "-" } else { "" };
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), thousands);
    format!("{sign}{whole}.{fraction}")
}

/// Formats a share: `82 %`, or `0.3 %` if it is small.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent != 0.0 && percent.abs() < 9.95 {
        true => format!("{percent:.1} %"),
        false => format!("{percent:.0} %"),
    }
}

/// Formats a relative change: `+12.3 %`.
pub(crate) fn change(change: f64) -> String {
    match (change * 1000.0).round() {
        0.0 => "±0 %".to_owned(),
        rounded => format!("{:+.1} %", rounded / 10.0),
    }
}

/// Returns the display name of a measure: `p99_9` is shown as `p99.9`, all other names as they are.
pub(crate) fn measure(name: &str) -> String {
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let parts = name.strip_prefix('p').and_then(|it| it.split_once('_'));
    match parts {
        Some((whole, part)) if is_number(whole) && is_number(part) => format!("p{whole}.{part}"),
        _ => plain(name),
    }
}

/// Returns the display name of a value of a dimension.
pub(crate) fn group(value: &Json) -> String {
    match value {
        Json::Null => "(none)".to_owned(),
        Json::String(text) if text == "@other" => "(other)".to_owned(),
        Json::String(text) => plain(text),
        Json::Number(step) => format!("step {step}"),
        other => plain(&other.to_string()),
    }
}

/// Returns an untrusted text without control characters and without characters that change the
/// direction of the text around them.
pub(crate) fn plain(text: &str) -> String {
    let is_unsafe = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let safe = text
        .chars()
        .map(|c| if is_unsafe(c) { '\u{fffd}' } else { c });
    safe.collect()
}

/// Returns a text as a cell of CSV that spreadsheets do not interpret as a formula.
pub(crate) fn cell(text: &str) -> String {
    let cell = plain(text);
    let is_formula = cell.trim_start().starts_with([
        '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}', '\u{fffd}',
    ]);
    match is_formula {
        true => format!("'{cell}"),
        false => cell,
    }
}

/// Returns a number for CSV.
pub(crate) fn raw(value: f64) -> String {
    json_number(value).to_string()
}

#[cfg(test)]
mod tests {
    use super::{cell, change, measure, number, percent, plain};

    #[test]
    fn numbers_are_readable() {
        for (value, text) in [
            (0.0, "0"),
            (-1234.0, "-1,234"),
            (1234.567, "1,234.57"),
            (-0.5, "-0.5"),
            (2.999, "3"),
            (1e300, "1e300"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!(
            (percent(0.003), percent(0.82)),
            ("0.3 %".into(), "82 %".into())
        );
        assert_eq!(
            (change(0.1234), change(0.0)),
            ("+12.3 %".into(), "±0 %".into())
        );
        assert_eq!(measure("p99_9"), "p99.9");
    }

    #[test]
    fn no_text_turns_its_neighbours_or_becomes_a_formula() {
        assert_eq!(plain("a\u{202e}b\nc"), "a\u{fffd}b\u{fffd}c");
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("a=1"), "a=1");
    }
}
