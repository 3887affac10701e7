//! Captures: numbers of the product's tables, each on its own.
//!
//! A capture reads in a transaction that cannot write, and has its own time.
//! One that fails is a value too, and hides no other.

mod isolated;
mod misfits;

use std::time::{Duration, Instant};

use pings_model::{Metric, Ping, Registry, Source, ValueType, Version};
use pings_sql::{Column, Dialect, Query, columns, query};
use serde_json::json;
use time::OffsetDateTime;

use crate::event_log::row::{Row, milliseconds};
use crate::event_log::{EventLog, UserId, insert};
use crate::report::{Value, exists, is_weekly, taken};
use misfits::Known;
use pings_database::Result;
use pings_database::{Bind, Cell, Database, Mode};
use pings_payload::{Failure, Week};

pub(crate) use misfits::misfits;
pub use misfits::{Misfit, MisfitFault};

/// Takes the captures of a registry from the product's database.
#[derive(Clone, Debug)]
pub struct Captures<'a> {
    /// The product's database.
    pub product: &'a Database,
    /// What to capture.
    pub registry: &'a Registry,
    /// The version of the product; what does not exist at it is not captured.
    pub version: Option<Version>,
    /// How long each may take. Then it is cancelled, in the database too.
    pub limit: Duration,
    /// The week that weekly captures tell about.
    pub week: Week,
}

/// What a capture came to.
#[derive(Clone, Debug)]
pub struct Captured {
    /// Its code.
    pub code: String,
    /// The week it tells about, if it tells about one rather than about the moment.
    pub week: Option<Week>,
    /// The value, or why there is none.
    pub outcome: std::result::Result<Value, Failure>,
    /// How long it took.
    pub took: Duration,
}

/// What the database would do for a capture.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its code.
    pub code: String,
    /// The plan, line by line, or why there is none.
    pub plan: std::result::Result<Vec<String>, Failure>,
    /// How long planning took.
    pub took: Duration,
}

/// What is logged as a capture.
const SOURCE: &str = "BACKEND";

/// Who logs it.
const ACTOR: &str = "backend";

impl<'a> Captures<'a> {
    /// Captures of the last week that was over at that moment, with 30 seconds for each.
    #[must_use]
    pub fn new(product: &'a Database, registry: &'a Registry, now: OffsetDateTime) -> Self {
        Self {
            product,
            registry,
            version: None,
            limit: Duration::from_secs(30),
            week: Week::last_complete(now),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.metrics().count()
    }

    /// Takes all captures and logs each as soon as it is taken; `done` is told of it.
    ///
    /// # Errors
    ///
    /// Where the event log fails. A capture that fails is logged as such.
    pub async fn take(
        &self,
        log: &EventLog,
        version: &str,
        clock: fn() -> OffsetDateTime,
        mut done: impl FnMut(&Captured),
    ) -> Result<Vec<Captured>> {
        let mut all = Vec::new();
        let mut known = Known::default();
        for (ping, metric) in self.metrics() {
            let captured = self.capture(ping, metric, &mut known).await;
            store(log, &captured, version, clock()).await?;
            done(&captured);
            all.push(captured);
        }
        Ok(all)
    }

    /// Plans all captures, and takes none.
    pub async fn plan(&self, mut done: impl FnMut(&Planned)) -> Vec<Planned> {
        let mut all = Vec::new();
        for (ping, metric) in self.metrics() {
            let started = Instant::now();
            let query = self.query(ping, metric);
            let planned = Planned {
                code: metric.code.clone(),
                plan: self.explain(&query).await,
                took: started.elapsed(),
            };
            done(&planned);
            all.push(planned);
        }
        all
    }

    /// The metrics that are captured, each with its ping.
    pub fn metrics(&self) -> impl Iterator<Item = (&'a Ping, &'a Metric)> {
        let version = self.version;
        self.registry.metrics().filter(move |(ping, metric)| {
            exists(ping, version) && matches!(metric.source, Source::Capture(_) | Source::Sql(_))
        })
    }

    fn query(&self, ping: &Ping, metric: &Metric) -> Query {
        query(self.registry, ping, metric, self.product.dialect())
    }

    async fn capture(&self, ping: &Ping, metric: &Metric, known: &mut Known) -> Captured {
        let started = Instant::now();
        Captured {
            code: metric.code.clone(),
            week: is_weekly(ping).then_some(self.week),
            outcome: self.value(ping, metric, known).await,
            took: started.elapsed(),
        }
    }

    async fn value(
        &self,
        ping: &Ping,
        metric: &Metric,
        known: &mut Known,
    ) -> std::result::Result<Value, Failure> {
        if let Source::Capture(capture) = &metric.source {
            known
                .refuse(self.product, self.registry, capture, self.limit)
                .await?;
        }
        let columns = columns(metric);
        let types: Vec<ValueType> = columns.iter().map(|column: &Column| column.ty).collect();
        let rows = self.ask(&self.query(ping, metric), &types).await;
        let rows = rows.map_err(|failure| match metric.source {
            Source::Capture(_) => overflowed(failure),
            _ => failure,
        })?;
        Value::of_rows(&columns, rows)
    }

    async fn explain(&self, query: &Query) -> std::result::Result<Vec<String>, Failure> {
        let (how, types, detail): (_, &[ValueType], _) = match self.product.dialect() {
            Dialect::Postgres => ("EXPLAIN", &[ValueType::Text], 0),
            Dialect::Sqlite => (
                "EXPLAIN QUERY PLAN",
                &[
                    ValueType::Integer,
                    ValueType::Integer,
                    ValueType::Integer,
                    ValueType::Text,
                ],
                3,
            ),
        };
        let query = Query {
            text: format!("{how} {}", query.text),
            parameters: query.parameters,
        };
        let rows = self.ask(&query, types).await?;
        Ok(rows
            .iter()
            .filter_map(|row| Some(row.get(detail)?.text()?.to_owned()))
            .collect())
    }

    async fn ask(
        &self,
        query: &Query,
        types: &[ValueType],
    ) -> std::result::Result<Vec<Vec<Cell>>, Failure> {
        let [start, end] = self.week.borders();
        let borders = [Bind::Text(&start), Bind::Text(&end)];
        let binds = taken(query, &borders);
        isolated::ask(self.product, &query.text, binds, types, self.limit).await
    }
}

/// A capture that computes with integers finds another number only where SQLite went
/// beyond 64 bits; no `columns` were written for it.
fn overflowed(mut failure: Failure) -> Failure {
    if let Some(value) = failure.message.strip_suffix(", and `columns` says integer") {
        failure.message = format!("{value}, beyond the 64 bits of an integer");
    }
    failure
}

/// Logs what a capture came to.
async fn store(
    log: &EventLog,
    captured: &Captured,
    version: &str,
    now: OffsetDateTime,
) -> Result<()> {
    let mut argument = match &captured.outcome {
        Ok(value) => json!({ "value": value.json() }),
        Err(failure) => json!({ "error": failure.message, "failure": failure.kind.name() }),
    };
    if let Some(week) = captured.week {
        argument["week"] = week.to_string().into();
    }
    // No JSON of PostgreSQL can hold a NUL.
    let argument = argument.to_string().replace("\\u0000", "\\ufffd");
    let row = Row {
        name: &captured.code,
        url: "",
        user_id: UserId::Number(0),
        anonymous_user_id: ACTOR,
        source: SOURCE,
        argument: &argument,
        version,
        timestamp: milliseconds(now),
    };
    let mut tx = log.begin(Mode::Write).await?;
    insert(&mut tx, log.shape().users, &[row]).await?;
    tx.commit().await?;
    Ok(())
}
