//! Captures: values that are read from the product's tables.
//!
//! Each capture reads in a read-only transaction with its own time limit. A failed capture is
//! stored as a result and does not affect other captures.

mod isolated;
mod misfits;
mod opened;

use std::time::{Duration, Instant};

use pings_model::{
    Aggregation, Metric, Period, Ping, Registry, Source, Span, SqlPiece, TableRef, ValueType,
    Version,
};
use pings_sql::{Column, Dialect, Parameters, Query, columns, query};
use serde::Serialize;
use time::OffsetDateTime;

use crate::event_log::row::{Row, milliseconds};
use crate::event_log::{EventLog, UserId, insert, pruned_before};
use crate::product::Product;
use crate::report::{captured, exists, is_weekly, of_rows};
use crate::running;
use crate::tasks::takes;
use opened::Opened;
use pings_database::{Bind, Cell, Database, Mode};
use pings_database::{Error, Result};
use pings_payload::{Failure, FailureKind, Value, Week};
use pings_types::instant;

pub(crate) use misfits::misfits;
pub use misfits::{Misfit, MisfitFault};

/// Takes the captures of a registry from the product's database.
#[derive(Clone, Debug)]
pub struct Captures<'a> {
    /// The databases of the product.
    pub product: Product<'a>,
    /// The registry that declares the captures.
    pub registry: &'a Registry,
    /// The version of the product. Captures that do not exist at this version are not taken.
    pub version: Option<Version>,
    /// The time limit of each capture. After that, the capture is cancelled, also in the database.
    pub limit: Duration,
    /// The week for which weekly captures are taken.
    pub week: Week,
    /// The time of the run, which is `:now` in every capture.
    pub now: OffsetDateTime,
}

/// The result of a capture.
#[derive(Clone, Debug)]
pub struct Captured {
    /// The code of the capture.
    pub code: String,
    /// The week of a weekly capture; `None` for a capture of the current state.
    pub week: Option<Week>,
    /// The window of the value, if it is not the week.
    pub window: Option<Span>,
    /// The value, or the reason why there is none.
    pub outcome: std::result::Result<Value, Failure>,
    /// Whether the capture was taken again on request, although an earlier one was valid.
    pub is_retaken: bool,
    /// How long the capture took.
    pub took: Duration,
}

impl Captured {
    /// Returns whether the capture was skipped, because it has no SQL for the product's database.
    #[must_use]
    pub fn is_skipped(&self) -> bool {
        let failure = self.outcome.as_ref().err();
        failure.is_some_and(|it| it.kind == FailureKind::Unsupported)
    }
}

/// The database's plan for a capture.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The code of the capture.
    pub code: String,
    /// The lines of the plan, or the reason why there is none.
    pub plan: std::result::Result<Vec<String>, Failure>,
    /// How long planning took.
    pub took: Duration,
}

/// How much longer than its time limit a capture stays claimed by a process.
const LEASE: time::Duration = time::Duration::MINUTE;

/// The table of the event log.
const LOG: &str = "event_logs";

/// The `source` of logged captures.
const SOURCE: &str = "BACKEND";

/// The `anonymous_user_id` of logged captures.
const ACTOR: &str = "backend";

impl<'a> Captures<'a> {
    /// Creates captures for the last complete week, with a time limit of 30 seconds for each
    /// capture.
    #[must_use]
    pub fn new(
        product: impl Into<Product<'a>>,
        registry: &'a Registry,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            product: product.into(),
            registry,
            version: None,
            limit: Duration::from_secs(30),
            week: Week::last_complete(now),
            now,
        }
    }

    /// Returns the number of captures, counting each window that has begun.
    #[must_use]
    pub fn count(&self, now: OffsetDateTime) -> usize {
        self.windows(now).len()
    }

    /// Takes all captures, logs each immediately, and then passes it to `done`.
    ///
    /// The first weekly capture that succeeds after the end of its week counts. The capture is not
    /// repeated, because rows change later. A capture that another process takes at the same time
    /// is skipped.
    ///
    /// # Errors
    ///
    /// Returns an error if the event log fails. A capture that fails is logged as a failure.
    pub async fn take(
        &self,
        log: &EventLog,
        version: &str,
        clock: fn() -> OffsetDateTime,
        done: impl FnMut(&Captured),
    ) -> Result<Vec<Captured>> {
        self.take_each(log, version, clock, false, done).await
    }

    /// Takes all captures like [`Self::take`], and repeats weekly captures that already count. A
    /// repeated capture changes a past week, and payloads say that it was retaken.
    ///
    /// # Errors
    ///
    /// Returns an error if the event log fails. A capture that fails is logged as a failure.
    pub async fn retake(
        &self,
        log: &EventLog,
        version: &str,
        clock: fn() -> OffsetDateTime,
        done: impl FnMut(&Captured),
    ) -> Result<Vec<Captured>> {
        self.take_each(log, version, clock, true, done).await
    }

    async fn take_each(
        &self,
        log: &EventLog,
        version: &str,
        clock: fn() -> OffsetDateTime,
        again: bool,
        mut done: impl FnMut(&Captured),
    ) -> Result<Vec<Captured>> {
        let mut all = Vec::new();
        let mut opened = Opened::new(self.product);
        for (ping, metric, span) in self.windows(clock()) {
            let claim = match is_weekly(ping) && span.end() <= clock() {
                true => Some(claim(metric, span)),
                false => None,
            };
            let mut stands = false;
            if let Some(claim) = &claim {
                let lease = self.limit.try_into().unwrap_or(time::Duration::HOUR) + LEASE;
                let is_ours = (again || !stands_for(log, ping, metric, span, clock()).await?)
                    && takes(log, claim, lease, clock()).await?;
                if !is_ours {
                    continue;
                }
                // Another process may have taken the capture since the first check.
                stands = stands_for(log, ping, metric, span, clock()).await?;
                if stands && !again {
                    release(log, claim).await?;
                    continue;
                }
            }
            let mut captured = self.capture(ping, metric, span, &mut opened).await;
            if let Some(failure) = self.lost(log, ping, metric).await? {
                captured.outcome = Err(failure);
            }
            captured.is_retaken = stands;
            store(log, &captured, version, claim.as_deref(), clock()).await?;
            done(&captured);
            all.push(captured);
        }
        Ok(all)
    }

    /// Returns why a captured value is wrong: it counts events of any age, and some were pruned.
    async fn lost(&self, log: &EventLog, ping: &Ping, metric: &Metric) -> Result<Option<Failure>> {
        if !counts_all_events(self.registry, ping, metric) {
            return Ok(None);
        }
        let mut tx = log.begin(Mode::Read).await?;
        let before = pruned_before(&mut tx).await?;
        tx.rollback().await?;
        Ok(before.map(|before| {
            let message = format!(
                "the capture counts events of any age, but events before {before} were pruned"
            );
            Failure::new(FailureKind::Pruned, message)
        }))
    }

    /// Returns what is captured: each metric with its ping and window. A capture of the current state
    /// has the week as its window. Windows that have not begun are left out.
    fn windows(&self, now: OffsetDateTime) -> Vec<(&'a Ping, &'a Metric, Span)> {
        let windows = self.metrics().flat_map(|(ping, metric)| {
            let spans = match metric.windows.is_empty() {
                true => vec![self.week.into()],
                false => {
                    let windows = metric.windows.iter();
                    windows.flat_map(|window| window.spans(self.week)).collect()
                }
            };
            spans.into_iter().map(move |span| (ping, metric, span))
        });
        let has_begun = |span: &Span| span.period() == Period::Week || span.start() <= now;
        windows.filter(|(_, _, span)| has_begun(span)).collect()
    }

    /// Plans all captures without taking them.
    pub async fn plan(&self, mut done: impl FnMut(&Planned)) -> Vec<Planned> {
        let mut all = Vec::new();
        let mut opened = Opened::new(self.product);
        for (ping, metric) in self.metrics() {
            let started = Instant::now();
            let plan = self.planned(ping, metric, &mut opened).await;
            let planned = Planned {
                code: metric.code.clone(),
                plan,
                took: started.elapsed(),
            };
            done(&planned);
            all.push(planned);
        }
        all
    }

    /// Returns the metrics that are captured, each with its ping.
    pub fn metrics(&self) -> impl Iterator<Item = (&'a Ping, &'a Metric)> {
        let version = self.version;
        self.registry.metrics().filter(move |(ping, metric)| {
            exists(ping.life(metric), version)
                && matches!(metric.source, Source::Capture(_) | Source::Sql(_))
        })
    }

    /// Returns the query of a capture, or a failure if the capture has no SQL for the database.
    fn query(
        &self,
        ping: &Ping,
        metric: &Metric,
        dialect: Dialect,
    ) -> std::result::Result<Query, Failure> {
        query(self.registry, ping, metric, dialect).ok_or_else(|| {
            let database = match dialect {
                Dialect::Postgres => "PostgreSQL",
                Dialect::Sqlite => "SQLite",
            };
            let message = format!("the capture has no SQL for {database}");
            Failure::new(FailureKind::Unsupported, message)
        })
    }

    async fn planned(
        &self,
        ping: &Ping,
        metric: &Metric,
        opened: &mut Opened<'a>,
    ) -> std::result::Result<Vec<String>, Failure> {
        let database = opened.database(self.registry.database_of(metric)).await?;
        let query = self.query(ping, metric, database.dialect())?;
        self.explain(database, &query).await
    }

    async fn capture(
        &self,
        ping: &Ping,
        metric: &Metric,
        span: Span,
        opened: &mut Opened<'a>,
    ) -> Captured {
        let started = Instant::now();
        Captured {
            code: metric.code.clone(),
            week: is_weekly(ping).then_some(self.week),
            window: Some(span).filter(|span| span.period() != Period::Week),
            outcome: self.value(ping, metric, span, opened).await,
            is_retaken: false,
            took: started.elapsed(),
        }
    }

    async fn value(
        &self,
        ping: &Ping,
        metric: &Metric,
        span: Span,
        opened: &mut Opened<'a>,
    ) -> std::result::Result<Value, Failure> {
        let database = opened.database(self.registry.database_of(metric)).await?;
        if let Source::Capture(capture) = &metric.source {
            opened
                .misfits
                .refuse(database, self.registry, capture, self.limit)
                .await?;
        }
        let columns = columns(metric);
        let types: Vec<ValueType> = columns.iter().map(|column: &Column| column.ty).collect();
        let query = self.query(ping, metric, database.dialect())?;
        let rows = self.ask(database, &query, span, &types).await;
        let rows = rows.map_err(|failure| match metric.source {
            Source::Capture(_) => overflowed(failure),
            _ => failure,
        })?;
        if matches!(&metric.source, Source::Capture(capture) if capture.one_row) {
            only_row(&rows)?;
        }
        of_rows(&columns, rows)
    }

    async fn explain(
        &self,
        database: &Database,
        query: &Query,
    ) -> std::result::Result<Vec<String>, Failure> {
        let (how, types, detail): (_, &[ValueType], _) = match database.dialect() {
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
        let rows = self.ask(database, &query, self.week.into(), types).await?;
        Ok(rows
            .iter()
            .filter_map(|row| Some(row.get(detail)?.text()?.to_owned()))
            .collect())
    }

    async fn ask(
        &self,
        database: &Database,
        query: &Query,
        span: Span,
        types: &[ValueType],
    ) -> std::result::Result<Vec<Vec<Cell>>, Failure> {
        let [start, end] = span.borders();
        let borders = [Bind::Text(&start), Bind::Text(&end)];
        let now = instant(self.now.into());
        let now = [Bind::Text(&now)];
        let binds = match query.parameters {
            Parameters::None => &[][..],
            Parameters::Window => &borders,
            Parameters::Now => &now,
        };
        isolated::ask(database, &query.text, binds, types, self.limit).await
    }
}

/// Returns whether a window has a capture of the metric that counts.
async fn stands_for(
    log: &EventLog,
    ping: &Ping,
    metric: &Metric,
    span: Span,
    now: OffsetDateTime,
) -> Result<bool> {
    let mut tx = log.begin(Mode::Read).await?;
    let found = captured(&mut tx, ping, metric, span, now).await;
    tx.rollback().await?;
    Ok(found.outcome.is_ok() && found.at.is_some_and(|at| span.end() <= at))
}

/// Returns the name of the task that takes a capture of a window.
fn claim(metric: &Metric, span: Span) -> String {
    let [start, _] = span.borders();
    match span.period() {
        Period::Week => format!("capture {} {}", metric.code, span.first_week()),
        period => format!("capture {} {period} {start}", metric.code),
    }
}

/// Returns whether a metric is a capture that counts rows of the event log of any age, so that its
/// value shrinks when rows are pruned.
#[must_use]
pub fn counts_all_events(registry: &Registry, ping: &Ping, metric: &Metric) -> bool {
    let is_log = |table: &TableRef| registry.table(table.table).name == LOG;
    let reads_log = match &metric.source {
        Source::Capture(capture) => {
            let joined = capture.joins.iter().map(|join| &join.table);
            std::iter::once(&capture.from).chain(joined).any(is_log)
        }
        Source::Sql(capture) => capture.texts().any(|sql| {
            sql.0.iter().any(|piece| match piece {
                SqlPiece::Text(text) => text.contains(LOG),
                _ => false,
            })
        }),
        _ => false,
    };
    ping.aggregation == Aggregation::Total && reads_log
}

/// Returns a failure unless there is exactly one row, with a value. The value is in the first
/// column.
fn only_row(rows: &[Vec<Cell>]) -> std::result::Result<(), Failure> {
    let message = match rows {
        [] => "no row was found, but the value is read from exactly one",
        [row] if row.first() == Some(&Cell::Null) => "the value in the row is NULL or not a number",
        [_] => return Ok(()),
        _ => "several rows were found, but the value is read from exactly one",
    };
    Err(Failure::new(FailureKind::NotOneRow, message))
}

/// Rewrites the error of a typed capture. Its integer expressions only yield another type if SQLite
/// exceeds 64 bits, and its author wrote no `columns` for the message to refer to.
fn overflowed(mut failure: Failure) -> Failure {
    if let Some(value) = failure
        .message
        .strip_suffix(", but `columns` declares integer")
    {
        failure.message = format!("{value}, which does not fit into 64 bits");
    }
    failure
}

/// The argument of a logged capture.
#[derive(Serialize)]
struct Argument<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    week: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<Period>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    retaken: bool,
}

/// Logs the result of a capture, and releases the claim.
async fn store(
    log: &EventLog,
    captured: &Captured,
    version: &str,
    claim: Option<&str>,
    now: OffsetDateTime,
) -> Result<()> {
    let failure = captured.outcome.as_ref().err();
    let argument = Argument {
        value: captured.outcome.as_ref().ok(),
        error: failure.map(|failure| failure.message.as_str()),
        failure: failure.map(|failure| failure.kind.name()),
        week: captured.week.map(|week| week.to_string()),
        window: captured.window.map(|window| window.period()),
        start: captured.window.map(|window| {
            let [start, _] = window.borders();
            start
        }),
        retaken: captured.is_retaken,
    };
    let argument =
        serde_json::to_string(&argument).map_err(|error| Error::failure(error.to_string()))?;
    // PostgreSQL JSON cannot contain NUL.
    let argument = argument.replace("\\u0000", "\\ufffd");
    let row = Row {
        id: None,
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
    insert(&mut tx, log.shape(), &[row]).await?;
    if let Some(claim) = claim {
        tx.run(RELEASE, &[Bind::Text(claim)]).await?;
    }
    running::note(&mut tx, version, now).await?;
    tx.commit().await?;
    Ok(())
}

const RELEASE: &str = "DELETE FROM pings_tasks WHERE task = $1";

/// Releases a claim, so that other processes can take the capture.
async fn release(log: &EventLog, claim: &str) -> Result<()> {
    let mut tx = log.begin(Mode::Write).await?;
    tx.run(RELEASE, &[Bind::Text(claim)]).await?;
    tx.commit().await?;
    Ok(())
}
