//! Assembles the payload of a week.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Error, Mode, Result};
use pings_model::{Period, Registry, Version};
use pings_payload::{
    Failure, FailureKind, Measured, Payload, Uuid, Value, Vocabulary, Week, Windowed, fingerprint,
};
use time::OffsetDateTime;

use super::Delivery;
use crate::consent::{Agreement, foresee};
use crate::report::{MetricReport, Progress, Report, Reporter, WindowReport};
use crate::running::{appeared, ran};

impl Delivery<'_> {
    /// Returns the payload of a week as it would be sent with that revision.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails entirely, or if a metric fails because of the
    /// connection; the payload can be built later. Any other failure of a metric is part of the
    /// payload.
    pub async fn payload(
        &self,
        instance: Uuid,
        week: Week,
        revision: u32,
        now: OffsetDateTime,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Payload> {
        let agreement = foresee(self.log, self.registry, &self.consent.into(), now).await?;
        let registry = agreement.registry(self.registry, week);
        let from = agreement.all_time_from(&registry);
        let mut reporter = Reporter::new(self.log, &registry).counting_from(from);
        if let Some(version) = self.version {
            reporter = reporter.at_version(version);
        }
        let report = reporter.report(week, now, progress).await?;
        if let Some(trouble) = trouble(&report) {
            return Err(trouble);
        }
        let mut tx = self.log.begin(Mode::Read).await?;
        let (near, _) = reporter.known_near(&mut tx, &week.borders()).await?;
        let ran = ran(&mut tx, self.registry, week, near.has_plain_times).await?;
        let appeared = appeared(&mut tx).await?;
        tx.rollback().await?;
        let mut metrics = metrics(&registry, &report, &agreement);
        if !report.is_running {
            metrics.retain(|_, it| it.captured_at.is_some());
        }
        let versions = ran.versions.keys().copied().collect();
        leave_out_newer(&mut metrics, &registry, &versions, &appeared);
        let windows = report.windows.iter().flat_map(|window| {
            let whole = windowed(&registry, window, &agreement, &appeared);
            match window.span.period() {
                Period::AllTime => by_versions(&registry, whole, &appeared),
                _ => vec![whole],
            }
        });
        let mut windows: Vec<Windowed> = windows.collect();
        if !report.is_running {
            for window in &mut windows {
                window.metrics.retain(|_, it| it.captured_at.is_some());
            }
            windows.retain(|window| !window.metrics.is_empty());
        }
        let mut payload = Payload {
            registry: registry.name().to_owned(),
            fingerprint: fingerprint(self.registry),
            instance,
            version: ran.versions.keys().next_back().copied(),
            week,
            revision,
            reasons: BTreeSet::new(),
            is_running: report.is_running,
            versions: ran.versions,
            unversioned: ran.unversioned,
            metrics,
            windows,
            runtime: report
                .runtime
                .by_name()
                .into_iter()
                .map(|(name, count)| (name.to_owned(), count))
                .collect(),
        };
        payload.fold_versions();
        Ok(payload)
    }
}

/// Returns an error for the first metric that failed because the event log could not be reached. A
/// capture that failed because of the product's database has a `captured_at` and is not an error
/// here.
fn trouble(report: &Report) -> Option<Error> {
    let windows = report.windows.iter().flat_map(|window| &window.metrics);
    report.metrics.iter().chain(windows).find_map(|metric| {
        let failure = metric.outcome.as_ref().err()?;
        let is_trouble = failure.kind == FailureKind::Database && metric.captured_at.is_none();
        is_trouble.then(|| Error::failure(format!("{}: {}", metric.code, failure.message)))
    })
}

fn metrics(
    registry: &Registry,
    report: &Report,
    agreement: &Agreement,
) -> BTreeMap<String, Measured> {
    let metrics = report.metrics.iter().filter_map(|metric| {
        let (ping, known) = registry.metric(&metric.code)?;
        if let Err(failure) = agreement.metric(registry, ping, known, report.week) {
            return Some((metric.code.clone(), Measured::new(Err(failure))));
        }
        let vocabulary = Vocabulary::new(registry, ping, known);
        Some((metric.code.clone(), measured(&vocabulary, metric)))
    });
    metrics.collect()
}

/// Returns the values for a window of the week.
fn windowed(
    registry: &Registry,
    window: &WindowReport,
    agreement: &Agreement,
    appeared: &BTreeMap<String, Version>,
) -> Windowed {
    let metrics = window.metrics.iter().filter_map(|metric| {
        let (ping, known) = registry.metric(&metric.code)?;
        let measured = match agreement.window(registry, ping, known, window.span) {
            Err(failure) => Measured::new(Err(failure)),
            Ok(()) => measured(&Vocabulary::new(registry, ping, known), metric),
        };
        Some((metric.code.clone(), measured))
    });
    let mut metrics = metrics.collect();
    if window.span.period() != Period::AllTime {
        leave_out_newer(&mut metrics, registry, &window.versions, appeared);
    }
    Windowed {
        span: window.span,
        versions: window.versions.clone(),
        has_unversioned: window.has_unversioned,
        metrics,
    }
}

/// Returns a window of all time for each set of versions that has its metrics: a version that does not
/// send a metric added nothing to it.
fn by_versions(
    registry: &Registry,
    whole: Windowed,
    appeared: &BTreeMap<String, Version>,
) -> Vec<Windowed> {
    let mut windows: BTreeMap<BTreeSet<Version>, Windowed> = BTreeMap::new();
    for (code, measured) in whole.metrics {
        let Some((ping, metric)) = registry.metric(&code) else {
            continue;
        };
        let life = ping.life(metric);
        let since = appeared.get(&code);
        let sends = |version: &&Version| {
            life.is_sent_by(**version) && since.is_none_or(|since| *version >= since)
        };
        let versions: BTreeSet<Version> = whole.versions.iter().filter(sends).copied().collect();
        let window = windows.entry(versions.clone());
        let window = window.or_insert_with(|| Windowed {
            span: whole.span,
            versions,
            has_unversioned: whole.has_unversioned,
            metrics: BTreeMap::new(),
        });
        window.metrics.insert(code, measured);
    }
    windows.into_values().collect()
}

fn measured(vocabulary: &Vocabulary, metric: &MetricReport) -> Measured {
    let outcome = metric.outcome.clone().and_then(|value| {
        // A text may be too long, or a whole number too large for JSON to represent it exactly.
        value
            .check()
            .map_err(|malformed| Failure::new(FailureKind::Withheld, malformed.to_string()))?;
        vocabulary.apply(value).and_then(sendable)
    });
    Measured {
        captured_at: metric.captured_at,
        captured_by: metric.captured_by,
        late: metric.late.map(|late| late.as_secs()),
        is_retaken: metric.is_retaken,
        took: u64::try_from(metric.took.as_millis()).unwrap_or(u64::MAX),
        ..Measured::new(outcome)
    }
}

/// Returns the value if its numbers are small enough to be sent. Sums of undeclared groups can be
/// larger than the numbers of a report.
pub(super) fn sendable(value: Value) -> std::result::Result<Value, Failure> {
    match value.too_large() {
        Some((measure, number)) => {
            let most = Value::LARGEST;
            let message =
                format!("`{measure}` is {number}, but at most {most:e} in size can be sent");
            Err(Failure::new(FailureKind::Query, message))
        }
        None => Ok(value),
    }
}

/// Marks codes as absent if a version that ran in the week does not have them. Otherwise a code
/// that a release adds to an old ping would be 0 in earlier versions. A code needs no mark if the
/// registry declares the version that added it or its ping.
fn leave_out_newer(
    metrics: &mut BTreeMap<String, Measured>,
    registry: &Registry,
    versions: &BTreeSet<Version>,
    appeared: &BTreeMap<String, Version>,
) {
    for (code, measured) in metrics {
        let Some((ping, metric)) = registry.metric(code) else {
            continue;
        };
        let is_newer = appeared
            .get(code)
            .is_some_and(|since| versions.iter().any(|version| version < since));
        let life = ping.life(metric);
        let is_declared_older = versions.iter().all(|version| life.is_sent_by(*version));
        // Trust in a captured value is determined by the version that took the capture.
        if is_newer
            && is_declared_older
            && measured.captured_at.is_none()
            && measured.outcome.is_ok()
        {
            let message = "a version of this week does not send the metric";
            *measured = Measured::new(Err(Failure::new(FailureKind::Absent, message)));
        }
    }
}
