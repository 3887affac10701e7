//! An instance moves to another database.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use pings_model::ValueType;
use pings_runtime::{Entry, EventLog, Instance, Migration};
use pings_sql::Dialect;
use pings_store::{Cell, Mode};
use pings_tests::place::Place;
use time::macros::datetime;

use crate::on_both;
use crate::support::{Clock, Desk, Vendor, week};

const NOW: Clock = || datetime!(2021-02-23 0:00 UTC);

/// Returns the other kind of database.
pub(crate) fn other(dialect: Dialect) -> Dialect {
    match dialect {
        Dialect::Sqlite => Dialect::Postgres,
        Dialect::Postgres => Dialect::Sqlite,
    }
}

pub(crate) async fn migrate(from: &EventLog, to: &EventLog) -> Result<u64, String> {
    let migration = Migration {
        from,
        source: "source",
        to,
        target: "target",
        without: &[],
    };
    let moved = migration.run(&mut |_| {}).await;
    moved.map(|it| it.events).map_err(|error| error.to_string())
}

/// Creates an instance with everything that can be moved.
async fn lived(dialect: Dialect, vendor: &Vendor) -> Option<Desk> {
    let desk = Desk::new(dialect).await?;
    for (place, day) in ["2021-01-05", "2021-01-26", "2021-02-02", "2021-02-16"]
        .iter()
        .enumerate()
    {
        let lengths: Vec<i64> = (0..12).map(|n| n * n * 7 % 31 + place as i64).collect();
        desk.posts(&format!("{day}T10:00:00Z"), &lengths).await;
    }
    desk.queue(NOW()).await;
    desk.send(&vendor.address, NOW).await;
    desk.posts("2021-02-03T10:00:00Z", &[5]).await;
    desk.queue(NOW()).await;
    desk.log
        .prune(datetime!(2021-01-11 0:00 UTC), |_| {})
        .await
        .unwrap();
    desk.sql("INSERT INTO pings_counters (week, name, value) VALUES ('2021-W09', 'dropped', 7)")
        .await;
    Some(desk)
}

async fn count(log: &EventLog, sql: &str) -> i64 {
    let mut tx = log.database().begin(Mode::Read).await.unwrap();
    match tx.value(sql, &[], ValueType::Integer).await.unwrap() {
        Some(Cell::Integer(count)) => count,
        other => panic!("{other:?}"),
    }
}

async fn everything_moves_and_counts_once(dialect: Dialect) {
    let Some(vendor) = Vendor::new(dialect).await else {
        return;
    };
    let (Some(old), Some(new)) = (
        lived(dialect, &vendor).await,
        Desk::new(other(dialect)).await,
    ) else {
        return;
    };
    let before = Instance::of(&old.log).await.unwrap();
    let outbox = Entry::all(&old.log).await.unwrap();
    assert_eq!(migrate(&old.log, &new.log).await, Ok(37));
    let after = Instance::of(&new.log).await.unwrap();
    assert_eq!(
        (before.id, before.key.public()),
        (after.id, after.key.public())
    );
    assert_eq!(Entry::all(&new.log).await.unwrap(), outbox);
    assert_eq!(count(&new.log, "SELECT value FROM pings_counters").await, 7);
    // Nothing changed, so no week is assembled again. The late week is sent.
    assert_eq!(new.queue(NOW()).await, [""; 0]);
    let sent = new.send(&vendor.address, NOW).await;
    assert_eq!(sent.len(), 1);
    assert!(!sent[0].answer.as_deref().unwrap().contains("conflict"));
    assert_eq!(vendor.posts("2021-W05", None).await, 13.0);
    // Pruned events stay pruned, and the next event gets the next id.
    new.posts("2021-02-17T10:00:00Z", &[1]).await;
    assert_eq!(new.queue(NOW()).await, ["2021-W07/2"]);
    new.posts("2021-01-06T10:00:00Z", &[1]).await;
    assert_eq!(new.queue(NOW()).await, [""; 0]);
    // The old database sends nothing, and its error names the new database.
    let told = Instance::of(&old.log).await.err().unwrap().to_string();
    assert!(told.contains("migrated to target"), "{told}");
    assert_eq!(old.send(&vendor.address, NOW).await, []);
    assert!(
        old.home()
            .queue(time::Duration::ZERO, NOW(), &mut |_| {})
            .await
            .is_err()
    );
}

async fn what_is_logged_to_the_source_later_is_fetched(dialect: Dialect) {
    let (Some(old), Some(new)) = (Desk::new(dialect).await, Desk::new(other(dialect)).await) else {
        return;
    };
    old.posts("2021-01-26T10:00:00Z", &[1, 2]).await;
    assert_eq!(migrate(&old.log, &new.log).await, Ok(2));
    new.posts("2021-01-27T10:00:00Z", &[3]).await;
    old.posts("2021-01-28T10:00:00Z", &[4, 5]).await;
    assert_eq!(migrate(&old.log, &new.log).await, Ok(2));
    assert_eq!(migrate(&old.log, &new.log).await, Ok(0));
    assert_eq!(count(&new.log, "SELECT count(*) FROM event_logs").await, 5);
    let queued = new.queue(datetime!(2021-02-02 0:00 UTC)).await;
    assert_eq!(queued, ["2021-W04/1"]);
}

async fn a_target_that_is_in_use_is_refused(dialect: Dialect) {
    let (Some(old), Some(new)) = (Desk::new(dialect).await, Desk::new(other(dialect)).await) else {
        return;
    };
    old.posts("2021-01-26T10:00:00Z", &[1]).await;
    new.posts("2021-01-26T10:00:00Z", &[1]).await;
    let refused = migrate(&old.log, &new.log).await.unwrap_err();
    assert!(refused.contains("already has events"), "{refused}");
    assert!(Instance::of(&old.log).await.is_ok(), "it stays where it is");
}

async fn columns_of_the_product_are_carried_or_refused(dialect: Dialect) {
    let (Some(old), Some(new)) = (Desk::new(dialect).await, Desk::new(other(dialect)).await) else {
        return;
    };
    old.sql("ALTER TABLE event_logs ADD COLUMN score double precision DEFAULT 0.1")
        .await;
    old.posts("2021-01-26T10:00:00Z", &[1]).await;
    let refused = migrate(&old.log, &new.log).await.unwrap_err();
    assert!(
        refused.contains("`score`") && refused.contains("leave the columns out"),
        "{refused}"
    );
    new.sql("ALTER TABLE event_logs ADD COLUMN score double precision")
        .await;
    assert_eq!(migrate(&old.log, &new.log).await, Ok(1));
    let same = "SELECT count(*) FROM event_logs WHERE score = 0.1";
    assert_eq!(count(&new.log, same).await, 1);
}

/// SQLite keeps a day that is not in the calendar, and PostgreSQL does not.
#[tokio::test]
async fn an_event_that_the_target_rejects_is_named() {
    let (Some(old), Some(new)) = (
        Desk::new(Dialect::Sqlite).await,
        Desk::new(Dialect::Postgres).await,
    ) else {
        return;
    };
    old.posts("2021-01-26T10:00:00Z", &[1, 2, 3, 4, 5, 6, 7])
        .await;
    let at = |time: &str| format!("UPDATE event_logs SET timestamp = '{time}' WHERE id = 5");
    old.sql(&at("2026-11-31T10:00:00Z")).await;
    let refused = migrate(&old.log, &new.log).await.unwrap_err();
    assert!(
        refused.contains("the event with the id 5: ") && refused.contains("2026-11-31"),
        "{refused}"
    );
    assert!(Instance::of(&old.log).await.is_ok(), "it stays where it is");
    old.sql(&at("2026-11-30T10:00:00Z")).await;
    assert_eq!(migrate(&old.log, &new.log).await, Ok(7));
    // A migration of a single event names it as well.
    old.posts("2026-11-30T10:00:00Z", &[8]).await;
    old.sql("UPDATE event_logs SET timestamp = '2026-11-31' WHERE id = 8")
        .await;
    let refused = migrate(&old.log, &new.log).await.unwrap_err();
    assert!(refused.contains("the event with the id 8: "), "{refused}");
}

/// The events were moved by an import under another id instead of by `pings migrate`.
async fn equal_weeks_under_two_ids_are_found(dialect: Dialect) {
    let (Some(old), Some(new), Some(stranger), Some(vendor)) = (
        Desk::new(dialect).await,
        Desk::new(dialect).await,
        Desk::new(dialect).await,
        Vendor::new(dialect).await,
    ) else {
        return;
    };
    let days = [
        "2021-01-05",
        "2021-01-12",
        "2021-01-19",
        "2021-01-26",
        "2021-02-02",
    ];
    for (count, day) in (12..).step_by(3).zip(days) {
        let at = format!("{day}T10:00:00Z");
        let lengths: Vec<i64> = (0..count).map(|n| n * 13 % 37).collect();
        old.posts(&at, &lengths).await;
        new.posts(&at, &lengths).await;
        stranger.posts(&at, &lengths[..11]).await;
    }
    for desk in [&old, &new, &stranger] {
        desk.queue(NOW()).await;
        desk.send(&vendor.address, NOW).await;
    }
    vendor.store.learn(&old.registry, NOW()).await.unwrap();
    let found = vendor.store.doctor(&old.registry).await.unwrap();
    let [twins] = found.twins.as_slice() else {
        panic!("{:?}", found.twins);
    };
    assert_eq!(twins.weeks.len(), 5);
    for desk in [&old, &new] {
        let id = Instance::of(&desk.log).await.unwrap().id.to_string();
        assert!(twins.instances.contains(&id), "{twins:?}");
    }
}

/// The migration is killed with `kill -9` at many moments. In the end, all rows are present exactly
/// once.
async fn a_killed_migration_goes_on(dialect: Dialect) {
    let (Some(old), Some(place)) = (Desk::new(dialect).await, Place::new(other(dialect)).await)
    else {
        return;
    };
    let lengths: Vec<i64> = (0..40_000).collect();
    old.posts("2021-02-16T10:00:00Z", &lengths).await;
    old.queue(NOW()).await;
    let id = Instance::of(&old.log).await.unwrap().id;
    let run = || {
        Command::new(env!("CARGO_BIN_EXE_command"))
            .args([
                "migrate",
                "--from",
                old.place.address(),
                "--to",
                place.address(),
            ])
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut kills = 0;
    for milliseconds in (0..).map(|n| 60 + n * 45) {
        let mut process = run();
        let start = Instant::now();
        let until = Duration::from_millis(milliseconds);
        let ended = loop {
            if let Some(status) = process.try_wait().unwrap() {
                break Some(status);
            }
            if start.elapsed() > until {
                break None;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        if let Some(status) = ended {
            assert!(status.success());
            break;
        }
        process.kill().unwrap();
        process.wait().unwrap();
        kills += 1;
        assert!(kills < 400, "it never ends");
    }
    assert!(kills > 0, "nothing was killed");
    let log = EventLog::open(&place.url()).await.unwrap();
    assert_eq!(Instance::of(&log).await.unwrap().id, id);
    let rows = "SELECT count(*) FROM event_logs";
    assert_eq!(count(&log, rows).await, 40_000);
    assert_eq!(count(&log, "SELECT max(id) FROM event_logs").await, 40_000);
    let all = Entry::all(&log).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].week, week("2021-W07"));
    assert!(
        Instance::of(&old.log).await.is_err(),
        "the source is marked"
    );
}

on_both!(
    everything_moves_and_counts_once,
    what_is_logged_to_the_source_later_is_fetched,
    a_target_that_is_in_use_is_refused,
    columns_of_the_product_are_carried_or_refused,
    equal_weeks_under_two_ids_are_found,
    a_killed_migration_goes_on
);
