//! The report of a week.

mod captured;
mod facts;
mod json;
mod meaning;
mod merge;
mod sightings;
mod value;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use pings_model::{
    EventMeasure, EventMetric, Metric, Ping, PingType, Registry, Source, Trust, ValueType, Version,
};
use pings_sql::{Column, Parameters, Query, Read, columns, reads};
use serde_json::Value as Json;
use time::OffsetDateTime;

use crate::event_log::EventLog;
use crate::failure::of_query;
use crate::recorder::Counters;
use pings_database::Result;
use pings_database::{Bind, Cell, Mode, Transaction};
use pings_payload::{Failure, FailureKind, Week};

pub use value::Value;

/// Reports on an event log what a registry asks for.
pub struct Reporter<'a> {
    log: &'a EventLog,
    registry: &'a Registry,
    version: Option<Version>,
}

/// The report of a week.
#[derive(Clone, Debug)]
pub struct Report {
    /// The name of the registry.
    pub registry: String,
    /// The week.
    pub week: Week,
    /// Whether the week was over when it was reported.
    pub is_complete: bool,
    /// The version of the product that decided which metrics there are; none
    /// where nothing tells it, and all are reported that are not removed.
    pub version: Option<Version>,
    /// The metrics in the order of the registry. What does not exist at the version is absent.
    pub metrics: Vec<MetricReport>,
    /// What became of events in the week, other than being written at once.
    pub runtime: Counters,
}

/// What the report says of one metric.
#[derive(Clone, Debug)]
pub struct MetricReport {
    /// Its code.
    pub code: String,
    /// What it came to, or why there is nothing.
    pub outcome: std::result::Result<Value, Failure>,
    /// When it was captured, if it is a capture.
    pub captured_at: Option<OffsetDateTime>,
    /// The version that captured it, if it was captured and that can be read.
    pub captured_by: Option<Version>,
    /// How long it took. What several metrics share is counted to each in equal parts.
    pub took: Duration,
}

/// How far long work has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Rows of the event log are read for the first time.
    Reading {
        /// How many.
        done: u64,
        /// Of how many.
        total: u64,
    },
    /// Metrics are measured.
    Measuring {
        /// How many.
        done: usize,
        /// Of how many.
        total: usize,
    },
}

impl<'a> Reporter<'a> {
    /// A reporter for the product at the version that its newest events tell.
    #[must_use]
    pub fn new(log: &'a EventLog, registry: &'a Registry) -> Self {
        Self {
            log,
            registry,
            version: None,
        }
    }

    /// The same, for the product at this version.
    #[must_use]
    pub fn at_version(self, version: Version) -> Self {
        Self {
            version: Some(version),
            ..self
        }
    }

    /// The report of a week, as of now. Asked again it says the same, unless
    /// events came late.
    ///
    /// # Errors
    ///
    /// Where the database fails altogether. A metric that fails says so itself.
    pub async fn report(
        &self,
        week: Week,
        now: OffsetDateTime,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Report> {
        let caught_up = self.catch_up(progress).await;
        let mut tx = self.log.begin(Mode::Read).await?;
        let version = match self.version {
            Some(version) => Some(version),
            None => self.logged_version(&mut tx, week).await?,
        };
        let metrics: Vec<(&Ping, &Metric)> = self
            .registry
            .metrics()
            .filter(|(ping, _)| exists(ping, version))
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
        let pruned = self.pruned(&mut tx, week).await?;
        let log = pings_sql::EventLog {
            has_plain_times: self.has_plain_times(&mut tx, week).await?,
            ..self.event_log()
        };
        for read in reads(self.registry, &of_events, log) {
            let started = Instant::now();
            let answers = match &pruned {
                Some(failure) => failed(&read, failure),
                None => self.answers(&mut tx, &read, &of_events, week).await?,
            };
            measured(answers.len());
            let took = started.elapsed() / u32::try_from(answers.len().max(1)).unwrap_or(1);
            for (place, outcome) in answers {
                outcomes.insert(place, of_metric(of_events[place], outcome, took));
            }
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
            let outcome = match (&caught_up, &pruned) {
                (Err(error), _) => Err(Failure::new(FailureKind::Query, error.to_string())),
                (_, Some(failure)) => Err(failure.clone()),
                _ => {
                    self.with_first_times(&mut tx, metric, events, before, week)
                        .await
                }
            };
            outcomes.insert(place, of_metric(metric, outcome, took + started.elapsed()));
        }
        for (place, (ping, metric)) in metrics.iter().enumerate() {
            if matches!(metric.source, Source::Capture(_) | Source::Sql(_)) {
                let started = Instant::now();
                let captured = self.captured(&mut tx, ping, metric, week, now).await;
                let outcome = match (captured.outcome, captured.at, &pruned) {
                    // Captures are pruned as events are.
                    (Err(_), None, Some(failure)) => Err(failure.clone()),
                    (outcome, ..) => outcome,
                };
                let mut report = of_metric(metric, outcome, started.elapsed());
                report.captured_at = captured.at;
                report.captured_by = captured.by;
                outcomes.insert(place, report);
                measured(1);
            }
        }
        let runtime = self.counters(&mut tx, week).await?;
        tx.rollback().await?;
        Ok(Report {
            registry: self.registry.name.clone(),
            week,
            is_complete: week.is_complete(now),
            version,
            metrics: outcomes.into_values().collect(),
            runtime,
        })
    }

    /// What is known of the event log.
    fn event_log(&self) -> pings_sql::EventLog {
        pings_sql::EventLog {
            dialect: self.log.dialect(),
            is_utc: true,
            has_jsonb: self.log.shape().argument == "jsonb",
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

    /// What the metrics of a reading came to, by their places. Where a shared
    /// reading fails, none of its metrics hides what the others come to.
    async fn answers(
        &self,
        tx: &mut Transaction,
        read: &Read,
        metrics: &[&Metric],
        week: Week,
    ) -> Result<Vec<(usize, Outcome)>> {
        tx.run("SAVEPOINT reading", &[]).await?;
        let answers = match read {
            Read::Counts { places, query } => {
                let types = [ValueType::Integer; 3];
                let rows = ask(tx, query, &types, week).await;
                rows.map(|rows| counts(places, metrics, &rows))
            }
            Read::Metric {
                place,
                before,
                query,
                columns,
            } => self
                .metric(tx, before, query, columns, metrics[*place], week)
                .await
                .map(|outcome| vec![(*place, outcome)]),
        };
        match answers {
            Ok(answers) => {
                tx.run("RELEASE SAVEPOINT reading", &[]).await?;
                Ok(answers)
            }
            Err(error) => {
                tx.run("ROLLBACK TO SAVEPOINT reading", &[]).await?;
                Ok(failed(read, &of_query(&error)))
            }
        }
    }

    async fn metric(
        &self,
        tx: &mut Transaction,
        before: &[Query],
        query: &Query,
        columns: &[Column],
        metric: &Metric,
        week: Week,
    ) -> sqlx::Result<Outcome> {
        for query in before {
            prepare(tx, query, week).await?;
        }
        let types: Vec<ValueType> = columns.iter().map(|column| column.ty).collect();
        let rows = ask(tx, query, &types, week).await?;
        Ok(match &metric.source {
            Source::Funnel(funnel) => Value::of_steps(self.registry, funnel, &rows),
            _ => Value::of_rows(columns, rows),
        })
    }
}

type Outcome = std::result::Result<Value, Failure>;

/// Whether a metric of the ping exists at the version; where that is not known, whether it still does.
pub(crate) fn exists(ping: &Ping, version: Option<Version>) -> bool {
    match version {
        Some(version) => !matches!(ping.trust(version), Trust::Absent(_)),
        None => ping.removed.is_none(),
    }
}

fn of_metric(metric: &Metric, outcome: Outcome, took: Duration) -> MetricReport {
    MetricReport {
        code: metric.code.clone(),
        outcome,
        captured_at: None,
        captured_by: None,
        took,
    }
}

fn failed(read: &Read, failure: &Failure) -> Vec<(usize, Outcome)> {
    let places = match read {
        Read::Counts { places, .. } => places.clone(),
        Read::Metric { place, .. } => vec![*place],
    };
    places
        .into_iter()
        .map(|place| (place, Err(failure.clone())))
        .collect()
}

async fn ask(
    tx: &mut Transaction,
    query: &Query,
    types: &[ValueType],
    week: Week,
) -> sqlx::Result<Vec<Vec<Cell>>> {
    let [start, end] = week.borders();
    let borders = [Bind::Text(&start), Bind::Text(&end)];
    tx.rows(&query.text, taken(query, &borders), types).await
}

async fn prepare(tx: &mut Transaction, query: &Query, week: Week) -> sqlx::Result<()> {
    let [start, end] = week.borders();
    let borders = [Bind::Text(&start), Bind::Text(&end)];
    tx.run(&query.text, taken(query, &borders))
        .await
        .map(|_| ())
}

pub(crate) fn taken<'b>(query: &Query, borders: &'b [Bind<'b>]) -> &'b [Bind<'b>] {
    match query.parameters {
        Parameters::None => &[],
        Parameters::Window => borders,
    }
}

fn counts(places: &[usize], metrics: &[&Metric], rows: &[Vec<Cell>]) -> Vec<(usize, Outcome)> {
    let by_place: BTreeMap<i64, [i64; 2]> = rows
        .iter()
        .filter_map(|row| match row.as_slice() {
            [
                Cell::Integer(place),
                Cell::Integer(events),
                Cell::Integer(users),
            ] => Some((*place, [*events, *users])),
            _ => None,
        })
        .collect();
    let of_place = |place: &usize| {
        let key = i64::try_from(*place).unwrap_or(i64::MAX);
        let Some([events, users]) = by_place.get(&key) else {
            let failure = Failure::new(FailureKind::Query, "the query does not answer for it");
            return (*place, Err(failure));
        };
        let members =
            columns(metrics[*place])
                .into_iter()
                .filter_map(|column| match column.name.as_str() {
                    "count" => Some((column.name, (*events).into())),
                    "unique_users" => Some((column.name, (*users).into())),
                    // First-time users are filled in.
                    _ => None,
                });
        (*place, Ok(Value::new(Json::Object(members.collect()))))
    };
    places.iter().map(of_place).collect()
}

/// Whether a ping is captured for a week, rather than for the moment.
pub(crate) fn is_weekly(ping: &Ping) -> bool {
    ping.kind == PingType::BeCapture && ping.window == pings_model::Window::Weekly
}
