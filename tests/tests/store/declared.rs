//! A store restricts a payload to the declarations of the registry of its fingerprint.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use pings_model::{Registry, ValueType};
use pings_store::{Bind, Cell, Mode, Received, SeriesOptions, Store};
use pings_tests::http::{Answer, Client};
use pings_tests::place::{Kind, Place};
use pings_tests::vendor::Vendor;
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

const PROGRAM: &str = env!("CARGO_BIN_EXE_store");

const NOW: OffsetDateTime = datetime!(2021-02-02 12:00 UTC);

const REGISTRY: &str = r#"
format: 1
name: desk
title: Desk
events:
  Opened:
    description: A ticket was opened.
    args:
      kind: { enum: [bug, question] }
tables:
  ticket: { id: integer }
pings:
  - id: tickets
    title: T
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: ByKind, of: Opened, by: [kind], measure: [count] }
      - { code: UsersByKind, of: Opened, by: [kind], measure: [unique_users] }
      - { code: Opened }
  - id: all_tickets
    title: A
    type: be_capture
    aggregation: total
    added: "1.0"
    metrics:
      - { code: AllTickets, from: ticket }
"#;

fn registry() -> Registry {
    pings_registry::parse(REGISTRY)
        .map_err(|_| "mistakes")
        .expect("a registry")
}

fn payload(instance: u32, revision: u32, fingerprint: &str, metrics: Json) -> Json {
    json!({
        "format": 1, "registry": "desk", "fingerprint": fingerprint,
        "instance": format!("00000000-0000-4000-8000-{instance:012x}"), "week": "2021-W04",
        "start": "2021-01-25T00:00:00Z", "end": "2021-02-01T00:00:00Z",
        "revision": revision, "versions": { "1.0": 1 }, "metrics": metrics,
    })
}

fn by_kind(measure: &str, kinds: impl IntoIterator<Item = String>) -> Json {
    let rows = kinds
        .into_iter()
        .map(|kind| json!({ "kind": kind, measure: 1 }));
    json!({ "by": ["kind"], "rows": rows.collect::<Vec<_>>() })
}

fn post(vendor: &Vendor, payload: &Json) -> Answer {
    let mut client = Client::connect(&vendor.address).expect("it listens");
    let body = payload.to_string();
    client.post("", body.as_bytes()).expect("it answers")
}

async fn lines(store: &Store, sql: &str) -> BTreeSet<String> {
    let mut tx = store.read().await.expect("a store");
    let rows = tx.rows(sql, &[], &[ValueType::Text]).await.expect("rows");
    let rows = rows.iter().filter_map(|row| row[0].text());
    rows.map(str::to_owned).collect()
}

const NUMBERS: &str = "SELECT code || ' ' || dimensions || ' ' || CAST(value AS integer) || ' ' || trust \
    FROM measurements_labelled";

const FAILURES: &str = "SELECT codes.code || ' ' || failures.kind \
    FROM failures JOIN codes ON codes.id = failures.code";

async fn places() -> Vec<(Place, Store)> {
    let mut places = Vec::new();
    for dialect in Kind::ALL {
        if let Some(place) = Place::new(dialect).await {
            let store = Store::open(&place.url(), true).await.expect("a store");
            places.push((place, store));
        }
    }
    places
}

#[tokio::test]
async fn values_that_are_not_declared_are_put_together() {
    let fingerprint = pings_payload::fingerprint(&registry());
    for (place, store) in places().await {
        store.learn(&registry(), NOW).await.expect("it learns");
        let vendor = Vendor::start(Path::new(PROGRAM), place.address(), "127.0.0.1:0", None);
        let kinds = ["bug", "x1", "x2", "x3"].map(str::to_owned);
        let mut by = by_kind("count", kinds.clone());
        let rows = by["rows"].as_array_mut().expect("rows");
        rows.push(json!({ "kind": 7, "count": 1 }));
        let metrics = json!({
            "ByKind": by,
            "UsersByKind": by_kind("unique_users", kinds),
        });
        let answer = post(&vendor, &payload(1, 1, &fingerprint, metrics));
        assert_eq!(answer.status, 200, "{answer:?}");
        let expected = [
            "ByKind {\"kind\":\"bug\"} 1 trusted",
            "ByKind {\"kind\":\"@other\"} 4 trusted",
        ];
        let expected: BTreeSet<String> = expected.map(str::to_owned).into();
        assert_eq!(lines(&store, NUMBERS).await, expected);
        // Users of several groups cannot be added up.
        let failed = ["UsersByKind undeclared".to_owned()].into();
        assert_eq!(lines(&store, FAILURES).await, failed);
        vendor.stop();
    }
}

#[tokio::test]
async fn measures_and_forms_that_the_registry_does_not_have_are_refused() {
    let fingerprint = pings_payload::fingerprint(&registry());
    for (place, store) in places().await {
        store.learn(&registry(), NOW).await.expect("it learns");
        let vendor = Vendor::start(Path::new(PROGRAM), place.address(), "127.0.0.1:0", None);
        let cases = [
            (
                json!({ "Opened": { "count": 1, "zzz": 1 } }),
                "Opened",
                "has no measure \"zzz\"",
            ),
            (
                json!({ "ByKind": { "by": ["who"], "rows": [{ "who": "me", "count": 1 }] } }),
                "ByKind",
                "has other dimensions",
            ),
            (
                json!({ "Opened": by_kind("count", ["bug".to_owned()]) }),
                "Opened",
                "in another form",
            ),
        ];
        for (metrics, code, reason) in cases {
            let answer = post(&vendor, &payload(1, 1, &fingerprint, metrics));
            let json = answer.json();
            assert_eq!(answer.status, 400, "{answer:?}");
            assert_eq!(json["path"], json!(format!("metrics.{code}")));
            let told = json["error"].as_str().expect("a reason");
            assert!(told.ends_with(reason), "{told}");
        }
        vendor.stop();
        assert!(lines(&store, "SELECT week FROM payloads").await.is_empty());
    }
}

#[tokio::test]
async fn a_registry_that_is_shown_later_holds_what_came_before() {
    let fingerprint = pings_payload::fingerprint(&registry());
    for (place, store) in places().await {
        let vendor = Vendor::start(Path::new(PROGRAM), place.address(), "127.0.0.1:0", None);
        let many = (0..1_001).map(|kind| format!("x{kind}"));
        let few = (0..1_000).map(|kind| format!("x{kind}"));
        for (instance, metrics) in [
            (1, json!({ "ByKind": by_kind("count", many) })),
            (
                2,
                json!({ "ByKind": by_kind("count", few), "Opened": { "count": 1, "zzz": 1 } }),
            ),
        ] {
            let answer = post(&vendor, &payload(instance, 1, &fingerprint, metrics));
            assert_eq!(answer.status, 200, "{answer:?}");
        }
        let failed = ["ByKind undeclared".to_owned()].into();
        assert_eq!(lines(&store, FAILURES).await, failed);
        assert_eq!(lines(&store, NUMBERS).await.len(), 1_001);
        store.learn(&registry(), NOW).await.expect("it learns");
        let expected = [
            "ByKind {\"kind\":\"@other\"} 1001 trusted",
            "ByKind {\"kind\":\"@other\"} 1000 trusted",
        ];
        let expected: BTreeSet<String> = expected.map(str::to_owned).into();
        assert_eq!(lines(&store, NUMBERS).await, expected);
        let failed = ["Opened undeclared".to_owned()].into();
        assert_eq!(lines(&store, FAILURES).await, failed);
        vendor.stop();
    }
}

#[tokio::test]
async fn only_captures_have_the_time_and_version_of_a_capture() {
    let fingerprint = pings_payload::fingerprint(&registry());
    let at = "2021-02-01T00:00:00Z";
    let captured = json!({ "count": 3, "captured_at": at, "captured_by": "1.0" });
    for (place, store) in places().await {
        let vendor = Vendor::start(Path::new(PROGRAM), place.address(), "127.0.0.1:0", None);
        // While the registry is unknown, its codes are too.
        let metrics = json!({ "Opened": captured, "AllTickets": captured });
        let answer = post(&vendor, &payload(1, 1, &fingerprint, metrics));
        assert_eq!(answer.status, 200, "{answer:?}");
        store.learn(&registry(), NOW).await.expect("it learns");
        let failed = ["Opened undeclared".to_owned()].into();
        assert_eq!(lines(&store, FAILURES).await, failed);
        let expected = ["AllTickets {} 3 trusted".to_owned()].into();
        assert_eq!(lines(&store, NUMBERS).await, expected);

        let measured = json!({ "count": 1 });
        let failed = json!({ "error": "query" });
        let members = [("captured_at", at), ("captured_by", "1.0")];
        for (mut metric, (member, text)) in [measured, failed]
            .into_iter()
            .flat_map(|metric| members.map(|member| (metric.clone(), member)))
        {
            metric[member] = text.into();
            let metrics = json!({ "Opened": metric });
            let answer = post(&vendor, &payload(2, 1, &fingerprint, metrics));
            let json = answer.json();
            assert_eq!(answer.status, 400, "{answer:?}");
            assert_eq!(json["path"], json!(format!("metrics.Opened.{member}")));
            let told = json["error"].as_str().expect("a reason");
            assert!(told.ends_with("does not capture the metric"), "{told}");
        }
        let metrics = json!({ "AllTickets": captured, "Opened": { "count": 1 } });
        let answer = post(&vendor, &payload(2, 1, &fingerprint, metrics));
        assert_eq!(answer.status, 200, "{answer:?}");
        let expected = ["AllTickets {} 3 trusted", "Opened {} 1 trusted"];
        let expected: BTreeSet<String> = expected.map(str::to_owned).into();
        assert_eq!(lines(&store, NUMBERS).await, expected);
        vendor.stop();
    }
}

/// Writes series that no registry declares, as stores did before they checked payloads against
/// declarations.
async fn pollute(store: &Store, series: i64) {
    let mut tx = store
        .database()
        .expect("a database with transactions")
        .begin(Mode::Write)
        .await
        .expect("a store");
    let of = "SELECT series.code, measurements.origin, measurements.instance FROM measurements \
        JOIN series ON series.id = measurements.series \
        JOIN codes ON codes.id = series.code WHERE codes.code = 'ByKind'";
    let types = [ValueType::Integer; 3];
    let rows = tx.rows(of, &[], &types).await.expect("rows");
    let [
        Cell::Integer(code),
        Cell::Integer(origin),
        Cell::Integer(instance),
    ] = rows[0][..]
    else {
        panic!("{rows:?}");
    };
    let texts: Vec<String> = (0..series)
        .map(|it| format!("{{\"kind\":\"x{it}\"}}"))
        .collect();
    let (mut names, mut numbers) = (Vec::new(), Vec::new());
    for (id, text) in (1_000..).zip(&texts) {
        names.extend([
            Bind::Integer(id),
            Bind::Integer(code),
            Bind::Text(text),
            Bind::Text("count"),
        ]);
        numbers.extend([
            Bind::Integer(id),
            Bind::Text("2021-W04"),
            Bind::Integer(origin),
            Bind::Integer(instance),
            Bind::Number(1.0),
        ]);
    }
    let columns = ["id", "code", "dimensions", "measure"];
    tx.insert("series", &columns, &names).await.expect("rows");
    let columns = ["series", "week", "origin", "instance", "value"];
    tx.insert("measurements", &columns, &numbers)
        .await
        .expect("rows");
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn old_rows_slow_neither_a_series_nor_a_revision() {
    let registry = registry();
    let fingerprint = pings_payload::fingerprint(&registry);
    let places = places().await.into_iter();
    // The rows are written to tables that are views on ClickHouse.
    for (_place, store) in places.filter(|(_, store)| store.database().is_some()) {
        store.learn(&registry, NOW).await.expect("it learns");
        let sent = |instance, revision| {
            let metrics = json!({ "ByKind": by_kind("count", ["bug".to_owned()]) });
            let sent = payload(instance, revision, &fingerprint, metrics);
            Received::read(sent.to_string().into_bytes(), NOW).expect("a payload")
        };
        store.accept(&[sent(1, 1)]).await.expect("it is kept");
        pollute(&store, 100_000).await;
        store.accept(&[sent(2, 1)]).await.expect("it is kept");
        let start = Instant::now();
        for revision in 2..52 {
            store
                .accept(&[sent(2, revision)])
                .await
                .expect("it is kept");
        }
        let took = start.elapsed();
        assert!(took < Duration::from_secs(10), "50 revisions: {took:?}");
        let options = SeriesOptions {
            weeks: 1,
            by: Some("kind".to_owned()),
            ..SeriesOptions::default()
        };
        let start = Instant::now();
        let series = store.series(&registry, "ByKind", &options).await;
        let week = &series.expect("a series").weeks[0];
        let groups = week
            .groups
            .iter()
            .map(|it| (it.value.clone(), it.values[0]));
        assert_eq!(
            groups.collect::<Vec<_>>(),
            [
                (json!("@other"), Some(100_000.0)),
                (json!("bug"), Some(2.0))
            ]
        );
        let took = start.elapsed();
        assert!(took < Duration::from_secs(20), "the series: {took:?}");
        println!("{took:?}");
    }
}
