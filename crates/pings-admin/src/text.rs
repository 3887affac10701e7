//! Times, numbers and names as text.

use maud::{Markup, html};
use pings_model::{Period, Span};
use pings_payload::{Week, rfc3339};
use pings_runtime::parse_time;
use serde_json::Number;
use time::{Date, OffsetDateTime, UtcOffset};

/// Returns a time in UTC, to the minute.
pub(crate) fn at(moment: OffsetDateTime) -> Markup {
    let utc = moment.to_offset(UtcOffset::UTC);
    html! {
        time datetime=(rfc3339(utc)) {
            (day(utc.date())) " " (format!("{:02}:{:02}", utc.hour(), utc.minute())) " UTC"
        }
    }
}

/// Returns a time that the database has as text.
pub(crate) fn at_text(text: &str) -> Markup {
    match parse_time(text) {
        Some(moment) => at(moment),
        None => html! { (text) },
    }
}

/// Returns a date with its weekday.
pub(crate) fn day(date: Date) -> String {
    let weekday = date.weekday().to_string();
    format!("{} {date}", weekday.get(..3).unwrap_or(&weekday))
}

/// Returns a week with its first and last day.
pub(crate) fn week(week: Week) -> String {
    let last = week.end().date().previous_day().unwrap_or(Date::MAX);
    format!("{week}, {} to {}", day(week.start().date()), day(last))
}

/// Returns a window with its first day.
pub(crate) fn window(span: &Span) -> String {
    let start = span.start().date();
    match span.period() {
        Period::Day => day(start),
        Period::Days28 => format!("28 days from {start}"),
        Period::Month => format!("{} {}", start.month(), start.year()),
        Period::AllTime => format!("All time from {start}"),
        _ => format!("Week from {start}"),
    }
}

/// Returns a number of things.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{} {many}", grouped(&count.to_string())),
    }
}

/// Returns a measured number. A missing number is a dash.
pub(crate) fn number(number: Option<&Number>) -> String {
    let Some(number) = number else {
        return "–".to_owned();
    };
    match (number.as_i64(), number.as_f64()) {
        (Some(whole), _) => grouped(&whole.to_string()),
        (None, Some(number)) if number.abs() < 1e15 => {
            let text = format!("{number:.2}");
            let text = text.trim_end_matches('0').trim_end_matches('.');
            match text.split_once('.') {
                Some((whole, fraction)) => format!("{}.{fraction}", grouped(whole)),
                None => grouped(text),
            }
        }
        _ => number.to_string(),
    }
}

/// Puts commas between groups of three digits.
pub(crate) fn grouped(digits: &str) -> String {
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

/// Returns text in one line, without control characters and marks that change the direction.
pub(crate) fn plain(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control() && !c.is_whitespace()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let visible: String = text.chars().filter(|c| !is_hidden(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{number, plain};

    #[test]
    fn numbers_have_groups_of_digits() {
        let shown = |text: &str| number(Some(&text.parse().expect("a number")));
        assert_eq!(shown("1234567"), "1,234,567");
        assert_eq!(shown("-1234.5"), "-1,234.5");
        assert_eq!(shown("2.999"), "3");
        assert_eq!(number(None), "–");
    }

    #[test]
    fn text_cannot_change_its_direction() {
        assert_eq!(plain("a\u{202e}b\n\u{0}c"), "ab c");
    }
}
