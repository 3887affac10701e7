//! The names of the entries of answers.

use pings_model::{Period, Span};
use pings_payload::Week;

/// Returns the name of an entry: its week, its day, its month, or the last day of its four weeks or
/// of all time.
#[must_use]
pub fn entry_name(week: Week, window: Span) -> String {
    let start = window.start().date();
    match window.period() {
        Period::Week | Period::WeekFromSaturday | Period::WeekFromSunday => week.to_string(),
        Period::Day => start.to_string(),
        period @ (Period::Days28 | Period::AllTime) => {
            let last = week.end().date().previous_day().unwrap_or(start);
            let words = if period == Period::Days28 {
                "28 days"
            } else {
                "all time"
            };
            format!("{words} to {last}")
        }
        Period::Month => format!("{:04}-{:02}", start.year(), u8::from(start.month())),
    }
}
