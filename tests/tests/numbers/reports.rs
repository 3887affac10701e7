//! Compares the report of a week with answers that were worked out by hand, on both databases and
//! each kind of event log.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jsonschema::Validator;
use pings_model::Registry;
use pings_runtime::{Access, Captures, Database, EventLog, Reporter, Week};
use pings_sql::{Dialect, columns, query};
use pings_tests::answer::AnswerRow;
use pings_tests::databases::LOG_KINDS;
use pings_tests::fixture::{Fixture, borders};
use pings_tests::place::Place;
use pings_tests::report;
use pings_tests::same::difference;
use serde_json::Value;
use time::OffsetDateTime;

/// The current time for captures, in seconds since 1970-01-01. Tests of a process run concurrently,
/// so each database has its own.
static NOW: [AtomicI64; 2] = [AtomicI64::new(0), AtomicI64::new(0)];

fn now(dialect: Dialect) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(NOW[dialect as usize].load(Ordering::Relaxed))
        .expect("a time")
}

fn set(dialect: Dialect, moment: OffsetDateTime) {
    NOW[dialect as usize].store(moment.unix_timestamp(), Ordering::Relaxed);
}

fn clock(dialect: Dialect) -> fn() -> OffsetDateTime {
    match dialect {
        Dialect::Postgres => || now(Dialect::Postgres),
        Dialect::Sqlite => || now(Dialect::Sqlite),
    }
}

/// Returns the registry of a fixture in which each ping exists at all versions.
fn registry(fixture: &Fixture) -> Registry {
    let registry = pings_registry::parse(&fixture.registry()).expect("a registry");
    let mut parts = registry.into_parts();
    for ping in &mut parts.pings {
        ping.added = "0".parse().expect("a version");
        ping.removed = None;
    }
    Registry::from_checked(parts)
}

fn schema() -> Validator {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/report.schema.json");
    let text = std::fs::read_to_string(path).expect("the schema of reports");
    let schema = serde_json::from_str(&text).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

/// Reorders the columns of rows from the order in the file to that of the query.
fn in_order(columns: &[pings_sql::Column], rows: &[AnswerRow]) -> Vec<AnswerRow> {
    let cell = |row: &AnswerRow, name: &String| (name.clone(), row[name].clone());
    rows.iter()
        .map(|row| {
            columns
                .iter()
                .map(|column| cell(row, &column.name))
                .collect()
        })
        .collect()
}

/// Takes the captures of a week: those of the current state during the week, and weekly ones after
/// it.
async fn capture(log: &EventLog, registry: &Registry, place: &Place, week: Week) {
    let dialect = log.dialect();
    let product = Database::open(&place.url(), Access::Read).await;
    let product = product.expect("the product's database");
    let captures = Captures {
        product: (&product).into(),
        registry,
        version: None,
        limit: Duration::from_secs(30),
        week,
        now: week.end(),
    };
    for moment in [
        week.end() - Duration::from_secs(1),
        week.end() + Duration::from_secs(3600),
    ] {
        set(dialect, moment);
        let taken = captures.take(log, "1.0", clock(dialect), |_| {}).await;
        taken.expect("captures");
    }
    product.close().await;
}

/// Returns the metrics of a report in one of its windows.
fn values<'j>(report: &'j Value, window: &str) -> &'j Value {
    let Some(period) = window.split(' ').nth(1) else {
        return &report["metrics"];
    };
    let (start, end) = borders(window);
    let windows = report["windows"].as_array().expect("windows");
    let mut windows = windows.iter().filter(|it| it["window"] == *period);
    // All time begins on the first day that the log has.
    let is_start = |it: &Value| period == "all_time" || it["start"] == *start;
    let found = windows.find(|it| is_start(it) && it["end"] == *end);
    &found.unwrap_or_else(|| panic!("no window {window}"))["metrics"]
}

async fn reports(dialect: Dialect) {
    let schema = schema();
    let mut compared = 0;
    let mut wrong = Vec::new();
    for fixture in Fixture::all() {
        let registry = registry(&fixture);
        // An attached database exists on a single connection only.
        let has_captures =
            !(dialect == Dialect::Sqlite && fixture.schema(dialect).contains("ATTACH"));
        for kind in LOG_KINDS {
            let Some(place) = Place::new(dialect).await else {
                return;
            };
            let mut database = place.connect().await;
            if has_captures {
                database.execute(&fixture.schema(dialect)).await;
                database.execute(&fixture.data(dialect)).await;
            }
            database.log(kind, &fixture.events()).await;
            let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
            for (window, expected) in fixture.answers() {
                let week = window.split(' ').next().unwrap_or_default();
                let week: Week = week.parse().expect("a week");
                // Without events, a week in which the product ran has zeros.
                let noted = log.note_running("1.0", week.start()).await;
                noted.expect("a note");
                if has_captures {
                    capture(&log, &registry, &place, week).await;
                }
                let reporter = Reporter::new(&log, &registry).at_version("1".parse().unwrap());
                let report = reporter
                    .report(week, week.end(), &mut |_| {})
                    .await
                    .unwrap();
                let again = reporter
                    .report(week, week.end(), &mut |_| {})
                    .await
                    .unwrap();
                let json = serde_json::to_value(&report).unwrap();
                assert_eq!(json, serde_json::to_value(&again).unwrap(), "asked again");
                let exact = Reporter::new(&log, &registry).at_version("1".parse().unwrap());
                let exact = exact.exact().report(week, week.end(), &mut |_| {}).await;
                let exact = serde_json::to_value(exact.unwrap()).unwrap();
                if let Some(difference) = difference(&exact, &json) {
                    wrong.push(format!(
                        "{} {window} {kind:?} exact: {difference}",
                        fixture.name
                    ));
                }
                if let Err(error) = schema.validate(&json) {
                    wrong.push(format!(
                        "{} {window}: {error} at {}",
                        fixture.name,
                        error.instance_path()
                    ));
                }
                for (code, rows) in expected {
                    let (ping, metric) = registry.metric(&code).expect("a code");
                    let columns = columns(metric);
                    let is_capture = !matches!(
                        metric.source,
                        pings_model::Source::Events(_) | pings_model::Source::Funnel(_)
                    );
                    // Hand-written SQL may be for the other database only.
                    let is_for_other = query(&registry, ping, metric, dialect).is_none();
                    if is_capture && (!has_captures || is_for_other) {
                        continue;
                    }
                    let expected =
                        report::metric(&registry, metric, &columns, in_order(&columns, &rows));
                    let mut found = values(&json, &window)[&code].clone();
                    let captured_by = found
                        .as_object_mut()
                        .and_then(|it| it.shift_remove("captured_by"));
                    assert_eq!(captured_by.is_some(), is_capture, "{code}");
                    let captured_at = found
                        .as_object_mut()
                        .and_then(|it| it.shift_remove("captured_at"));
                    assert_eq!(captured_at.is_some(), is_capture, "{code}");
                    compared += 1;
                    // A capture of one row fails without one.
                    let Ok(expected) = expected else {
                        assert!(found.get("error").is_some(), "{code}: {found}");
                        continue;
                    };
                    if let Some(difference) = difference(&expected, &found) {
                        wrong.push(format!(
                            "{} {code} {window} {kind:?}: {difference}",
                            fixture.name
                        ));
                    }
                }
            }
            log.close().await;
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {compared}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(compared > 1000, "only {compared} answers");
}

#[tokio::test]
async fn reports_on_postgres() {
    reports(Dialect::Postgres).await;
}

#[tokio::test]
async fn reports_on_sqlite() {
    reports(Dialect::Sqlite).await;
}

/// A failure is a valid value in the schema, too.
#[test]
fn the_schema_refuses_what_is_no_report() {
    let schema = schema();
    let report = |metric: Value| {
        serde_json::json!({
            "format": 1, "registry": "a", "week": "2021-W04",
            "start": "2021-01-25T00:00:00Z", "end": "2021-02-01T00:00:00Z",
            "metrics": { "A": metric },
            "runtime": { "dropped": 0, "spilled": 0, "write_errors": 0, "rejected": 0, "damaged": 0 },
        })
    };
    for (json, is_valid) in [
        (serde_json::json!({ "count": 3 }), true),
        (serde_json::json!({ "error": "no such table: a" }), true),
        (serde_json::json!({ "avg": null, "stddev": 0.0 }), true),
        (
            serde_json::json!({ "by": ["a"], "rows": [{ "a": null, "count": 1 }] }),
            true,
        ),
        (
            serde_json::json!({ "by": ["a"], "rows": [{}], "count": 3 }),
            false,
        ),
        (serde_json::json!({ "by": [], "rows": [] }), false),
        (serde_json::json!({ "count": "3" }), false),
        (
            serde_json::json!({ "steps": [{ "events": ["A"], "count": 1 }] }),
            false,
        ),
        (serde_json::json!({}), false),
        (serde_json::json!(3), false),
    ] {
        assert_eq!(schema.is_valid(&report(json.clone())), is_valid, "{json}");
    }
}
