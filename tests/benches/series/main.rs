//! Compares the time for a series from a large store with a plain scan of the same rows.
//!
//! Run it with `cargo bench -p pings-tests --bench series`. `PINGS_BENCH_INSTANCES` is the number
//! of instances, by default 10,000, each with 52 weeks of all codes of Code Insights.
//! `PINGS_BENCH_DATABASE` is `sqlite` or `postgres`, by default both.

mod load;

use std::time::Instant;

use pings_database::{Bind, Cell};
use pings_model::{Registry, ValueType};
use pings_sql::Dialect;
use pings_store::{SeriesOptions, Store};
use pings_tests::place::Place;

/// The number of runs of each variant.
const ROUNDS: usize = 7;

/// The queried codes and dimensions.
const SERIES: [(&str, Option<&str>); 6] = [
    ("InsightsPageView", None),
    ("InsightsGetStartedPage", None),
    ("InsightAddition", None),
    ("InsightAddition", Some("insightType")),
    ("InsightsPerDashboard", None),
    ("SearchInsightFunnel", None),
];

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let instances = std::env::var("PINGS_BENCH_INSTANCES")
        .map_or(10_000, |text| text.replace('_', "").parse().unwrap());
    let wanted = std::env::var("PINGS_BENCH_DATABASE");
    let registry = pings_registry::parse(include_str!("../../../pings.yaml"))
        .unwrap_or_else(|_| panic!("the registry passes"));
    for (dialect, name) in [(Dialect::Sqlite, "sqlite"), (Dialect::Postgres, "postgres")] {
        if wanted.as_ref().is_ok_and(|wanted| wanted != name) {
            continue;
        }
        runtime.block_on(measure(dialect, &registry, instances));
    }
}

async fn measure(dialect: Dialect, registry: &Registry, instances: usize) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let start = Instant::now();
    let store = Store::open(&place.address().parse().unwrap(), true)
        .await
        .unwrap();
    let rows = load::load(&store, registry, instances).await;
    println!(
        "{dialect:?}: {instances} instances, {} weeks, {rows} numbers, loaded in {:.0} s",
        load::WEEKS,
        start.elapsed().as_secs_f64()
    );
    println!("                                                 rows   bare scan   series   ratio");
    for (code, by) in SERIES {
        let (mut scans, mut series) = (Vec::new(), Vec::new());
        let mut rows = 0;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            rows = scan(&store, code).await;
            scans.push(start.elapsed().as_secs_f64() * 1e3);
            let options = SeriesOptions {
                weeks: load::WEEKS,
                by: by.map(str::to_owned),
                ..SeriesOptions::default()
            };
            let start = Instant::now();
            let answer = store.series(registry, code, &options).await.unwrap();
            series.push(start.elapsed().as_secs_f64() * 1e3);
            assert_eq!(answer.weeks.len(), load::WEEKS as usize);
            assert!(answer.weeks.iter().all(|week| week.instances.known() > 0));
        }
        let (scan, series) = (median(scans), median(series));
        let what = by.map_or(code.to_owned(), |by| format!("{code} by {by}"));
        println!(
            "{what:<42} {rows:>10} {scan:>8.1} ms {series:>6.1} ms  {:>5.2}×",
            series / scan
        );
    }
    for code in ["InsightsPageView", "InsightAddition"] {
        let options = SeriesOptions {
            weeks: load::WEEKS,
            ..SeriesOptions::default()
        };
        forget_peak();
        let start = Instant::now();
        let estimates = store.estimates(registry, code, &options).await.unwrap();
        let estimated = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let growth = store.growth(registry, code, (None, None), None).await;
        assert!(growth.unwrap().is_some());
        println!(
            "{code}: {} measures estimated in {estimated:.1} s, growth in {:.1} s, {} MiB at most",
            estimates.len(),
            start.elapsed().as_secs_f64(),
            peak() / 1024
        );
    }
    store.close().await;
}

/// Reads each row of a code with a minimal aggregation, as the baseline.
async fn scan(store: &Store, code: &str) -> i64 {
    let mut tx = store.read().await.unwrap();
    let sql = "SELECT count(*), max(week), sum(instance + origin + value) FROM measurements \
        WHERE series IN (SELECT series.id FROM series JOIN codes ON codes.id = series.code \
          WHERE codes.code = $1)";
    let types = [ValueType::Integer, ValueType::Text, ValueType::Number];
    let rows = tx.rows(sql, &[Bind::Text(code)], &types).await.unwrap();
    match rows[0][0] {
        Cell::Integer(rows) => rows,
        _ => 0,
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Begins to measure the most memory that the process has from now on.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Returns the most memory that the process had, in KiB, or 0 if the system does not say so.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    peak.unwrap_or_default()
}
