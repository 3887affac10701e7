//! Compares the answers of the store with the expected results for a fleet.

use std::collections::BTreeMap;

use pings_model::{Registry, VersionRange};
use pings_store::{Instances, Series, SeriesOptions, Store, Symptom, Together};
use pings_tests::fleet::{Effect, Fleet, Kept, Shape};
use pings_tests::place::{Kind, Place};
use time::macros::datetime;

const REGISTRY: &str = include_str!("../../../pings.yaml");

fn registry() -> Registry {
    pings_registry::parse(REGISTRY).expect("the registry passes")
}

/// Creates a store with the registered registry. Returns `None` if the database is not available.
async fn store(dialect: Kind, registry: &Registry) -> Option<(Place, Store)> {
    let place = Place::new(dialect).await?;
    let url = place.address().parse().expect("an address");
    let store = Store::open(&url, true).await.expect("a store");
    learn(&store, registry).await;
    Some((place, store))
}

async fn learn(store: &Store, registry: &Registry) {
    let now = datetime!(2030-01-01 0:00 UTC);
    store.learn(registry, now).await.expect("it learns");
}

/// Returns all weeks of a code, including untrusted values.
async fn series(store: &Store, registry: &Registry, code: &str) -> Series {
    let options = SeriesOptions {
        weeks: 520,
        all: true,
        ..SeriesOptions::default()
    };
    let series = store.series(registry, code, &options).await;
    series.expect("a series")
}

fn check(context: &str, series: &Series, truth: &BTreeMap<pings_payload::Week, Kept>) {
    assert_eq!(series.weeks.len(), truth.len(), "{context}");
    for (week, kept) in series.weeks.iter().zip(truth.values()) {
        let context = format!("{context} in {}", week.week);
        let of = &week.instances;
        let expected = Instances {
            trusted: kept.trusted,
            failed: kept.failed.clone(),
            without: kept.without,
            absent: kept.absent,
            partly_absent: kept.partly_absent,
            unreleased: 0,
            unknown_version: kept.unknown_version,
            unknown_registry: 0,
            not_running: 0,
            silent: kept.silent,
            broken: of.broken.clone(),
            partly_broken: of.partly_broken.clone(),
        };
        assert_eq!(*of, expected, "{context}");
        assert_eq!(of.all_broken(), kept.broken, "{context}");
        assert_eq!(of.all_partly_broken(), kept.partly_broken, "{context}");
        for ((name, together), value) in series.measures.iter().zip(&week.values) {
            let numbers = kept.values.get(name).cloned().unwrap_or_default();
            let sum: f64 = numbers.iter().sum();
            let expected = match together {
                // A measurement by dimensions may have no groups.
                Together::Sum if kept.trusted > 0 => Some(sum),
                _ if numbers.is_empty() => None,
                Together::Sum => Some(sum),
                Together::Mean => Some(sum / numbers.len() as f64),
                Together::Smallest => numbers.iter().copied().reduce(f64::min),
                Together::Largest => numbers.iter().copied().reduce(f64::max),
            };
            assert_eq!(*value, expected, "{context}: {name}");
        }
    }
}

async fn series_are_the_truth(dialect: Kind, seeds: std::ops::Range<u64>) {
    let registry = registry();
    let (mut weeks, mut holes) = (0, 0);
    for seed in seeds {
        let Some((_place, store)) = store(dialect, &registry).await else {
            return;
        };
        let fleet = Fleet::new(&registry, Shape::new(seed, 10, 24));
        fleet.send(&store).await;
        for (_, metric) in registry.metrics() {
            let series = series(&store, &registry, &metric.code).await;
            let context = format!("seed {seed}: {}", metric.code);
            check(&context, &series, &fleet.truth(&registry, &metric.code));
            weeks += series.weeks.len();
            let is_hole = |it: &&pings_store::SeriesWeek| it.values[0].is_none();
            holes += series.weeks.iter().filter(is_hole).count();
        }
        store.close().await;
    }
    assert!(holes > 0 && holes < weeks, "{holes} of {weeks}");
}

#[tokio::test]
async fn trusted_series_are_the_truth_on_sqlite() {
    series_are_the_truth(Kind::Sqlite, 0..6).await;
}

#[tokio::test]
async fn trusted_series_are_the_truth_on_postgresql() {
    series_are_the_truth(Kind::Postgres, 100..103).await;
}

#[tokio::test]
async fn trusted_series_are_the_truth_on_clickhouse() {
    series_are_the_truth(Kind::ClickHouse, 100..103).await;
}

/// Returns all stored values, and the sum of the trusted values of a code according to the view.
async fn numbers(store: &Store, code: &str) -> (Vec<String>, f64) {
    use pings_model::ValueType::{Integer, Number, Text};
    let mut tx = store.read().await.expect("it reads");
    let sql = "SELECT code, week, instance, dimensions, measure, origin, value \
  FROM measurements JOIN series ON series.id = measurements.series \
        ORDER BY code, week, instance, dimensions, measure";
    let types = [Integer, Text, Integer, Text, Text, Integer, Number];
    let rows = tx.rows(sql, &[], &types).await.expect("rows");
    let sql = "SELECT sum(value) FROM measurements_trusted WHERE code = $1 AND measure = 'count'";
    let binds = [pings_database::Bind::Text(code)];
    let sum = tx.value(sql, &binds, Number).await.expect("a sum");
    let sum = match sum {
        Some(pings_database::Cell::Number(sum)) => sum,
        _ => 0.0,
    };
    let rows = rows.iter().map(|row| format!("{row:?}")).collect();
    (rows, sum)
}

async fn a_range_declared_later_counts_at_once(dialect: Kind) {
    const CODE: &str = "InsightHover";
    let registry = registry();
    let Some((_place, store)) = store(dialect, &registry).await else {
        return;
    };
    let fleet = Fleet::new(&registry, Shape::new(7, 14, 24));
    fleet.send(&store).await;
    let sum = |series: &Series| -> f64 { series.weeks.iter().filter_map(|it| it.values[0]).sum() };
    let before = series(&store, &registry, CODE).await;
    let (rows, viewed) = numbers(&store, CODE).await;
    assert_eq!(viewed, sum(&before));
    let broken: usize = before
        .weeks
        .iter()
        .map(|it| it.instances.broken.len())
        .sum();
    assert_eq!(broken, 0);
    let mut parts = registry.into_parts();
    let ping = parts.pings.iter_mut().find(|it| it.id == "insight_hovers");
    ping.expect("a ping").broken.push(pings_model::Broken {
        versions: "3.32-3.34.0".parse().expect("a range"),
        reason: Some("misses some".to_owned()),
        fix: None,
    });
    let registry = Registry::from_checked(parts);
    learn(&store, &registry).await;
    let after = series(&store, &registry, CODE).await;
    check("declared later", &after, &fleet.truth(&registry, CODE));
    let (same, viewed) = numbers(&store, CODE).await;
    assert_eq!(rows, same, "no row changed");
    assert_eq!(viewed, sum(&after));
    assert!(sum(&after) < 0.9 * sum(&before));
    // The values over all instances are unchanged.
    let all = |series: &Series| -> f64 {
        let weeks = series.weeks.iter();
        weeks.filter_map(|it| it.all.as_ref()?[0]).sum()
    };
    assert_eq!(all(&after), all(&before));
    let reason = |it: &pings_store::SeriesWeek| {
        let (broken, _) = it.instances.broken.first()?;
        broken.reason.clone()
    };
    let reasons: Vec<String> = after.weeks.iter().filter_map(reason).collect();
    assert!(reasons.len() > 3 && reasons.iter().all(|it| it == "misses some"));
    store.close().await;
}

#[tokio::test]
async fn a_range_declared_later_counts_at_once_on_sqlite() {
    a_range_declared_later_counts_at_once(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_range_declared_later_counts_at_once_on_postgresql() {
    a_range_declared_later_counts_at_once(Kind::Postgres).await;
}

#[tokio::test]
async fn a_range_declared_later_counts_at_once_on_clickhouse() {
    a_range_declared_later_counts_at_once(Kind::ClickHouse).await;
}

#[tokio::test]
async fn groups_add_up_to_the_whole() {
    let registry = registry();
    let (_place, store) = store(Kind::Sqlite, &registry).await.expect("SQLite");
    Fleet::new(&registry, Shape::new(3, 12, 16))
        .send(&store)
        .await;
    let mut options = SeriesOptions {
        weeks: 10,
        by: Some("insightType".to_owned()),
        ..SeriesOptions::default()
    };
    let series = store.series(&registry, "InsightHover", &options).await;
    let series = series.expect("a series");
    assert_eq!(series.weeks.len(), 10);
    for week in &series.weeks {
        let groups = week.groups.iter().filter_map(|group| group.values[0]);
        assert_eq!(Some(groups.sum()), week.values[0], "{}", week.week);
        assert!(week.groups.len() >= 2, "{}", week.week);
    }
    options.by = Some("insighttype".to_owned());
    let refused = store.series(&registry, "InsightHover", &options).await;
    let refused = refused.expect_err("no such dimension").to_string();
    assert!(
        refused.contains("help: its dimensions are insightType"),
        "{refused}"
    );
    store.close().await;
}

#[tokio::test]
async fn an_impact_is_what_the_versions_touched() {
    let registry = registry();
    let (mut near, mut all) = (0, 0);
    for seed in 0..6 {
        let (_place, store) = store(Kind::Sqlite, &registry).await.expect("SQLite");
        // Payloads after this week are not sent to the store yet.
        let fleet = Fleet::new(&registry, Shape::new(seed, 40, 90));
        let seen = fleet.shape.first.forward(47);
        let mut early = Fleet::new(&registry, Shape::new(seed, 40, 90));
        early.payloads.retain(|payload| payload.week <= seen);
        for payload in &mut early.payloads {
            payload.metrics.clear();
        }
        early.send(&store).await;
        for range in ["3.33-3.35.0", "3.40-3.41.0", "3.42+"] {
            let range: VersionRange = range.parse().expect("a range");
            let impacts = store
                .impact(&registry, "InsightHover", Some(range), None)
                .await;
            let impact = impacts.expect("an impact").remove(0);
            let touched = early.touched(range);
            for week in &impact.weeks {
                let truth = touched[&week.week];
                assert_eq!(
                    (week.touched, week.instances),
                    truth,
                    "{seed} {}",
                    week.week
                );
            }
            let said: u64 = impact.weeks.iter().map(|week| week.touched).sum();
            assert_eq!(said, touched.values().map(|(hit, _)| hit).sum::<u64>());
            let Some(fixed) = impact.healing.fixed_by else {
                assert_eq!(range.last(), None);
                assert!(impact.healing.reached.iter().all(|it| it.week.is_none()));
                continue;
            };
            let uptake = fleet.uptake(fixed);
            for reached in &impact.healing.reached {
                let mut later = uptake.iter().filter(|(_, share)| **share >= reached.part);
                let truth = later.next().map(|(week, _)| *week);
                if reached.is_observed {
                    assert_eq!(reached.week, truth, "{seed} {range} {}", reached.part);
                } else if let (Some(truth), Some(foretold)) = (truth, reached.week) {
                    all += 1;
                    let apart = (truth.start() - foretold.start()).whole_weeks().abs();
                    println!("{seed} {range} {}: {foretold} is {truth}", reached.part);
                    near += i32::from(apart <= 8);
                }
            }
        }
        store.close().await;
    }
    println!("{near} of {all} foretold within eight weeks");
    assert!(
        all >= 6 && f64::from(near) >= 0.7 * f64::from(all),
        "{near} of {all}"
    );
}

#[tokio::test]
async fn the_doctor_writes_what_the_registry_takes_and_is_then_quiet() {
    let registry = registry();
    let (_place, store) = store(Kind::Sqlite, &registry).await.expect("SQLite");
    let mut shape = Shape::new(11, 60, 36);
    let planted = "3.34.0-3.36.1".parse().expect("a range");
    shape = shape.with("InsightHover", planted, Effect::Halved);
    shape.clones = 1;
    let fleet = Fleet::new(&registry, shape);
    fleet.send(&store).await;
    let findings = store.doctor(&registry).await.expect("findings");
    let [entry] = findings.broken.as_slice() else {
        panic!("{:?}", findings.broken)
    };
    assert_eq!(entry.ping, "insight_hovers");
    assert_eq!(entry.breaks[0].symptom, Symptom::Less);
    assert_eq!(entry.versions.to_string(), "3.34.0-3.36.1");
    assert_eq!(findings.conflicts.len(), 1);
    let copied = fleet.copies[0].instance.to_string();
    assert_eq!(findings.conflicts[0].instance, copied);
    assert_eq!(findings.changed, []);
    // The suggested entry can be pasted unchanged.
    let entry = format!("    broken:\n{}", indented(&entry.yaml, 6));
    let at = REGISTRY.find("  - id: insight_hovers").expect("the ping");
    let at = at + REGISTRY[at..].find("    added:").expect("its version");
    let pasted = format!("{}{entry}{}", &REGISTRY[..at], &REGISTRY[at..]);
    let declared = pings_registry::parse(&pasted).expect("it passes");
    learn(&store, &declared).await;
    let findings = store.doctor(&declared).await.expect("findings");
    assert_eq!(findings.broken, []);
    store.close().await;
}

fn indented(text: &str, by: usize) -> String {
    let space = " ".repeat(by);
    text.lines()
        .map(|line| format!("{space}{line}\n"))
        .collect()
}
