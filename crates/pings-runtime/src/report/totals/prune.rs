//! Removes old rows, and adds those to the totals that were not added yet.

use pings_database::{Bind, Mode, Result, Transaction};
use pings_model::ValueType;
use pings_payload::rfc3339;
use pings_sql::{Dialect, TotalRows};
use serde_json::json;
use time::OffsetDateTime;

use super::counted::Counted;
use super::kept::{self, Range, stored_code};
use crate::event_log::partitions::Partition;
use crate::event_log::{FEW, Pruned, days, oldest};
use crate::report::Reporter;

impl Reporter<'_> {
    /// Removes all rows that were logged before the given time, after the report has read them. After
    /// each transaction, `progress` receives the number of rows removed so far.
    ///
    /// Weeks that lose rows can no longer be reported. First-time users and values for all time stay
    /// correct: a transaction that removes rows adds them to the totals first.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails. Rows that were removed before the failure stay
    /// removed.
    pub async fn prune(
        &self,
        before: OffsetDateTime,
        mut progress: impl FnMut(u64),
    ) -> Result<Pruned> {
        self.catch_up(&mut |_| {}).await?;
        let before = rfc3339(before);
        let mut pruned = Pruned::default();
        // Recorded before the first row is removed, so that a partly pruned week is never taken for
        // a complete one.
        self.log.note_pruned(&before).await?;
        for partition in self.log.partitions_before(&before).await? {
            pruned.rows += self.drop_partition(&partition).await?;
            progress(pruned.rows);
        }
        for name in self.log.names().await? {
            loop {
                let removed = self.prune_some(&name, &before).await?;
                if removed == 0 {
                    break;
                }
                pruned.rows += removed;
                progress(pruned.rows);
            }
        }
        self.log.forget_pruned(&before).await?;
        Ok(pruned)
    }

    /// Removes the oldest rows with a name in one transaction, and returns their number.
    async fn prune_some(&self, name: &str, before: &str) -> Result<u64> {
        let mut tx = self.log.begin(Mode::Write).await?;
        kept::lock(&mut tx).await?;
        let binds = [Bind::Text(name), Bind::Text(before), Bind::Integer(FEW)];
        let rows = tx.rows(oldest(tx.dialect()), &binds, &[ValueType::Integer]);
        let rows = rows.await?;
        let ids: Vec<i64> = rows
            .iter()
            .filter_map(|row| row.first()?.integer())
            .collect();
        if let (Some(first), Some(last)) = (ids.iter().min(), ids.iter().max()) {
            let listed = json!(ids).to_string();
            for counted in self.counted() {
                self.add_removed(&mut tx, counted, (*first, *last), &listed)
                    .await?;
            }
            let removal = match tx.dialect() {
                Dialect::Sqlite => {
                    "DELETE FROM event_logs WHERE id IN (SELECT value FROM json_each($1))"
                }
                Dialect::Postgres => {
                    "DELETE FROM event_logs \
                     WHERE id IN (SELECT json_array_elements_text($1::json)::bigint)"
                }
            };
            tx.run(removal, &[Bind::Text(&listed)]).await?;
            kept::move_back(&mut tx).await?;
            days::move_back(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(ids.len() as u64)
    }

    /// Drops a partition in one transaction, and returns the number of its rows.
    async fn drop_partition(&self, partition: &Partition) -> Result<u64> {
        let mut tx = self.log.begin(Mode::Write).await?;
        kept::lock(&mut tx).await?;
        partition.lock(&mut tx).await?;
        let counted = self.counted();
        let mut after = i64::MAX;
        for counted in &counted {
            let code = stored_code(self.registry, *counted);
            let all = kept::of_code(&mut tx, &code).await?;
            after = all.iter().map(|kept| kept.read_to).fold(after, i64::min);
        }
        loop {
            let ids = partition.ids(&mut tx, after, FEW).await?;
            let (Some(first), Some(last)) = (ids.first(), ids.last()) else {
                break;
            };
            let listed = json!(ids).to_string();
            for counted in &counted {
                self.add_removed(&mut tx, *counted, (*first, *last), &listed)
                    .await?;
            }
            after = *last;
        }
        let rows = partition.drop(&mut tx).await?;
        kept::move_back(&mut tx).await?;
        days::move_back(&mut tx).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Adds the rows that are removed to the totals that do not have them yet.
    async fn add_removed(
        &self,
        tx: &mut Transaction,
        counted: Counted<'_>,
        (first, last): (i64, i64),
        ids: &str,
    ) -> Result<()> {
        let code = stored_code(self.registry, counted);
        let all = kept::of_code(tx, &code).await?;
        for kept in all.into_iter().filter(|kept| kept.read_to < last) {
            let query = counted.query(self.registry, self.event_log(), TotalRows::Listed);
            let range = Range {
                after: kept.read_to.max(first - 1),
                to: last,
                ids: Some(ids),
            };
            kept::add(tx, &kept, &query.text, range).await?;
        }
        Ok(())
    }
}
