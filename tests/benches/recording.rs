//! Measures how much time a caller spends to record an event, and how many events are written per
//! second.
//!
//! Run it with `cargo bench -p pings-tests --bench recording`. Each result is compared with a
//! baseline of the same run: a plain bounded queue, and the fastest way to write with the plain
//! driver.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use code_insights_events::{Event, InsightType};
use crossbeam_queue::ArrayQueue;
use pings_runtime::{Actor, Durability, EventLog, Options, Outage, Recorder, Url};
use pings_sql::Dialect;
use pings_tests::databases::Database;
use pings_tests::place::Place;
use pings_tests::server::Server;
use sqlx::{AssertSqlSafe, Connection};
use tempfile::TempDir;

/// The number of events per measurement, which is small enough that interruptions are unlikely.
const EVENTS: usize = 4_000;

/// The number of measurements.
const TIMES: usize = 101;

/// The number of rows that are written.
const ROWS: i64 = 200_000;

/// The number of runs of each variant.
const ROUNDS: usize = 7;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        handing_over().await;
        let sqlite = Place::new(Dialect::Sqlite).await.unwrap();
        writing("SQLite", sqlite.address(), sqlite.folder()).await;
        let Some((server, over_tcp)) = Server::start_on_tcp().await else {
            return println!("no PostgreSQL");
        };
        let spill = TempDir::new().unwrap();
        let socket = server.address();
        writing("PostgreSQL over a socket", &socket, spill.path()).await;
        writing("PostgreSQL over TCP", &over_tcp, spill.path()).await;
    });
}

fn event() -> Event {
    Event::InsightAddition {
        insight_type: InsightType::SearchInsights,
    }
}

/// A value with the size of an event in the recorder's queue.
type Slot = [u8; Recorder::EVENT_SIZE];

/// Measures the time per event on the recording thread.
async fn handing_over() {
    let place = Place::new(Dialect::Sqlite).await.unwrap();
    EventLog::init(&place.url()).await.unwrap();
    let options = Options {
        queue: 4 * EVENTS,
        // Nothing is written during the measurement.
        batch: 4 * EVENTS,
        delay: Duration::from_secs(5),
        ..Options::new("3.36.0")
    };
    let recorder = Recorder::start(&place.url(), options).unwrap();
    let queue: ArrayQueue<Slot> = ArrayQueue::new(4 * EVENTS);
    let (mut floors, mut runs) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let start = Instant::now();
        for number in 0..EVENTS {
            let mut slot: Slot = [0; Recorder::EVENT_SIZE];
            slot[0] = number as u8;
            let _ = queue.push(black_box(slot));
        }
        floors.push(start.elapsed().as_secs_f64() / EVENTS as f64 * 1e9);
        while queue.pop().is_some() {}
        let start = Instant::now();
        for number in 0..EVENTS {
            recorder.record(black_box(&event()), Actor::user(number as i64));
        }
        runs.push(start.elapsed().as_secs_f64() / EVENTS as f64 * 1e9);
        assert_eq!(recorder.flush().await.unwrap(), Durability::Logged);
    }
    assert_eq!(recorder.counters().dropped, 0);
    let (floor, run) = (median(floors), median(runs));
    println!(
        "handing over an event: {run:.0} ns, a bare queue {floor:.0} ns: {:.2}×",
        run / floor
    );
    recorder.shutdown().await.unwrap();
}

/// Measures rows per second with the same index, and the time until a durable event is
/// acknowledged.
async fn writing(name: &str, address: &str, folder: &Path) {
    let url: Url = address.parse().unwrap();
    EventLog::init(&url).await.unwrap();
    let mut database = match address.strip_prefix("sqlite") {
        Some(_) => Database::Sqlite(sqlx::SqliteConnection::connect(address).await.unwrap()),
        None => Database::Postgres(sqlx::PgConnection::connect(address).await.unwrap()),
    };
    let options = Options {
        outage: Outage::Spill(folder.join("spill")),
        ..Options::new("3.36.0")
    };
    let recorder = Recorder::start(&url, options).unwrap();
    let mut waits = Vec::new();
    for number in 1..=TIMES as i64 {
        let start = Instant::now();
        let kept = recorder.record_durable(&event(), Actor::user(number)).await;
        assert_eq!(kept.unwrap(), Durability::Logged);
        waits.push(start.elapsed().as_secs_f64() * 1e3);
    }
    println!("a durable event in {name}: {:.1} ms", median(waits));
    let (mut floors, mut runs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        database.execute("DELETE FROM event_logs").await;
        let start = Instant::now();
        match &mut database {
            Database::Sqlite(db) => bare_sqlite(db).await,
            Database::Postgres(db) => bare_postgres(db).await,
        }
        floors.push(ROWS as f64 / start.elapsed().as_secs_f64());
        database.execute("DELETE FROM event_logs").await;
        let start = Instant::now();
        for number in 0..ROWS {
            recorder.record(&event(), Actor::user(number % 50_000 + 1));
            // Slightly less than the capacity of the queue.
            if number % 12_288 == 12_287 {
                recorder.flush().await.unwrap();
            }
        }
        assert_eq!(recorder.flush().await.unwrap(), Durability::Logged);
        runs.push(ROWS as f64 / start.elapsed().as_secs_f64());
    }
    assert_eq!(recorder.counters(), Default::default());
    let (floor, run) = (median(floors), median(runs));
    println!(
        "writing to {name}: {run:.0} rows/s, the bare driver {floor:.0} rows/s: {:.0} %",
        run / floor * 100.0
    );
    recorder.shutdown().await.unwrap();
}

const COLUMNS: &str = "name, url, user_id, anonymous_user_id, source, argument, version, timestamp";
const ARGUMENT: &str = r#"{"insightType":"searchInsights"}"#;
const AT: &str = "2021-01-25T12:00:00.123Z";

/// Inserts with multi-row statements in a single transaction.
async fn bare_sqlite(db: &mut sqlx::SqliteConnection) {
    const MANY: i64 = 500;
    let rows = vec!["(?,?,?,?,?,?,?,?)"; MANY as usize].join(",");
    let sql = format!("INSERT INTO event_logs ({COLUMNS}) VALUES {rows}");
    let mut tx = db.begin().await.unwrap();
    for part in 0..ROWS / MANY {
        let mut query = sqlx::query(AssertSqlSafe(sql.as_str()));
        for number in 0..MANY {
            let user = (part * MANY + number) % 50_000 + 1;
            query = query.bind("InsightAddition").bind("").bind(user).bind("");
            query = query.bind("WEB").bind(ARGUMENT).bind("3.36.0").bind(AT);
        }
        query.execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Inserts with a single COPY.
async fn bare_postgres(db: &mut sqlx::PgConnection) {
    let mut text = String::new();
    for number in 0..ROWS {
        let user = number % 50_000 + 1;
        text.push_str(&format!(
            "InsightAddition\t\t{user}\t\tWEB\t{ARGUMENT}\t3.36.0\t{AT}\n"
        ));
    }
    let mut copy = db
        .copy_in_raw(&format!("COPY event_logs ({COLUMNS}) FROM STDIN"))
        .await
        .unwrap();
    copy.send(text.into_bytes()).await.unwrap();
    copy.finish().await.unwrap();
}

fn median(mut runs: Vec<f64>) -> f64 {
    runs.sort_by(f64::total_cmp);
    runs[runs.len() / 2]
}
