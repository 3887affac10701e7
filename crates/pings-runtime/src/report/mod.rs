//! The report for a week.

mod borders;
mod captured;
mod days;
mod events;
mod group;
mod json;
mod meaning;
mod merge;
mod metadata;
mod order;
mod set;
mod settled;
mod sightings;
mod switched_off;
mod totals;
mod value;
mod windows;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use pings_model::{EventMeasure, EventMetric, Life, Metric, Ping, Registry, Source, Span, Version};
use time::OffsetDateTime;

use crate::event_log::{EventLog, pruned_before};
use crate::failure::of_error;
use crate::recorder::Counters;
use crate::running::{Seen, Times, seen};
use captured::Captured;
use pings_database::Result;
use pings_database::{Mode, Transaction};
use pings_payload::{Failure, FailureKind, Measured, Value, Week};

pub(crate) use captured::{captured, is_weekly};
pub(crate) use value::of_rows;

/// Creates reports on an event log for a registry.
pub struct Reporter<'a> {
    log: &'a EventLog,
    registry: &'a Registry,
    version: Option<Version>,
    /// The first day that may be counted for all time, by code.
    from: BTreeMap<String, String>,
    /// Whether the rows of each window are read.
    is_exact: bool,
}

/// The report for a week.
#[derive(Clone, Debug)]
pub struct Report {
    /// The name of the registry.
    pub registry: String,
    /// The week.
    pub week: Week,
    /// Whether the week was over when the report was made.
    pub is_complete: bool,
    /// Whether the product was seen running in the week. If it was not, only captures that were
    /// taken for the week have values.
    pub is_running: bool,
    /// The versions that were seen running in the week. These versions determine which metrics
    /// exist.
    pub versions: BTreeSet<Version>,
    /// Whether events of the week have a version that cannot be parsed.
    pub has_unversioned: bool,
    /// The newest of the versions, or else the last version that logged an event before the week
    /// ended. If the version is unknown (`None`), all metrics that are not removed are reported.
    pub version: Option<Version>,
    /// The metrics in the order of the registry. Metrics that do not exist at the versions are
    /// absent.
    pub metrics: Vec<MetricReport>,
    /// The values for other windows than the week, in order.
    pub windows: Vec<WindowReport>,
    /// The counters of the recorder for the week.
    pub runtime: Counters,
}

/// A metric in a report.
#[derive(Clone, Debug)]
pub struct MetricReport {
    /// The code of the metric.
    pub code: String,
    /// The value, or the reason why there is none.
    pub outcome: std::result::Result<Value, Failure>,
    /// When the value was captured, if the metric is a capture.
    pub captured_at: Option<OffsetDateTime>,
    /// The version that captured the value, if the metric is a capture and the version can be
    /// parsed.
    pub captured_by: Option<Version>,
    /// How long after the end of its week a weekly capture was taken, if that is more than a day.
    pub late: Option<Duration>,
    /// Whether the value was captured again on request.
    pub is_retaken: bool,
    /// How long the metric took. Time that several metrics share is divided equally.
    pub took: Duration,
}

/// The values of a report for a window other than its week.
#[derive(Clone, Debug)]
pub struct WindowReport {
    /// The window.
    pub span: Span,
    /// The versions that were seen running in the weeks of the window.
    pub versions: BTreeSet<Version>,
    /// Whether events of these weeks have a version that cannot be parsed.
    pub has_unversioned: bool,
    /// The metrics with this window, in the order of the registry.
    pub metrics: Vec<MetricReport>,
}

/// The state of the week of a report before its metrics are measured.
struct State {
    week: Week,
    now: OffsetDateTime,
    seen: Seen,
    /// The reason why nothing is counted, if the product was not running.
    not_running: Option<Failure>,
    /// The reason why first-time users are not known, if they are not.
    not_caught_up: Option<Failure>,
}

/// The progress of long operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Rows of the event log are being read for the first time.
    Reading {
        /// The number of rows read so far.
        done: u64,
        /// The total number of rows.
        total: u64,
    },
    /// Metrics are being measured.
    Measuring {
        /// The number of metrics measured so far.
        done: usize,
        /// The total number of metrics.
        total: usize,
    },
}

impl Report {
    /// Returns the metric or funnel with this code, with its value for the week. If the weeks of the
    /// registry begin on another day than Monday, this is the last week that ended in the ISO week.
    #[must_use]
    pub fn metric(&self, code: &str) -> Option<&MetricReport> {
        let windows = self.windows.iter();
        let weeks = windows.filter(|window| window.span.period().is_week());
        let metrics = weeks.flat_map(|week| &week.metrics);
        let mut metrics = self.metrics.iter().chain(metrics);
        metrics.find(|metric| metric.code == code)
    }
}

impl<'a> Reporter<'a> {
    /// Creates a reporter. The versions of each week are taken from the database.
    #[must_use]
    pub fn new(log: &'a EventLog, registry: &'a Registry) -> Self {
        Self {
            log,
            registry,
            version: None,
            from: BTreeMap::new(),
            is_exact: false,
        }
    }

    /// Reads the rows of each window, instead of the daily totals that are kept beside them. The values
    /// are the same, unless rows were changed or removed by hand.
    #[must_use]
    pub fn exact(self) -> Self {
        Self {
            is_exact: true,
            ..self
        }
    }

    /// Sets the weeks from which on codes with the window of all time are counted; by default, all
    /// events count. The totals from these weeks are kept apart from those of all events.
    #[must_use]
    pub(crate) fn counting_from(self, from: BTreeMap<String, Week>) -> Self {
        let from = from.into_iter().map(|(code, week)| {
            let [start, _] = week.borders();
            (code, start[..10].to_owned())
        });
        Self {
            from: from.collect(),
            ..self
        }
    }

    /// Sets the version at which the product runs now. The version counts as a version of the
    /// running week, and determines which metrics exist in weeks whose versions are unknown.
    #[must_use]
    pub fn at_version(self, version: Version) -> Self {
        Self {
            version: Some(version),
            ..self
        }
    }

    /// Reports on a week as of `now`. Repeated calls return the same values, unless events arrive
    /// late.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails entirely. The failure of a single metric is part of
    /// the report.
    pub async fn report(
        &self,
        week: Week,
        now: OffsetDateTime,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Report> {
        tracing::debug!(registry = self.registry.name(), %week, "measuring a week");
        let near = borders::borders(self.registry, week);
        let days_from = (!self.is_exact).then(|| &near[0][..10]);
        let caught_up = self.catch_up_from(days_from, progress).await;
        if let Err(error) = self.keep_days(progress).await {
            // The report reads the rows of its weeks itself.
            tracing::warn!(registry = self.registry.name(), %error, "rows were not added to the days");
        }
        let mut tx = self.log.begin(Mode::Read).await?;
        let is_complete = week.is_complete(now);
        let (log, days) = self.known_near(&mut tx, &near).await?;
        let times = Times::of(log.has_plain_times, days.as_ref());
        let seen = seen(&mut tx, self.registry, week, times).await?;
        let is_running = seen.is_running || !is_complete;
        let mut versions = seen.versions.clone();
        versions.extend(self.version.filter(|_| !is_complete));
        let version = match versions.last() {
            Some(version) => Some(*version),
            None => self.logged_version(&mut tx, week).await?,
        };
        let exists_then = |life: Life<'_>| match versions.is_empty() {
            true => exists(life, version.or(self.version)),
            false => versions.iter().any(|it| life.is_sent_by(*it)),
        };
        // A week is captured after its end, perhaps by a version that was installed later.
        let mut captures = self.captures(&mut tx, week, now).await;
        captures.retain(|_, (life, captured)| {
            let by_then = captured.by.is_some_and(|by| life.is_sent_by(by));
            captured.at.is_some() && by_then || exists_then(*life)
        });
        let mut metrics: Vec<(&Ping, &Metric)> = self
            .registry
            .metrics()
            .filter(|(ping, metric)| match metric.source {
                Source::Capture(_) | Source::Sql(_) => captures.contains_key(&*metric.code),
                _ => exists_then(ping.life(metric)),
            })
            .collect();
        let with_windows = metrics.clone();
        metrics.retain(|(_, metric)| metric.has_weekly_value());
        let mut done = 0;
        let mut measured = |count: usize| {
            done += count;
            progress(Progress::Measuring {
                done,
                total: metrics.len(),
            });
        };
        let pruned = pruned_failure(&mut tx, week.into()).await?;
        let state = State {
            week,
            now,
            seen,
            not_running: (!is_running).then(not_running),
            not_caught_up: caught_up.err().as_ref().map(of_error),
        };
        let of_events: Vec<&Metric> = metrics.iter().map(|(_, metric)| *metric).collect();
        // The reason why events of the week cannot be counted, if there is one.
        let uncounted = state.not_running.as_ref().or(pruned.as_ref());
        let reasons = (uncounted, state.not_caught_up.as_ref());
        let daily = self.daily(&mut tx).await?;
        let mut outcomes = self
            .count_events(
                &mut tx,
                &of_events,
                (week.into(), log, &daily),
                reasons,
                &mut measured,
            )
            .await?;
        let mut windows = self
            .windows(&mut tx, &with_windows, &state, (log, times, &daily))
            .await?;
        windows.extend(self.all_time(&mut tx, &with_windows, &state).await?);
        for (place, (ping, metric)) in metrics.iter().enumerate() {
            if !matches!(metric.source, Source::Value(_)) {
                continue;
            }
            let value = self.of_value(&mut tx, (ping, metric), week.into(), &state);
            outcomes.insert(place, value.await?);
            measured(1);
        }
        for (place, (ping, metric)) in metrics.iter().enumerate() {
            if let Some((_, captured)) = captures.remove(&*metric.code) {
                let window = (week.into(), pruned.as_ref());
                let report = self.of_capture((ping, metric), captured, window);
                outcomes.insert(place, report);
                measured(1);
            }
        }
        let mut reports: Vec<MetricReport> = outcomes.into_values().collect();
        let of_windows = windows.iter_mut().flat_map(|window| &mut window.metrics);
        let values = reports.iter_mut().chain(of_windows).filter_map(|report| {
            let value = report.outcome.as_mut().ok()?;
            Some((report.code.as_str(), value))
        });
        order::by_version(self.registry, values);
        let runtime = self.counters(&mut tx, week).await?;
        tx.rollback().await?;
        Ok(Report {
            registry: self.registry.name().to_owned(),
            week,
            is_complete,
            is_running,
            versions,
            has_unversioned: state.seen.has_unversioned,
            version,
            metrics: reports,
            windows,
            runtime,
        })
    }

    /// Returns the report of a capture of a window. `pruned` is the reason why a capture that is not
    /// there may have been pruned: captures are rows of the event log.
    fn of_capture(
        &self,
        (ping, metric): (&Ping, &Metric),
        captured: Captured,
        (span, pruned): (Span, Option<&Failure>),
    ) -> MetricReport {
        let outcome = match (captured.outcome, captured.at, pruned) {
            (Err(_), None, Some(failure)) => Err(failure.clone()),
            (outcome, ..) => outcome,
        };
        let form = self.registry.version_form();
        let mut report = of_metric(metric, outcome, captured.took);
        report.captured_at = captured.at;
        report.captured_by = captured.by.filter(|version| form.fits(*version));
        report.late = captured.at.filter(|_| is_weekly(ping)).and_then(|at| {
            // Captures are taken once the ISO week in which the week ends is over.
            let last = span.weeks().last().filter(|_| span.period().is_week());
            let due = last.map_or(span.end(), Week::end);
            let late = Duration::try_from(at - due).ok()?;
            (late > Duration::from_secs(Measured::LATE)).then_some(late)
        });
        report.is_retaken = captured.is_retaken;
        report
    }

    /// Returns the captured values for a week by code, for all captures of the registry.
    async fn captures(
        &self,
        tx: &mut Transaction,
        week: Week,
        now: OffsetDateTime,
    ) -> BTreeMap<&str, (Life<'_>, Captured)> {
        let mut captures = BTreeMap::new();
        for (ping, metric) in self.registry.metrics() {
            if matches!(metric.source, Source::Capture(_) | Source::Sql(_)) {
                let started = Instant::now();
                let mut captured = captured(tx, ping, metric, week.into(), now).await;
                captured.took = started.elapsed();
                captures.insert(&*metric.code, (ping.life(metric), captured));
            }
        }
        captures
    }

    /// Returns the properties of the event log that queries depend on.
    fn event_log(&self) -> pings_sql::EventLog {
        pings_sql::EventLog {
            dialect: self.log.dialect(),
            is_utc: true,
            has_jsonb: self.log.shape().argument == "jsonb",
            user_id: Some(self.log.shape().users.ty),
            has_plain_times: false,
        }
    }

    fn first_time_metrics(&self) -> impl Iterator<Item = (&str, &EventMetric)> {
        self.registry
            .metrics()
            .filter_map(|(_, metric)| match &metric.source {
                Source::Events(events) => Some((metric.code.as_str(), events)),
                _ => None,
            })
            .filter(|(_, events)| events.measures.contains(&EventMeasure::FirstTimeUsers))
    }
}

/// The value of a metric, or the reason why there is none.
pub(crate) type Outcome = std::result::Result<Value, Failure>;

/// Returns whether a metric exists at the version. If the version is unknown, a metric that is not
/// removed exists.
pub(crate) fn exists(life: Life<'_>, version: Option<Version>) -> bool {
    match version {
        Some(version) => life.is_sent_by(version),
        None => life.removed().is_none(),
    }
}

fn of_metric(metric: &Metric, outcome: Outcome, took: Duration) -> MetricReport {
    MetricReport {
        code: metric.code.clone(),
        outcome,
        captured_at: None,
        captured_by: None,
        late: None,
        is_retaken: false,
        took,
    }
}

fn not_running() -> Failure {
    let message = "the product was not seen running in this week";
    Failure::new(FailureKind::NotRunning, message)
}

/// Returns the failure of a window whose events were pruned, if they were.
pub(crate) async fn pruned_failure(tx: &mut Transaction, span: Span) -> Result<Option<Failure>> {
    let [start, _] = span.borders();
    let before = pruned_before(tx).await?.filter(|before| *before > start);
    Ok(before.map(|before| {
        let message = format!("events before {before} were pruned");
        Failure::new(FailureKind::Pruned, message)
    }))
}
