//! The versions that ran, and the first day that an instance knows.

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::{Period, ValueType, Version};
use pings_payload::Week;
use pings_sql::TotalRows;

use super::counted::Counted;
use super::kept::{self, stored_code};
use super::value::sums;
use crate::report::Reporter;

/// The versions that ran before the end of a week.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Each version, `None` if it cannot be parsed, with the first and the last day that has an event
    /// of it.
    versions: Vec<(Option<Version>, [String; 2])>,
}

impl Seen {
    /// Returns the first day that is known.
    pub(super) fn first_day(&self) -> Option<&str> {
        let days = self.versions.iter().map(|(_, [first, _])| first.as_str());
        days.min()
    }

    /// Returns the versions that ran on a day or later.
    pub(super) fn since(&self, day: &str) -> impl Iterator<Item = Option<Version>> {
        let versions = self.versions.iter();
        let later = versions.filter(move |(_, [_, last])| **last >= *day);
        later.map(|(version, _)| *version)
    }
}

impl Reporter<'_> {
    /// Returns the versions that ran before the end of a week.
    pub(super) async fn seen(&self, tx: &mut Transaction, week: Week) -> Result<Seen> {
        let mut seen = Seen::default();
        let form = self.registry.version_form();
        let counted = Counted::Versions;
        let code = stored_code(self.registry, counted);
        let [_, end] = week.borders();
        for kept in kept::of_code(tx, &code).await? {
            let query = counted.query(self.registry, self.event_log(), TotalRows::All);
            for sums in sums(tx, &kept, &query.text, &end[..10]).await? {
                let text = hex::decode(&sums.group).unwrap_or_default();
                let version = Version::of_build(&String::from_utf8_lossy(&text)).ok();
                let version = version.filter(|version| form.fits(*version));
                seen.versions.push((version, sums.days));
            }
        }
        let sql = "SELECT version, min(week), max(week) FROM pings_running \
                   WHERE week <= $1 GROUP BY version";
        let binds = [Bind::Text(&week.to_string())];
        for row in tx.rows(sql, &binds, &[ValueType::Text; 3]).await? {
            let Ok([Cell::Text(version), Cell::Text(first), Cell::Text(last)]) =
                <[Cell; 3]>::try_from(row)
            else {
                continue;
            };
            let (Ok(first), Ok(last)) = (first.parse::<Week>(), last.parse::<Week>()) else {
                continue;
            };
            let last = Period::Day.spans(last).pop().unwrap_or(last.into());
            let days = [first.borders(), last.borders()];
            let days = days.map(|[start, _]| start[..10].to_owned());
            let version = version.parse().ok().filter(|it| form.fits(*it));
            if version.is_some() {
                seen.versions.push((version, days));
            }
        }
        Ok(seen)
    }
}
