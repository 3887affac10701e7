//! Adds the rows that came since the last report to the kept totals.

use pings_database::{Mode, Result};
use pings_model::{EventMeasure, EventMetric, Period, Source};

use super::counted::Counted;
use super::kept::{self, Kept, stored_code};
use super::settle::Keeping;
use crate::failure::of_error;
use crate::report::sightings::{Sighting, forget};
use crate::report::{Progress, Reporter};

impl<'a> Reporter<'a> {
    /// Adds the rows that came since the last call to the totals. Daily totals that do not exist yet
    /// begin on the day `days_from`; without it, no daily totals are kept up to date. Returns the
    /// sightings that the users of all time need.
    pub(in crate::report) async fn keep_totals(
        &self,
        days_from: Option<&str>,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Vec<Sighting<'a>>> {
        let mut sightings = Vec::new();
        let mut keeping = Vec::new();
        for counted in self.counted() {
            for kept in self.prepared(counted).await? {
                if let Counted::Metric { events, .. } = counted
                    && events.measures.contains(&EventMeasure::UniqueUsers)
                {
                    sightings.push(Sighting {
                        code: self.users_code(counted, &kept.asked_from),
                        metric: events,
                        since: kept.since.clone(),
                    });
                }
                keeping.push(Keeping { counted, kept });
            }
        }
        if let Some(from) = days_from {
            keeping.extend(self.prepared_days(from).await?);
        }
        if keeping.is_empty() {
            return Ok(sightings);
        }
        let last = self.last_settled().await?;
        if let Err(error) = self.settle(&keeping, last, progress).await {
            // The report reads these rows itself, and says why if it fails, too. A message of the
            // database can contain a value of a user, so only the kind is logged.
            let (registry, reason) = (self.registry.name(), of_error(&error).kind.name());
            tracing::warn!(registry, reason, "rows were not added to the totals");
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
        kept::create(&mut tx, registry, counted, from, from).await?;
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
}

fn counted<'r>(code: &'r str, events: &'r EventMetric) -> Counted<'r> {
    Counted::Metric { code, events }
}
