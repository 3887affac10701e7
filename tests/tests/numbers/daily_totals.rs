//! Reports take the values of windows from daily totals. They are those of the rows: after late events,
//! pruning, changed definitions, rows of slow transactions and killed processes.

use std::process::{Command, Stdio};
use std::time::Duration;

use pings_model::Registry;
use pings_runtime::{EventLog, Reporter, Week};
use pings_sql::Dialect;
use pings_tests::databases::Database;
use pings_tests::place::Place;
use serde_json::{Value as Json, json};
use time::macros::datetime;

/// A registry with these metrics.
fn registry_of(metrics: &str) -> String {
    format!(
        r#"
format: 1
name: forum
title: Forum
events:
  View: {{ args: {{ page: {{ enum: [home, search] }}, size: integer }} }}
  Post: {{}}
pings:
  - id: views
    section: Forum
    title: Views
    type: fe_event
    window: [day, week, days_28, month]
    added: "1.0"
    metrics: [{metrics}]
"#
    )
}

const METRICS: &str = "{ code: Views, of: View, measure: [count, unique_users] }, \
    { code: Both, of: [View, Post], by: ['@event'], measure: [count, unique_users, first_time_users] }, \
    { code: ByPage, of: View, by: [page], measure: [count, sum, unique_users], value: size }, \
    { code: Sizes, of: View, measure: stats, value: size }";

fn parsed(text: &str) -> Registry {
    pings_registry::parse(text).unwrap_or_else(|mistakes| panic!("{mistakes:?}\n{text}"))
}

fn registry() -> Registry {
    parsed(&registry_of(METRICS))
}

/// Events: the name, the time, the user, the page and the size.
type Line<'l> = (&'l str, &'l str, u64, &'l str, i64);

const EVENTS: [Line<'_>; 9] = [
    ("View", "2021-01-04T00:00:00.000Z", 1, "home", 2),
    ("View", "2021-01-25T00:00:00.000Z", 1, "home", 3),
    ("View", "2021-01-25T10:00:00.000Z", 1, "search", 5),
    ("View", "2021-01-26T10:00:00.000Z", 1, "home", 7),
    ("Post", "2021-01-26T11:00:00.000Z", 2, "home", 0),
    ("View", "2021-01-31T23:59:59.999Z", 2, "none", 11),
    ("View", "2021-01-30T10:00:00.000Z", 0, "home", 13),
    ("Post", "2021-01-18T10:00:00.000Z", 3, "home", 0),
    ("View", "2021-02-01T00:00:00.000Z", 4, "home", 17),
];

async fn log_events(database: &mut Database, events: &[Line<'_>]) {
    let rows = events.iter().map(|(name, at, user, page, size)| {
        format!(
            "('{name}', {user}, '', 'WEB', '{{\"page\": \"{page}\", \"size\": {size}}}', '1.0', '{at}')"
        )
    });
    let rows: Vec<String> = rows.collect();
    let sql = format!(
        "INSERT INTO event_logs (name, user_id, anonymous_user_id, source, argument, version, timestamp) VALUES {}",
        rows.join(", ")
    );
    database.execute(&sql).await;
}

async fn reported(reporter: Reporter<'_>, week: &str) -> Json {
    let week: Week = week.parse().expect("a week");
    let now = datetime!(2021-03-10 0:00 UTC);
    let report = reporter.report(week, now, &mut |_| {}).await;
    serde_json::to_value(report.expect("a report")).expect("JSON")
}

/// Returns a report, which must be that of the rows.
async fn same(log: &EventLog, registry: &Registry, week: &str) -> Json {
    let report = reported(Reporter::new(log, registry), week).await;
    let exact = reported(Reporter::new(log, registry).exact(), week).await;
    assert_eq!(report, exact);
    report
}

async fn windows_come_from_daily_totals(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let registry = registry();
    let mut database = place.connect().await;
    log_events(&mut database, &EVENTS).await;
    let report = same(&log, &registry, "2021-W04").await;
    let views = json!({ "count": 5, "unique_users": 2 });
    assert_eq!(report["metrics"]["Views"], views);

    // Late events, of a user that was there and one that was not, also before the first window.
    for (week, late) in [
        (
            "2021-W04",
            [
                ("View", "2021-01-27T10:00:00.000Z", 1, "home", 19),
                ("View", "2021-01-27T10:00:00.000Z", 5, "home", 23),
            ],
        ),
        (
            "2021-W03",
            [
                ("View", "2021-01-19T10:00:00.000Z", 5, "search", 29),
                ("View", "2020-12-01T10:00:00.000Z", 6, "home", 31),
            ],
        ),
    ] {
        log_events(&mut database, &late).await;
        same(&log, &registry, week).await;
        same(&log, &registry, "2021-W04").await;
    }
    for week in ["2020-W49", "2021-W02", "2021-W05", "2021-W06"] {
        same(&log, &registry, week).await;
    }

    // Rows that were removed by hand are still counted, until somebody says so.
    let before = same(&log, &registry, "2021-W04").await;
    database
        .execute("DELETE FROM event_logs WHERE user_id = 1")
        .await;
    let after = reported(Reporter::new(&log, &registry), "2021-W04").await;
    assert_eq!(after["metrics"]["Views"], before["metrics"]["Views"]);
    let exact = reported(Reporter::new(&log, &registry).exact(), "2021-W04").await;
    let without = json!({ "count": 3, "unique_users": 2 });
    assert_eq!(exact["metrics"]["Views"], without);
    log.recount().await.expect("a recount");
    let recounted = reported(Reporter::new(&log, &registry), "2021-W04").await;
    assert_eq!(recounted["metrics"]["Views"], without);

    // Another definition counts again: another filter, event, window or measure.
    for metrics in [
        "{ code: Views, of: View, measure: [count, unique_users], where: { page: home } }",
        "{ code: Views, of: [View, Post], measure: [count, unique_users] }",
        "{ code: Views, of: [View, Post], measure: [count, unique_users], window: [week] }",
        "{ code: Views, of: [View, Post], measure: [count] }",
        "{ code: Views, of: [View, Post], measure: [count, unique_users], window: [week, month] }",
    ] {
        let changed = parsed(&registry_of(metrics));
        same(&log, &changed, "2021-W04").await;
    }

    // Weeks that lose rows are not reported, and later ones stay.
    same(&log, &registry, "2021-W04").await;
    let reporter = Reporter::new(&log, &registry);
    let pruned = reporter.prune(datetime!(2021-01-25 0:00 UTC), |_| {}).await;
    pruned.expect("it prunes");
    let report = same(&log, &registry, "2021-W04").await;
    assert_eq!(report["metrics"]["Views"], without);
    log_events(
        &mut database,
        &[("View", "2021-01-28T10:00:00.000Z", 8, "home", 1)],
    )
    .await;
    let report = same(&log, &registry, "2021-W04").await;
    let one_more = json!({ "count": 4, "unique_users": 3 });
    assert_eq!(report["metrics"]["Views"], one_more);
    let report = same(&log, &registry, "2021-W03").await;
    assert!(report["metrics"]["Views"]["error"].is_string());

    // All rows are removed, and their ids may be used again.
    let pruned = reporter.prune(datetime!(2021-03-08 0:00 UTC), |_| {}).await;
    pruned.expect("it prunes");
    log_events(
        &mut database,
        &[
            ("View", "2021-03-08T10:00:00.000Z", 8, "home", 1),
            ("View", "2021-03-09T10:00:00.000Z", 8, "home", 1),
        ],
    )
    .await;
    let report = same(&log, &registry, "2021-W10").await;
    let two = json!({ "count": 2, "unique_users": 1 });
    assert_eq!(report["metrics"]["Views"], two);
}

/// A sum that is too large fails in its windows only, and the rows of other metrics are kept.
async fn a_total_that_fails_is_read_from_the_rows(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let metrics = "{ code: Sum, of: View, measure: [count, sum], value: size }, \
        { code: Views, of: View, measure: [count, unique_users] }";
    let registry = parsed(&registry_of(metrics));
    let mut database = place.connect().await;
    log_events(&mut database, &EVENTS).await;
    // The largest whole number of JSON.
    let large = ("View", "2021-01-27T10:00:00.000Z", 1, "home", (1 << 53) - 1);
    log_events(&mut database, &[large; 1100]).await;
    let report = same(&log, &registry, "2021-W04").await;
    assert!(report["metrics"]["Sum"]["error"].is_string());
    assert_eq!(report["metrics"]["Views"]["count"], 1105);
    let report = same(&log, &registry, "2021-W05").await;
    assert_eq!(report["metrics"]["Sum"], json!({ "count": 1, "sum": 17 }));
}

/// A row of a transaction that is still open gets an id before rows that are counted already.
#[tokio::test]
async fn rows_of_slow_transactions_are_counted() {
    let Some(place) = Place::new(Dialect::Postgres).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let registry = registry();
    let mut database = place.connect().await;
    let mut slow = place.connect().await;
    log_events(&mut database, &EVENTS).await;
    slow.execute("BEGIN").await;
    let late = ("View", "2021-01-27T10:00:00.000Z", 7, "home", 1);
    log_events(&mut slow, &[late]).await;
    log_events(&mut database, &EVENTS).await;
    let report = same(&log, &registry, "2021-W04").await;
    assert_eq!(report["metrics"]["Views"]["count"], 10);
    slow.execute("COMMIT").await;
    for _ in 0..2 {
        let report = same(&log, &registry, "2021-W04").await;
        let views = json!({ "count": 11, "unique_users": 3 });
        assert_eq!(report["metrics"]["Views"], views);
    }
}

/// Kills `pings report` again and again while it adds rows to the totals.
async fn killed_processes_count_nothing_twice(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let mut database = place.connect().await;
    let numbers = match dialect {
        Dialect::Postgres => "generate_series(1, 300000) AS n",
        Dialect::Sqlite => {
            "(WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers \
              WHERE n < 300000) SELECT n FROM numbers) AS numbers"
        }
    };
    let day = match dialect {
        Dialect::Postgres => "('2021-01-' || (10 + n % 22) || 'T10:00:00.000Z')::timestamptz",
        Dialect::Sqlite => "'2021-01-' || (10 + n % 22) || 'T10:00:00.000Z'",
    };
    let fill = format!(
        "INSERT INTO event_logs (name, user_id, source, argument, version, timestamp) \
         SELECT CASE n % 5 WHEN 0 THEN 'Post' ELSE 'View' END, n % 997 + 1, 'WEB', \
           CASE n % 3 WHEN 0 THEN '{{\"page\": \"home\", \"size\": 2}}' ELSE '{{\"page\": \"search\"}}' END{}, \
           '1.0', {day} FROM {numbers}",
        match dialect {
            Dialect::Postgres => "::jsonb",
            Dialect::Sqlite => "",
        }
    );
    database.execute(&fill).await;
    let registry = place.folder().join("pings.yaml");
    std::fs::write(&registry, registry_of(METRICS)).expect("a file");
    let report = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_command"));
        command
            .args([
                "report",
                "--week",
                "2021-W04",
                "--database",
                place.address(),
            ])
            .arg("--registry")
            .arg(&registry)
            .current_dir(place.folder())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };
    for milliseconds in (100..1600).step_by(100) {
        let mut child = report().spawn().expect("pings runs");
        std::thread::sleep(Duration::from_millis(milliseconds));
        // A process that already ended cannot be killed.
        let _ = child.kill();
        child.wait().expect("an end");
    }
    // PostgreSQL ends the statements of killed clients before it releases their locks.
    let registry = parsed(&registry_of(METRICS));
    same(&log, &registry, "2021-W04").await;
    assert!((0..20).any(|_| report().status().expect("pings runs").success()));
    same(&log, &registry, "2021-W04").await;
    // It comes from the totals, which have all rows.
    let complete = reported(Reporter::new(&log, &registry), "2021-W04").await;
    database
        .execute("DELETE FROM event_logs WHERE id < 250000")
        .await;
    let kept = reported(Reporter::new(&log, &registry), "2021-W04").await;
    assert_eq!(kept["metrics"]["ByPage"], complete["metrics"]["ByPage"]);
}

on_both! {
    windows_come_from_daily_totals,
    a_total_that_fails_is_read_from_the_rows,
    killed_processes_count_nothing_twice,
}
