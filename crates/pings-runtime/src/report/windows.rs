//! The values of a report for other windows than its week.
//!
//! A window has a value only if each of its weeks could have one: its events were not pruned,
//! recording had begun, and the metric existed.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use pings_database::{Result, Transaction};
use pings_model::{Life, Metric, Period, Ping, Source, Span};
use pings_payload::{Failure, FailureKind, Week};
use pings_sql::EventLog;

use super::captured::captured;
use super::totals::Daily;
use super::{Reporter, State, WindowReport, of_metric, pruned_failure};
use crate::running::{Seen, Times, seen_earlier, was_recorded_by};

impl Reporter<'_> {
    /// Returns the windows of a week that have begun, with the values of their metrics.
    pub(super) async fn windows(
        &self,
        tx: &mut Transaction,
        metrics: &[(&Ping, &Metric)],
        state: &State,
        (log, times, daily): (EventLog, Times<'_>, &Daily),
    ) -> Result<Vec<WindowReport>> {
        let mut weeks = BTreeMap::from([(state.week, state.seen.clone())]);
        let mut windows = Vec::new();
        for span in spans(metrics, state) {
            for week in span.weeks() {
                if let Entry::Vacant(entry) = weeks.entry(week) {
                    entry.insert(seen_earlier(tx, self.registry, week, times).await?);
                }
            }
            let seen: Vec<(Week, &Seen)> = span.weeks().map(|week| (week, &weeks[&week])).collect();
            let has_window =
                |(_, metric): &(&Ping, &Metric)| metric.windows.contains(&span.period());
            let failure = self.uncounted(tx, span, state).await?;
            let pruned = pruned_failure(tx, span).await?;
            let mut reports = BTreeMap::new();
            let (mut places, mut counted) = (Vec::new(), Vec::new());
            for (place, (ping, metric)) in metrics
                .iter()
                .copied()
                .enumerate()
                .filter(|(_, it)| has_window(it))
            {
                if matches!(metric.source, Source::Capture(_) | Source::Sql(_)) {
                    let captured = captured(tx, ping, metric, span, state.now).await;
                    let report = self.of_capture((ping, metric), captured, (span, pruned.as_ref()));
                    reports.insert(place, report);
                    continue;
                }
                if matches!(metric.source, Source::Value(_)) {
                    let value = self.of_value(tx, (ping, metric), span, state);
                    reports.insert(place, value.await?);
                    continue;
                }
                match failure
                    .clone()
                    .or_else(|| absent(ping.life(metric), state.week, &seen))
                {
                    Some(failure) => {
                        reports.insert(place, of_metric(metric, Err(failure), Duration::ZERO));
                    }
                    None => {
                        places.push(place);
                        counted.push(metric);
                    }
                }
            }
            let reasons = (None, state.not_caught_up.as_ref());
            let values = self
                .count_events(tx, &counted, (span, log, daily), reasons, &mut |_| {})
                .await?;
            let values = values.into_iter();
            reports.extend(values.map(|(index, report)| (places[index], report)));
            let seen = || seen.iter().map(|(_, seen)| seen);
            windows.push(WindowReport {
                span,
                versions: seen().flat_map(|it| &it.versions).copied().collect(),
                has_unversioned: seen().any(|it| it.has_unversioned),
                metrics: reports.into_values().collect(),
            });
        }
        Ok(windows)
    }

    /// Returns the reason why the events of a window cannot be counted, if there is one.
    async fn uncounted(
        &self,
        tx: &mut Transaction,
        span: Span,
        state: &State,
    ) -> Result<Option<Failure>> {
        if let Some(failure) = &state.not_running {
            return Ok(Some(failure.clone()));
        }
        if let Some(failure) = pruned_failure(tx, span).await? {
            return Ok(Some(failure));
        }
        let first = span.first_week();
        if first >= state.week || was_recorded_by(tx, self.registry, first).await? {
            return Ok(None);
        }
        let [start, _] = span.borders();
        let message = format!("recording began after the start of the window, {start}");
        Ok(Some(Failure::new(FailureKind::NotRunning, message)))
    }
}

/// Returns the windows of these metrics that have begun, other than the week and all time.
fn spans(metrics: &[(&Ping, &Metric)], state: &State) -> Vec<Span> {
    let periods = metrics
        .iter()
        .flat_map(|(_, metric)| metric.other_windows())
        .filter(|period| *period != Period::AllTime);
    let periods: BTreeSet<Period> = periods.collect();
    let spans = periods.into_iter().flat_map(|it| it.spans(state.week));
    spans.filter(|span| span.start() <= state.now).collect()
}

/// Returns the failure of a metric that no version of an earlier week of the window sends.
fn absent(life: Life<'_>, week: Week, seen: &[(Week, &Seen)]) -> Option<Failure> {
    let mut earlier = seen.iter().filter(|(it, _)| *it != week);
    let lacks = |seen: &Seen| {
        let mut versions = seen.versions.iter();
        !seen.versions.is_empty() && !versions.any(|version| life.is_sent_by(*version))
    };
    let (week, _) = earlier.find(|(_, seen)| lacks(seen))?;
    let message = format!("no version of {week}, which is in the window, sends the metric");
    Some(Failure::new(FailureKind::Absent, message))
}
