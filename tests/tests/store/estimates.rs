//! Estimates of the store for a fleet whose true totals are known, and the same in SQL.

use pings_model::{Registry, ValueType};
use pings_payload::Week;
use pings_store::{Cell, CodeGrowth, Received, Refusal, SeriesOptions, Store};
use pings_tests::place::{Kind, Place};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2021-06-01 12:00 UTC);

const REGISTRY: &str = r#"
format: 1
name: desk
title: Desk
events: { Opened: { args: { took: { type: integer } } } }
pings:
  - id: opened
    section: S
    title: T
    type: fe_event
    aggregation: weekly
    added: "1.0"
    broken: [{ versions: "1.3", reason: counts twice }]
    metrics:
      - { code: Opened, measure: [count, unique_users] }
      - { code: Took, of: Opened, value: took, measure: stats }
"#;

const GUIDE: &str = include_str!("../../../docs/estimates.md");

fn registry() -> Registry {
    pings_registry::parse(REGISTRY).unwrap()
}

const INSTANCES: u32 = 30;

const WEEKS: u32 = 12;

/// Returns the events of an instance in a week: a size times a rhythm, so that the model has no
/// error.
fn events(instance: u32, week: u32) -> u32 {
    let rhythm = [10, 11, 12, 9, 10, 13, 14, 12, 11, 15, 16, 18][week as usize];
    instance * rhythm
}

/// Whether an instance runs the broken version: the larger half of the fleet, over four weeks.
fn is_broken(instance: u32, week: u32) -> bool {
    instance > INSTANCES / 2 && (6..10).contains(&week)
}

fn first() -> Week {
    "2021-W01".parse().unwrap()
}

fn payload(instance: u32, week: u32) -> Json {
    let (version, times) = match is_broken(instance, week) {
        true => ("1.3", 2),
        false => ("1.2", 1),
    };
    let count = events(instance, week) * times;
    let borders = first().forward(week);
    let border = |at: OffsetDateTime| format!("{}T00:00:00Z", at.date());
    json!({
        "format": 1, "registry": "desk", "fingerprint": pings_payload::fingerprint(&registry()),
        "instance": format!("00000000-0000-4000-8000-{instance:012}"),
        "week": borders.to_string(), "start": border(borders.start()), "end": border(borders.end()),
        "revision": 1, "version": version, "versions": { version: count },
        "metrics": { "Opened": { "count": count, "unique_users": instance } },
    })
}

async fn store(dialect: Kind) -> Option<(Place, Store)> {
    let place = Place::new(dialect).await?;
    let store = Store::open(&place.url(), true).await.unwrap();
    store.learn(&registry(), NOW).await.unwrap();
    let payloads = (0..WEEKS).flat_map(|week| (1..=INSTANCES).map(move |it| payload(it, week)));
    let received = |json: Json| Received::read(json.to_string().into_bytes(), NOW).unwrap();
    let batch: Vec<Received> = payloads.map(received).collect();
    store.accept(&batch).await.unwrap();
    Some((place, store))
}

fn truth(week: u32) -> f64 {
    (1..=INSTANCES).map(|it| f64::from(events(it, week))).sum()
}

async fn growth(store: &Store, from: u32, to: u32) -> CodeGrowth {
    let weeks = (Some(first().forward(from)), Some(first().forward(to)));
    let growth = store.growth(&registry(), "Opened", weeks, Some(NOW)).await;
    growth.unwrap().unwrap()
}

/// Returns a query of the guide, for this registry.
fn query(place: usize) -> String {
    let start = GUIDE.split("```sql\n").nth(place).unwrap();
    let sql = start.split("```").next().unwrap();
    sql.replace("InsightAddition", "Opened")
        .replace("code_insights", "desk")
}

/// Returns the query for growth, for other weeks.
fn sql(from: Week, to: Week) -> String {
    query(1)
        .replace("2026-W02", &from.to_string())
        .replace("2026-W27", &to.to_string())
}

async fn estimates_are_the_truth(dialect: Kind) {
    let Some((_place, store)) = store(dialect).await else {
        return;
    };
    let options = SeriesOptions {
        weeks: 26,
        now: Some(NOW),
        ..SeriesOptions::default()
    };
    let estimates = store
        .estimates(&registry(), "Opened", &options)
        .await
        .unwrap();
    let names: Vec<&str> = estimates.iter().map(|it| it.measure.as_str()).collect();
    assert_eq!(names, ["count", "unique_users"]);
    assert_eq!(estimates[0].weeks.len(), WEEKS as usize);
    for (place, (week, estimate)) in (0..).zip(&estimates[0].weeks) {
        let estimate = estimate.unwrap();
        let truth = truth(place);
        assert!(
            (estimate.value / truth - 1.0).abs() < 1e-6,
            "{week}: {estimate:?}"
        );
        assert!(
            estimate.low <= truth + 1e-3 && estimate.high >= truth - 1e-3,
            "{week}"
        );
        let is_bad = (6..10).contains(&place);
        assert_eq!(estimate.estimated, if is_bad { 15 } else { 0 }, "{week}");
        assert_eq!(estimate.observed < 0.3, is_bad, "{week}");
    }
    let growth = growth(&store, 1, 7).await;
    let expected = truth(7) / truth(1) - 1.0;
    let found = growth.measures[0].growth.unwrap();
    assert!((found.value - expected).abs() < 1e-6, "{found:?}");

    let mut tx = store.read().await.unwrap();
    let (integer, number) = (ValueType::Integer, ValueType::Number);
    let types = [integer, number, number, number];
    let rows = tx
        .rows(&sql(growth.from, growth.to), &[], &types)
        .await
        .unwrap();
    let matched = growth.measures[0].matched;
    assert_eq!(matched.instances, 15);
    let expected = [
        Cell::Integer(matched.instances as i64),
        Cell::Number(matched.from),
        Cell::Number(matched.to),
        Cell::Number(matched.growth().unwrap()),
    ];
    assert_eq!(rows[0], expected);
    let types = [ValueType::Text, number, integer, integer];
    let rows = tx.rows(&query(2), &[], &types).await.unwrap();
    assert_eq!(rows.len(), WEEKS as usize);
    for (row, (week, estimate)) in rows.iter().zip(&estimates[0].weeks) {
        let estimate = estimate.unwrap();
        let expected = [
            Cell::Text(week.to_string()),
            Cell::Number((estimate.value * estimate.observed).round()),
            Cell::Integer(estimate.trusted as i64),
            Cell::Integer(estimate.estimated as i64),
        ];
        assert_eq!(row[..], expected, "{dialect:?}");
    }
    tx.end().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn estimates_are_the_truth_on_sqlite() {
    estimates_are_the_truth(Kind::Sqlite).await;
}

#[tokio::test]
async fn estimates_are_the_truth_on_postgresql() {
    estimates_are_the_truth(Kind::Postgres).await;
}

#[tokio::test]
async fn estimates_are_the_truth_on_clickhouse() {
    estimates_are_the_truth(Kind::ClickHouse).await;
}

#[tokio::test]
async fn what_cannot_be_estimated_has_a_reason() {
    let (_place, store) = store(Kind::Sqlite).await.unwrap();
    let options = SeriesOptions::default();
    let error = store
        .estimates(&registry(), "Took", &options)
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("no measure that is added up"),
        "{error}"
    );
    let weeks = (Some(first().forward(5)), Some(first().forward(5)));
    let error = store.growth(&registry(), "Opened", weeks, Some(NOW)).await;
    assert!(error.unwrap_err().to_string().contains("is not before"));
    // Everything is broken.
    let all = REGISTRY.replace("versions: \"1.3\"", "versions: \"1.0+\"");
    let all = pings_registry::parse(&all).unwrap();
    let growth = store.growth(&all, "Opened", (None, None), Some(NOW)).await;
    let growth = growth.unwrap().unwrap();
    assert_eq!(growth.measures[0].growth, Err(Refusal::NoTrusted));
    store.close().await;
}
