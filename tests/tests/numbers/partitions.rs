//! Event logs on PostgreSQL that are partitioned: by the runtime, and by the product.

use pings_runtime::{EventLog, Import, Initialized, Reporter, Week};
use pings_sql::{Dialect, UserIdType};
use pings_tests::databases::Database;
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
    window: [week, all_time]
    added: "1.0"
    metrics: [{ code: Views, of: View, measure: [count, unique_users] }]
"#;

/// Times in two months that have partitions below, and in one that has none.
const TIMES: [&str; 6] = [
    "2021-01-04T10:00:00Z",
    "2021-01-31T23:59:59Z",
    "2021-02-01T00:00:00Z",
    "2021-02-03T10:00:00Z",
    "2021-02-03T11:00:00Z",
    "2021-03-02T10:00:00Z",
];

async fn import(log: &EventLog, times: &[&str]) {
    let lines = times.iter().enumerate().map(|(user, at)| {
        let line =
            json!({ "name": "View", "user_id": user + 1, "timestamp": at, "version": "1.0" });
        format!("{line}\n")
    });
    let text: String = lines.collect();
    let done = Import::new(log).read(text.as_bytes(), |_| {}).await;
    assert_eq!(done.expect("an import").imported, times.len() as u64);
}

/// Returns the value of a week, and that of all time.
async fn views(log: &EventLog, week: &str) -> [Json; 2] {
    let registry = pings_registry::parse(REGISTRY).expect("a registry");
    let week: Week = week.parse().expect("a week");
    let now = datetime!(2021-03-10 0:00 UTC);
    let reporter = Reporter::new(log, &registry);
    let report = reporter.report(week, now, &mut |_| {}).await;
    let json = serde_json::to_value(report.expect("a report")).expect("JSON");
    let of_week = json["metrics"]["Views"].clone();
    [of_week, json["windows"][0]["metrics"]["Views"].clone()]
}

fn count(count: u64) -> Json {
    json!({ "count": count, "unique_users": count })
}

async fn prune(log: &EventLog, before: time::OffsetDateTime) -> u64 {
    let registry = pings_registry::parse(REGISTRY).expect("a registry");
    let reporter = Reporter::new(log, &registry);
    reporter
        .prune(before, |_| {})
        .await
        .expect("it prunes")
        .rows
}

async fn partitions(database: &mut Database) -> Vec<String> {
    let Database::Postgres(db) = database else {
        panic!("only PostgreSQL has partitions");
    };
    let sql = "SELECT relname::text FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid \
               WHERE inhparent = 'event_logs'::regclass ORDER BY relname";
    sqlx::query_scalar(sql).fetch_all(db).await.expect("names")
}

fn month(month: &str, next: &str) -> String {
    format!(
        "CREATE TABLE event_logs_{} PARTITION OF event_logs \
         FOR VALUES FROM ('{month}-01T00:00:00Z') TO ('{next}-01T00:00:00Z');",
        month.replace('-', "_")
    )
}

#[tokio::test]
async fn whole_months_are_dropped() {
    let Some(place) = Place::new(Dialect::Postgres).await else {
        return;
    };
    let (log, done) = EventLog::init_by_month(&place.url(), Some(UserIdType::Integer))
        .await
        .expect("an event log");
    assert_eq!(done, Initialized::Created);
    assert!(log.shape().is_indexed);
    let mut database = place.connect().await;
    // The last month, this month and the next twelve months, and the default partition.
    assert_eq!(partitions(&mut database).await.len(), 15);
    database
        .execute(&(month("2021-01", "2021-02") + &month("2021-02", "2021-03")))
        .await;
    import(&log, &TIMES).await;
    assert_eq!(views(&log, "2021-W05").await, [count(3), count(5)]);

    // A late row that no total has yet is counted before its month is dropped.
    import(&log, &["2021-01-05T11:00:00Z"]).await;
    assert_eq!(prune(&log, datetime!(2021-02-03 10:30 UTC)).await, 5);
    let left = partitions(&mut database).await;
    assert!(!left.contains(&"event_logs_2021_01".to_owned()));
    assert!(left.contains(&"event_logs_2021_02".to_owned()));
    let [week, all_time] = views(&log, "2021-W05").await;
    assert!(week["error"].is_string());
    assert_eq!(all_time, json!({ "count": 6, "unique_users": 5 }));
    assert_eq!(views(&log, "2021-W09").await[0], count(1));

    // Opening the log again creates missing months, and leaves those with rows elsewhere.
    database
        .execute("DO $$ BEGIN EXECUTE 'DROP TABLE ' || (SELECT inhrelid::regclass FROM pg_inherits \
            WHERE inhparent = 'event_logs'::regclass AND inhrelid::regclass::text > 'event_logs_2022' \
              AND inhrelid::regclass::text <> 'event_logs_default' LIMIT 1); END $$")
        .await;
    assert_eq!(partitions(&mut database).await.len(), 15);
    log.close().await;
    let log = EventLog::open(&place.url()).await.expect("an event log");
    assert_eq!(partitions(&mut database).await.len(), 16);
    assert_eq!(prune(&log, datetime!(2021-03-08 0:00 UTC)).await, 2);
    assert_eq!(partitions(&mut database).await.len(), 15);
}

#[tokio::test]
async fn a_partitioned_table_of_the_product_works() {
    let Some(place) = Place::new(Dialect::Postgres).await else {
        return;
    };
    let mut database = place.connect().await;
    database
        .execute(&format!(
            "CREATE TABLE event_logs (id bigserial, name text NOT NULL, url text NOT NULL, \
               user_id integer NOT NULL, anonymous_user_id text NOT NULL, source text NOT NULL, \
               argument text, version text NOT NULL, timestamp timestamptz NOT NULL, \
               PRIMARY KEY (id, timestamp)) PARTITION BY RANGE (timestamp);\
             CREATE TABLE event_logs_rest PARTITION OF event_logs DEFAULT;{}{}",
            month("2021-01", "2021-02"),
            month("2021-02", "2021-03")
        ))
        .await;
    let (mut log, done) = EventLog::init(&place.url()).await.expect("an event log");
    assert_eq!(done, Initialized::Found);
    assert!(!log.shape().is_indexed);
    import(&log, &TIMES).await;
    for _ in 0..2 {
        log.add_index().await.expect("an index");
        assert!(log.shape().is_indexed);
        assert_eq!(views(&log, "2021-W05").await, [count(3), count(5)]);
    }
    // The partitions are the product's, so they only lose rows.
    assert_eq!(prune(&log, datetime!(2021-02-01 0:00 UTC)).await, 2);
    assert_eq!(partitions(&mut database).await.len(), 3);
    assert_eq!(views(&log, "2021-W05").await, [count(3), count(5)]);
}

#[tokio::test]
async fn sqlite_has_no_partitions() {
    let place = Place::new(Dialect::Sqlite).await.expect("a folder");
    let error = EventLog::init_by_month(&place.url(), None).await;
    let error = error.expect_err("no partitions").to_string();
    assert!(
        error.starts_with("SQLite has no partitions\nhelp: "),
        "{error}"
    );
}
