//! The values of a report for the window of all time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use pings_database::{Result, Transaction};
use pings_model::{EventMeasure, EventMetric, Metric, Period, Ping, Source, Span};
use pings_payload::{Failure, FailureKind};
use pings_sql::TotalRows;

use super::counted::Counted;
use super::kept::{self, Kept, stored_code};
use super::value::{outcome, sums, users};
use crate::failure::{of_error, of_query};
use crate::import::line::parse_time;
use crate::report::{Outcome, Reporter, State, WindowReport, of_metric};

/// A metric that was measured.
struct Measured<'m> {
    metric: &'m Metric,
    outcome: Outcome,
    took: Duration,
    /// The first day of its window, or empty if that is the first day that is known.
    since: String,
    /// The first day with an event.
    first_day: Option<String>,
}

impl Reporter<'_> {
    /// Returns the values for the window of all time. Metrics whose windows begin on the same day are
    /// together.
    pub(in crate::report) async fn all_time(
        &self,
        tx: &mut Transaction,
        metrics: &[(&Ping, &Metric)],
        state: &State,
    ) -> Result<Vec<WindowReport>> {
        let mut measured = Vec::new();
        let metrics = metrics.iter().map(|(_, metric)| *metric);
        for metric in metrics.filter(|it| it.windows.contains(&Period::AllTime)) {
            if let Source::Events(events) = &metric.source {
                measured.push(self.measured(tx, metric, events, state).await?);
            }
        }
        if measured.is_empty() {
            return Ok(Vec::new());
        }
        let seen = self.seen(tx, state.week).await?;
        let whole = measured.iter().filter(|it| it.since.is_empty());
        let first_days = whole.filter_map(|it| it.first_day.as_deref());
        let first_day = first_days.chain(seen.first_day()).min().map(str::to_owned);
        let mut windows: BTreeMap<Span, WindowReport> = BTreeMap::new();
        for of in measured {
            let since = Some(of.since).filter(|it| !it.is_empty());
            let since = since.or_else(|| first_day.clone()).unwrap_or_default();
            let start = parse_time(&since).map(|it| it.unix_timestamp());
            let span = start.and_then(|start| Span::all_time(state.week, start));
            let of_week = || Span::all_time(state.week, state.week.start_unix());
            let Some(span) = span.or_else(of_week) else {
                continue;
            };
            let window = windows.entry(span).or_insert_with(|| {
                let [start, _] = span.borders();
                let ran = || seen.since(&start[..10]);
                let of_week = state.seen.versions.iter().copied();
                WindowReport {
                    span,
                    versions: ran().flatten().chain(of_week).collect(),
                    has_unversioned: ran().any(|version| version.is_none()),
                    metrics: Vec::new(),
                }
            });
            window
                .metrics
                .push(of_metric(of.metric, of.outcome, of.took));
        }
        Ok(windows.into_values().collect())
    }

    async fn measured<'m>(
        &self,
        tx: &mut Transaction,
        metric: &'m Metric,
        events: &EventMetric,
        state: &State,
    ) -> Result<Measured<'m>> {
        let started = Instant::now();
        let code = &metric.code;
        let counted = Counted::Metric { code, events };
        let stored = stored_code(self.registry, counted);
        let from = self.asked_from(code);
        let kept = kept::of_code(tx, &stored).await?;
        let kept = kept.into_iter().find(|it| it.asked_from == *from);
        let since = kept.as_ref().map_or(from, |it| it.since.as_str());
        let since = since.to_owned();
        let has_users = events.measures.contains(&EventMeasure::UniqueUsers);
        let not_caught_up = state.not_caught_up.as_ref().filter(|_| has_users);
        let mut first_day = None;
        let outcome = match (&kept, state.not_running.as_ref().or(not_caught_up)) {
            (_, Some(failure)) => Err(failure.clone()),
            (None, None) => Err(state.not_caught_up.clone().unwrap_or_else(|| {
                Failure::new(FailureKind::Query, "no total of the metric is kept")
            })),
            (Some(kept), None) => {
                let (outcome, day) = self.counted_for(tx, (metric, events), kept, state).await?;
                first_day = day;
                outcome
            }
        };
        Ok(Measured {
            metric,
            outcome,
            took: started.elapsed(),
            since,
            first_day,
        })
    }

    /// Returns the value of a metric from its total, and the first day with an event. A failed query
    /// only affects this metric.
    async fn counted_for(
        &self,
        tx: &mut Transaction,
        (metric, events): (&Metric, &EventMetric),
        kept: &Kept,
        state: &State,
    ) -> Result<(Outcome, Option<String>)> {
        let [_, end] = state.week.borders();
        if kept.since[..] >= end[..10] {
            let since = &kept.since;
            let message =
                format!("the total begins after the week, on {since}: earlier events were pruned");
            return Ok((Err(Failure::new(FailureKind::Pruned, message)), None));
        }
        let code = &metric.code;
        let counted = Counted::Metric { code, events };
        let query = counted.query(self.registry, self.event_log(), TotalRows::All);
        tx.run("SAVEPOINT reading", &[]).await?;
        let sums = match sums(tx, kept, &query.text, &end[..10]).await {
            Ok(sums) => sums,
            Err(error) => {
                tx.run("ROLLBACK TO SAVEPOINT reading", &[]).await?;
                return Ok((Err(of_query(&error)), None));
            }
        };
        tx.run("RELEASE SAVEPOINT reading", &[]).await?;
        let users = match events.measures.contains(&EventMeasure::UniqueUsers) {
            true => users(tx, &self.users_code(counted, &kept.asked_from), &end).await,
            false => Ok(BTreeMap::new()),
        };
        let first_day = sums.iter().map(|it| &it.days[0]).min().cloned();
        let outcome = match users {
            Ok(users) => outcome(metric, events, &sums, &users),
            Err(error) => Err(of_error(&error)),
        };
        Ok((outcome, first_day))
    }
}
