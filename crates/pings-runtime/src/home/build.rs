//! Putting the payload of a week together.

use std::collections::BTreeMap;

use pings_database::{Bind, Cell, Mode, Result, Transaction};
use pings_model::{Registry, Source, ValueType, Version};
use pings_payload::{
    Failure, FailureKind, Measured, Payload, Uuid, Vocabulary, Week, fingerprint, value,
};
use pings_sql::{Dialect, PLAIN_TIME};
use serde_json::json;
use time::OffsetDateTime;

use super::Home;
use crate::consent::{Agreement, foresee};
use crate::report::{MetricReport, Progress, Report, Reporter};

/// What was logged in a week by each version, and by versions that nobody can read.
#[derive(Debug, Default)]
pub(super) struct Logged {
    pub(super) versions: BTreeMap<Version, u64>,
    pub(super) unversioned: u64,
}

impl Home<'_> {
    /// The payload of a week, as it would be sent as that revision.
    ///
    /// # Errors
    ///
    /// Where the database fails altogether. A metric that fails says so itself.
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
        let mut reporter = Reporter::new(self.log, &registry);
        if let Some(version) = self.version {
            reporter = reporter.at_version(version);
        }
        let report = reporter.report(week, now, progress).await?;
        let mut tx = self.log.begin(Mode::Read).await?;
        let logged = logged(&mut tx, self.registry, week).await?;
        tx.rollback().await?;
        Ok(Payload {
            registry: registry.name.clone(),
            fingerprint: fingerprint(self.registry),
            instance,
            version: report.version,
            week,
            revision,
            versions: logged.versions,
            unversioned: logged.unversioned,
            metrics: metrics(&registry, &report, &agreement),
            runtime: report
                .runtime
                .by_name()
                .map(|(name, count)| (name.to_owned(), count))
                .into(),
        })
    }
}

fn metrics(
    registry: &Registry,
    report: &Report,
    agreement: &Agreement,
) -> BTreeMap<String, Measured> {
    let metrics = report.metrics.iter().filter_map(|metric| {
        let (ping, known) = registry.metric(&metric.code)?;
        if let Err(failure) = agreement.metric(registry, ping, known, report.week) {
            return Some((metric.code.clone(), withheld(failure)));
        }
        let vocabulary = Vocabulary::new(registry, ping, known);
        Some((metric.code.clone(), measured(&vocabulary, metric)))
    });
    metrics.collect()
}

/// A metric of which nothing but the reason leaves.
fn withheld(failure: Failure) -> Measured {
    Measured {
        outcome: Err(failure),
        captured_at: None,
        captured_by: None,
        took: 0,
    }
}

fn measured(vocabulary: &Vocabulary, metric: &MetricReport) -> Measured {
    let outcome = metric.outcome.clone().and_then(|found| {
        let read = value(found.json()).map_err(|malformed| {
            // A measure that is a text, or a whole number beyond what JSON can say.
            Failure::new(FailureKind::Withheld, malformed.to_string())
        });
        vocabulary.apply(read?)
    });
    Measured {
        outcome,
        captured_at: metric.captured_at,
        captured_by: metric.captured_by,
        took: u64::try_from(metric.took.as_millis()).unwrap_or(u64::MAX),
    }
}

/// What was logged in a week, by version: events, and captures.
pub(super) async fn logged(
    tx: &mut Transaction,
    registry: &Registry,
    week: Week,
) -> Result<Logged> {
    let (names, window) = match tx.dialect() {
        Dialect::Sqlite => (
            "SELECT value FROM json_each($1)",
            format!(
                "timestamp >= date($2, '-1 day') AND timestamp < date($3, '+1 day') \
                 AND {PLAIN_TIME} >= date($2) AND {PLAIN_TIME} < date($3)"
            ),
        ),
        Dialect::Postgres => (
            "SELECT json_array_elements_text($1::json)",
            "timestamp >= $2::text::timestamptz AND timestamp < $3::text::timestamptz".to_owned(),
        ),
    };
    let sql = format!(
        "SELECT version, count(*) FROM event_logs WHERE name IN ({names}) AND {window} GROUP BY version"
    );
    let [start, end] = week.borders();
    let names = json!(logged_names(registry)).to_string();
    let binds = [Bind::Text(&names), Bind::Text(&start), Bind::Text(&end)];
    let types = [ValueType::Text, ValueType::Integer];
    let mut logged = Logged::default();
    for row in tx.rows(&sql, &binds, &types).await? {
        let Ok([version, Cell::Integer(count)]) = <[Cell; 2]>::try_from(row) else {
            continue;
        };
        let count = count.unsigned_abs();
        match version.text().and_then(|text| Version::of_build(text).ok()) {
            Some(version) => *logged.versions.entry(version).or_default() += count,
            None => logged.unversioned += count,
        }
    }
    Ok(logged)
}

/// What a registry's rows of the event log are called.
pub(super) fn logged_names(registry: &Registry) -> Vec<&str> {
    let captures = registry.metrics().filter_map(|(_, metric)| {
        matches!(metric.source, Source::Capture(_) | Source::Sql(_)).then_some(&*metric.code)
    });
    let events = registry.events.iter().flat_map(|event| event.wire_names());
    events.chain(captures).collect()
}
