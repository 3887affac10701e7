//! A metric of any event has a value in a week in which only undeclared events were logged.

use pings_runtime::{Consent, Delivery, EventLog, Import, NewMetrics, Reporter, Week};
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
  - id: all
    section: Forum
    title: All events
    type: fe_event
    window: [week, days_28, all_time]
    added: "1.0"
    metrics: [{ code: Everything, of: any, measure: [count, unique_users] }]
"#;

async fn undeclared_events_count(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let lines = [(1, "2021-01-04"), (2, "2021-01-26"), (3, "2021-01-27")];
    let lines = lines.map(|(user, day)| {
        let at = format!("{day}T10:00:00Z");
        let line = json!({ "name": "Other", "user_id": user, "timestamp": at, "version": "2.0" });
        format!("{line}\n")
    });
    let done = Import::new(&log)
        .read(lines.concat().as_bytes(), |_| {})
        .await;
    assert_eq!(done.expect("an import").imported, 3);
    let registry = pings_registry::parse(REGISTRY).expect("a registry");
    let week: Week = "2021-W04".parse().expect("a week");
    let report = Reporter::new(&log, &registry)
        .report(week, week.end(), &mut |_| {})
        .await;
    let report = serde_json::to_value(report.expect("a report")).expect("JSON");
    assert_eq!(report["version"], "2.0");
    assert_eq!(report.get("not_running"), None);
    let two = json!({ "count": 2, "unique_users": 2 });
    assert_eq!(report["metrics"]["Everything"], two);
    let windows = report["windows"].as_array().expect("windows").iter();
    let windows: Vec<&Json> = windows.map(|it| &it["metrics"]["Everything"]).collect();
    let three = json!({ "count": 3, "unique_users": 3 });
    assert_eq!(windows, [&three, &three]);

    let delivery = Delivery {
        log: &log,
        registry: &registry,
        consent: Consent {
            new_metrics: NewMetrics::Allow,
            ..Consent::default()
        },
        version: None,
    };
    let now = datetime!(2021-02-01 3:00 UTC);
    let queued = delivery.queue(time::Duration::ZERO, now, &mut |_| {}).await;
    let queued = queued.expect("weeks");
    let last = queued.last().expect("a week").payload().expect("a payload");
    assert_eq!((last.week, last.is_running), (week, true));
    let versions: Vec<_> = last
        .versions
        .iter()
        .map(|(it, count)| (it.to_string(), *count))
        .collect();
    assert_eq!(versions, [("2.0".to_owned(), 2)]);
}

#[tokio::test]
async fn undeclared_events_count_on_postgres() {
    undeclared_events_count(Dialect::Postgres).await;
}

#[tokio::test]
async fn undeclared_events_count_on_sqlite() {
    undeclared_events_count(Dialect::Sqlite).await;
}
