//! Instances that are not confirmed, and instances that an operator left out, move no number.

use pings_model::Registry;
use pings_payload::{Uuid, Week, fingerprint, rfc3339};
use pings_sql::Dialect;
use pings_store::{Received, Series, SeriesOptions, Store};
use pings_tests::place::Place;
use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;

/// The number of instances that live for a day. `PINGS_TEST_INSTANCES` overrides it.
const MANY: u128 = 2_000;

const NOW: OffsetDateTime = datetime!(2030-01-01 0:00 UTC);

fn registry() -> Registry {
    let text = include_str!("../../upgrades/pings.yaml");
    pings_registry::parse(text).expect("the registry passes")
}

fn first() -> Week {
    "2026-W10".parse().expect("a week")
}

fn payload(registry: &Registry, instance: u128, week: u32, revision: u32, count: u32) -> Received {
    let week = first().forward(week);
    let json = json!({
        "format": 1, "registry": registry.name(), "fingerprint": fingerprint(registry),
        "instance": Uuid::from_u128(instance).to_string(), "version": "1.0.0",
        "week": week.to_string(), "start": rfc3339(week.start()), "end": rfc3339(week.end()),
        "revision": revision, "versions": { "1.0.0": count.max(1) },
        "metrics": { "TicketOpened": { "by": ["channel"], "rows": [
            { "channel": "mail", "count": count, "unique_users": 1 },
        ] } },
        "took_ms": {}, "runtime": { "dropped": 0 },
    });
    Received::read(json.to_string().into_bytes(), NOW).expect("a payload")
}

async fn series(store: &Store, registry: &Registry) -> Series {
    let options = SeriesOptions {
        weeks: 4,
        until: Some(first().forward(3)),
        ..SeriesOptions::default()
    };
    let series = store.series(registry, "TicketOpened", &options).await;
    series.expect("a series")
}

fn counts(series: &Series) -> Vec<(Option<f64>, u64, u64)> {
    let weeks = series.weeks.iter();
    weeks
        .map(|it| (it.values[0], it.instances.trusted, it.instances.known()))
        .collect()
}

/// Returns the number of rows that the view of trusted numbers has.
async fn rows(store: &Store) -> i64 {
    let mut tx = store
        .database()
        .begin(pings_store::Mode::Read)
        .await
        .expect("it reads");
    let sql = "SELECT count(*) FROM measurements_trusted";
    let count = tx.value(sql, &[], pings_model::ValueType::Integer).await;
    count
        .expect("an answer")
        .and_then(|it| it.integer())
        .expect("a number")
}

#[tokio::test]
async fn one_day_instances_move_no_number() {
    let registry = registry();
    let many = std::env::var("PINGS_TEST_INSTANCES");
    let many = many.map_or(MANY, |many| many.parse().expect("a number"));
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let store = Store::open(&place.url(), true).await.expect("a store");
        store.learn(&registry, NOW).await.expect("it learns");
        let fleet: Vec<Received> = (0..4)
            .flat_map(|week| (1..=5).map(move |instance| (instance, week)))
            .map(|(instance, week)| payload(&registry, instance, week, 1, 10))
            .collect();
        store.accept(&fleet).await.expect("it accepts");
        let before = series(&store, &registry).await;
        let expected = vec![(Some(50.0), 5, 5); 4];
        assert_eq!(counts(&before), expected, "{dialect:?}");
        let confirmed = store
            .confirm_after(2, |_, _| {})
            .await
            .expect("it rebuilds");
        assert_eq!(confirmed.numbers, 40, "{dialect:?}");
        assert_eq!(counts(&series(&store, &registry).await), expected);
        let all: Vec<u128> = (1_000..1_000 + many).collect();
        for some in all.chunks(200) {
            let some = some.iter().map(|it| payload(&registry, *it, 2, 1, 1_000));
            store
                .accept(&some.collect::<Vec<_>>())
                .await
                .expect("it accepts");
        }
        assert_eq!(series(&store, &registry).await, before, "{dialect:?}");
        assert_eq!(rows(&store).await, 40, "{dialect:?}");
        // They are shown.
        let senders = store.senders(None, 1_000_000).await.expect("the senders");
        let left_out = senders.iter().filter(|it| it.left_out.is_some()).count();
        assert_eq!(left_out as u128, many, "{dialect:?}");
        // One of them reports a second week, with a revision of its first one. Both weeks count.
        let again = [
            payload(&registry, 1_000, 2, 2, 7),
            payload(&registry, 1_000, 3, 1, 8),
        ];
        store.accept(&again).await.expect("it accepts");
        let after = counts(&series(&store, &registry).await);
        let expected = [
            (Some(50.0), 5, 5),
            (Some(50.0), 5, 5),
            (Some(57.0), 6, 6),
            (Some(58.0), 6, 6),
        ];
        assert_eq!(after, expected, "{dialect:?}");
        let now = series(&store, &registry).await;
        store.rebuild(|_, _| {}).await.expect("it rebuilds");
        assert_eq!(series(&store, &registry).await, now, "{dialect:?}");
        store.close().await;
    }
}

#[tokio::test]
async fn an_instance_is_left_out_and_counted_again() {
    let registry = registry();
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let store = Store::open(&place.url(), true).await.expect("a store");
        store.learn(&registry, NOW).await.expect("it learns");
        let fleet = |count: u32, revision: u32| {
            let all = (0..4).flat_map(|week| [(1, week), (2, week)]);
            let all =
                all.map(|(instance, week)| payload(&registry, instance, week, revision, count));
            all.collect::<Vec<Received>>()
        };
        store.accept(&fleet(10, 1)).await.expect("it accepts");
        let whole = series(&store, &registry).await;
        let test = Uuid::from_u128(2);
        store
            .leave_out(test, Some("test"))
            .await
            .expect("it is left out");
        let alone = vec![(Some(10.0), 1, 1); 4];
        assert_eq!(
            counts(&series(&store, &registry).await),
            alone,
            "{dialect:?}"
        );
        // What it sends meanwhile does not count either.
        store.accept(&fleet(12, 2)).await.expect("it accepts");
        let alone = vec![(Some(12.0), 1, 1); 4];
        assert_eq!(
            counts(&series(&store, &registry).await),
            alone,
            "{dialect:?}"
        );
        store.leave_out(test, None).await.expect("it counts");
        let both = vec![(Some(24.0), 2, 2); 4];
        assert_eq!(
            counts(&series(&store, &registry).await),
            both,
            "{dialect:?}"
        );
        assert_ne!(series(&store, &registry).await, whole);
        assert!(
            store
                .leave_out(Uuid::from_u128(3), Some("test"))
                .await
                .is_err()
        );
        assert!(store.leave_out(test, Some("")).await.is_err());
        store.close().await;
    }
}
