//! The store is killed, connections are cut and answers are lost, while senders retry until they
//! get an answer. In the end each payload is stored once, and the rows are those of the newest
//! revision.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use pings_model::ValueType;
use pings_store::{Cell, Store};
use pings_tests::clickhouse::{Server, configuration, packages, ports};
use pings_tests::flaky::{Dice, Losses, flaky};
use pings_tests::http::{Client, post};
use pings_tests::place::{Kind, Place};
use pings_tests::vendor::{Vendor, payload};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_store");

const CLIENTS: u32 = 4;

/// The number of instances of a client, and of weeks and revisions of an instance.
const INSTANCES: u32 = 4;
const WEEKS: u32 = 3;
const REVISIONS: u32 = 3;

/// Returns all payloads of a client in random order, some of them twice.
fn payloads(client: u32, dice: &mut Dice) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for instance in 0..INSTANCES {
        for week in 0..WEEKS {
            for revision in 1..=REVISIONS {
                let instance = client * INSTANCES + instance;
                let payload = payload(instance, week, revision, instance * 100 + revision);
                all.push(payload.to_string().into_bytes());
                if dice.below(4) == 0 {
                    all.push(payload.to_string().into_bytes());
                }
            }
        }
    }
    for place in (1..all.len()).rev() {
        all.swap(place, dice.below(place as u64 + 1) as usize);
    }
    all
}

/// Sends each payload until it is acknowledged, and returns the number of attempts.
fn send_all(address: &str, payloads: &[Vec<u8>], acknowledged: &AtomicU64) -> u64 {
    let start = Instant::now();
    let mut client: Option<Client> = None;
    let mut tries = 0;
    for payload in payloads {
        loop {
            assert!(start.elapsed() < Duration::from_secs(120), "it never ends");
            tries += 1;
            let connected = match client.take() {
                Some(client) => Ok(client),
                None => Client::connect(address),
            };
            let answer = connected.and_then(|mut connection| {
                connection.send(&post("", payload))?;
                let answer = connection.answer()?;
                client = Some(connection);
                Ok(answer)
            });
            match answer {
                Ok(answer) if answer.status == 200 => {
                    // Reconnects regularly, because the proxy may cut each new connection.
                    client = client.filter(|_| tries % 3 > 0);
                    break;
                }
                Ok(answer) => assert_eq!(answer.status, 503, "{answer:?}"),
                Err(_) => client = None,
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        acknowledged.fetch_add(1, Ordering::Relaxed);
    }
    tries
}

async fn rows(store: &Store, sql: &str, types: &[ValueType]) -> Vec<Vec<Cell>> {
    let mut tx = store.read().await.expect("a database");
    tx.rows(sql, &[], types).await.expect("an answer")
}

const TEXT: ValueType = ValueType::Text;
const INTEGER: ValueType = ValueType::Integer;

/// Checks that the store contains exactly the sent payloads.
async fn check(store: &Store) {
    let kept = rows(
        store,
        "SELECT instances.uuid, week, revision, is_newest, body FROM payloads \
         JOIN instances ON instances.id = payloads.instance ORDER BY uuid, week, revision",
        &[TEXT, TEXT, INTEGER, INTEGER, TEXT],
    )
    .await;
    let mut expected = BTreeMap::new();
    for instance in 0..CLIENTS * INSTANCES {
        for week in 0..WEEKS {
            for revision in 1..=REVISIONS {
                let json = payload(instance, week, revision, instance * 100 + revision);
                let text = |name: &str| Cell::Text(json[name].as_str().expect("text").to_owned());
                let is_newest = i64::from(revision == REVISIONS);
                let row = vec![
                    text("instance"),
                    text("week"),
                    Cell::Integer(revision.into()),
                    Cell::Integer(is_newest),
                    Cell::Text(json.to_string()),
                ];
                expected.insert((instance, week, revision), row);
            }
        }
    }
    let expected: Vec<_> = expected.into_values().collect();
    assert_eq!(kept.len(), expected.len());
    for (kept, expected) in kept.iter().zip(&expected) {
        assert_eq!(kept, expected);
    }
    let one = |sql: &'static str| async move { rows(store, sql, &[INTEGER]).await[0][0].clone() };
    assert_eq!(
        one("SELECT count(*) FROM conflicts").await,
        Cell::Integer(0)
    );
    let weeks = i64::from(CLIENTS * INSTANCES * WEEKS);
    assert_eq!(
        one("SELECT count(*) FROM measurements").await,
        Cell::Integer(weeks * 7)
    );
    assert_eq!(
        one("SELECT count(*) FROM failures").await,
        Cell::Integer(weeks)
    );
    let counted = rows(store, REPORTS, &[INTEGER]).await;
    assert_eq!(counted[0][0], Cell::Integer(0), "{counted:?}");
    let sums = rows(
        store,
        "SELECT instance, sum(value) FROM measurements_labelled \
         WHERE code = 'A' AND measure = 'count' GROUP BY instance ORDER BY instance",
        &[TEXT, ValueType::Number],
    )
    .await;
    for (instance, sum) in (0..).zip(&sums) {
        let newest = f64::from(instance * 100 + REVISIONS);
        assert_eq!(sum[1], Cell::Number(newest * f64::from(WEEKS)), "{sum:?}");
    }
}

/// Counts the rows of `reports` and `instance_spans` that disagree with the payloads.
const REPORTS: &str = "SELECT \
  (SELECT count(*) FROM ( \
    SELECT week, origin, sum(is_newest) AS instances FROM payloads GROUP BY week, origin) AS stand \
   LEFT JOIN reports ON reports.week = stand.week AND reports.origin = stand.origin \
   WHERE coalesce(reports.instances, 0) <> stand.instances) \
  + (SELECT count(*) FROM ( \
    SELECT instance, min(week) AS first, max(week) AS last FROM payloads GROUP BY instance) AS were \
   LEFT JOIN instance_spans ON instance_spans.instance = were.instance \
     AND first_week = were.first AND last_week = were.last \
   WHERE instance_spans.instance IS NULL)";

async fn killed(dialect: Kind, seed: u64) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let program = Path::new(PROGRAM);
    let mut vendor = Vendor::start(program, place.address(), "127.0.0.1:0", None);
    let address = vendor.address.clone();
    let losses = Arc::new(Losses::default());
    let proxy = flaky(address.clone(), seed, Arc::clone(&losses));
    let acknowledged = Arc::new(AtomicU64::new(0));
    let mut dice = Dice::new(seed + 1);
    let senders: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let payloads = payloads(client, &mut dice);
            let (proxy, acknowledged) = (proxy.clone(), Arc::clone(&acknowledged));
            std::thread::spawn(move || send_all(&proxy, &payloads, &acknowledged))
        })
        .collect();
    let mut kills = 0;
    while senders.iter().any(|sender| !sender.is_finished()) {
        std::thread::sleep(Duration::from_millis(5 + dice.below(120)));
        if kills < 8 {
            vendor.kill();
            vendor = Vendor::start(program, place.address(), &address, None);
            kills += 1;
        }
    }
    let tries: u64 = senders
        .into_iter()
        .map(|it| it.join().expect("it sends"))
        .sum();
    assert!(kills > 0 && tries >= acknowledged.load(Ordering::Relaxed));
    vendor.stop();
    let store = Store::open(&place.url(), false).await.expect("a store");
    check(&store).await;
    let rebuilt = store.rebuild(|_, _| {}).await.expect("it is rebuilt");
    assert_eq!(rebuilt.unreadable, 0);
    check(&store).await;
    println!("seed {seed}: {tries} tries, {kills} kills, {losses:?}");
}

#[tokio::test]
async fn each_stands_once_on_sqlite() {
    for seed in 0..10 {
        killed(Kind::Sqlite, seed).await;
    }
}

#[tokio::test]
async fn each_stands_once_on_postgres() {
    for seed in 100..104 {
        killed(Kind::Postgres, seed).await;
    }
}

#[tokio::test]
async fn each_stands_once_on_clickhouse() {
    for seed in 200..203 {
        killed(Kind::ClickHouse, seed).await;
    }
}

/// The server of ClickHouse is killed while senders retry. Whatever was acknowledged is there.
#[tokio::test]
async fn each_stands_once_when_clickhouse_is_killed() {
    let Some(package) = packages() else {
        return;
    };
    let folder = TempDir::with_prefix("pings-killed-").expect("a folder");
    let file = folder.path().join("config.xml");
    let ports = ports(1)[0];
    std::fs::write(&file, configuration(ports, "")).expect("a file");
    let data = folder.path().join("server");
    let start = || Server::start(&package, &data, Some(&file), false).expect("a server");
    let mut server = start();
    let url = format!("clickhouse://127.0.0.1:{}/pings", ports[0]);
    let vendor = Vendor::start(Path::new(PROGRAM), &url, "127.0.0.1:0", None);
    let acknowledged = Arc::new(AtomicU64::new(0));
    let mut dice = Dice::new(7);
    let senders: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let payloads = payloads(client, &mut dice);
            let (address, acknowledged) = (vendor.address.clone(), Arc::clone(&acknowledged));
            std::thread::spawn(move || send_all(&address, &payloads, &acknowledged))
        })
        .collect();
    let mut kills = 0;
    while senders.iter().any(|sender| !sender.is_finished()) && kills < 12 {
        std::thread::sleep(Duration::from_millis(20 + dice.below(300)));
        server.kill();
        server = start();
        kills += 1;
    }
    for sender in senders {
        sender.join().expect("it sends");
    }
    vendor.stop();
    assert!(kills > 2, "{kills}");
    let store = Store::open(&url.parse().expect("an address"), false).await;
    check(&store.expect("a store")).await;
    drop(server);
}
