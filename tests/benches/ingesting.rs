//! Compares receiving events over HTTP with handing the same batches to the same recorder, with as
//! many batches in flight.
//!
//! Run it with `cargo bench -p pings-tests --bench ingesting`. The clients run in the same process,
//! so their work counts as work of HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use pings_ingest::Ingest;
use pings_runtime::{
    Actor, EventLog, Options, Outage, Receipt, Received, ReceivedEvent, Recorder, Url,
};
use pings_sql::Dialect;
use pings_tests::databases::Database;
use pings_tests::figures::{Figure, median};
use pings_tests::http::Client;
use pings_tests::place::Place;
use pings_tests::server::Server;
use serde_json::json;
use tempfile::TempDir;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::net::TcpListener;
use uuid::Uuid;

/// The number of events in a batch.
const BATCH: usize = 100;

/// The number of batches in a run.
const BATCHES: usize = 400;

/// The number of clients with a persistent connection, and of batches in flight.
const CLIENTS: usize = 16;

/// The number of runs of each variant.
const ROUNDS: usize = 7;

const NAME: &str = "InsightsGetStartedTabClick";
const ARGUMENT: &str = r#"{"tabName":"Track migrations"}"#;
const VISITOR: &str = "2970-00000000-0000-7abc-8def-0123456789ab";
const VERSION: &str = "5.2.1";

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let sqlite = Place::new(Dialect::Sqlite).await.unwrap();
        compare("SQLite", sqlite.address(), sqlite.folder()).await;
        let Some(server) = Server::start_new().await else {
            return println!("no PostgreSQL");
        };
        let spill = TempDir::new().unwrap();
        compare("PostgreSQL", &server.address(), spill.path()).await;
    });
}

async fn compare(name: &str, address: &str, folder: &std::path::Path) {
    let url: Url = address.parse().unwrap();
    EventLog::init(&url).await.unwrap();
    let mut database = Database::at(address).await;
    let options = Options {
        outage: Outage::Spill(folder.join("spill")),
        ..Options::new(VERSION)
    };
    let recorder = Recorder::start(&url, options).unwrap();
    let registry = pings_registry::parse(code_insights_events::REGISTRY).unwrap();
    let routes = Ingest::new(Arc::new(registry), recorder.clone(), |_| None).router();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    let serving = tokio::spawn(axum::serve(listener, routes).into_future());
    let (mut floors, mut runs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        empty(&mut database).await;
        let batches = ids();
        let start = Instant::now();
        direct(&recorder, batches).await;
        floors.push(rows_per_second(start));
        empty(&mut database).await;
        let requests: Vec<_> = ids().iter().map(|ids| request(ids)).collect();
        let start = Instant::now();
        tokio::task::block_in_place(|| over_http(server, &requests));
        runs.push(rows_per_second(start));
    }
    let receiving = format!("receive events over HTTP into {name}");
    let figure = Figure::new(&receiving, median(runs), "rows/s");
    println!("{}", figure.beside("without HTTP", median(floors)));
    serving.abort();
    recorder.shutdown().await.unwrap();
}

async fn empty(database: &mut Database) {
    let all = "DELETE FROM event_logs; DELETE FROM pings_received";
    database.execute(all).await;
}

fn rows_per_second(start: Instant) -> f64 {
    (BATCH * BATCHES) as f64 / start.elapsed().as_secs_f64()
}

/// Returns new ids for the events of each batch.
fn ids() -> Vec<Vec<Uuid>> {
    let milliseconds = (OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000) as u128;
    let id = |_| Uuid::from_u128(milliseconds << 80 | 7 << 76 | 2 << 62 | fastrand::u128(..) >> 66);
    let batch = |_| (0..BATCH).map(id).collect();
    (0..BATCHES).map(batch).collect()
}

/// Hands the batches to the recorder.
async fn direct(recorder: &Recorder, batches: Vec<Vec<Uuid>>) {
    let parts: Vec<Vec<Vec<Uuid>>> = batches
        .chunks(BATCHES.div_ceil(CLIENTS))
        .map(<[_]>::to_vec)
        .collect();
    let tasks: Vec<_> = parts
        .into_iter()
        .map(|part| {
            let recorder = recorder.clone();
            tokio::spawn(async move {
                for ids in part {
                    let received: Vec<_> = ids.into_iter().map(received).collect();
                    let receipts = recorder.record_received(&received).await.unwrap();
                    assert!(receipts.iter().all(|it| *it == Receipt::Logged));
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

fn received(id: Uuid) -> Received<'static> {
    Received::Event(ReceivedEvent {
        id,
        name: NAME,
        argument: ARGUMENT,
        version: VERSION,
        actor: Actor::anonymous(VISITOR),
        at: OffsetDateTime::now_utc(),
        is_corrected: false,
    })
}

/// Sends the requests, and checks the answers.
fn over_http(server: SocketAddr, requests: &[Vec<u8>]) {
    std::thread::scope(|scope| {
        for part in requests.chunks(BATCHES.div_ceil(CLIENTS)) {
            scope.spawn(move || {
                let mut client = Client::connect(&server.to_string()).unwrap();
                for request in part {
                    client.send(request).unwrap();
                    let answer = client.answer().unwrap();
                    let all = format!(r#"{{"accepted":{BATCH},"duplicates":0,"refused":[]}}"#);
                    assert_eq!((answer.status, answer.body), (200, all));
                }
            });
        }
    });
}

/// Returns the bytes of a request as a browser sends it.
fn request(ids: &[Uuid]) -> Vec<u8> {
    let now = OffsetDateTime::now_utc().format(&Rfc3339).unwrap();
    let argument: serde_json::Value = serde_json::from_str(ARGUMENT).unwrap();
    let event = |id: &Uuid| {
        json!({
            "id": id, "name": NAME, "at": now, "version": VERSION, "anonymous_id": VISITOR,
            "args": argument,
        })
    };
    let events: Vec<_> = ids.iter().map(event).collect();
    let body = json!({ "v": 1, "sent_at": now, "events": events }).to_string();
    let length = body.len();
    format!(
        "POST /-/pings HTTP/1.1\r\nhost: product\r\norigin: http://product\r\n\
         content-type: text/plain;charset=UTF-8\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
