//! The windows of a ping, as words.

use std::collections::BTreeSet;

use pings_model::{Period, Ping};

/// Returns the windows of all metrics of a ping, the shortest first.
pub(super) fn all_windows(ping: &Ping) -> BTreeSet<Period> {
    let metrics = ping.metrics.iter();
    metrics.flat_map(|it| it.windows.iter().copied()).collect()
}

/// Returns windows as words: `day, week and 28 days`.
#[must_use]
pub fn windows<'p>(windows: impl IntoIterator<Item = &'p Period>) -> String {
    let words = windows.into_iter().map(|window| match window {
        Period::Day => "day",
        Period::Week => "week",
        Period::WeekFromSaturday => "week from Saturday",
        Period::WeekFromSunday => "week from Sunday",
        Period::Days28 => "28 days",
        Period::Month => "month",
        Period::AllTime => "all time",
    });
    let words: Vec<&str> = words.collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}
