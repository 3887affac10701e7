//! Measures how much time a caller spends to record an event, and how many events are written per
//! second.
//!
//! Run it with `cargo bench -p pings-tests --bench recording`. Each result is compared with a
//! baseline of the same run: a plain bounded queue, and the fastest way to write with the plain
//! driver.

use std::hint::black_box;
use std::num::NonZero;
use std::path::Path;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use code_insights_events::{Event, InsightType};
use crossbeam_queue::ArrayQueue;
use pings_runtime::{Actor, Durability, EventLog, Options, Outage, Recorder, Url};
use pings_sql::Dialect;
use pings_tests::databases::Database;
use pings_tests::figures::{Figure, median};
use pings_tests::place::Place;
use pings_tests::server::Server;
use sqlx::{AssertSqlSafe, Connection};
use tempfile::TempDir;

/// The number of events per measurement, which is small enough that interruptions are unlikely.
const EVENTS: usize = 4_000;

/// The number of measurements.
const TIMES: usize = 101;

/// The number of threads that record at once.
const THREADS: usize = 8;

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
        from_threads().await;
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

/// Starts a recorder that writes nothing while fewer events than this wait.
async fn recorder(place: &Place, events: usize) -> Recorder {
    EventLog::init(&place.url()).await.unwrap();
    let options = Options {
        queue: 4 * events,
        batch: 4 * events,
        delay: Duration::from_secs(5),
        ..Options::new("3.36.0")
    };
    Recorder::start(&place.url(), options).unwrap()
}

/// Measures the time per event on the recording thread.
async fn handing_over() {
    let place = Place::new(Dialect::Sqlite).await.unwrap();
    let recorder = recorder(&place, EVENTS).await;
    let queue: ArrayQueue<Slot> = ArrayQueue::new(4 * EVENTS);
    let (mut floors, mut runs) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let start = Instant::now();
        for number in 0..EVENTS {
            let mut slot: Slot = [0; Recorder::EVENT_SIZE];
            slot[0] = number as u8;
            let _ = queue.push(black_box(slot));
        }
        floors.push(nanoseconds(start, EVENTS));
        while queue.pop().is_some() {}
        let start = Instant::now();
        record(&recorder, EVENTS);
        runs.push(nanoseconds(start, EVENTS));
        assert_eq!(recorder.flush().await.unwrap(), Durability::Logged);
    }
    assert_eq!(recorder.counters().dropped, 0);
    recorder.shutdown().await.unwrap();
    let (floor, run) = (median(floors), median(runs));
    println!(
        "{}",
        Figure::new("record an event", run, "ns").at_most(60.0)
    );
    let beside = Figure::new("record an event", run, "ns").beside("a bare queue", floor);
    println!("{}", beside.at_most(3.0));
}

/// Measures the time per event on each of several threads that record at once, as if each of them
/// had a core as long as it runs.
async fn from_threads() {
    const EACH: usize = 2 * EVENTS;
    let place = Place::new(Dialect::Sqlite).await.unwrap();
    let recorder = recorder(&place, THREADS * EACH).await;
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for _ in 0..TIMES / 5 {
        let start = Instant::now();
        record(&recorder, EACH);
        alone.push(nanoseconds(start, EACH));
        assert_eq!(recorder.flush().await.unwrap(), Durability::Logged);
        let all = Barrier::new(THREADS + 1);
        let start = thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    all.wait();
                    record(&recorder, EACH);
                });
            }
            all.wait();
            Instant::now()
        });
        together.push(nanoseconds(start, THREADS * EACH) * cores.min(THREADS) as f64);
        assert_eq!(recorder.flush().await.unwrap(), Durability::Logged);
    }
    assert_eq!(recorder.counters().dropped, 0);
    recorder.shutdown().await.unwrap();
    let name = format!("record an event on each of {THREADS} threads");
    let figure = Figure::new(&name, median(together), "ns").beside("on one", median(alone));
    println!("{}", figure.at_most(2.0));
}

fn record(recorder: &Recorder, events: usize) {
    for number in 0..events {
        recorder.record(black_box(&event()), Actor::user(number as i64));
    }
}

/// Returns the time per event since `start`.
fn nanoseconds(start: Instant, events: usize) -> f64 {
    start.elapsed().as_secs_f64() / events as f64 * 1e9
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
    let durable = format!("record a durable event in {name}");
    println!("{}", Figure::new(&durable, median(waits), "ms"));
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
    let writing = format!("write to {name}");
    let figure = Figure::new(&writing, median(runs), "rows/s");
    println!("{}", figure.beside("the bare driver", median(floors)));
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
