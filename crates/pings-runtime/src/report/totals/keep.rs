//! Adds the rows that came since the last report to the kept totals.

use pings_database::{Mode, Result, Transaction};
use pings_model::{EventMeasure, EventMetric, Period, Source};
use pings_sql::{Dialect, TotalRows};

use super::counted::Counted;
use super::kept::{self, Kept, Range, stored_code};
use crate::failure::of_error;
use crate::report::sightings::{OVERLAP, STRETCH, Sighting, forget, last_id};
use crate::report::{Progress, Reporter};

impl<'a> Reporter<'a> {
    /// Adds the rows that came since the last call to the totals. Returns the sightings that the
    /// users of all time need.
    pub(in crate::report) async fn keep_totals(
        &self,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Vec<Sighting<'a>>> {
        let mut sightings = Vec::new();
        let counted = self.counted();
        if counted.is_empty() {
            return Ok(sightings);
        }
        let last = self.last_settled().await?;
        for counted in counted {
            for kept in self.prepared(counted).await? {
                if let Err(error) = self.settle(counted, &kept, last, progress).await {
                    // The report reads these rows itself, and says why if it fails, too. A message
                    // of the database can contain a value of a user, so only the kind is logged.
                    let (registry, code) = (self.registry.name(), counted.code());
                    let reason = of_error(&error).kind.name();
                    tracing::warn!(registry, code, reason, "rows were not added to the total");
                }
                if let Counted::Metric { events, .. } = counted
                    && events.measures.contains(&EventMeasure::UniqueUsers)
                {
                    sightings.push(Sighting {
                        code: self.users_code(counted, &kept.asked_from),
                        metric: events,
                        since: kept.since.clone(),
                    });
                }
            }
        }
        Ok(sightings)
    }

    /// Returns the totals of the registry, or none if no metric has the window of all time.
    pub(super) fn counted(&self) -> Vec<Counted<'a>> {
        let metrics = self.registry.metrics();
        let metrics = metrics.filter(|(_, it)| it.windows.contains(&Period::AllTime));
        let metrics = metrics.filter_map(|(_, metric)| match &metric.source {
            Source::Events(events) => Some(counted(&metric.code, events)),
            _ => None,
        });
        let mut all: Vec<Counted<'a>> = metrics.collect();
        if !all.is_empty() {
            all.push(Counted::Versions);
        }
        all
    }

    /// Returns the first day that may be counted for a code, or an empty text.
    pub(super) fn asked_from(&self, code: &str) -> &str {
        self.from.get(code).map_or("", String::as_str)
    }

    /// Returns the name under which the users of a total are stored.
    pub(super) fn users_code(&self, counted: Counted<'_>, asked_from: &str) -> String {
        let code = stored_code(self.registry, counted);
        format!("{code}@{}{asked_from}", Period::AllTime)
    }

    /// Creates the missing total of a code, and returns all its totals as they count now.
    async fn prepared(&self, counted: Counted<'_>) -> Result<Vec<Kept>> {
        let mut tx = self.log.begin(Mode::Write).await?;
        kept::lock(&mut tx).await?;
        kept::move_back(&mut tx).await?;
        let registry = (self.registry, self.event_log());
        let (code, from) = (
            stored_code(self.registry, counted),
            self.asked_from(counted.code()),
        );
        kept::create(&mut tx, registry, counted, from).await?;
        let mut all = Vec::new();
        for mut kept in kept::of_code(&mut tx, &code).await? {
            let users = self.users_code(counted, &kept.asked_from);
            let was_asked = [from, ""].contains(&&*kept.asked_from);
            if !was_asked && !from.is_empty() {
                kept::remove(&mut tx, &kept).await?;
                forget(&mut tx, &users).await?;
                continue;
            }
            if kept::renew(&mut tx, registry, counted, &mut kept).await? {
                forget(&mut tx, &users).await?;
            }
            all.push(kept);
        }
        tx.commit().await?;
        Ok(all)
    }

    /// Adds rows up to an id to a total.
    async fn settle(
        &self,
        counted: Counted<'_>,
        kept: &Kept,
        last: i64,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<()> {
        let query = counted.query(self.registry, self.event_log(), TotalRows::All);
        let code = stored_code(self.registry, counted);
        loop {
            let mut tx = self.log.begin(Mode::Write).await?;
            kept::lock(&mut tx).await?;
            let Some(kept) = current(&mut tx, &code, kept).await? else {
                return Ok(());
            };
            if kept.read_to >= last {
                tx.rollback().await?;
                return Ok(());
            }
            let range = Range {
                after: kept.read_to,
                to: last.min(kept.read_to + STRETCH),
                ids: None,
            };
            kept::add(&mut tx, &kept, &query.text, range).await?;
            kept::move_to(&mut tx, &kept, range.to).await?;
            tx.commit().await?;
            progress(Progress::Reading {
                done: range.to.unsigned_abs(),
                total: last.unsigned_abs(),
            });
        }
    }

    /// Returns the id up to which no row can appear any more. PostgreSQL assigns ids before rows
    /// become visible, so the last ids are left to the report.
    async fn last_settled(&self) -> Result<i64> {
        let mut tx = self.log.begin(Mode::Read).await?;
        let last = last_id(&mut tx).await?;
        tx.rollback().await?;
        Ok(match self.log.dialect() {
            Dialect::Postgres => (last - OVERLAP).max(0),
            Dialect::Sqlite => last,
        })
    }
}

fn counted<'r>(code: &'r str, events: &'r EventMetric) -> Counted<'r> {
    Counted::Metric { code, events }
}

/// Returns a total as another process may have changed it.
async fn current(tx: &mut Transaction, code: &str, kept: &Kept) -> Result<Option<Kept>> {
    let all = kept::of_code(tx, code).await?;
    Ok(all.into_iter().find(|it| it.id == kept.id))
}
