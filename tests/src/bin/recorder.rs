//! A product that records events continuously, for tests that kill it.
//!
//! Usage: `recorder ADDRESS FOLDER FIRST`. Durable events are numbered, starting at FIRST, and the
//! number of each is printed once it is acknowledged. In between, the program records events
//! without an acknowledgement. The program shuts down when its input ends.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use code_insights_events::{Event, InsightType};
use pings_runtime::{Actor, Options, Outage, Recorder, Url};

/// The number of events that wait for an acknowledgement at once.
const AT_ONCE: i64 = 8;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let url: Url = arguments[1].parse().expect("an address");
    let options = Options {
        outage: Outage::Spill(PathBuf::from(&arguments[2])),
        queue: 1024,
        ..Options::new("3.36.0")
    };
    let next = Arc::new(AtomicI64::new(arguments[3].parse().expect("a number")));
    let recorder = Recorder::start(&url, options).expect("a recorder");
    let ends = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (recorder, next, ends) = (recorder.clone(), next.clone(), ends.clone());
            tokio::spawn(async move {
                while !ends.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    recorder.record(
                        &Event::InsightHover {
                            insight_type: InsightType::SearchInsights,
                        },
                        Actor::user(number),
                    );
                    let durable = recorder
                        .record_durable(&Event::InsightsPageView, Actor::user(number))
                        .await;
                    if durable.is_ok() {
                        let line = format!("{number}\n");
                        std::io::stdout()
                            .write_all(line.as_bytes())
                            .expect("somebody reads");
                    }
                }
            })
        })
        .collect();
    // A test that does not kill this program closes its input to end it.
    let stopped = ends.clone();
    tokio::task::spawn_blocking(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        stopped.store(true, Ordering::Relaxed);
    })
    .await
    .expect("its input ends");
    for task in tasks {
        task.await.expect("it records");
    }
    let counters = recorder.counters();
    recorder.shutdown().await.expect("it stops");
    let line = format!("dropped {}\n", counters.dropped);
    std::io::stdout()
        .write_all(line.as_bytes())
        .expect("somebody reads");
}
