//! Uses the crate `pings` like a product.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use code_insights_events::{Event, InsightType, REGISTRY};
use pings::testing::Probe;
use pings::{
    Actor, Consent, Durability, Error, MetricReport, NewMetrics, Outage, Pings, Value, last_week,
    this_week,
};
use pings_database::{Access, Database, Mode};
use pings_model::ValueType;
use pings_sql::Dialect;
use pings_store::Store;
use pings_store::server::serve;
use pings_tests::place::Place;
use tokio::net::TcpListener;

const PATIENCE: Duration = Duration::from_secs(30);

const HOVER: Event = Event::InsightHover {
    insight_type: InsightType::SearchInsights,
};

/// Everything is switched on, regardless of the test's environment.
const AGREED: Consent = Consent {
    gather: true,
    send: true,
    usage: true,
    operational: true,
    identifying: false,
    new_metrics: NewMetrics::Allow,
};

fn builder(place: &Place) -> pings::Builder {
    Pings::builder(REGISTRY)
        .event_log(place.address())
        .product_version("v3.36.0-rc.1")
        .consent(AGREED)
        .outage(Outage::Spill(place.folder().join("spill")))
}

/// Returns the count of the first group of a metric.
fn first_count(metric: &MetricReport) -> u64 {
    let Ok(Value::Rows { rows, .. }) = &metric.outcome else {
        panic!("{}", metric.json());
    };
    let (name, count) = &rows[0].measures[0];
    assert_eq!(name, "count");
    count.as_ref().unwrap().as_u64().unwrap()
}

/// Returns the number of rows in the event log.
async fn rows(place: &Place) -> i64 {
    let database = Database::open(&place.url(), Access::Read).await.unwrap();
    let mut tx = database.begin(Mode::Read).await.unwrap();
    let sql = "SELECT count(*) FROM event_logs WHERE name = 'InsightHover'";
    let count = tx.value(sql, &[], ValueType::Integer).await.unwrap();
    tx.rollback().await.unwrap();
    database.close().await;
    count.and_then(|cell| cell.integer()).unwrap()
}

#[tokio::test]
async fn a_product_records_and_reports_without_preparing_the_database() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let pings = builder(&place).start().unwrap();
        let clone = pings.clone();
        let recording = std::thread::spawn(move || clone.record(&HOVER, Actor::user(7)));
        recording.join().unwrap();
        pings.record(&HOVER, Actor::user(7));
        let kept = pings.record_durable(&HOVER, Actor::user(8)).await.unwrap();
        assert!(matches!(kept, Durability::Logged | Durability::Spilled));
        // The report includes everything that was recorded before.
        let report = pings.report(this_week()).await.unwrap();
        assert_eq!(first_count(report.metric("InsightHover").unwrap()), 3);
        assert_eq!(report.version.unwrap().to_string(), "3.36.0");
        let payload = pings.preview(last_week()).await.unwrap();
        assert_eq!(payload.registry, "code_insights");
        assert!(!payload.json().contains("\"InsightHover\":{\"by\""));
        assert_eq!(pings.shutdown().await.unwrap(), Durability::Logged);
        assert_eq!(rows(&place).await, 3);
        // A handle that was shut down returns an error, and drops events.
        pings.record(&HOVER, Actor::user(7));
        let stopped = pings.report(this_week()).await.unwrap_err();
        assert!(!stopped.to_string().is_empty());
        assert_eq!(rows(&place).await, 3);
    }
}

#[test]
fn a_product_without_a_runtime_uses_blocking_calls() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let place = runtime.block_on(Place::new(Dialect::Sqlite)).unwrap();
    let pings = builder(&place).start().unwrap();
    pings.record(&HOVER, Actor::anonymous("a"));
    let report = pings.report_blocking(this_week()).unwrap();
    assert_eq!(first_count(report.metric("InsightHover").unwrap()), 1);
    assert!(pings.preview_blocking(last_week()).is_ok());
    assert_eq!(
        pings.shutdown_blocking(PATIENCE).unwrap(),
        Durability::Logged
    );
    assert_eq!(runtime.block_on(rows(&place)), 1);
}

#[tokio::test]
async fn a_blocking_call_works_inside_an_asynchronous_runtime() {
    let place = Place::new(Dialect::Sqlite).await.unwrap();
    let pings = builder(&place).start().unwrap();
    pings.record(&HOVER, Actor::user(7));
    assert_eq!(
        pings.shutdown_blocking(PATIENCE).unwrap(),
        Durability::Logged
    );
    assert_eq!(rows(&place).await, 1);
}

#[tokio::test]
async fn events_are_kept_while_the_database_is_down() {
    let place = Place::new(Dialect::Sqlite).await.unwrap();
    // No server listens on this port.
    let address = "postgres://nobody@127.0.0.1:1/none";
    let began = Instant::now();
    let pings = builder(&place).event_log(address).start().unwrap();
    assert!(began.elapsed() < Duration::from_secs(2));
    let kept = pings.record_durable(&HOVER, Actor::user(7)).await.unwrap();
    assert_eq!(kept, Durability::Spilled);
    let error = pings.report(this_week()).await.unwrap_err();
    assert!(matches!(error, Error::Runtime(_)), "{error}");
    assert!(error.to_string().contains("127.0.0.1"), "{error}");
    let limit = Duration::from_secs(20);
    assert_eq!(pings.shutdown_blocking(limit).unwrap(), Durability::Spilled);
    let spilled = std::fs::read_dir(place.folder().join("spill")).unwrap();
    assert!(spilled.count() > 0);
}

#[tokio::test]
async fn nothing_is_created_without_consent() {
    let place = Place::new(Dialect::Sqlite).await.unwrap();
    let pings = builder(&place).consent(Consent::NONE).start().unwrap();
    let kept = pings.record_durable(&HOVER, Actor::user(7)).await.unwrap();
    assert_eq!(kept, Durability::SwitchedOff);
    assert_eq!(pings.shutdown().await.unwrap(), Durability::SwitchedOff);
    let files: Vec<_> = std::fs::read_dir(place.folder()).unwrap().collect();
    assert!(files.is_empty(), "{files:?}");
}

/// Returns the text of an error and of all its causes.
fn told(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", told(source)),
        None => error.to_string(),
    }
}

#[tokio::test]
async fn mistakes_of_the_configuration_are_told() {
    let place = Place::new(Dialect::Sqlite).await.unwrap();
    let error = |builder: pings::Builder| told(&builder.start().unwrap_err());
    let registry = REGISTRY.replacen("be_capture", "be_captures", 1);
    let broken = Pings::builder(registry).event_log("sqlite://a.db");
    let broken = error(broken.product_version("1"));
    assert!(
        broken.contains("line ") && broken.contains("be_captures"),
        "{broken}"
    );
    assert!(error(Pings::builder(REGISTRY)).contains("event_log"));
    let unversioned = Pings::builder(REGISTRY).event_log("sqlite://a.db");
    assert!(error(unversioned).contains("product_version"));
    let version = error(builder(&place).product_version("latest"));
    assert!(version.contains("`latest`"), "{version}");
    let secret = error(builder(&place).event_log("mysql://u:hush@h/d"));
    assert!(!secret.contains("hush"), "{secret}");
    let secret = builder(&place)
        .event_log("postgres://u:hush@h/d")
        .store_token("t0ken");
    let shown = format!("{secret:?}");
    assert!(
        !shown.contains("hush") && !shown.contains("t0ken"),
        "{shown}"
    );
    let plain = error(builder(&place).store("http://pings.example.com"));
    assert!(plain.contains("not encrypted"), "{plain}");
    assert!(!Path::new("a.db").exists());
}

#[tokio::test]
async fn a_probe_tells_which_metrics_an_event_moves() {
    let probe = Probe::new(REGISTRY).unwrap();
    probe.pings().record(&HOVER, Actor::user(7));
    probe.assert_recorded("InsightHover");
    probe.assert_moved(&["InsightHover"]);
    let viewed = Event::ViewCodeInsightsCreationPage;
    probe.clear();
    probe
        .pings()
        .record(&viewed, Actor::anonymous("visitor").source("IDE"));
    let events = probe.events();
    assert_eq!(events[0].visitor, "visitor");
    assert_eq!(events[0].source, "IDE");
    assert!(
        events[0].metrics.contains("SearchInsightFunnel"),
        "{events:?}"
    );
    let error = probe.pings().report(this_week()).await.unwrap_err();
    assert!(matches!(error, Error::InMemory));
    let not_recorded = std::panic::catch_unwind(|| {
        let probe = Probe::new(REGISTRY).unwrap();
        probe.assert_recorded("InsightHover");
    });
    assert!(not_recorded.is_err());
    drop(Arc::new(probe));
}

#[tokio::test]
async fn complete_weeks_are_sent_to_the_store() {
    let place = Place::new(Dialect::Sqlite).await.unwrap();
    let store_place = Place::new(Dialect::Sqlite).await.unwrap();
    let store = Arc::new(Store::open(&store_place.url(), true).await.unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let options = pings_store::server::Options::default();
    tokio::spawn(serve(listener, store, options, std::future::pending()));

    // The instance gave its consent long ago, and logged an event two weeks ago.
    let first = builder(&place).start().unwrap();
    first.record_durable(&HOVER, Actor::user(7)).await.unwrap();
    first.report(this_week()).await.unwrap();
    first.shutdown().await.unwrap();
    let week = this_week().back(2);
    let [start, _] = week.borders();
    let database = Database::open(&place.url(), Access::Write).await.unwrap();
    let mut tx = database.begin(Mode::Write).await.unwrap();
    tx.script(&format!(
        "UPDATE pings_consent SET since = ''; \
         UPDATE pings_consent_metrics SET since = ''; UPDATE pings_consent_start SET at = ''; \
         UPDATE event_logs SET timestamp = '{start}'; DELETE FROM pings_tasks"
    ))
    .await
    .unwrap();
    tx.commit().await.unwrap();
    database.close().await;

    let pings = builder(&place).store(&address).start().unwrap();
    let until = Instant::now() + PATIENCE;
    loop {
        let database = Database::open(&store_place.url(), Access::Read)
            .await
            .unwrap();
        let mut tx = database.begin(Mode::Read).await.unwrap();
        let sql = format!("SELECT count(*) FROM payloads WHERE week = '{week}'");
        let count = tx.value(&sql, &[], ValueType::Integer).await.unwrap();
        tx.rollback().await.unwrap();
        database.close().await;
        if count.and_then(|cell| cell.integer()) == Some(1) {
            break;
        }
        assert!(Instant::now() < until, "the week did not arrive");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(
        pings.shutdown_blocking(PATIENCE).unwrap(),
        Durability::Logged
    );
}

#[tokio::test]
async fn a_product_that_was_always_switched_off_gets_a_report_without_values() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let pings = builder(&place).consent(Consent::NONE).start().unwrap();
        pings.record(&HOVER, Actor::user(7));
        let report = pings.report(this_week()).await.unwrap();
        let hovers = report.metric("InsightHover").unwrap();
        let failure = hovers.outcome.as_ref().unwrap_err();
        assert_eq!(failure.kind, pings::FailureKind::NotRunning);
        pings.shutdown().await.unwrap();
        let files = std::fs::read_dir(place.folder()).unwrap().count();
        assert_eq!(files, 0, "nothing was created");
    }
}
