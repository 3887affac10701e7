//! Formatting of numbers.

use std::time::Duration;

use serde_json::Value as Json;

/// Formats a number with thousands separators: `12,345`, `3.14`. A missing number is a dash.
pub(crate) fn number(json: &Json) -> String {
    match (json.as_i64(), json.as_f64()) {
        (Some(whole), _) => grouped(&whole.to_string()),
        (None, Some(number)) if number.abs() < 1e15 => {
            let text = format!("{number:.2}");
            let text = text.trim_end_matches('0').trim_end_matches('.');
            let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
            let point = if fraction.is_empty() { "" } else { "." };
            format!("{}{point}{fraction}", grouped(whole))
        }
        (None, Some(number)) => format!("{number:e}"),
        (None, None) => "–".to_owned(),
    }
}

/// Formats a share: `82 %`, or `0.3 %` if it is small.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent != 0.0 && percent < 9.95 {
        true => format!("{percent:.1} %"),
        false => format!("{percent:.0} %"),
    }
}

fn grouped(digits: &str) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits),
    };
    let mut grouped = sign.to_owned();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Returns the display name of a measure: `p99_9` is shown as `p99.9`, all other names as they are.
pub(crate) fn measure(name: &str) -> String {
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let parts = name.strip_prefix('p').and_then(|it| it.split_once('_'));
    match parts {
        Some((whole, part)) if is_number(whole) && is_number(part) => format!("p{whole}.{part}"),
        _ => name.to_owned(),
    }
}

/// Formats the relative change of a number: `+12 %`, or `new` after a zero. The text is empty if
/// there is nothing to compare.
pub(crate) fn change(before: Option<f64>, now: Option<f64>) -> String {
    match (before, now) {
        (Some(before), Some(now)) if before > 0.0 => {
            let percent = (now / before - 1.0) * 100.0;
            match percent.round() {
                0.0 => "±0 %".to_owned(),
                rounded => format!("{rounded:+} %"),
            }
        }
        (Some(_), Some(now)) if now > 0.0 => "new".to_owned(),
        _ => String::new(),
    }
}

/// Formats a duration: `0.3 ms`, `12 s`.
pub(crate) fn seconds(took: Duration) -> String {
    match took.as_secs_f64() {
        long if long >= 10.0 => format!("{long:.0} s"),
        middle if middle >= 1.0 => format!("{middle:.1} s"),
        short => format!("{:.1} ms", short * 1e3),
    }
}

/// Returns a number with its noun: `1 row`, `2 rows`.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    let number = number(&count.into());
    match count {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{change, measure, number};

    #[test]
    fn thousands_stand_apart() {
        for (json, text) in [
            (json!(0), "0"),
            (json!(-1234), "-1,234"),
            (json!(1234567), "1,234,567"),
            (json!(2.0), "2"),
            (json!(1234.567), "1,234.57"),
            (json!(-0.5), "-0.5"),
            (json!(1e300), "1e300"),
            (json!(null), "–"),
        ] {
            assert_eq!(number(&json), text);
        }
    }

    #[test]
    fn a_percentile_has_a_point() {
        for (name, shown) in [
            ("p99_9", "p99.9"),
            ("p99", "p99"),
            ("p_9", "p_9"),
            ("unique_users", "unique_users"),
            ("pages_2", "pages_2"),
        ] {
            assert_eq!(measure(name), shown);
        }
    }

    #[test]
    fn changes_are_told_where_they_can_be() {
        assert_eq!(change(Some(100.0), Some(112.4)), "+12 %");
        assert_eq!(change(Some(100.0), Some(100.2)), "±0 %");
        assert_eq!(change(Some(0.0), Some(3.0)), "new");
        assert_eq!(change(None, Some(3.0)), "");
        assert_eq!(change(Some(4.0), Some(0.0)), "-100 %");
    }
}
