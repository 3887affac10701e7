//! The report for a week.

mod captured;
mod events;
mod json;
mod meaning;
mod merge;
mod metadata;
mod sightings;
mod switched_off;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use pings_model::{EventMeasure, EventMetric, Life, Metric, Ping, Registry, Source, Version};
use time::OffsetDateTime;

use crate::event_log::{EventLog, pruned_before};
use crate::failure::of_error;
use crate::recorder::Counters;
use crate::running::ran;
use captured::Captured;
use pings_database::Result;
use pings_database::{Mode, Transaction};
use pings_payload::{Failure, FailureKind, Measured, Value, Week};

pub(crate) use captured::{captured, is_weekly};
pub(crate) use events::taken;
pub(crate) use value::of_rows;

/// Creates reports on an event log for a registry.
pub struct Reporter<'a> {
    log: &'a EventLog,
    registry: &'a Registry,
    version: Option<Version>,
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
    /// The newest of the versions, or else the last version that logged an event before the week
    /// ended. If the version is unknown (`None`), all metrics that are not removed are reported.
    pub version: Option<Version>,
    /// The metrics in the order of the registry. Metrics that do not exist at the versions are
    /// absent.
    pub metrics: Vec<MetricReport>,
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
    /// Returns the metric or funnel with this code.
    #[must_use]
    pub fn metric(&self, code: &str) -> Option<&MetricReport> {
        self.metrics.iter().find(|metric| metric.code == code)
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
        let caught_up = self.catch_up(progress).await;
        let mut tx = self.log.begin(Mode::Read).await?;
        let is_complete = week.is_complete(now);
        let ran = ran(&mut tx, self.registry, week).await?;
        let is_running = ran.is_running || !is_complete;
        let mut versions: BTreeSet<Version> = ran.versions.into_keys().collect();
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
        let metrics: Vec<(&Ping, &Metric)> = self
            .registry
            .metrics()
            .filter(|(ping, metric)| match metric.source {
                Source::Capture(_) | Source::Sql(_) => captures.contains_key(&*metric.code),
                _ => exists_then(ping.life(metric)),
            })
            .collect();
        let mut outcomes: BTreeMap<usize, MetricReport> = BTreeMap::new();
        let of_events: Vec<&Metric> = metrics.iter().map(|(_, metric)| *metric).collect();
        let mut done = 0;
        let mut measured = |count: usize| {
            done += count;
            progress(Progress::Measuring {
                done,
                total: metrics.len(),
            });
        };
        let pruned = pruned_failure(&mut tx, week).await?;
        // The reason why events of the week cannot be counted, if there is one.
        let uncounted = match is_running {
            true => pruned.clone(),
            false => Some(not_running()),
        };
        let counted =
            self.measure_events(&mut tx, &of_events, week, uncounted.as_ref(), &mut measured);
        for (place, outcome, took) in counted.await? {
            outcomes.insert(place, of_metric(of_events[place], outcome, took));
        }
        for (place, (_, metric)) in metrics.iter().enumerate() {
            let started = Instant::now();
            let Source::Events(events) = &metric.source else {
                continue;
            };
            if !events.measures.contains(&EventMeasure::FirstTimeUsers) {
                continue;
            }
            let before = outcomes.remove(&place);
            let (before, took) = match before {
                Some(report) => (Some(report.outcome), report.took),
                None => (None, Duration::ZERO),
            };
            let outcome = match (&caught_up, &uncounted) {
                (Err(error), _) => Err(of_error(error)),
                (_, Some(failure)) => Err(failure.clone()),
                _ => {
                    self.with_first_times(&mut tx, metric, events, before, week)
                        .await
                }
            };
            outcomes.insert(place, of_metric(metric, outcome, took + started.elapsed()));
        }
        let form = self.registry.version_form();
        for (place, (ping, metric)) in metrics.iter().enumerate() {
            if let Some((_, captured)) = captures.remove(&*metric.code) {
                let outcome = match (captured.outcome, captured.at, &pruned) {
                    // Captures are rows of the event log and are pruned with it.
                    (Err(_), None, Some(failure)) => Err(failure.clone()),
                    (outcome, ..) => outcome,
                };
                let mut report = of_metric(metric, outcome, captured.took);
                report.captured_at = captured.at;
                report.captured_by = captured.by.filter(|version| form.fits(*version));
                report.late = captured.at.filter(|_| is_weekly(ping)).and_then(|at| {
                    let late = Duration::try_from(at - week.end()).ok()?;
                    (late > Duration::from_secs(Measured::LATE)).then_some(late)
                });
                report.is_retaken = captured.is_retaken;
                outcomes.insert(place, report);
                measured(1);
            }
        }
        let runtime = self.counters(&mut tx, week).await?;
        tx.rollback().await?;
        Ok(Report {
            registry: self.registry.name().to_owned(),
            week,
            is_complete,
            is_running,
            versions,
            version,
            metrics: outcomes.into_values().collect(),
            runtime,
        })
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
                let mut captured = captured(tx, ping, metric, week, now).await;
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

/// Returns the failure of a week whose events were pruned, if they were.
pub(crate) async fn pruned_failure(tx: &mut Transaction, week: Week) -> Result<Option<Failure>> {
    let [start, _] = week.borders();
    let before = pruned_before(tx).await?.filter(|before| *before > start);
    Ok(before.map(|before| {
        let message = format!("events before {before} were pruned");
        Failure::new(FailureKind::Pruned, message)
    }))
}
