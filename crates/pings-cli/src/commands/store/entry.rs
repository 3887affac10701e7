//! What commands that show weeks share: the choice of weeks, the names of entries, and CSV.

use std::path::Path;

use pings_model::{Period, Span, UnknownValue};
use pings_payload::Week;
use time::OffsetDateTime;

use crate::failure::Failure;

/// Returns the last week to show, which must have started.
pub(super) fn until(text: Option<&str>) -> Result<Option<Week>, Failure> {
    let until: Option<Week> = text.map(str::parse).transpose()?;
    match until.filter(|week| week.start() > OffsetDateTime::now_utc()) {
        Some(week) => Err(Failure::Input(format!("{week} has not started"))),
        None => Ok(until),
    }
}

/// Returns the name of an entry: its week, its day, its month, or the last day of its four weeks or of
/// all time.
pub(super) fn name(week: Week, window: Span) -> String {
    let start = window.start().date();
    match window.period() {
        Period::Week | Period::WeekFromSaturday | Period::WeekFromSunday => week.to_string(),
        Period::Day => start.to_string(),
        period @ (Period::Days28 | Period::AllTime) => {
            let last = week.end().date().previous_day().unwrap_or(start);
            format!("{} to {last}", self::period(period))
        }
        Period::Month => format!("{:04}-{:02}", start.year(), u8::from(start.month())),
    }
}

/// Returns the window of the values, if one is chosen.
pub(super) fn window(window: Option<&str>) -> Result<Option<Period>, Failure> {
    let window = window.map(str::parse).transpose();
    window.map_err(|error: UnknownValue| Failure::Input(error.to_string()))
}

/// Checks that a picture's file name ends in `.svg`, because pictures are SVG.
pub(super) fn check_picture(path: &Path) -> Result<(), Failure> {
    let is_svg = path
        .extension()
        .is_some_and(|it| it.eq_ignore_ascii_case("svg"));
    if is_svg {
        return Ok(());
    }
    Err(Failure::Input(format!(
        "`--plot {}` does not end in .svg, the only supported format\nhelp: use --plot {}",
        path.display(),
        path.with_extension("svg").display()
    )))
}

/// Returns a window in words.
pub(super) fn period(window: Period) -> &'static str {
    match window {
        Period::Day => "day",
        Period::Week => "week",
        Period::WeekFromSaturday => "week from Saturday",
        Period::WeekFromSunday => "week from Sunday",
        Period::Days28 => "28 days",
        Period::Month => "month",
        Period::AllTime => "all time",
    }
}

/// Returns the failure for a store without payloads of a registry.
pub(super) fn no_payloads(registry: &str) -> Failure {
    Failure::Input(format!(
        "the store has no payloads of {registry} in these weeks\nhelp: receive payloads with `pings store serve`, or read them from files with `pings store import`"
    ))
}

/// Returns lines as CSV, without a trailing line break.
pub(super) fn csv(lines: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        // Writing to memory cannot fail.
        let _ = writer.write_record(line);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    text.trim_end_matches('\n').to_owned()
}
