//! Compares accepting payloads over HTTP with writing the same rows to the same database in as many
//! batches, but without HTTP, without parsing JSON and without looking up existing rows.
//!
//! `PINGS_BENCH_PAYLOADS=20000` sets the number of payloads.

mod floor;

use std::sync::Arc;
use std::time::{Duration, Instant};

use pings_sql::Dialect;
use pings_store::Store;
use pings_store::server::{Options, Quotas, serve};
use pings_tests::http::{Client, gzip, post};
use pings_tests::place::Place;
use pings_tests::server::Server;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// The number of concurrent clients, each with a persistent connection.
const CLIENTS: usize = 32;

const SOCKET: &str = "PostgreSQL over a socket";

/// The result of a run over HTTP.
struct Run {
    time: Duration,
    commits: usize,
}

fn main() {
    let count = std::env::var("PINGS_BENCH_PAYLOADS");
    let count = count.map_or(4_000, |count| count.parse().expect("a number of payloads"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let requests = requests(count);
    let bytes: usize = requests.iter().map(Vec::len).sum();
    println!(
        "{count} payloads, {} bytes each as they are sent, {CLIENTS} clients",
        bytes / count
    );
    for database in ["SQLite", SOCKET, "PostgreSQL over TCP"] {
        runtime.block_on(async {
            let (folder, server);
            let addresses = if database == "SQLite" {
                folder = [Place::new(Dialect::Sqlite).await, Place::new(Dialect::Sqlite).await];
                folder.each_ref().map(|it| it.as_ref().expect("SQLite").address().to_owned())
            } else {
                // Two separate servers with synchronous commits, so that no run benefits from the
                // other.
                server = [Server::start_on_tcp().await, Server::start_on_tcp().await];
                let [Some(first), Some(second)] = &server else {
                    println!("no PostgreSQL");
                    return;
                };
                [first, second].map(|(server, over_tcp)| match database {
                    SOCKET => server.address(),
                    _ => over_tcp.clone(),
                })
            };
            let stores = [
                Store::open(&addresses[0].parse().expect("an address"), true).await,
                Store::open(&addresses[1].parse().expect("an address"), true).await,
            ];
            let [over_http, plain] = stores.map(|store| Arc::new(store.expect("a store")));
            let run = http(Arc::clone(&over_http), &requests).await;
            let rows = floor::Rows::read(&over_http).await;
            let batch = count.div_ceil(run.commits.max(1));
            let floor = rows.write(&plain, batch).await;
            let per_second = |time: Duration| count as f64 / time.as_secs_f64();
            println!(
                "{database}: {:.0} payloads/s over HTTP, {:.0} written only ({} numbers, {} commits of {batch}): {:.2} times as long",
                per_second(run.time),
                per_second(floor),
                rows.numbers(),
                run.commits,
                run.time.as_secs_f64() / floor.as_secs_f64(),
            );
        });
    }
}

/// Sends all requests, and returns once all are acknowledged.
async fn http(store: Arc<Store>, requests: &[Vec<u8>]) -> Run {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    let (stop, stopped) = oneshot::channel::<()>();
    let options = Options {
        quotas: Quotas::unlimited(),
        ..Options::default()
    };
    let serving = tokio::spawn(serve(listener, store, options, async {
        let _ = stopped.await;
    }));
    let (time, metrics) = tokio::task::block_in_place(|| {
        let start = Instant::now();
        let address = address.as_str();
        std::thread::scope(|scope| {
            for some in requests.chunks(requests.len().div_ceil(CLIENTS)) {
                scope.spawn(move || {
                    let mut client = Client::connect(address).expect("it listens");
                    for request in some {
                        client.send(request).expect("it reads");
                        assert_eq!(client.answer().expect("it answers").status, 200);
                    }
                });
            }
        });
        let time = start.elapsed();
        let mut client = Client::connect(address).expect("it listens");
        let get = b"GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        client.send(get).expect("it reads");
        (time, client.answer().expect("it answers").body)
    });
    let _ = stop.send(());
    serving.await.expect("it stops").expect("threads");
    let commits = metrics
        .lines()
        .find_map(|line| line.strip_prefix("pings_store_commits_total "))
        .and_then(|count| count.parse().ok());
    Run {
        time,
        commits: commits.expect("a count of commits"),
    }
}

/// Returns requests with forty codes in various forms, which is typical for a registry of that
/// size.
fn requests(count: usize) -> Vec<Vec<u8>> {
    let request = |instance: usize| {
        let metrics: Map<String, Value> = (0..40)
            .map(|code| (format!("Code{code}"), metric(code, instance)))
            .collect();
        let payload = json!({
            "format": 1, "registry": "bench", "fingerprint": "sha256:0123",
            "instance": format!("00000000-0000-4000-8000-{instance:012x}"),
            "version": "3.36.0", "week": "2021-W04", "start": "2021-01-25T00:00:00Z",
            "end": "2021-02-01T00:00:00Z", "revision": 1, "versions": { "3.36.0": 12 },
            "metrics": metrics, "runtime": { "dropped": 0 },
        });
        let body = gzip(payload.to_string().as_bytes());
        post("content-encoding: gzip\r\n", &body)
    };
    (1..=count).map(request).collect()
}

fn metric(code: usize, instance: usize) -> Value {
    let count = code * 7 + instance % 1_000;
    match code % 5 {
        0 => json!({ "count": count }),
        1 => json!({ "count": count, "unique_users": count / 2 }),
        2 => json!({ "by": ["insightType"], "rows": [
            { "insightType": "langStatsInsights", "count": count },
            { "insightType": "searchInsights", "count": count + 1 },
            { "insightType": null, "count": 1 } ] }),
        3 => json!({ "steps": [
            { "events": ["A"], "count": count, "users": count.min(3), "reached": count.min(3) },
            { "events": ["B"], "count": 2, "users": 2, "reached": 1 } ] }),
        _ => json!({ "avg": 1.5, "min": 1, "max": count, "median": 1.0, "stddev": null }),
    }
}
