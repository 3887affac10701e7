//! Keeps the days of the event log up to date, and looks them up.

use pings_database::{Mode, Result, Transaction};
use pings_sql::{Dialect, EventLog};

use super::sightings::STRETCH;
use super::{Progress, Reporter};
use crate::event_log::{Days, days, has_plain_times, pruned_before};
use crate::running::{capture_codes, counts_any_name, logged_names};

impl Reporter<'_> {
    /// Adds the rows that came since the last call to the kept days.
    pub(super) async fn keep_days(
        &self,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<()> {
        let lock = match self.log.dialect() {
            Dialect::Postgres => " FOR UPDATE",
            Dialect::Sqlite => "",
        };
        let mut tx = self.log.begin(Mode::Read).await?;
        let known = days::progress(&mut tx, "").await?;
        tx.rollback().await?;
        let Some([read_to, last]) = known else {
            return Ok(());
        };
        let to = self.last_settled().await?;
        if (to..=last).contains(&read_to) {
            return Ok(());
        }
        loop {
            let mut tx = self.log.begin(Mode::Write).await?;
            let Some([mut read_to, last]) = days::progress(&mut tx, lock).await? else {
                return Ok(());
            };
            // Rows of a table that was emptied may reuse earlier ids.
            if last < read_to {
                days::restart(&mut tx).await?;
                read_to = 0;
            }
            if read_to >= to {
                tx.commit().await?;
                return Ok(());
            }
            let next = to.min(read_to + STRETCH);
            days::add(&mut tx, read_to, next).await?;
            tx.commit().await?;
            progress(Progress::Reading {
                done: next.unsigned_abs(),
                total: last.unsigned_abs(),
            });
        }
    }

    /// Returns the properties of the event log between two instants that queries depend on, and its
    /// days, if they are kept and have all that a report needs.
    pub(crate) async fn known_near(
        &self,
        tx: &mut Transaction,
        borders: &[String; 2],
    ) -> Result<(EventLog, Option<Days>)> {
        let counts_any_name = counts_any_name(self.registry);
        let names = logged_names(self.registry);
        let named = (!counts_any_name).then_some(names.as_slice());
        let captures: Vec<&str> = capture_codes(self.registry).collect();
        let [start, _] = borders;
        // The days of removed rows are not known.
        let days = match pruned_before(tx).await? {
            Some(before) if before > *start => None,
            _ => Days::near(tx, named, &captures, borders).await?,
        };
        let is_plain = match &days {
            Some(days) => days.is_plain,
            // The names that are not in the registry are not looked up, so each of their rows is checked.
            None => !counts_any_name && has_plain_times(tx, &names, borders).await?,
        };
        let log = EventLog {
            has_plain_times: is_plain && self.log.dialect() == Dialect::Sqlite,
            ..self.event_log()
        };
        Ok((log, days.filter(|days| days.is_plain)))
    }
}
