//! Captures are independent of each other, have a time limit, and cannot write.

use std::time::{Duration, Instant};

use pings_model::Registry;
use pings_runtime::{Access, Captures, Database, EventLog, Reporter, Week};
use pings_sql::Dialect;
use pings_tests::place::Place;
use time::OffsetDateTime;
use time::macros::datetime;

/// A registry with four captures: two that work, one with a missing table, and one that never ends.
const REGISTRY: &str = r#"
format: 1
name: shop
title: Shop
tables:
  basket: { id: integer, owner: text }
  missing: { id: integer }
pings:
  - id: baskets
    section: Shop
    title: Baskets
    type: be_capture
    aggregation: total
    added: "1.0"
    metrics:
      - { code: Baskets, from: basket, by: { owner: basket.owner } }
      - { code: Gone, from: missing }
      - code: Endless
        columns: { n: integer }
        sql:
          postgres: SELECT count(*) AS n FROM generate_series(1, 1000000) AS a, generate_series(1, 1000000) AS b
          sqlite: |
            WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT count(*) AS n FROM n
      - { code: AllBaskets, from: basket }
"#;

const NOW: OffsetDateTime = datetime!(2021-01-27 12:00 UTC);

async fn shop(dialect: Dialect) -> Option<(Place, EventLog, Registry)> {
    let place = Place::new(dialect).await?;
    let mut database = place.connect().await;
    database
        .execute(
            "CREATE TABLE basket (id integer, owner text); INSERT INTO basket VALUES (1, 'a'), (2, 'a'), (3, NULL)",
        )
        .await;
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let registry = pings_registry::parse(REGISTRY).expect("a registry");
    Some((place, log, registry))
}

async fn one_failure_hides_no_other(dialect: Dialect) {
    let Some((place, log, registry)) = shop(dialect).await else {
        return;
    };
    let product = Database::open(&place.url(), Access::Read)
        .await
        .expect("a product");
    let captures = Captures {
        limit: Duration::from_millis(700),
        ..Captures::new(&product, &registry, NOW)
    };
    let started = Instant::now();
    let taken = captures
        .take(&log, "1.2.3", || NOW, |_| {})
        .await
        .expect("captures");
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "it is cancelled in time"
    );
    let texts: Vec<String> = taken
        .iter()
        .map(|captured| match &captured.outcome {
            Ok(value) => format!("{} {}", captured.code, value.json()),
            Err(reason) => format!("{} {reason}", captured.code),
        })
        .collect();
    let missing = match dialect {
        Dialect::Postgres => r#"relation "missing" does not exist"#,
        Dialect::Sqlite => "no such table: missing",
    };
    assert_eq!(
        texts,
        [
            r#"Baskets {"by":["owner"],"rows":[{"owner":null,"count":1},{"owner":"a","count":2}]}"#
                .to_owned(),
            format!("Gone {missing}"),
            "Endless the capture was cancelled after 0.7 s".to_owned(),
            r#"AllBaskets {"count":3}"#.to_owned(),
        ]
    );
    if let pings_tests::databases::Database::Postgres(mut db) = place.connect().await {
        let active: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%generate_series(1, 1000000)%' AND pid <> pg_backend_pid()",
        )
        .fetch_one(&mut db)
        .await
        .expect("activity");
        assert_eq!(active, 0, "it is cancelled on the server too");
    }

    let week = Week::containing(NOW);
    let report = Reporter::new(&log, &registry)
        .report(week, week.end(), &mut |_| {})
        .await
        .expect("a report");
    let json = serde_json::to_value(&report).expect("JSON");
    assert_eq!(
        json["metrics"]["Baskets"],
        serde_json::json!({
            "by": ["owner"], "rows": [{ "owner": null, "count": 1 }, { "owner": "a", "count": 2 }],
            "captured_at": "2021-01-27T12:00:00Z",
            "captured_by": "1.2.3",
        })
    );
    assert_eq!(json["metrics"]["Gone"]["error"], missing);
    let before = Reporter::new(&log, &registry)
        .report(week.back(1), week.end(), &mut |_| {})
        .await
        .expect("a report");
    assert_eq!(
        serde_json::to_value(&before).expect("JSON")["metrics"]["AllBaskets"],
        serde_json::json!({ "error": "no capture was taken for this week" }),
    );
}

#[tokio::test]
async fn one_failure_hides_no_other_on_postgres() {
    one_failure_hides_no_other(Dialect::Postgres).await;
}

#[tokio::test]
async fn one_failure_hides_no_other_on_sqlite() {
    one_failure_hides_no_other(Dialect::Sqlite).await;
}

/// A capture that has no SQL for the database is missing with a reason, and is not a failure.
#[tokio::test]
async fn a_capture_for_another_database_is_skipped() {
    for dialect in Dialect::ALL {
        let Some((place, log, _)) = shop(dialect).await else {
            continue;
        };
        let (other, name) = match dialect {
            Dialect::Postgres => (Dialect::Sqlite, "PostgreSQL"),
            Dialect::Sqlite => (Dialect::Postgres, "SQLite"),
        };
        let registry = format!(
            "format: 1\nname: shop\ntitle: Shop\npings:\n\
             - id: baskets\n  title: Baskets\n  type: be_capture\n  aggregation: total\n  added: \"1.0\"\n  metrics:\n\
             \x20 - {{ code: Here, columns: {{ n: integer }}, sql: {{ {}: SELECT count(*) AS n FROM basket }} }}\n\
             \x20 - {{ code: There, columns: {{ n: integer }}, sql: {{ {}: SELECT count(*) AS n FROM basket }} }}\n",
            dialect.name(),
            other.name(),
        );
        let registry = pings_registry::parse(&registry).expect("a registry");
        let product = Database::open(&place.url(), Access::Read)
            .await
            .expect("a product");
        let captures = Captures::new(&product, &registry, NOW);
        let planned = captures.plan(|_| {}).await;
        assert!(planned[0].plan.is_ok() && planned[1].plan.is_err());
        let taken = captures
            .take(&log, "1.2.3", || NOW, |_| {})
            .await
            .expect("captures");
        let skipped: Vec<bool> = taken.iter().map(|it| it.is_skipped()).collect();
        assert_eq!(skipped, [false, true]);
        let week = Week::containing(NOW);
        let report = Reporter::new(&log, &registry)
            .report(week, week.end(), &mut |_| {})
            .await
            .expect("a report");
        let json = serde_json::to_value(&report).expect("JSON");
        assert_eq!(json["metrics"]["Here"]["n"], 3);
        assert_eq!(
            json["metrics"]["There"],
            serde_json::json!({
                "error": format!("the capture has no SQL for {name}"),
                "captured_at": "2021-01-27T12:00:00Z",
                "captured_by": "1.2.3",
            })
        );
    }
}

/// `:now` is the time of the run, whenever a capture is taken.
#[tokio::test]
async fn now_is_the_time_of_the_run() {
    for dialect in Dialect::ALL {
        let Some((place, log, _)) = shop(dialect).await else {
            continue;
        };
        let registry = REGISTRY.replace(
            "- { code: Gone, from: missing }",
            "- { code: Late, from: basket, measure: sum, value: \"seconds_between('2021-01-27 11:00:00', :now)\" }",
        );
        let registry = pings_registry::parse(&registry).expect("a registry");
        let product = Database::open(&place.url(), Access::Read)
            .await
            .expect("a product");
        let captures = Captures {
            limit: Duration::from_millis(200),
            now: datetime!(2021-01-27 11:00:01.9 UTC),
            ..Captures::new(&product, &registry, NOW)
        };
        let taken = captures
            .take(&log, "1.2.3", || NOW, |_| {})
            .await
            .expect("captures");
        let value = taken[1].outcome.as_ref().expect("a value");
        assert_eq!(value.json().to_string(), r#"{"sum":3.0}"#);
    }
}

/// A failed capture does not hide an earlier successful one. The last one that was taken counts,
/// regardless of the clock.
#[tokio::test]
async fn the_last_capture_that_worked_counts() {
    for dialect in Dialect::ALL {
        let Some((place, log, registry)) = shop(dialect).await else {
            continue;
        };
        let product = Database::open(&place.url(), Access::Read)
            .await
            .expect("a product");
        let captures = Captures {
            limit: Duration::from_millis(200),
            ..Captures::new(&product, &registry, NOW)
        };
        captures
            .take(&log, "1.2.3", || NOW, |_| {})
            .await
            .expect("captures");
        let mut database = place.connect().await;
        database.execute("DELETE FROM basket WHERE id > 1").await;
        const EARLIER: OffsetDateTime = datetime!(2021-01-26 12:00 UTC);
        captures
            .take(&log, "1.2.3", || EARLIER, |_| {})
            .await
            .expect("captures");
        database.execute("DROP TABLE basket").await;
        captures
            .take(&log, "1.2.3", || NOW, |_| {})
            .await
            .expect("captures");
        let week = Week::containing(NOW);
        let report = Reporter::new(&log, &registry)
            .report(week, week.end(), &mut |_| {})
            .await
            .expect("a report");
        let json = serde_json::to_value(&report).expect("JSON");
        assert_eq!(
            json["metrics"]["AllBaskets"],
            serde_json::json!({ "count": 1, "captured_at": "2021-01-26T12:00:00Z", "captured_by": "1.2.3" })
        );
    }
}

#[tokio::test]
async fn a_dry_run_plans_and_takes_nothing() {
    for dialect in Dialect::ALL {
        let Some((place, _log, registry)) = shop(dialect).await else {
            continue;
        };
        let product = Database::open(&place.url(), Access::Read)
            .await
            .expect("a product");
        let captures = Captures::new(&product, &registry, NOW);
        let planned = captures.plan(|_| {}).await;
        let plans: Vec<bool> = planned.iter().map(|planned| planned.plan.is_ok()).collect();
        assert_eq!(plans, [true, false, true, true]);
        let plan = planned[0].plan.as_ref().expect("a plan").join("\n");
        assert!(plan.to_lowercase().contains("basket"), "{plan}");
        let mut database = place.connect().await;
        let sql = "SELECT count(*) FROM event_logs";
        let rows: i64 = match &mut database {
            pings_tests::databases::Database::Postgres(db) => {
                sqlx::query_scalar(sql).fetch_one(db).await
            }
            pings_tests::databases::Database::Sqlite(db) => {
                sqlx::query_scalar(sql).fetch_one(db).await
            }
        }
        .expect("the event log");
        assert_eq!(rows, 0);
    }
}

/// The database rejects a function that writes, even though the registry lists it as pure.
#[tokio::test]
async fn a_capture_cannot_write() {
    let Some((place, log, _)) = shop(Dialect::Postgres).await else {
        return;
    };
    let registry = REGISTRY.replace(
        "SELECT count(*) AS n FROM generate_series(1, 1000000) AS a, generate_series(1, 1000000) AS b",
        "SELECT sneaky() AS n",
    );
    let registry = format!("{registry}functions:\n  sneaky: It only reads, somebody says.\n");
    let mut database = place.connect().await;
    database
        .execute(
            "CREATE FUNCTION sneaky() RETURNS bigint LANGUAGE sql AS \
             $$ INSERT INTO basket VALUES (7, 'b'); SELECT 1::bigint $$",
        )
        .await;
    let registry = pings_registry::parse(&registry).expect("a registry");
    let product = Database::open(&place.url(), Access::Read)
        .await
        .expect("a product");
    let captures = Captures::new(&product, &registry, NOW);
    let taken = captures
        .take(&log, "1.2.3", || NOW, |_| {})
        .await
        .expect("captures");
    let reason = taken[2].outcome.as_ref().expect_err("it is refused");
    assert!(reason.message.contains("read-only transaction"), "{reason}");
}

/// A capture that waits for a migration is cancelled before its own time limit.
#[tokio::test]
async fn a_capture_does_not_wait_for_a_lock() {
    let Some((place, ..)) = shop(Dialect::Postgres).await else {
        return;
    };
    let mut migration = place.connect().await;
    migration
        .execute("BEGIN; LOCK TABLE basket IN ACCESS EXCLUSIVE MODE")
        .await;
    let product = Database::open(&place.url(), Access::Read)
        .await
        .expect("a product");
    let started = Instant::now();
    let mut tx = product
        .begin_within(pings_database::Mode::Read, Duration::from_secs(60))
        .await
        .expect("a transaction");
    let waits = tx
        .value(
            "SELECT count(*) FROM basket",
            &[],
            pings_model::ValueType::Integer,
        )
        .await;
    assert!(waits.is_err_and(|error| error.to_string().contains("lock timeout")));
    assert!(started.elapsed() < Duration::from_secs(30));
    migration.execute("ROLLBACK").await;
}
