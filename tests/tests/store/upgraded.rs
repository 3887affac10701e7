//! Databases that an earlier program wrote are migrated, and nothing is lost.

use std::path::Path;

use pings_model::Registry;
use pings_runtime::{EventLog, OutboxStatus, State};
use pings_sql::Dialect;
use pings_store::{SeriesOptions, Store};
use pings_tests::place::Place;

fn registry() -> Registry {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("upgrades/pings.yaml");
    pings_build::load(&path).expect("a registry").registry
}

const BOTH: [Dialect; 2] = [Dialect::Sqlite, Dialect::Postgres];

#[tokio::test]
async fn an_instance_of_an_earlier_program_is_migrated() {
    for dialect in BOTH {
        let Some(place) = Place::of_dump(dialect, "instance").await else {
            continue;
        };
        let log = EventLog::open(&place.url()).await.expect("an event log");
        assert_eq!(log.migrated().from, 9, "{dialect:?}");
        assert!(log.migrated().is_upgrade(), "{dialect:?}");
        let all = pings_runtime::Entry::all(&log).await.expect("the outbox");
        let states: Vec<_> = all.iter().map(|it| (it.revision, it.state)).collect();
        let expected = [
            (1, State::Sent),
            (1, State::Sent),
            (1, State::Sent),
            (1, State::Replaced),
            (2, State::Sent),
            (1, State::Sent),
            (2, State::Parked),
        ];
        assert_eq!(states, expected, "{dialect:?}");
        for entry in &all {
            entry.payload().expect("a payload");
        }
        let status = OutboxStatus::of(&log).await.expect("a status");
        assert_eq!(status.parked, 1, "{dialect:?}");
        let sent = status.last_sent.expect("a delivery");
        assert_eq!(sent.week.to_string(), "2026-W48");
        log.close().await;
        // The second time, there is nothing to migrate.
        let log = EventLog::open(&place.url()).await.expect("an event log");
        assert!(!log.migrated().is_upgrade(), "{dialect:?}");
        log.close().await;
        refuse_others(&place, "pings_migrations", async |url| {
            EventLog::open(url).await.map(|_| ())
        })
        .await;
    }
}

#[tokio::test]
async fn a_store_of_an_earlier_program_is_migrated() {
    let registry = registry();
    for dialect in BOTH {
        let Some(place) = Place::of_dump(dialect, "store").await else {
            continue;
        };
        let store = Store::open(&place.url(), false).await.expect("a store");
        assert_eq!(store.migrated().from, 6, "{dialect:?}");
        let options = SeriesOptions {
            weeks: 4,
            until: Some("2026-W47".parse().expect("a week")),
            ..SeriesOptions::default()
        };
        let series = store.series(&registry, "TicketOpened", &options).await;
        let series = series.expect("a series");
        let weeks = series.weeks.iter();
        let counts: Vec<_> = weeks
            .map(|it| (it.values[0], it.instances.all_broken()))
            .collect();
        let expected = [(Some(1.0), 0), (Some(5.0), 0), (None, 1), (None, 1)];
        assert_eq!(counts, expected, "{dialect:?}");
        let rebuilt = store.rebuild(|_, _| {}).await.expect("rebuilt rows");
        assert!(rebuilt.payloads > 0, "{dialect:?}");
        let again = store.series(&registry, "TicketOpened", &options).await;
        assert_eq!(again.expect("a series"), series, "{dialect:?}");
        store.close().await;
        refuse_others(&place, "store_migrations", async |url| {
            Store::open(url, false).await.map(|_| ())
        })
        .await;
    }
}

/// A database whose last step is another one, and a database of a newer program, are refused.
async fn refuse_others(
    place: &Place,
    table: &str,
    open: impl AsyncFn(&pings_runtime::Url) -> pings_runtime::Result<()>,
) {
    let mut database = place.connect().await;
    let change = format!("UPDATE {table} SET checksum = 'other' WHERE step = 2");
    database.execute(&change).await;
    let error = open(&place.url())
        .await
        .expect_err("another step")
        .to_string();
    assert!(error.contains("step 2 of the schema"), "{error}");
    assert!(error.contains("help: "), "{error}");
    let newer = format!("INSERT INTO {table} (step, checksum) VALUES (1000, 'newer')");
    database.execute(&newer).await;
    let error = open(&place.url())
        .await
        .expect_err("a newer schema")
        .to_string();
    assert!(error.contains("has version 1000, but"), "{error}");
    assert!(error.contains("restore the backup"), "{error}");
}
