//! Instances that are not confirmed, and instances that an operator left out, move no number.

use pings_model::{Registry, ValueType};
use pings_payload::{Uuid, Week, fingerprint, rfc3339};
use pings_store::{
    AlarmKind, Exported, FleetOptions, InstancesBy, Received, Series, SeriesOptions, Store,
    UsageOptions,
};
use pings_tests::place::{Kind, Place};
use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;

/// The number of instances that live for a day. With `PINGS_LOAD=full`, there are 50,000.
const MANY: u128 = 2_000;

/// The last week of the fleet. The watch compares weeks with those before them.
const LAST: u32 = 13;

/// The week in which many instances live for a day.
const BUSY: u32 = 12;

/// The numbers of five instances, two for each week.
const ROWS: i64 = 5 * 2 * (LAST as i64 + 1);

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
        until: Some(first().forward(LAST)),
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

/// Returns all other answers, as texts.
async fn answers(store: &Store, registry: &Registry) -> Vec<String> {
    let last = Some(first().forward(LAST));
    let series = SeriesOptions {
        weeks: 4,
        until: last,
        ..SeriesOptions::default()
    };
    let fleet = FleetOptions {
        weeks: 4,
        until: last,
        by: Some(InstancesBy::Size),
        now: None,
    };
    let usage = UsageOptions {
        weeks: 4,
        until: last,
        ..UsageOptions::default()
    };
    let estimates = store.estimates(registry, "TicketOpened", &series).await;
    let growth = store
        .growth(registry, "TicketOpened", (Some(first()), last), None)
        .await;
    let weeks = store.fleet(registry, &fleet).await.expect("an answer");
    let retention = store.retention(registry, &fleet).await.expect("an answer");
    let usage = store.usage(registry, "TicketOpened", &usage).await;
    let impact = store
        .impact(registry, "TicketOpened", "1.0.0".parse().ok(), None)
        .await;
    let findings = store.doctor(registry).await.expect("findings");
    let sql = "SELECT count(*), CAST(sum(events) AS bigint), min(versions) FROM instance_weeks";
    let mut tx = store.read().await.expect("it reads");
    let integer = ValueType::Integer;
    let rows = tx
        .rows(sql, &[], &[integer, integer, ValueType::Text])
        .await;
    tx.end().await.expect("it ends");
    vec![
        format!("{:?}", estimates.expect("estimates")),
        format!("{:?}", growth.expect("growth")),
        weeks.json().to_string(),
        retention.json().to_string(),
        usage.expect("usage").json().to_string(),
        format!("{:?}", impact.expect("the impact")),
        format!("{findings:?}"),
        format!("{:?}", rows.expect("rows")),
    ]
}

/// Returns the number of rows that the view of trusted numbers has.
async fn rows(store: &Store) -> i64 {
    let mut tx = store.read().await.expect("it reads");
    let sql = "SELECT count(*) FROM measurements_trusted";
    let count = tx.value(sql, &[], ValueType::Integer).await;
    count
        .expect("an answer")
        .and_then(|it| it.integer())
        .expect("a number")
}

#[tokio::test]
async fn one_day_instances_move_no_number() {
    let registry = registry();
    let is_full = std::env::var("PINGS_LOAD").is_ok_and(|load| load == "full");
    let many = if is_full { 50_000 } else { MANY };
    for dialect in Kind::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let store = Store::open(&place.url(), true).await.expect("a store");
        store.learn(&registry, NOW).await.expect("it learns");
        let fleet: Vec<Received> = (0..=LAST)
            .flat_map(|week| (1..=5).map(move |instance| (instance, week)))
            .map(|(instance, week)| payload(&registry, instance, week, 1, 10))
            .collect();
        store.accept(&fleet).await.expect("it accepts");
        let before = series(&store, &registry).await;
        let expected = vec![(Some(50.0), 5, 5); 4];
        assert_eq!(counts(&before), expected, "{dialect:?}");
        let answers_before = answers(&store, &registry).await;
        let confirmed = store
            .confirm_after(2, |_, _| {})
            .await
            .expect("it rebuilds");
        assert_eq!(confirmed.numbers, ROWS as u64, "{dialect:?}");
        assert_eq!(counts(&series(&store, &registry).await), expected);
        let all: Vec<u128> = (1_000..1_000 + many).collect();
        for some in all.chunks(200) {
            let some = some
                .iter()
                .map(|it| payload(&registry, *it, BUSY, 1, 1_000));
            store
                .accept(&some.collect::<Vec<_>>())
                .await
                .expect("it accepts");
        }
        assert_eq!(series(&store, &registry).await, before, "{dialect:?}");
        assert_eq!(
            answers(&store, &registry).await,
            answers_before,
            "{dialect:?}"
        );
        assert_eq!(rows(&store).await, ROWS, "{dialect:?}");
        let weeks = Some((first(), first().forward(LAST)));
        let left_out = store.left_out(Some(&registry), weeks).await;
        let left_out = left_out.expect("an answer");
        let expected = format!("{many} instances that reported are left out: {many} unconfirmed");
        assert_eq!(left_out.text(), Some(expected));
        let elsewhere = Some((first(), first().forward(BUSY - 1)));
        let elsewhere = store.left_out(Some(&registry), elsewhere).await;
        assert!(elsewhere.expect("an answer").is_empty());
        // The jump is an alarm, although no number moves.
        let watched = async |week: u32| {
            let watch = store.watch(&registry, Some(first().forward(week)), NOW);
            let alarms = watch.await.expect("it watches").alarms.into_iter();
            let alarms = alarms.map(|it| (it.kind, it.affected, it.found));
            alarms.collect::<Vec<_>>()
        };
        let jump = (AlarmKind::ManyNew, many as u64, many as f64);
        assert_eq!(watched(BUSY).await, [jump], "{dialect:?}");
        assert_eq!(watched(BUSY - 1).await, [], "{dialect:?}");
        // They are shown.
        let senders = store.senders(None, 1_000_000).await.expect("the senders");
        let left_out = senders.iter().filter(|it| it.left_out.is_some()).count();
        assert_eq!(left_out as u128, many, "{dialect:?}");
        // One of them reports a second week, with a revision of its first one. Both weeks count.
        let again = [
            payload(&registry, 1_000, BUSY, 2, 7),
            payload(&registry, 1_000, BUSY + 1, 1, 8),
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
    for dialect in Kind::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let store = Store::open(&place.url(), true).await.expect("a store");
        store.learn(&registry, NOW).await.expect("it learns");
        let fleet = |count: u32, revision: u32| {
            let all = (LAST - 3..=LAST).flat_map(|week| [(1, week), (2, week)]);
            let all =
                all.map(|(instance, week)| payload(&registry, instance, week, revision, count));
            all.collect::<Vec<Received>>()
        };
        store.accept(&fleet(10, 1)).await.expect("it accepts");
        let whole = series(&store, &registry).await;
        let exported = store.export_parts(Exported::Trusted).await;
        let raw = store.export_parts(Exported::Raw).await;
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
        // A store as of a day leaves the same instances out.
        let earlier = Place::new(Kind::Sqlite).await.expect("SQLite");
        let then = Store::open(&earlier.url(), true).await.expect("a store");
        let end = NOW + time::Duration::DAY;
        store.copy_before(end, &then).await.expect("a copy");
        assert_eq!(
            counts(&series(&then, &registry).await),
            alone,
            "{dialect:?}"
        );
        then.close().await;
        // An incremental export writes the parts again, except those of the payloads themselves.
        let again = store.export_parts(Exported::Trusted).await;
        let (exported, again) = (exported.expect("parts"), again.expect("parts"));
        let mut parts = exported.iter().zip(&again);
        assert!(parts.all(|(before, now)| before.digest != now.digest));
        let raw_again = store.export_parts(Exported::Raw).await;
        assert_eq!(raw.expect("parts"), raw_again.expect("parts"));
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
        assert!(store.leave_out(test, Some("unconfirmed")).await.is_err());
        store.close().await;
    }
}
