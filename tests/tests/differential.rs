//! Compares all implementations of a report with the oracle, on random event logs.

use std::cell::RefCell;
use std::env;
use std::ops::Range;

use pings_model::{
    EventDimension, EventMeasure, Identity, Measure, Metric, Period, Registry, Source,
};
use pings_runtime::{EventLog, Initialized, MetricReport, Reporter, Week};
use pings_sql::{Dialect, columns, query};
use pings_tests::databases::{Borders, Database, LOG_KINDS, LogKind};
use pings_tests::oracle::{LogRow, WEEK, window_metrics};
use pings_tests::place::Place;
use pings_tests::random::{Arguments, Case, cases, registry_text};
use pings_tests::report;
use pings_tests::same::difference;
use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestRunner};
use serde_json::{Map, Value};
use time::{Date, Duration, OffsetDateTime};

/// Milliseconds per day.
const DAY: i64 = WEEK / 7;

/// An implementation that reports on a week.
#[derive(Clone, Copy, Debug)]
enum Side {
    /// The query of each metric.
    Queries,
    /// The report of the runtime that reads the rows of each window.
    Exact,
    /// The report of the runtime, which remembers the rows that earlier reports have read.
    Report,
    /// The same, after a report on some of the rows.
    Later,
}

const SIDES: [Side; 4] = [Side::Queries, Side::Exact, Side::Report, Side::Later];

/// An event log, accessed through SQL and through the runtime.
struct Log {
    database: Database,
    runtime: EventLog,
    _place: Place,
}

impl Log {
    async fn new(dialect: Dialect, kind: LogKind) -> Option<Self> {
        let place = Place::new(dialect).await?;
        let mut database = place.connect().await;
        database.log(kind, &[]).await;
        let (runtime, done) = EventLog::init(&place.url()).await.expect("an event log");
        assert_eq!(done, Initialized::Found, "it is used as it is");
        Some(Self {
            database,
            runtime,
            _place: place,
        })
    }

    /// Replaces the rows of the log, and discards stored sightings. Ids continue to increase, as in
    /// a real log.
    async fn fill(&mut self, kinds: &[LogKind], rows: &[LogRow]) {
        self.database
            .execute(
                "DELETE FROM pings_sightings; DELETE FROM pings_sighted; \
                 DELETE FROM pings_totals; DELETE FROM pings_total_days; \
                 DELETE FROM pings_span_users; DELETE FROM pings_span_people; \
                 DELETE FROM pings_days; UPDATE pings_days_read SET read_to = 0",
            )
            .await;
        self.database.replace_log(kinds, rows).await;
    }
}

impl Side {
    /// Returns event metrics and funnels as in a report, by window, or an error.
    async fn report(
        self,
        registry: &Registry,
        log: &mut Log,
        week_start_ms: i64,
    ) -> Result<Map<String, Value>, String> {
        match self {
            Self::Queries => {
                let mut windows = Map::new();
                for (name, window) in windows_of(week_start_ms) {
                    let answers = queries(registry, &mut log.database, (&name, &window)).await?;
                    windows.insert(name, answers.into());
                }
                Ok(windows)
            }
            Self::Exact => reported(registry, &log.runtime, week_start_ms, true).await,
            Self::Report | Self::Later => {
                reported(registry, &log.runtime, week_start_ms, false).await
            }
        }
    }
}

/// The first instant of the year 1.
const YEAR_1: i64 = -62_135_596_800_000;

/// Returns the compared windows of a week in Unix milliseconds, by name. They are computed apart from
/// the windows of the runtime. Of the days, each week has another one.
fn windows_of(week_start_ms: i64) -> [(String, Range<i64>); 5] {
    let day = week_start_ms.div_euclid(WEEK).rem_euclid(7);
    let day_start = week_start_ms + day * DAY;
    let end = week_start_ms + WEEK;
    let date = |milliseconds: i64| {
        let moment = OffsetDateTime::from_unix_timestamp(milliseconds / 1000);
        moment.expect("a time").date()
    };
    let first_of_month = |date: Date| date.replace_day(1).expect("a day");
    let month_end = first_of_month(date(end));
    let month_start = first_of_month(month_end - Duration::DAY);
    let month =
        [month_start, month_end].map(|date| date.midnight().assume_utc().unix_timestamp() * 1000);
    [
        (format!("day {}", day + 1), day_start..day_start + DAY),
        ("week".to_owned(), week_start_ms..end),
        ("days_28".to_owned(), end - 4 * WEEK..end),
        ("month".to_owned(), month[0]..month[1]),
        ("all_time".to_owned(), YEAR_1..end),
    ]
}

async fn queries(
    registry: &Registry,
    database: &mut Database,
    (name, window): (&str, &Range<i64>),
) -> Result<Map<String, Value>, String> {
    let borders = borders(window);
    let mut answered = Map::new();
    for (ping, metric) in registry.metrics() {
        if !has_window(metric, name) {
            continue;
        }
        let query =
            query(registry, ping, metric, database.dialect()).expect("SQL for this database");
        let columns = columns(metric);
        let answer = database.ask(&query, &columns, &borders).await;
        let value = answer.and_then(|rows| report::metric(registry, metric, &columns, rows));
        let value = value.map_err(|error| format!("{}: {error}\n{}", metric.code, query.text))?;
        answered.insert(metric.code.clone(), value);
    }
    Ok(answered)
}

async fn reported(
    registry: &Registry,
    log: &EventLog,
    week_start_ms: i64,
    is_exact: bool,
) -> Result<Map<String, Value>, String> {
    let start = OffsetDateTime::from_unix_timestamp(week_start_ms / 1000).expect("a time");
    let week = Week::containing(start);
    let mut reporter = Reporter::new(log, registry).at_version("1.0".parse().expect("a version"));
    if is_exact {
        reporter = reporter.exact();
    }
    // Without events, a week in which the product ran has zeros.
    for start in [start, start - 10 * Duration::WEEK] {
        let noted = log.note_running("1.0", start).await;
        noted.map_err(|error| error.to_string())?;
    }
    let report = reporter.report(week, week.end(), &mut |_| {}).await;
    let report = report.map_err(|error| error.to_string())?;
    assert_eq!(report.metrics.len(), registry.metrics().count());
    let metrics = |metrics: &[MetricReport]| -> Value {
        let metrics = metrics.iter().map(|metric| {
            let json = serde_json::to_value(metric).expect("JSON");
            (metric.code.clone(), json)
        });
        Value::Object(metrics.collect())
    };
    let mut windows = Map::new();
    windows.insert("week".to_owned(), metrics(&report.metrics));
    let compared = windows_of(week_start_ms);
    for window in &report.windows {
        let period = window.span.period();
        let name = match period {
            Period::Day => format!("{period} {}", window.span.weekday()),
            _ => period.to_string(),
        };
        windows.insert(name, metrics(&window.metrics));
    }
    // In the order of the expected windows, and without the other days.
    let compared = compared.into_iter();
    let compared = compared.filter_map(|(name, _)| windows.remove_entry(&name));
    Ok(compared.collect())
}

fn borders(window: &Range<i64>) -> Borders {
    let border = |milliseconds: i64| {
        let midnight = OffsetDateTime::from_unix_timestamp(milliseconds / 1000).expect("a time");
        format!("{}T00:00:00Z", midnight.date())
    };
    (border(window.start), border(window.end))
}

/// Returns the difference of the first implementation that disagrees with the oracle.
async fn disagreement(
    registry: &Registry,
    log: &mut Log,
    kinds: &[LogKind],
    case: &Case,
) -> Option<String> {
    let windows = windows_of(case.week_start_ms).into_iter();
    let expected = windows.map(|(name, window)| {
        let mut metrics = window_metrics(registry, &case.rows, &window);
        metrics.retain(|code, _| {
            let metric = registry.metric(code);
            metric.is_some_and(|(_, metric)| has_window(metric, &name))
        });
        (name, metrics.into())
    });
    let expected = Value::Object(expected.collect());
    log.fill(kinds, &case.rows).await;
    for side in SIDES {
        if matches!(side, Side::Later) {
            let (before, later) = case.rows.split_at(case.rows.len() / 2);
            log.fill(kinds, before).await;
            if let Err(error) = side.report(registry, log, case.week_start_ms).await {
                return Some(format!("{side:?}: {error}"));
            }
            log.database.add_to_log(kinds, later).await;
        }
        let found = side.report(registry, log, case.week_start_ms).await;
        let complaint = match found {
            Ok(found) => difference(&expected, &found.into()),
            Err(error) => Some(error),
        };
        if let Some(complaint) = complaint {
            return Some(format!("{side:?}: {complaint}"));
        }
    }
    None
}

/// Returns the registry with the compared windows for each metric.
fn with_windows(registry: Registry) -> Registry {
    let mut parts = registry.into_parts();
    for metric in parts.pings.iter_mut().flat_map(|ping| &mut ping.metrics) {
        metric.windows = vec![Period::Day, Period::Week, Period::Days28, Period::Month];
        if can_be_for_all_time(&metric.source) {
            metric.windows.push(Period::AllTime);
        }
    }
    Registry::from_checked(parts)
}

/// Returns whether the registry accepts the window of all time for a metric.
fn can_be_for_all_time(source: &Source) -> bool {
    let Source::Events(events) = source else {
        return false;
    };
    let is_kept = |measure: &EventMeasure| {
        matches!(
            measure,
            EventMeasure::UniqueUsers | EventMeasure::Of(Measure::Count | Measure::Sum(_))
        )
    };
    let is_bucket = |by: &EventDimension| matches!(by, EventDimension::Bucket(..));
    events.measures.iter().all(is_kept)
        && !events.by.iter().any(is_bucket)
        && events.min_group.is_none()
        && events.all_of.is_empty()
        && events.identity == Identity::Actor
}

fn has_window(metric: &Metric, name: &str) -> bool {
    // A day is named with its number.
    let period = name.split(' ').next();
    metric.windows.iter().any(|it| Some(it.as_str()) == period)
}

/// The number of random logs for each kind of table. The seeds below are tried as well.
const CASES: u32 = 4;

/// Seeds of logs that once revealed a difference. They are tried first.
const SEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential.seeds");

/// Tries random logs in a table of a kind. `PROPTEST_CASES` overrides the number of logs.
fn differ(dialect: Dialect, kinds: &[LogKind], arguments: Arguments) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let Some(log) = runtime.block_on(Log::new(dialect, kinds[0])) else {
        return;
    };
    let log = RefCell::new(log);
    let registry = pings_registry::parse(&registry_text()).expect("the registry of random logs");
    let registry = with_windows(registry);
    let defaults = Config::default();
    let config = Config {
        cases: match env::var_os("PROPTEST_CASES") {
            Some(_) => defaults.cases,
            None => CASES,
        },
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(SEEDS))),
        max_shrink_iters: 2000,
        ..defaults
    };
    let outcome = TestRunner::new(config).run(&cases(&registry, arguments), |case| {
        let mut log = log.borrow_mut();
        let complaint = disagreement(&registry, &mut log, kinds, &case);
        match runtime.block_on(complaint) {
            None => Ok(()),
            Some(complaint) => Err(TestCaseError::fail(complaint)),
        }
    });
    if let Err(error) = outcome {
        panic!("{dialect:?} {kinds:?}: {error}");
    }
}

#[test]
fn postgres_jsonb() {
    differ(Dialect::Postgres, &LOG_KINDS[..1], Arguments::Json);
}

#[test]
fn postgres_json() {
    differ(Dialect::Postgres, &LOG_KINDS[1..2], Arguments::Json);
}

#[test]
fn postgres_text() {
    differ(Dialect::Postgres, &LOG_KINDS[2..], Arguments::JsonOrText);
}

#[test]
fn sqlite() {
    differ(Dialect::Sqlite, &LOG_KINDS[..1], Arguments::Json);
}

#[test]
fn sqlite_without_zones() {
    differ(Dialect::Sqlite, &LOG_KINDS[1..2], Arguments::AnyText);
}

/// Products change the notation of times and keep existing rows.
#[test]
fn sqlite_with_times_of_all_forms() {
    differ(Dialect::Sqlite, &LOG_KINDS, Arguments::AnyText);
}
