//! Bursts of events on a healthy PostgreSQL server, and behind a network that stalls.
//!
//! When its queue fills up, the recorder abandons the batch that it is writing. Regardless of when
//! this happens, each event is in the event log exactly once, or was counted as dropped.
//!
//! `PINGS_BURST_ROUNDS=20 cargo test --release -p pings-tests --test burst -- --nocapture` is the
//! long run, which prints the number of events.

use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use code_insights_events::{Event, InsightType};
use pings_runtime::{Actor, Durability, EventLog, Options, Outage, Recorder, Url};
use pings_tests::server::Server;
use pings_tests::stalling::stalling;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

/// The number of rounds for each burst.
fn rounds() -> u64 {
    let rounds = std::env::var("PINGS_BURST_ROUNDS").ok();
    rounds.map_or(2, |it| it.parse().expect("PINGS_BURST_ROUNDS is a number"))
}

/// The number of events in all rounds, by their outcome.
#[derive(Debug, Default)]
struct Figures {
    recorded: u64,
    dropped: u64,
    logged: u64,
    acknowledged: u64,
}

fn options(spill: &Path) -> Options {
    Options {
        outage: Outage::Spill(spill.to_owned()),
        ..Options::new("3.36.0")
    }
}

fn burst(recorder: &Recorder, events: i64) {
    for number in 1..=events {
        let event = Event::InsightHover {
            insight_type: InsightType::SearchInsights,
        };
        recorder.record(&event, Actor::user(number));
    }
}

/// Records durable events, and returns the numbers of the acknowledged ones.
async fn durable(recorder: &Recorder, events: i64) -> Vec<i64> {
    let mut acknowledged = Vec::new();
    for number in 1..=events {
        let kept = recorder.record_durable(&Event::InsightsPageView, Actor::user(number));
        if kept.await.is_ok() {
            acknowledged.push(number);
        }
    }
    acknowledged
}

/// Returns the user of each row with this event name, in ascending order.
async fn users(address: &str, name: &str) -> Vec<i64> {
    let mut db = PgConnection::connect(address).await.expect("PostgreSQL");
    let sql =
        format!("SELECT user_id::bigint FROM event_logs WHERE name = '{name}' ORDER BY user_id");
    let users = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut db);
    users.await.expect("the event log")
}

/// Creates an empty event log.
async fn empty(address: &str) {
    let mut db = PgConnection::connect(address).await.expect("PostgreSQL");
    let drop = "DROP SCHEMA public CASCADE; CREATE SCHEMA public";
    let drop = sqlx::raw_sql(drop).execute(&mut db).await;
    drop.expect("a schema");
    let url: Url = address.parse().expect("an address");
    let (log, _) = EventLog::init(&url).await.expect("an event log");
    log.close().await;
}

/// Checks that each accepted event is logged exactly once. Returns the number of rows.
async fn check(address: &str, accepted: u64, acknowledged: &[i64], round: &str) -> u64 {
    let users = users(address, "InsightHover").await;
    assert!(
        users.windows(2).all(|pair| pair[0] < pair[1]),
        "{round}: an event is logged twice"
    );
    assert_eq!(users.len() as u64, accepted, "{round}: accepted and logged");
    let durable = self::users(address, "InsightsPageView").await;
    assert!(
        durable.windows(2).all(|pair| pair[0] < pair[1]),
        "{round}: a durable event is logged twice"
    );
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|number| durable.binary_search(number).is_err())
        .collect();
    assert!(
        lost.is_empty(),
        "{round}: acknowledged and lost: {}",
        lost.len()
    );
    (users.len() + durable.len()) as u64
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_of_a_burst_is_logged_once() {
    let Some(server) = Server::start_new().await else {
        return;
    };
    let address = server.address();
    let mut figures = Figures::default();
    for round in 0..rounds() {
        for (events, durables) in [(24_000, 0), (200_000, 0), (100_000, 50)] {
            let name = format!("round {round} of {events} and {durables}");
            empty(&address).await;
            let folder = TempDir::new().expect("a folder");
            let url = address.parse().expect("an address");
            let recorder = Recorder::start(&url, options(folder.path())).expect("a recorder");
            burst(&recorder, events);
            let acknowledged = durable(&recorder, durables).await;
            assert_eq!(acknowledged.len() as i64, durables, "{name}");
            // The shutdown begins at different moments, from the middle of the first batch to long
            // after the last.
            let wait = [0, 30, 200, 2_000][(round % 4) as usize];
            tokio::time::sleep(Duration::from_millis(wait)).await;
            let observer = recorder.clone();
            let kept = recorder.shutdown().await;
            let counters = observer.counters();
            let error = observer.last_error();
            assert_eq!(
                kept.expect("it stops"),
                Durability::Logged,
                "{name}: {counters:?} {error:?}"
            );
            let accepted = events as u64 - counters.dropped;
            figures.recorded += (events + durables) as u64;
            figures.dropped += counters.dropped;
            figures.logged += check(&address, accepted, &acknowledged, &name).await;
            figures.acknowledged += acknowledged.len() as u64;
            let left = fs::read_dir(folder.path()).expect("a folder").count();
            assert_eq!(left, 0, "{name}: nothing waits, so no file is left");
        }
    }
    println!("{} rounds: {figures:?}", rounds());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_of_a_burst_is_logged_once_behind_a_network_that_stalls() {
    let Some(server) = Server::start_new().await else {
        return;
    };
    let address = server.address();
    let mut stalls = 0;
    let mut figures = Figures::default();
    for round in 0..rounds() * 4 {
        let (events, durables) = [(24_000, 20), (200_000, 0), (100_000, 50)][(round % 3) as usize];
        let name = format!("round {round} of {events} and {durables}");
        empty(&address).await;
        let folder = TempDir::new().expect("a folder");
        let (port, stalled) = stalling(server.socket(), round + 1);
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=disable");
        let options = Options {
            patience: Duration::from_millis(400),
            ..options(folder.path())
        };
        let recorder =
            Recorder::start(&url.parse().expect("an address"), options).expect("a recorder");
        burst(&recorder, events);
        let acknowledged = durable(&recorder, durables).await;
        tokio::time::sleep(Duration::from_millis(round % 4 * 300)).await;
        let observer = recorder.clone();
        recorder.shutdown().await.expect("it stops");
        let dropped = observer.counters().dropped;
        let accepted = events as u64 - dropped;
        stalls += stalled.load(Ordering::Relaxed);

        // The next recorder logs the waiting events on a working network.
        let url = address.parse().expect("an address");
        let recorder = Recorder::start(&url, self::options(folder.path())).expect("a recorder");
        recorder.flush().await.expect("it is kept");
        recorder.shutdown().await.expect("it stops");
        let left = fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(left, 0, "{name}: nothing waits, so no file is left");
        figures.recorded += (events + durables) as u64;
        figures.dropped += dropped;
        figures.logged += check(&address, accepted, &acknowledged, &name).await;
        figures.acknowledged += acknowledged.len() as u64;
    }
    println!("{} rounds, {stalls} stalls: {figures:?}", rounds() * 4);
    assert!(stalls > 0, "no connection stalled");
}
