//! Removes old rows in small transactions, so that writers never wait long. Partitions of whole months
//! are dropped.

use pings_model::ValueType;
use pings_sql::Dialect;
use time::OffsetDateTime;

use super::names::names;
use super::partitions::{self, Partition};
use super::{EventLog, daily, days};
use pings_database::{Bind, Cell, Mode};
use pings_database::{Error, Result};
use pings_payload::rfc3339;

/// The number of rows that are removed in one transaction.
pub(crate) const FEW: i64 = 5_000;

/// The result of pruning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// The number of rows that were removed from the event log.
    pub rows: u64,
}

impl EventLog {
    /// Removes all rows that were logged before the given time. After each transaction, `progress`
    /// receives the number of rows removed so far.
    ///
    /// Weeks that lose rows can no longer be reported. First-time users stay correct if the report
    /// counted them before: see [`Reporter::catch_up`](crate::Reporter::catch_up).
    ///
    /// # Errors
    ///
    /// Returns an error if totals of all time are kept, because they would lose the removed rows: use
    /// [`Reporter::prune`](crate::Reporter::prune). Returns an error if the database fails. Rows that
    /// were removed before the failure stay removed.
    pub async fn prune(
        &self,
        before: OffsetDateTime,
        mut progress: impl FnMut(u64),
    ) -> Result<Pruned> {
        self.refuse_totals().await?;
        let before = rfc3339(before);
        let mut pruned = Pruned::default();
        // Recorded before the first row is removed, so that a partly pruned week is never taken for
        // a complete one.
        self.note_pruned(&before).await?;
        for partition in self.partitions_before(&before).await? {
            let mut tx = self.begin(Mode::Write).await?;
            partition.lock(&mut tx).await?;
            pruned.rows += partition.drop(&mut tx).await?;
            days::move_back(&mut tx).await?;
            tx.commit().await?;
            progress(pruned.rows);
        }
        let oldest = oldest(self.dialect());
        let removal = format!("DELETE FROM event_logs WHERE id IN ({oldest})");
        for name in self.names().await? {
            loop {
                let mut tx = self.begin(Mode::Write).await?;
                let binds = [Bind::Text(&name), Bind::Text(&before), Bind::Integer(FEW)];
                let removed = tx.run(&removal, &binds).await?;
                days::move_back(&mut tx).await?;
                tx.commit().await?;
                if removed == 0 {
                    break;
                }
                pruned.rows += removed;
                progress(pruned.rows);
            }
        }
        self.forget_pruned(&before).await?;
        Ok(pruned)
    }

    /// Returns the partitions that only have rows from before a time.
    pub(crate) async fn partitions_before(&self, before: &str) -> Result<Vec<Partition>> {
        let mut tx = self.begin(Mode::Read).await?;
        let all = partitions::before(&mut tx, before).await?;
        tx.rollback().await?;
        Ok(all)
    }

    /// Returns an error if totals of all time are kept.
    async fn refuse_totals(&self) -> Result<()> {
        let mut tx = self.begin(Mode::Read).await?;
        let sql = "SELECT min(code) FROM pings_totals WHERE code NOT LIKE '%/' AND code NOT LIKE '%@days'";
        let code = tx.value(sql, &[], ValueType::Text).await?;
        tx.rollback().await?;
        match code.as_ref().and_then(Cell::text) {
            None => Ok(()),
            Some(code) => Err(Error::input(format!(
                "the total of {code} for all time would lose the events that it has not counted\n\
                 help: prune with the registry: `Reporter::prune`"
            ))),
        }
    }

    /// Removes the ids of imported lines that were logged before a time, and what is kept of the days
    /// before it.
    pub(crate) async fn forget_pruned(&self, before: &str) -> Result<()> {
        let mut tx = self.begin(Mode::Write).await?;
        tx.run(
            match self.dialect() {
                Dialect::Sqlite => "DELETE FROM pings_imports WHERE logged_at < $1",
                Dialect::Postgres => {
                    "DELETE FROM pings_imports WHERE logged_at < $1::text::timestamptz"
                }
            },
            &[Bind::Text(before)],
        )
        .await?;
        days::forget(&mut tx, before).await?;
        daily::forget_before(&mut tx, before).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Records that the rows before a time are removed.
    pub(crate) async fn note_pruned(&self, before: &str) -> Result<()> {
        let mut tx = self.begin(Mode::Write).await?;
        tx.run(
            match self.dialect() {
                Dialect::Sqlite => {
                    "INSERT INTO pings_pruned (before) VALUES ($1) ON CONFLICT DO NOTHING"
                }
                Dialect::Postgres => {
                    "INSERT INTO pings_pruned (before) VALUES ($1::text::timestamptz) \
                     ON CONFLICT DO NOTHING"
                }
            },
            &[Bind::Text(before)],
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Returns the distinct names in the event log.
    pub(crate) async fn names(&self) -> Result<Vec<String>> {
        let mut tx = self.begin(Mode::Read).await?;
        let names = names(&mut tx).await?;
        tx.rollback().await?;
        Ok(names)
    }
}

/// Returns the query for the ids of the oldest rows with a name, which the index finds directly. The
/// parameters are the name, the time before which rows are selected, and their number.
pub(crate) fn oldest(dialect: Dialect) -> &'static str {
    match dialect {
        // SQLite stores a time as text, and the text of a time sorts after the text of its date.
        Dialect::Sqlite => {
            "SELECT id FROM event_logs \
             WHERE name = $1 \
               AND timestamp < date($2, '+1 day') \
               AND strftime('%Y-%m-%d %H:%M:%f', timestamp, '+0 days') < strftime('%Y-%m-%d %H:%M:%f', $2) \
             ORDER BY timestamp LIMIT $3"
        }
        Dialect::Postgres => {
            "SELECT id::bigint FROM event_logs \
             WHERE name = $1 AND timestamp < $2::text::timestamptz \
             ORDER BY timestamp LIMIT $3"
        }
    }
}
