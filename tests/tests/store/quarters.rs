//! Months and quarters are sums of smaller windows only where the values add up.

use std::collections::BTreeMap;

use pings_model::{Period, Registry, Span, ValueType};
use pings_payload::Week;
use pings_store::{Cell, Received, Store, UsageOptions, UsagePeriod, UsageWeek};
use pings_tests::flaky::Dice;
use pings_tests::place::{Kind, Place};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2021-12-01 12:00 UTC);

const PAGE: &str = include_str!("../../../docs/reading.md");

const REGISTRY: &str = r#"
format: 1
name: desk
title: Desk
events: { Opened: {}, Closed: {}, Seen: {} }
pings:
  - id: opened
    section: S
    title: Opened
    type: fe_event
    window: [week, month]
    added: "1.0"
    broken: [{ versions: "1.3", reason: counts twice }]
    metrics: [{ code: Opened, measure: [count, unique_users] }]
  - id: closed
    section: S
    title: Closed
    type: fe_event
    window: [week, day]
    added: "1.0"
    broken: [{ versions: "1.3", reason: counts twice }]
    metrics: [{ code: Closed, measure: [count, unique_users] }]
  - id: seen
    section: S
    title: Seen
    type: fe_event
    window: [week, days_28]
    added: "1.0"
    metrics: [{ code: Seen, measure: [count, unique_users] }]
"#;

const INSTANCES: usize = 6;
const WEEKS: u32 = 40;

/// The week in which the first instance ran the broken version.
const BROKEN: &str = "2021-W07";

/// The events of each instance, by day.
type Days = BTreeMap<(usize, String), u64>;

fn registry() -> Registry {
    pings_registry::parse(REGISTRY).unwrap()
}

fn weeks() -> impl Iterator<Item = Week> {
    let first: Week = "2020-W53".parse().unwrap();
    (0..WEEKS).map(move |week| first.forward(week))
}

fn versions(instance: usize, window: Span) -> Vec<&'static str> {
    let broken: Week = BROKEN.parse().unwrap();
    let ran = |is_broken: bool| {
        window
            .weeks()
            .any(|week| (instance == 0 && week == broken) == is_broken)
    };
    let versions = [("1.3", ran(true)), ("1.4", ran(false))];
    versions
        .into_iter()
        .filter(|it| it.1)
        .map(|it| it.0)
        .collect()
}

fn count(days: &Days, instance: usize, [start, end]: &[String; 2]) -> u64 {
    let range = (instance, start.clone())..(instance, end.clone());
    days.range(range).map(|(_, count)| count).sum()
}

fn payload(days: &Days, instance: usize, week: Week) -> Json {
    let of = |code: &str, window: Span| {
        let borders = window.borders();
        let count = count(days, instance, &borders);
        let versions = versions(instance, window);
        let metrics = json!({ code: { "count": count, "unique_users": count.min(3) } });
        json!({
            "window": window.period(), "start": borders[0], "end": borders[1],
            "versions": versions, "metrics": metrics,
        })
    };
    let mut windows = Vec::new();
    for (code, period) in [
        ("Closed", Period::Day),
        ("Seen", Period::Days28),
        ("Opened", Period::Month),
    ] {
        windows.extend(
            period
                .spans(week)
                .into_iter()
                .map(|window| of(code, window)),
        );
    }
    let whole = Span::from(week);
    let borders = whole.borders();
    let metrics =
        ["Opened", "Closed", "Seen"].map(|code| (code, of(code, whole)["metrics"][code].clone()));
    let version = versions(instance, whole)[0];
    json!({
        "format": 1, "registry": "desk", "fingerprint": pings_payload::fingerprint(&registry()),
        "instance": format!("00000000-0000-4000-8000-{instance:012}"),
        "week": week.to_string(), "start": borders[0], "end": borders[1],
        "revision": 1, "version": version, "versions": { version: 10 },
        "metrics": BTreeMap::from(metrics), "windows": windows,
    })
}

/// Returns the instances that ran no broken version in a period, and their events.
fn truth(days: &Days, borders: &[String; 2]) -> (u64, f64) {
    let broken: Week = BROKEN.parse().unwrap();
    let [start, end] = broken.borders();
    let is_hit = borders[0] < end && start < borders[1];
    let instances = usize::from(is_hit)..INSTANCES;
    let counts = instances
        .clone()
        .map(|instance| count(days, instance, borders) as f64);
    (instances.len() as u64, counts.sum())
}

async fn usage(
    store: &Store,
    code: &str,
    measure: &str,
    window: UsagePeriod,
) -> Result<Vec<UsageWeek>, String> {
    let options = UsageOptions {
        weeks: 520,
        measure: Some(measure.to_owned()),
        window: Some(window),
        ..UsageOptions::default()
    };
    let usage = store.usage(&registry(), code, &options).await;
    usage
        .map(|usage| usage.weeks)
        .map_err(|error| error.to_string())
}

async fn periods_are_the_truth(dialect: Kind) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let store = Store::open(&place.url(), true).await.unwrap();
    store.learn(&registry(), NOW).await.unwrap();
    let mut dice = Dice::new(3);
    let mut days = Days::new();
    for week in weeks() {
        for day in Period::Day.spans(week) {
            let [start, _] = day.borders();
            for instance in 0..INSTANCES {
                days.insert((instance, start.clone()), dice.below(9));
            }
        }
    }
    for instance in 0..INSTANCES {
        let received = weeks().map(|week| {
            let payload = payload(&days, instance, week).to_string();
            Received::read(payload.into_bytes(), NOW).unwrap()
        });
        store.accept(&received.collect::<Vec<_>>()).await.unwrap();
    }
    let month = UsagePeriod::Window(Period::Month);
    for (code, period, first, count) in [
        ("Opened", UsagePeriod::Quarter, "2021-Q1", 3),
        ("Closed", UsagePeriod::Quarter, "2021-Q1", 4),
        ("Closed", month, "2021-01", 10),
        ("Opened", month, "2020-12", 10),
    ] {
        let entries = usage(&store, code, "count", period).await.unwrap();
        let names: Vec<&str> = entries.iter().map(|it| it.name.as_str()).collect();
        assert_eq!((names[0], names.len()), (first, count), "{code}: {names:?}");
        for entry in &entries {
            if entry.name == "2020-12" {
                continue;
            }
            let (instances, total) = truth(&days, &entry.borders);
            let context = format!("{code} in {}", entry.name);
            assert_eq!(entry.measured, INSTANCES as u64, "{context}");
            assert_eq!(entry.spread.instances, instances, "{context}");
            assert_eq!(entry.spread.total, Some(total), "{context}");
        }
        let incomplete = entries.iter().filter(|entry| !entry.is_complete);
        let incomplete: Vec<&str> = incomplete.map(|entry| entry.name.as_str()).collect();
        // The last week ends on 3 October.
        let expected: &[&str] = match (code, period) {
            ("Closed", UsagePeriod::Quarter) => &["2021-Q4"],
            ("Closed", _) => &["2021-10"],
            _ => &[],
        };
        assert_eq!(incomplete, expected, "{code}");
    }
    for (code, measure, period, expected) in [
        (
            "Opened",
            "unique_users",
            UsagePeriod::Quarter,
            "`unique_users` of Opened does not add up over time, so there is no value of a quarter: what two weeks have in common would count twice\nhelp: Opened has the windows week, month: choose one with --window, or add `window: month` to the registry",
        ),
        (
            "Seen",
            "unique_users",
            month,
            "`unique_users` of Seen does not add up over time, so there is no value of a month: what two weeks have in common would count twice\nhelp: Seen has the windows week, days_28: choose one with --window, or add `window: month` to the registry",
        ),
        (
            "Seen",
            "count",
            month,
            "a week can belong to two months, so weeks of Seen do not add up to a month\nhelp: Seen has the windows week, days_28: choose one with --window, or add `window: month` to the registry",
        ),
    ] {
        let error = usage(&store, code, measure, period).await.unwrap_err();
        assert_eq!(error, expected);
    }
    let start = PAGE.find("```sql\n-- quarter of a count\n").unwrap();
    let sql = PAGE[start..].split("```").nth(1).unwrap();
    let sql = sql.trim_start_matches("sql").trim().trim_end_matches(';');
    let mut tx = store.read().await.unwrap();
    let types = [ValueType::Integer, ValueType::Number];
    let rows = tx.rows(sql, &[], &types).await.unwrap();
    tx.end().await.unwrap();
    let quarter = ["2021-01-01T00:00:00Z", "2021-04-01T00:00:00Z"].map(str::to_owned);
    let (instances, total) = truth(&days, &quarter);
    assert_eq!(
        rows,
        [vec![Cell::Integer(instances as i64), Cell::Number(total)]]
    );
    store.close().await;
}

#[tokio::test]
async fn periods_are_the_truth_on_both_databases() {
    periods_are_the_truth(Kind::Sqlite).await;
    periods_are_the_truth(Kind::Postgres).await;
    periods_are_the_truth(Kind::ClickHouse).await;
}
