//! Well-behaved senders are served while many others misbehave.
//!
//! `PINGS_LOAD=full cargo test --release --test store_load` uses the numbers of a real attack and
//! needs `ulimit -n 8192`.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use pings_sql::Dialect;
use pings_tests::bombs::bombs;
use pings_tests::http::{Client, gzip, post};
use pings_tests::place::Place;
use pings_tests::vendor::payload;

/// The maximum time that a well-behaved sender waits.
const PATIENCE: Duration = Duration::from_secs(5);

/// The number of senders of each kind.
struct Load {
    idle: usize,
    slow: usize,
    odd: u32,
    bomb_bytes: usize,
    senders: u32,
    payloads: u32,
}

impl Load {
    fn wanted() -> Self {
        match std::env::var("PINGS_LOAD").as_deref() {
            Ok("full") => Self {
                idle: 2_000,
                slow: 300,
                odd: 1_000,
                bomb_bytes: 8_000_000,
                senders: 20,
                payloads: 20,
            },
            // More connections than the server accepts, but few enough for a busy machine.
            _ => Self {
                idle: 560,
                slow: 60,
                odd: 100,
                bomb_bytes: 100_000,
                senders: 4,
                payloads: 5,
            },
        }
    }
}

struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn serve(place: &Place) -> (Ends, String) {
    let mut process = Command::new(env!("CARGO_BIN_EXE_command"))
        .args(["store", "serve", "--listen", "127.0.0.1:0", "--database"])
        .arg(place.address())
        .current_dir(place.folder())
        .env_remove("PINGS_STORE_TOKEN")
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut line = String::new();
    let mut told = BufReader::new(process.stderr.take().expect("its output"));
    told.read_line(&mut line).expect("text");
    let address = line.trim().rsplit("http://").next().expect("an address");
    (Ends(process), address.to_owned())
}

/// Sends a payload until it is kept, as an instance does. Returns how long this took.
fn send(address: &str, body: &[u8]) -> Duration {
    let start = Instant::now();
    loop {
        let answer = Client::connect(address).and_then(|mut client| client.post("", body));
        if answer.is_ok_and(|answer| answer.status == 200) {
            return start.elapsed();
        }
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "it is never kept"
        );
        sleep(Duration::from_millis(50));
    }
}

fn memory(process: &Child) -> u64 {
    let path = format!("/proc/{}/status", process.id());
    let status = std::fs::read_to_string(path).expect("its status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    kib.expect("its memory")
}

#[tokio::test]
async fn senders_that_behave_well_are_served_meanwhile() {
    let load = Load::wanted();
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    let (process, address) = serve(&place);
    let address = address.as_str();
    let whole = post("", payload(1, 0, 1, 1).to_string().as_bytes());
    let part = &whole[..whole.len() - 10];
    let bombs: Vec<Vec<u8>> = bombs(load.bomb_bytes)
        .iter()
        .map(|(_, body)| gzip(body))
        .collect();
    let is_over = AtomicBool::new(false);
    let bombed = AtomicUsize::new(0);
    let mut waits: Vec<Duration> = scope(|scope| {
        // Like an attacker, the test replaces each closed connection.
        let hold = |count: usize, begin: &'static str, rest: &[u8]| {
            let request = [begin.as_bytes(), rest].concat();
            let is_over = &is_over;
            scope.spawn(move || {
                let mut held = Vec::new();
                while !is_over.load(Relaxed) {
                    held.truncate(count);
                    if held.len() == count {
                        held.drain(..count.min(20));
                        sleep(Duration::from_millis(100));
                    }
                    if let Ok(mut client) = Client::connect(address) {
                        let _ = client.send(&request);
                        held.push(client);
                    }
                }
            });
        };
        hold(load.idle, "", b"");
        hold(load.slow, "", part);
        for worker in 0..2 {
            let (bombs, is_over, bombed) = (&bombs, &is_over, &bombed);
            scope.spawn(move || {
                for bomb in bombs.iter().cycle().skip(worker * 7) {
                    if is_over.load(Relaxed) {
                        break;
                    }
                    let sent = Client::connect(address)
                        .and_then(|mut client| client.post("content-encoding: gzip\r\n", bomb));
                    bombed.fetch_add(usize::from(sent.is_ok()), Relaxed);
                }
            });
        }
        let odd = scope.spawn(|| {
            for instance in 0..load.odd {
                let mut sent = payload(instance, 0, 1, 1);
                match instance % 4 {
                    0 => sent["week"] = "2999-W01".into(),
                    1 => sent["metrics"]["A"]["count"] = (-1).into(),
                    2 => sent["revision"] = 9_999.into(),
                    _ => sent["metrics"][instance.to_string()] = sent["metrics"]["A"].clone(),
                }
                let body = sent.to_string();
                let _ = Client::connect(address)
                    .and_then(|mut client| client.post("", body.as_bytes()));
            }
        });
        sleep(Duration::from_secs(1));
        let senders: Vec<_> = (0..load.senders)
            .map(|sender| {
                scope.spawn(move || {
                    let sent = (0..load.payloads).map(|number| {
                        let instance = 10_000 + sender * 1_000 + number;
                        send(address, payload(instance, 0, 1, 1).to_string().as_bytes())
                    });
                    sent.collect::<Vec<Duration>>()
                })
            })
            .collect();
        let waits = senders.into_iter().map(|it| it.join().expect("it ends"));
        let waits = waits.flatten().collect();
        odd.join().expect("it ends");
        is_over.store(true, Relaxed);
        waits
    });
    waits.sort_unstable();
    let (middle, longest) = (waits[waits.len() / 2], waits[waits.len() - 1]);
    let most = memory(&process.0);
    println!("{middle:?} in the middle, {longest:?} at most, {most} KiB, {bombed:?} bombs");
    assert!(bombed.load(Relaxed) > 0);
    assert!(longest < PATIENCE, "{longest:?}");
    assert!(most < 512 * 1024, "{most} KiB");
}
