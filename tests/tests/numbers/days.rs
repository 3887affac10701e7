//! The versions of a week come from kept days: also after late events, times in other forms, pruning
//! and an emptied event log.

use pings_runtime::{EventLog, Reporter, Week};
use pings_sql::Dialect;
use pings_tests::place::Place;
use serde_json::{Value as Json, json};
use time::macros::datetime;

const REGISTRY: &str = r#"
format: 1
name: forum
title: Forum
events: { View: {} }
pings:
  - id: views
    section: Forum
    title: Views
    type: fe_event
    window: [week, days_28]
    added: "1.0"
    metrics: [{ code: Views, of: View, measure: [count, unique_users] }]
"#;

/// Returns the versions of a week, and its views and users.
async fn report(log: &EventLog, week: &str) -> (Vec<String>, Json) {
    let registry = pings_registry::parse(REGISTRY).expect("a registry");
    let week: Week = week.parse().expect("a week");
    let reporter = Reporter::new(log, &registry);
    let report = reporter.report(week, week.end(), &mut |_| {}).await;
    let report = report.expect("a report");
    let versions = report.versions.iter().map(ToString::to_string);
    let json = serde_json::to_value(&report).expect("JSON");
    (versions.collect(), json["metrics"]["Views"].clone())
}

/// Returns what a report says: versions, and the number of views of one user.
fn expected(versions: &[&str], count: u64) -> (Vec<String>, Json) {
    let versions = versions.iter().map(|it| (*it).to_owned());
    (
        versions.collect(),
        json!({ "count": count, "unique_users": 1 }),
    )
}

async fn versions_are_kept(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let mut database = place.connect().await;
    let numbers = match dialect {
        Dialect::Postgres => "generate_series(1, 12000) AS n",
        Dialect::Sqlite => {
            "(WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers \
              WHERE n < 12000) SELECT n FROM numbers) AS numbers"
        }
    };
    let insert = |name: &str, version: &str, at: &str, from: &str| {
        format!(
            "INSERT INTO event_logs (name, user_id, source, version, timestamp) \
             SELECT '{name}', 1, 'WEB', '{version}', '{at}' FROM {from}"
        )
    };
    let one = "(SELECT 1) AS one";
    database
        .execute(&insert("View", "1.0", "2021-01-26T10:00:00.000Z", numbers))
        .await;
    for _ in 0..2 {
        assert_eq!(report(&log, "2021-W04").await, expected(&["1.0"], 12_000));
    }

    // Events that come late, and events with other names.
    for (version, at) in [("1.1", "2021-01-19"), ("2.0", "2021-01-27")] {
        let at = format!("{at}T23:59:59.999Z");
        database.execute(&insert("View", version, &at, one)).await;
        database.execute(&insert("Other", "7.0", &at, one)).await;
    }
    assert_eq!(report(&log, "2021-W03").await, expected(&["1.1"], 1));
    let two = expected(&["1.0", "2.0"], 12_001);
    assert_eq!(report(&log, "2021-W04").await, two);

    // The last hours of the week with an offset, and in SQLite a date, and times that do not exist.
    let at = "2021-02-01T01:00:00+02:00";
    database.execute(&insert("View", "3.0", at, one)).await;
    if dialect == Dialect::Sqlite {
        for at in [
            "2021-01-28",
            "2021-01-27T25:00:00.000Z",
            "2021-01-2xT10:00:00.000Z",
        ] {
            database.execute(&insert("View", "3.0", at, one)).await;
        }
    }
    let count = match dialect {
        Dialect::Postgres => 12_002,
        Dialect::Sqlite => 12_003,
    };
    for _ in 0..2 {
        let three = expected(&["1.0", "2.0", "3.0"], count);
        assert_eq!(report(&log, "2021-W04").await, three);
    }

    // The first row of an emptied log.
    database.execute("DELETE FROM event_logs").await;
    let reused = insert("View", "4.0", "2021-01-27T10:00:00.000Z", one)
        .replace("(name", "(id, name")
        .replace("SELECT 'View'", "SELECT 1, 'View'");
    database.execute(&reused).await;
    for _ in 0..2 {
        assert_eq!(report(&log, "2021-W04").await, expected(&["4.0"], 1));
    }
    let pruned = log.prune(datetime!(2021-01-27 0:00 UTC), |_| {}).await;
    assert_eq!(pruned.expect("it prunes").rows, 0);
    let (versions, views) = report(&log, "2021-W04").await;
    assert_eq!(versions, ["4.0"]);
    assert_eq!(views["count"], Json::Null, "the week may have lost rows");
}

#[tokio::test]
async fn versions_are_kept_on_postgres() {
    versions_are_kept(Dialect::Postgres).await;
}

#[tokio::test]
async fn versions_are_kept_on_sqlite() {
    versions_are_kept(Dialect::Sqlite).await;
}
