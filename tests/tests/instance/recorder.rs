//! Recorded events are in the event log exactly once, regardless of failures in between.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use code_insights_events::{Event, InsightType};
use pings_runtime::{Actor, Durability, EventLog, Options, Outage, Recorder, Url};
use pings_sql::Dialect;
use pings_tests::databases::Database;
use pings_tests::place::Place;
use pings_tests::server::Server;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;
use time::OffsetDateTime;

fn hover() -> Event {
    Event::InsightHover {
        insight_type: InsightType::SearchInsights,
    }
}

/// Returns the users with this event, in the order of the log, and how often each of them occurs.
async fn logged(database: &mut Database, name: &str) -> Vec<(i64, i64)> {
    let sql = format!(
        "SELECT CAST(user_id AS bigint), count(*) FROM event_logs WHERE name = '{name}' GROUP BY user_id ORDER BY min(id)"
    );
    let sql = AssertSqlSafe(sql);
    match database {
        Database::Postgres(db) => sqlx::query_as(sql).fetch_all(db).await,
        Database::Sqlite(db) => sqlx::query_as(sql).fetch_all(db).await,
    }
    .expect("the event log")
}

async fn connect(address: &str) -> Database {
    match address.strip_prefix("sqlite") {
        Some(_) => Database::Sqlite(SqliteConnection::connect(address).await.expect("SQLite")),
        None => Database::Postgres(PgConnection::connect(address).await.expect("PostgreSQL")),
    }
}

fn numbers(range: std::ops::Range<i64>) -> Vec<(i64, i64)> {
    range.map(|number| (number, 1)).collect()
}

async fn records_in_order(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    EventLog::init(&place.url()).await.expect("an event log");
    let options = Options {
        outage: Outage::Spill(place.folder().join("spill")),
        ..Options::new("3.36.0")
    };
    let recorder = Recorder::start(&place.url(), options).expect("a recorder");
    for number in 1..=10_000 {
        recorder.record(&hover(), Actor::user(number));
    }
    let kept = recorder
        .record_durable(&Event::InsightsPageView, Actor::anonymous("a\tb\\\n'\"é"))
        .await;
    assert_eq!(kept.expect("it is kept"), Durability::Logged);
    let mut database = place.connect().await;
    assert_eq!(
        logged(&mut database, "InsightHover").await,
        numbers(1..10_001)
    );
    let sql = "SELECT anonymous_user_id, source, CAST(argument AS text), version FROM event_logs WHERE name = 'InsightsPageView'";
    let row: (String, String, String, String) = match &mut database {
        Database::Postgres(db) => sqlx::query_as(sql).fetch_one(db).await,
        Database::Sqlite(db) => sqlx::query_as(sql).fetch_one(db).await,
    }
    .expect("the event");
    let expected = ("a\tb\\\n'\"é", "WEB", "{}", "3.36.0");
    assert_eq!(
        (
            row.0.as_str(),
            row.1.as_str(),
            row.2.as_str(),
            row.3.as_str()
        ),
        expected
    );
    assert_eq!(recorder.counters(), Default::default());
    assert_eq!(
        recorder.shutdown().await.expect("it stops"),
        Durability::Logged
    );
    let left = fs::read_dir(place.folder().join("spill"))
        .expect("a folder")
        .count();
    assert_eq!(left, 0, "nothing waits, so no file is left");
}

#[tokio::test]
async fn records_in_order_on_postgres() {
    records_in_order(Dialect::Postgres).await;
}

#[tokio::test]
async fn records_in_order_on_sqlite() {
    records_in_order(Dialect::Sqlite).await;
}

/// A product that records events in a separate process.
struct Product {
    process: Child,
}

impl Product {
    fn start(address: &str, spill: &Path, first: i64) -> Self {
        let process = Command::new(env!("CARGO_BIN_EXE_recorder"))
            .args([address, spill.to_str().expect("a path"), &first.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        Self { process }
    }

    /// Waits until a number of events were acknowledged, and returns their numbers.
    fn acknowledged(&mut self, count: usize) -> Vec<i64> {
        let output = self.process.stdout.as_mut().expect("its output");
        let mut lines = BufReader::with_capacity(1, output).lines();
        (0..count)
            .map(|_| {
                lines
                    .next()
                    .expect("a line")
                    .expect("a text")
                    .parse()
                    .expect("a number")
            })
            .collect()
    }

    /// Kills the product, and returns the numbers that it printed.
    fn kill(mut self) -> Vec<i64> {
        self.process.kill().expect("kill -9");
        self.rest().0
    }

    /// Lets the product shut down. Returns the numbers that it printed, and how many events it
    /// dropped.
    fn stop(mut self) -> (Vec<i64>, u64) {
        drop(self.process.stdin.take());
        self.rest()
    }

    fn rest(&mut self) -> (Vec<i64>, u64) {
        let output = self.process.stdout.take().expect("its output");
        let (mut numbers, mut dropped) = (Vec::new(), 0);
        for line in BufReader::new(output).lines() {
            let line = line.expect("a text");
            match line.strip_prefix("dropped ") {
                Some(count) => dropped = count.parse().expect("a number"),
                // The last line of a killed process may be incomplete and is not a number then.
                None => numbers.extend(line.parse::<i64>()),
            }
        }
        self.process.wait().expect("it ends");
        (numbers, dropped)
    }
}

/// Checks that each acknowledged event is logged, and no event is logged twice.
async fn check_acknowledged(database: &mut Database, acknowledged: &[i64]) {
    for name in ["InsightsPageView", "InsightHover"] {
        let twice: Vec<_> = logged(database, name)
            .await
            .into_iter()
            .filter(|(_, count)| *count > 1)
            .collect();
        assert!(twice.is_empty(), "{name} is logged twice of {twice:?}");
    }
    let logged: BTreeMap<i64, i64> = logged(database, "InsightsPageView")
        .await
        .into_iter()
        .collect();
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|number| !logged.contains_key(number))
        .collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
}

async fn survives_kill(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    EventLog::init(&place.url()).await.expect("an event log");
    let spill = place.folder().join("spill");
    let mut acknowledged = Vec::new();
    for round in 0..8_i64 {
        let mut product = Product::start(place.address(), &spill, round * 1_000_000 + 1);
        // The product is killed at a different moment in each round, while it is recording.
        acknowledged.extend(product.acknowledged(40 + 17 * round as usize));
        acknowledged.extend(product.kill());
    }
    let mut product = Product::start(place.address(), &spill, 9_000_001);
    acknowledged.extend(product.acknowledged(10));
    acknowledged.extend(product.stop().0);
    assert!(acknowledged.len() > 500, "{}", acknowledged.len());
    check_acknowledged(&mut place.connect().await, &acknowledged).await;
}

#[tokio::test]
async fn what_is_acknowledged_survives_kill_9_on_postgres() {
    survives_kill(Dialect::Postgres).await;
}

#[tokio::test]
async fn what_is_acknowledged_survives_kill_9_on_sqlite() {
    survives_kill(Dialect::Sqlite).await;
}

/// The server is killed, stopped and restarted while events are recorded. The product is killed in
/// the meantime.
#[tokio::test]
async fn nothing_is_lost_while_the_server_is_down() {
    let Some(mut server) = Server::start_new().await else {
        return;
    };
    let address = server.address();
    let url: Url = address.parse().expect("an address");
    let (log, _) = EventLog::init(&url).await.expect("an event log");
    log.close().await;
    let folder = TempDir::new().expect("a folder");
    let spill = folder.path().join("spill");
    let mut acknowledged = Vec::new();

    let mut product = Product::start(&address, &spill, 1);
    for signal in ["-KILL", "-INT", "-KILL"] {
        acknowledged.extend(product.acknowledged(200));
        server.stop(signal);
        acknowledged.extend(product.acknowledged(400));
        server.start().await;
    }
    acknowledged.extend(product.acknowledged(200));
    server.stop("-KILL");
    acknowledged.extend(product.acknowledged(50));
    // The product is killed while its events wait in the file.
    acknowledged.extend(product.kill());
    let waits = fs::read_dir(&spill).expect("a folder").count();
    assert_eq!(waits, 1, "its file is there");
    server.start().await;
    let mut product = Product::start(&address, &spill, 5_000_001);
    acknowledged.extend(product.acknowledged(10));
    std::thread::sleep(Duration::from_millis(500));
    acknowledged.extend(product.stop().0);
    let mut database = connect(&address).await;
    check_acknowledged(&mut database, &acknowledged).await;
    assert_eq!(
        fs::read_dir(&spill).expect("a folder").count(),
        0,
        "all is in the event log"
    );

    let spilled: Option<i64> = match &mut database {
        Database::Postgres(db) => {
            sqlx::query_scalar(
                "SELECT sum(value)::bigint FROM pings_counters WHERE name = 'spilled'",
            )
            .fetch_one(db)
            .await
        }
        Database::Sqlite(_) => unreachable!("this is PostgreSQL"),
    }
    .expect("counters");
    assert!(
        spilled.unwrap_or(0) > 400,
        "{spilled:?} are counted as spilled"
    );
}

/// A recorder starts while the database is down. Its events are logged in order later.
#[tokio::test]
async fn events_wait_in_order_for_a_server_that_is_not_there_yet() {
    let Some(mut server) = Server::start_new().await else {
        return;
    };
    let url: Url = server.address().parse().expect("an address");
    let (log, _) = EventLog::init(&url).await.expect("an event log");
    log.close().await;
    server.stop("-INT");
    let folder = TempDir::new().expect("a folder");
    let options = Options {
        outage: Outage::Spill(folder.path().to_owned()),
        ..Options::new("3.36.0")
    };
    let recorder = Recorder::start(&url, options).expect("a recorder needs no database");
    for number in 1..=500 {
        recorder.record(&hover(), Actor::user(number));
    }
    assert_eq!(
        recorder.flush().await.expect("it is kept"),
        Durability::Spilled
    );
    assert!(recorder.last_error().is_some());
    for number in 501..=1000 {
        recorder.record(&hover(), Actor::user(number));
    }
    server.start().await;
    let start = Instant::now();
    while recorder.flush().await.expect("it is kept") == Durability::Spilled {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{:?}",
            recorder.last_error()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut database = connect(&server.address()).await;
    assert_eq!(
        logged(&mut database, "InsightHover").await,
        numbers(1..1001)
    );
    let counters = recorder.counters();
    assert_eq!((counters.dropped, counters.rejected), (0, 0));
    assert!(
        counters.spilled >= 500 && counters.write_errors >= 1,
        "{counters:?}"
    );
    recorder.shutdown().await.expect("it stops");
}

/// Without a spill folder, events are dropped and counted, and callers do not wait.
#[tokio::test]
async fn without_a_file_events_are_dropped_and_counted() {
    let url: Url = "postgres://nobody@127.0.0.1:1/none"
        .parse()
        .expect("an address");
    let options = Options {
        outage: Outage::Drop,
        queue: 100,
        ..Options::new("3.36.0")
    };
    let recorder = Recorder::start(&url, options).expect("a recorder");
    for number in 0..1000 {
        recorder.record(&hover(), Actor::user(number));
    }
    assert!(
        recorder
            .record_durable(&hover(), Actor::user(1))
            .await
            .is_err()
    );
    let start = Instant::now();
    while recorder.counters().dropped < 1001 {
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "{:?}",
            recorder.counters()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(recorder.counters().spilled, 0);
}

/// A full disk accepts no events, but all acknowledged events are logged.
#[tokio::test]
async fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let folder = TempDir::new().expect("a folder");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "none"])
        .arg(folder.path())
        .stderr(Stdio::null())
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        let is_root =
            fs::read_to_string("/proc/self/status").is_ok_and(|it| it.contains("Uid:\t0\t"));
        assert!(
            !(is_root && std::env::var_os("CI").is_some()),
            "CI can mount"
        );
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"\nSKIPPED: only root can mount a small disk\n\n",
        );
        return;
    }
    let address = format!("sqlite://{}", folder.path().join("pings.db").display());
    let url: Url = address.parse().expect("an address");
    let (log, _) = EventLog::init(&url).await.expect("an event log");
    log.close().await;
    let recorder = Recorder::start(&url, Options::new("3.36.0")).expect("a recorder");
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    for number in 1..1_000_000 {
        match recorder.record_durable(&hover(), Actor::user(number)).await {
            Ok(_) => acknowledged.push(number),
            Err(_) => refused += 1,
        }
        if refused == 3 {
            break;
        }
        recorder.record(&Event::InsightsPageView, Actor::user(number));
    }
    assert_eq!(refused, 3, "the disk is full");
    // Meanwhile the queue overflows, and writes are still retried with pauses only.
    let tried = recorder.counters().write_errors;
    for number in 0..40_000 {
        recorder.record(&Event::InsightsPageView, Actor::user(number));
    }
    std::thread::sleep(Duration::from_secs(2));
    let tried = recorder.counters().write_errors - tried;
    assert!(tried < 8, "it was tried {tried} times in two seconds");
    assert!(recorder.counters().dropped > 0);
    assert!(recorder.counters().write_errors > 0);
    let grown = Command::new("mount")
        .args(["-o", "remount,size=64m"])
        .arg(folder.path())
        .status();
    assert!(grown.expect("mount").success());
    let start = Instant::now();
    while recorder.flush().await.ok() != Some(Durability::Logged) {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{:?}",
            recorder.last_error()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(
        recorder.shutdown().await.expect("it stops"),
        Durability::Logged
    );
    let mut database = connect(&address).await;
    let logged: BTreeMap<i64, i64> = logged(&mut database, "InsightHover")
        .await
        .into_iter()
        .collect();
    assert!(
        logged.values().all(|count| *count == 1),
        "none is logged twice"
    );
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|number| !logged.contains_key(number))
        .collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    drop(database);
    let _ = Command::new("umount").arg("-l").arg(folder.path()).status();
}

/// A rejected event is stored in the folder of the spill file, and does not affect other events in
/// its batch.
#[tokio::test]
async fn an_event_that_is_refused_hides_no_other() {
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        EventLog::init(&place.url()).await.expect("an event log");
        let mut database = place.connect().await;
        let constraint = match dialect {
            Dialect::Postgres => "ALTER TABLE event_logs ADD CHECK (user_id <> 13)",
            Dialect::Sqlite => {
                "CREATE TRIGGER refuse BEFORE INSERT ON event_logs WHEN new.user_id = 13 BEGIN SELECT raise(ABORT, 'no 13'); END"
            }
        };
        database.execute(constraint).await;
        let spill = place.folder().join("spill");
        let options = Options {
            outage: Outage::Spill(spill.clone()),
            ..Options::new("3.36.0")
        };
        let recorder = Recorder::start(&place.url(), options).expect("a recorder");
        for number in 1..=20 {
            recorder.record(&hover(), Actor::user(number));
        }
        assert_eq!(
            recorder.flush().await.expect("it is kept"),
            Durability::Logged
        );
        let expected: Vec<_> = numbers(1..21)
            .into_iter()
            .filter(|(user, _)| *user != 13)
            .collect();
        assert_eq!(logged(&mut database, "InsightHover").await, expected);
        assert_eq!(recorder.counters().rejected, 1);
        let rejected = fs::read_to_string(spill.join("rejected.ndjson")).expect("what was refused");
        assert!(
            rejected.contains("\"user_id\":13") && rejected.lines().count() == 1,
            "{rejected}"
        );
        recorder.shutdown().await.expect("it stops");
    }
}

/// No event is lost if the clock jumps back.
#[tokio::test]
async fn a_clock_may_jump_back() {
    static NOW: AtomicI64 = AtomicI64::new(1_611_577_800);
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    EventLog::init(&place.url()).await.expect("an event log");
    let options = Options {
        clock: Some(|| {
            OffsetDateTime::from_unix_timestamp(NOW.load(Ordering::Relaxed)).expect("a time")
        }),
        ..Options::new("3.36.0")
    };
    let recorder = Recorder::start(&place.url(), options).expect("a recorder");
    for (number, jump) in [(1, 0), (2, -7200), (3, -86_400 * 30), (4, 86_400 * 60)] {
        NOW.fetch_add(jump, Ordering::Relaxed);
        recorder.record(&hover(), Actor::user(number));
        assert_eq!(
            recorder.flush().await.expect("it is kept"),
            Durability::Logged
        );
    }
    recorder.shutdown().await.expect("it stops");
    let mut database = place.connect().await;
    assert_eq!(logged(&mut database, "InsightHover").await, numbers(1..5));
}

/// The unreadable part of a file is kept, and the events before it are logged.
#[tokio::test]
async fn a_damaged_file_is_kept() {
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    let spill = place.folder().join("spill");
    let options = || Options {
        outage: Outage::Spill(spill.clone()),
        ..Options::new("3.36.0")
    };
    // There is no event log yet, so the event goes to the file.
    let recorder = Recorder::start(&place.url(), options()).expect("a recorder");
    let kept = recorder.record_durable(&hover(), Actor::user(1)).await;
    assert_eq!(kept.expect("it is kept"), Durability::Spilled);
    assert_eq!(
        recorder.shutdown().await.expect("it stops"),
        Durability::Spilled
    );
    let files = || -> Vec<std::path::PathBuf> {
        let entries = fs::read_dir(&spill).expect("a folder");
        entries.map(|entry| entry.expect("a file").path()).collect()
    };
    let [file] = files().try_into().expect("one file");
    let mut text = fs::read_to_string(&file).expect("text");
    text.push_str("batch 2 7 00000000\ndamage\n");
    fs::write(&file, text).expect("a file");

    EventLog::init(&place.url()).await.expect("an event log");
    let recorder = Recorder::start(&place.url(), options()).expect("a recorder");
    recorder.record(&hover(), Actor::user(2));
    assert_eq!(
        recorder.flush().await.expect("it is kept"),
        Durability::Logged
    );
    recorder.shutdown().await.expect("it stops");
    let mut logged = logged(&mut place.connect().await, "InsightHover").await;
    logged.sort_unstable();
    assert_eq!(logged, numbers(1..3));
    let [left] = files().try_into().expect("one file");
    assert_eq!(left.extension().and_then(|it| it.to_str()), Some("damaged"));
    assert_eq!(
        fs::read_to_string(left).expect("text"),
        "batch 2 7 00000000\ndamage\n"
    );
}

/// Records events into a spill file, each in a separate batch, and returns the file.
async fn spilled(place: &Place, spill: &Path, users: std::ops::Range<i64>) -> std::path::PathBuf {
    let options = Options {
        outage: Outage::Spill(spill.to_owned()),
        ..Options::new("3.36.0")
    };
    // There is no event log yet, so the events go to the file.
    let recorder = Recorder::start(&place.url(), options).expect("a recorder");
    for number in users {
        let kept = recorder.record_durable(&hover(), Actor::user(number)).await;
        assert_eq!(kept.expect("it is kept"), Durability::Spilled);
    }
    recorder.shutdown().await.expect("it stops");
    let entries = fs::read_dir(spill).expect("a folder");
    let mut files = entries.map(|entry| entry.expect("a file").path());
    files.next().expect("a file")
}

/// A flipped bit costs a single batch. All other batches are logged once, and the lost events are
/// counted.
#[tokio::test]
async fn a_flipped_bit_costs_one_batch_and_is_reported() {
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let spill = place.folder().join("spill");
        let file = spilled(&place, &spill, 1..101).await;
        let mut bytes = fs::read(&file).expect("a file");
        let place_of = |text: &[u8]| bytes.windows(text.len()).position(|it| it == text);
        let flipped = place_of(b"InsightHover").expect("an event");
        bytes[flipped] ^= 1;
        fs::write(&file, &bytes).expect("a file");
        // A file that cannot be read is reported and does not affect other files.
        fs::create_dir(spill.join("x.spill")).expect("a folder");

        EventLog::init(&place.url()).await.expect("an event log");
        let options = Options {
            outage: Outage::Spill(spill.clone()),
            ..Options::new("3.36.0")
        };
        let recorder = Recorder::start(&place.url(), options).expect("a recorder");
        recorder.record(&hover(), Actor::user(101));
        assert_eq!(
            recorder.flush().await.expect("it is kept"),
            Durability::Logged
        );
        let (counters, damages) = (recorder.counters(), recorder.damages());
        assert_eq!(
            recorder.shutdown().await.expect("it stops"),
            Durability::Logged
        );
        let mut database = place.connect().await;
        let mut found = logged(&mut database, "InsightHover").await;
        found.sort_unstable();
        assert_eq!(found, numbers(2..102));
        assert_eq!(counters.damaged, 1);
        let kept = file.with_extension("damaged");
        let lost = fs::read_to_string(&kept).expect("the damaged batch");
        assert_eq!(lost.lines().count(), 2, "{lost}");
        assert!(!file.exists());
        let [unreadable, damaged] = <[String; 2]>::try_from(damages).expect("two messages");
        assert!(unreadable.contains("x.spill"), "{unreadable}");
        assert!(damaged.contains(&kept.display().to_string()), "{damaged}");
        let counted: Option<i64> = match &mut database {
            Database::Postgres(db) => {
                sqlx::query_scalar(
                    "SELECT sum(value)::bigint FROM pings_counters WHERE name = 'damaged'",
                )
                .fetch_one(db)
                .await
            }
            Database::Sqlite(db) => {
                sqlx::query_scalar("SELECT sum(value) FROM pings_counters WHERE name = 'damaged'")
                    .fetch_one(db)
                    .await
            }
        }
        .expect("a count");
        assert_eq!(counted, Some(1));
    }
}

/// A rejected row is kept even if the usual file for rejected rows cannot be written.
#[tokio::test]
async fn a_refused_event_is_kept_where_its_file_cannot_be_written() {
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    EventLog::init(&place.url()).await.expect("an event log");
    let mut database = place.connect().await;
    let trigger = "CREATE TRIGGER refuse BEFORE INSERT ON event_logs WHEN new.user_id = 13 BEGIN SELECT raise(ABORT, 'no 13'); END";
    database.execute(trigger).await;
    let spill = place.folder().join("spill");
    fs::create_dir_all(spill.join("rejected.ndjson")).expect("a folder in the way");
    let options = Options {
        outage: Outage::Spill(spill.clone()),
        ..Options::new("3.36.0")
    };
    let recorder = Recorder::start(&place.url(), options).expect("a recorder");
    recorder.record(&hover(), Actor::user(13));
    recorder.record(&hover(), Actor::user(14));
    assert_eq!(
        recorder.flush().await.expect("it is kept"),
        Durability::Logged
    );
    recorder.shutdown().await.expect("it stops");
    assert_eq!(logged(&mut database, "InsightHover").await, numbers(14..15));
    let entries = fs::read_dir(&spill).expect("a folder");
    let mut names = entries.map(|entry| entry.expect("a file").path());
    let own = names
        .find(|path| path.is_file())
        .expect("a file of the recorder");
    let text = fs::read_to_string(own).expect("text");
    assert!(text.contains("\"user_id\":13"), "{text}");
}

/// A file of another process that this version cannot read does not delay other events.
#[tokio::test]
async fn a_file_of_another_format_holds_up_no_other_events() {
    const OTHER: &str = "batch 1 13 6f3b2e01\n{\"format\":2}\n";
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let spill = place.folder().join("spill");
        let other = spill.join("other.spill");
        fs::create_dir(&spill).expect("a folder");
        fs::write(&other, OTHER).expect("a file");
        let options = || Options {
            outage: Outage::Spill(spill.clone()),
            ..Options::new("3.36.0")
        };
        // There is no event log yet, so the event goes to the file.
        let recorder = Recorder::start(&place.url(), options()).expect("a recorder");
        let kept = recorder.record_durable(&hover(), Actor::user(1)).await;
        assert_eq!(kept.expect("it is kept"), Durability::Spilled);
        EventLog::init(&place.url()).await.expect("an event log");
        recorder.shutdown().await.expect("it stops");

        // Regardless of which recorder logs the event, it is in the event log once.
        let recorder = Recorder::start(&place.url(), options()).expect("a recorder");
        assert_eq!(
            recorder.flush().await.expect("it is kept"),
            Durability::Logged
        );
        recorder.shutdown().await.expect("it stops");
        let mut database = place.connect().await;
        assert_eq!(logged(&mut database, "InsightHover").await, numbers(1..2));
        // The part that this program cannot read is kept.
        let kept = fs::read_dir(&spill).expect("a folder");
        let kept = kept.map(|entry| entry.expect("an entry").path());
        let kept: Vec<_> = kept
            .filter(|path| path.extension().is_some_and(|end| end == "damaged"))
            .map(|path| fs::read_to_string(path).expect("text"))
            .collect();
        assert_eq!(kept, [OTHER]);
    }
}

/// Returns the ways in which a product's database rejects the events of user 13.
fn refusals(dialect: Dialect) -> Vec<(&'static str, &'static str)> {
    match dialect {
        Dialect::Postgres => vec![
            ("check", "ALTER TABLE event_logs ADD CHECK (user_id <> 13)"),
            (
                "trigger that raises",
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ \
                   BEGIN IF new.user_id = 13 THEN RAISE EXCEPTION 'no 13'; END IF; RETURN new; END $$; \
                 CREATE TRIGGER refuse BEFORE INSERT ON event_logs FOR EACH ROW EXECUTE FUNCTION refuse()",
            ),
            (
                "trigger that leaves out",
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ \
                   BEGIN IF new.user_id = 13 THEN RETURN NULL; END IF; RETURN new; END $$; \
                 CREATE TRIGGER refuse BEFORE INSERT ON event_logs FOR EACH ROW EXECUTE FUNCTION refuse()",
            ),
            (
                "constraint that is checked at the end",
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ \
                   BEGIN IF new.user_id = 13 THEN RAISE EXCEPTION 'no 13'; END IF; RETURN NULL; END $$; \
                 CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON event_logs \
                   DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()",
            ),
        ],
        Dialect::Sqlite => vec![
            (
                "trigger that aborts",
                "CREATE TRIGGER refuse BEFORE INSERT ON event_logs WHEN new.user_id = 13 \
                 BEGIN SELECT raise(ABORT, 'no 13'); END",
            ),
            (
                "trigger that rolls back",
                "CREATE TRIGGER refuse BEFORE INSERT ON event_logs WHEN new.user_id = 13 \
                 BEGIN SELECT raise(ROLLBACK, 'no 13'); END",
            ),
            (
                "trigger that leaves out",
                "CREATE TRIGGER refuse BEFORE INSERT ON event_logs WHEN new.user_id = 13 \
                 BEGIN SELECT raise(IGNORE); END",
            ),
        ],
    }
}

/// A rejected durable event is not acknowledged, and no other event waits for it.
#[tokio::test]
async fn a_durable_event_that_is_refused_is_not_acknowledged() {
    for dialect in Dialect::ALL {
        for (what, sql) in refusals(dialect) {
            let Some(place) = Place::new(dialect).await else {
                continue;
            };
            EventLog::init(&place.url()).await.expect("an event log");
            let mut database = place.connect().await;
            database.execute(sql).await;
            let spill = place.folder().join("spill");
            let options = Options {
                outage: Outage::Spill(spill.clone()),
                ..Options::new("3.36.0")
            };
            let recorder = Recorder::start(&place.url(), options).expect("a recorder");
            for number in [12, 13, 14] {
                recorder.record(&hover(), Actor::user(number));
            }
            let refused = recorder.record_durable(&hover(), Actor::user(13)).await;
            let error = refused.expect_err(what);
            assert!(error.is_input(), "{what}: {error}");
            assert!(error.to_string().contains("rejected.ndjson"), "{error}");
            let kept = recorder.record_durable(&hover(), Actor::user(15)).await;
            assert_eq!(kept.expect("it is kept"), Durability::Logged, "{what}");
            let kept = recorder.shutdown().await.expect("it stops");
            assert_eq!(kept, Durability::Logged, "{what}");
            let expected = [(12, 1), (14, 1), (15, 1)];
            assert_eq!(logged(&mut database, "InsightHover").await, expected);
            let rejected = fs::read_to_string(spill.join("rejected.ndjson")).expect("a file");
            assert!(
                rejected.contains("\"user_id\":13") && !rejected.contains("\"user_id\":14"),
                "{what}: {rejected}"
            );
        }
    }
}

/// Commands wait only a few seconds for a locked database, and report it. An event is written to a
/// file instead.
#[tokio::test]
async fn no_command_waits_long_for_a_locked_database() {
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let folder = place.folder();
        fs::write(folder.join("pings.yaml"), code_insights_events::REGISTRY).expect("a registry");
        let pings = |arguments: &[&str]| {
            let start = Instant::now();
            let output = Command::new(env!("CARGO_BIN_EXE_command"))
                .args(arguments)
                .args(["--database", place.address()])
                .current_dir(folder)
                .env("NO_COLOR", "1")
                .output()
                .expect("pings runs");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            (output.status.code(), said, start.elapsed())
        };
        let record = [
            "record",
            "InsightsPageView",
            "--user",
            "7",
            "--spill",
            "spill",
        ];
        assert_eq!(pings(&["init"]).0, Some(0));
        assert_eq!(pings(&record).0, Some(0));
        let mut database = place.connect().await;
        let lock = match dialect {
            Dialect::Sqlite => "BEGIN EXCLUSIVE",
            Dialect::Postgres => {
                "BEGIN; LOCK TABLE event_logs, pings_migrations, pings_recorders, pings_running IN ACCESS EXCLUSIVE MODE"
            }
        };
        database.execute(lock).await;
        let (code, said, took) = pings(&record);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("Kept"), "{said}");
        assert!(took < Duration::from_secs(12), "record took {took:?}");
        for command in [
            &["report"][..],
            &["outbox", "list"],
            &["preview"],
            &["prune", "--before", "2020-01-01"],
        ] {
            let (code, said, took) = pings(command);
            assert_eq!(code, Some(2), "{command:?}: {said}");
            assert!(
                said.contains("has been locked by another process"),
                "{command:?}: {said}"
            );
            assert!(took < Duration::from_secs(8), "{command:?} took {took:?}");
        }
        database.execute("ROLLBACK").await;
        assert_eq!(pings(&record).0, Some(0));
        assert_eq!(
            logged(&mut database, "InsightsPageView")
                .await
                .iter()
                .map(|it| it.1)
                .sum::<i64>(),
            3
        );
    }
}
