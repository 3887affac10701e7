//! What commands that show weeks share: the choice of weeks, the names of entries, and CSV.

use std::path::Path;

use pings_model::{Period, UnknownValue};
use pings_payload::Week;
use pings_store::UsagePeriod;
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime};

use crate::failure::Failure;
use crate::output;

/// Returns the last week to show, which must have started.
pub(super) fn until(text: Option<&str>) -> Result<Option<Week>, Failure> {
    let until: Option<Week> = text.map(str::parse).transpose()?;
    match until.filter(|week| week.start() > OffsetDateTime::now_utc()) {
        Some(week) => Err(Failure::Input(format!("{week} has not started"))),
        None => Ok(until),
    }
}

/// Returns the end of a day such as `2026-04-01`, in UTC.
pub(super) fn end_of_day(text: &str) -> Result<OffsetDateTime, Failure> {
    let day = Date::parse(text, format_description!("[year]-[month]-[day]"));
    let day = day.map_err(|_| {
        let text = output::plain(text);
        Failure::Input(format!(
            "`{text}` is not a date\nhelp: write a date such as 2026-04-01"
        ))
    })?;
    match day > OffsetDateTime::now_utc().date() {
        true => Err(Failure::Input(format!("{day} is in the future"))),
        false => Ok(day.midnight().assume_utc() + Duration::DAY),
    }
}

pub(super) use pings_store::entry_name as name;

/// Returns the window of the values, if one is chosen.
pub(super) fn window(window: Option<&str>) -> Result<Option<Period>, Failure> {
    if window == Some("quarter") {
        let message = "a series has no quarters\nhelp: use `pings store usage CODE --window quarter`, which adds only what adds up";
        return Err(Failure::Input(message.to_owned()));
    }
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

/// Returns the period of time that a value covers, if one is chosen: a window or a quarter.
pub(super) fn usage_period(period: Option<&str>) -> Result<Option<UsagePeriod>, Failure> {
    match period {
        Some("quarter") => Ok(Some(UsagePeriod::Quarter)),
        other => Ok(window(other)?.map(UsagePeriod::Window)),
    }
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
