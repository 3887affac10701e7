//! Adds rows to totals: each range of the event log is read once for all of them.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Cell, Mode, Result, Transaction};
use pings_model::{EventMetric, Period, ValueType};
use pings_sql::{Dialect, TotalRows, staged, staged_people};
use serde_json::json;

use super::counted::Counted;
use super::kept::{self, Kept, Range};
use super::people;
use crate::failure::of_error;
use crate::report::sightings::STRETCH;
use crate::report::{Progress, Reporter};
use crate::running::{counts_any_name, logged_names};

/// A total, and what it counts.
pub(super) struct Keeping<'r> {
    pub(super) counted: Counted<'r>,
    pub(super) kept: Kept,
}

impl Reporter<'_> {
    /// Adds the rows up to an id to these totals. A total that cannot be added to does not affect the
    /// others.
    pub(super) async fn settle(
        &self,
        keeping: &[Keeping<'_>],
        last: i64,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<()> {
        let mut failed = BTreeSet::new();
        loop {
            let is_behind = |it: &&Keeping<'_>| !failed.contains(&it.kept.id);
            let mut behind = keeping.iter().filter(is_behind);
            if behind.all(|it| it.kept.read_to >= last) {
                return Ok(());
            }
            let mut tx = self.log.begin(Mode::Write).await?;
            kept::lock(&mut tx).await?;
            let mut current = self.current(&mut tx, keeping).await?;
            current.retain(|it| it.kept.read_to < last && !failed.contains(&it.kept.id));
            let Some(after) = current.iter().map(|it| it.kept.read_to).min() else {
                tx.rollback().await?;
                return Ok(());
            };
            let to = last.min(after + STRETCH);
            current.retain(|it| it.kept.read_to < to);
            for id in self.add_range(&mut tx, &current, (after, to)).await? {
                failed.insert(id);
            }
            tx.commit().await?;
            progress(Progress::Reading {
                done: to.unsigned_abs(),
                total: last.unsigned_abs(),
            });
        }
    }

    /// Returns these totals as other processes have changed them, without those that count something
    /// else now.
    async fn current<'r>(
        &self,
        tx: &mut Transaction,
        keeping: &[Keeping<'r>],
    ) -> Result<Vec<Keeping<'r>>> {
        let sql = "SELECT total, since, read_to, meaning, names FROM pings_totals";
        let (integer, text) = (ValueType::Integer, ValueType::Text);
        let types = [integer, text, integer, text, text];
        let mut stored = BTreeMap::new();
        for row in tx.rows(sql, &[], &types).await? {
            if let Ok(
                [
                    Cell::Integer(id),
                    Cell::Text(since),
                    Cell::Integer(read_to),
                    meaning,
                    names,
                ],
            ) = <[Cell; 5]>::try_from(row)
            {
                stored.insert(id, (since, read_to, meaning, names));
            }
        }
        let mut current = Vec::new();
        for Keeping { counted, kept } in keeping {
            let Some((since, read_to, meaning, names)) = stored.remove(&kept.id) else {
                continue;
            };
            let query = counted.query(self.registry, self.event_log(), TotalRows::All);
            let is_same = meaning == Cell::Text(counted.meaning())
                && names == Cell::Text(json!(query.names).to_string());
            if is_same {
                let kept = Kept {
                    since,
                    read_to,
                    ..kept.clone()
                };
                let counted = *counted;
                current.push(Keeping { counted, kept });
            }
        }
        Ok(current)
    }

    /// Adds the rows of a range to totals, and returns the ids of the totals for which that failed.
    async fn add_range(
        &self,
        tx: &mut Transaction,
        keeping: &[Keeping<'_>],
        (after, to): (i64, i64),
    ) -> Result<Vec<i64>> {
        let metrics: Vec<&EventMetric> = keeping
            .iter()
            .filter_map(|it| it.counted.events())
            .collect();
        let has_versions = keeping.iter().any(|it| it.counted.events().is_none());
        let names = (!counts_any_name(self.registry)).then(|| logged_names(self.registry));
        let names = has_versions.then_some(names.as_deref());
        let since = keeping.iter().map(|it| it.kept.since.as_str()).min();
        let rows = ((after, to), since.unwrap_or_default());
        for sql in staged(self.registry, &metrics, names, self.event_log(), rows) {
            tx.run(&sql, &[]).await?;
        }
        people::begin(tx).await?;
        let mut failed = Vec::new();
        let mut with_users: Vec<(&Kept, Vec<Period>)> = Vec::new();
        for it in keeping {
            tx.run("SAVEPOINT adding", &[]).await?;
            match self.add_to(tx, it, to).await {
                Ok(()) => {
                    tx.run("RELEASE SAVEPOINT adding", &[]).await?;
                    with_users.push((&it.kept, it.counted.periods()));
                }
                Err(error) => {
                    tx.run("ROLLBACK TO SAVEPOINT adding", &[]).await?;
                    self.warn(&it.counted, &error);
                    failed.push(it.kept.id);
                    if matches!(it.counted, Counted::Days { .. }) && !error.is_temporary() {
                        // A report reads the rows of its weeks itself.
                        kept::give_up(tx, &it.kept).await?;
                        kept::move_to(tx, &it.kept, to).await?;
                    }
                }
            }
        }
        people::add(tx, &with_users).await?;
        people::end(tx).await?;
        if tx.dialect() == Dialect::Sqlite {
            tx.run("DROP TABLE temp.pings_staged", &[]).await?;
        }
        Ok(failed)
    }

    async fn add_to(&self, tx: &mut Transaction, it: &Keeping<'_>, to: i64) -> Result<()> {
        let Keeping { counted, kept } = it;
        let log = self.event_log();
        let query = counted.query(self.registry, log, TotalRows::Staged);
        let range = Range {
            after: kept.read_to,
            to,
            ids: None,
        };
        kept::add(tx, kept, &query.text, range).await?;
        if let Some(events) = counted.events().filter(|_| !counted.periods().is_empty()) {
            let query = staged_people(self.registry, events, log);
            people::see(tx, kept, &query, to).await?;
        }
        kept::move_to(tx, kept, to).await
    }

    /// Logs why rows were not added to a total. A message of the database can contain a value of a
    /// user, so only the kind is logged.
    fn warn(&self, counted: &Counted<'_>, error: &pings_database::Error) {
        let (registry, code) = (self.registry.name(), counted.code());
        let reason = of_error(error).kind.name();
        tracing::warn!(registry, code, reason, "rows were not added to the total");
    }
}
