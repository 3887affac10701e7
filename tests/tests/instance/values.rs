//! Values that the product sets are in the report of a week as they were at its end, and in the
//! vendor's series.

use pings_model::Registry;
use pings_payload::fingerprint;
use pings_runtime::{EventLog, FailureKind, Reporter, Week};
use pings_sql::Dialect;
use pings_store::{Received, SeriesOptions, Store};
use pings_tests::place::Place;
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

const REGISTRY: &str = r#"
format: 1
name: desk
title: Desk
pings:
  - id: settings
    title: Settings
    type: value
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: Client, value: version }
      - { code: Dark, value: boolean }
      - { code: Expires, value: date }
      - { code: Ratio, value: number, added: "2.0" }
      - { code: Seats, value: integer }
      - { code: SignIn, value: { values: { list: [ldap, "it's", saml] } } }
"#;

fn registry() -> Registry {
    pings_registry::parse(REGISTRY).expect("a registry")
}

async fn report(log: &EventLog, week: &str) -> Json {
    report_of(log, &registry(), week).await
}

async fn report_of(log: &EventLog, registry: &Registry, week: &str) -> Json {
    let week: Week = week.parse().expect("a week");
    log.note_running("1.4", week.start()).await.expect("a note");
    let reporter = Reporter::new(log, registry);
    let report = reporter.report(week, week.end(), &mut |_| {}).await;
    let report = report.expect("a report");
    let metrics = report.metrics.iter().map(|metric| {
        let value = match &metric.outcome {
            Ok(_) => serde_json::from_str(&metric.json()).expect("JSON"),
            Err(failure) => {
                assert_eq!(failure.kind, FailureKind::NotCaptured, "{failure:?}");
                Json::Null
            }
        };
        (metric.code.clone(), value)
    });
    Json::Object(metrics.collect())
}

/// Returns the report of a value that is counted.
fn one(value: impl Into<Json>) -> Json {
    json!({ "by": ["value"], "rows": [{ "value": value.into(), "count": 1 }] })
}

async fn values(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let registry = registry();
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    for (at, code, value) in [
        (datetime!(2021-01-20 12:00 UTC), "SignIn", "it's"),
        (datetime!(2021-01-27 12:00 +1), "SignIn", "saml"),
        (datetime!(2021-01-31 23:59:59.999999 UTC), "Seats", "-5"),
        (datetime!(2021-02-01 00:00 UTC), "SignIn", "ldap"),
        (datetime!(2021-02-01 00:00 UTC), "Dark", "true"),
        (datetime!(2021-01-25 12:00 UTC), "Client", "v5.2.0+abc"),
        (datetime!(2021-02-03 12:00 UTC), "Client", "5.10-rc.1"),
        // This is the same version.
        (datetime!(2021-02-04 12:00 UTC), "Client", "5.10.0"),
        (datetime!(2021-02-05 12:00 UTC), "Expires", "2024-02-29"),
        // The same value again keeps its time.
        (datetime!(2021-02-02 00:00 UTC), "SignIn", "ldap"),
    ] {
        let set = log.set_value(&registry, code, value, at).await;
        set.expect("it is set");
    }
    for (code, value) in [
        ("Seats", "many"),
        ("SignIn", "LDAP"),
        ("Dark", "1"),
        ("Client", "newest"),
        ("Expires", "2023-02-29"),
        ("Expires", "tomorrow"),
        ("Darkness", "true"),
    ] {
        let refused = log.set_value(&registry, code, value, OffsetDateTime::UNIX_EPOCH);
        let refused = refused.await.expect_err("it is refused");
        assert!(refused.is_input(), "{code}: {refused}");
    }
    // A metric of a later version is not in the report.
    let null = Json::Null;
    let (old, new, expires) = (one("5.2.0"), one("5.10.0"), one("2024-02-29"));
    let seats = json!({ "value": -5 });
    for (week, [client, dark, expires, seats, sign_in]) in [
        ("2021-W02", [&null; 5]),
        ("2021-W03", [&null, &null, &null, &null, &one("it's")]),
        ("2021-W04", [&old, &null, &null, &seats, &one("saml")]),
        (
            "2021-W05",
            [&new, &one(true), &expires, &seats, &one("ldap")],
        ),
    ] {
        let expected = json!({
            "Client": client, "Dark": dark, "Expires": expires, "Seats": seats, "SignIn": sign_in,
        });
        assert_eq!(report(&log, week).await, expected, "{dialect:?} {week}");
    }
    let current = log.values().await.expect("the values");
    let current: Vec<_> = current
        .iter()
        .map(|it| (it.code.as_str(), it.value.as_str(), it.set_at.as_str()))
        .collect();
    assert_eq!(
        current,
        [
            ("Client", "5.10.0", "2021-02-03T12:00:00.000000Z"),
            ("Dark", "true", "2021-02-01T00:00:00.000000Z"),
            ("Expires", "2024-02-29", "2021-02-05T12:00:00.000000Z"),
            ("Seats", "-5", "2021-01-31T23:59:59.999999Z"),
            ("SignIn", "ldap", "2021-02-01T00:00:00.000000Z"),
        ]
    );
    log.close().await;
}

#[tokio::test]
async fn the_last_value_before_the_end_of_a_week_counts() {
    values(Dialect::Sqlite).await;
    values(Dialect::Postgres).await;
}

/// Every stored value is read as every type, as after a change of the registry.
#[tokio::test]
async fn a_value_of_another_type_is_missing() {
    let at = datetime!(2021-01-25 12:00 UTC);
    let types = [
        ("boolean", "true"),
        ("integer", "-5"),
        ("number", "0.25"),
        ("version", "v5.2"),
        ("date", "2024-02-29"),
        ("{ enum: ['1e3', a, '5.', '--5'] }", "1e3"),
        ("{ enum: ['1e3', a, '5.', '--5'] }", "5."),
        ("{ enum: ['1e3', a, '5.', '--5'] }", "--5"),
    ];
    let registry = |types: &mut dyn Iterator<Item = &str>| {
        let metrics = (0..).zip(types);
        let metrics = metrics.map(|(nth, ty)| format!("{{ code: V{nth}, value: {ty} }}"));
        let metrics: Vec<String> = metrics.collect();
        let head = "format: 1\nname: desk\ntitle: Desk\npings:\n  - { id: a, title: A, type: value, \
                    aggregation: weekly, added: '1.0', metrics: ";
        pings_registry::parse(&format!("{head}[{}] }}\n", metrics.join(", "))).expect("a registry")
    };
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
        let before = registry(&mut types.iter().map(|(ty, _)| *ty));
        for (nth, (_, value)) in (0..).zip(types) {
            let set = log.set_value(&before, &format!("V{nth}"), value, at).await;
            set.expect("it is set");
        }
        for (ty, expected) in [
            (
                "boolean",
                [one(true), Json::Null, Json::Null, Json::Null, Json::Null],
            ),
            (
                "integer",
                [
                    Json::Null,
                    json!({ "value": -5 }),
                    Json::Null,
                    Json::Null,
                    Json::Null,
                ],
            ),
            (
                "number",
                [
                    Json::Null,
                    json!({ "value": -5.0 }),
                    json!({ "value": 0.25 }),
                    Json::Null,
                    Json::Null,
                ],
            ),
            (
                "version",
                [Json::Null, Json::Null, Json::Null, one("5.2.0"), Json::Null],
            ),
            (
                "date",
                [
                    Json::Null,
                    Json::Null,
                    Json::Null,
                    Json::Null,
                    one("2024-02-29"),
                ],
            ),
            (
                "{ enum: ['0.25', b] }",
                [
                    one("@other"),
                    one("@other"),
                    one("0.25"),
                    one("@other"),
                    one("@other"),
                ],
            ),
        ] {
            let after = registry(&mut types.iter().map(|_| ty));
            let report = report_of(&log, &after, "2021-W04").await;
            let values: Vec<&Json> = (0..5).map(|nth| &report[format!("V{nth}")]).collect();
            let expected: Vec<&Json> = expected.iter().collect();
            assert_eq!(values, expected, "{dialect:?} {ty}");
            for nth in 5..types.len() {
                let value = &report[format!("V{nth}")];
                let is_other = *value == one("@other");
                assert_eq!(*value == Json::Null, !is_other, "{dialect:?} {ty} {value}");
            }
        }
        log.close().await;
    }
}

/// A clock that was wrong for a moment does not keep later values out.
#[tokio::test]
async fn a_value_from_the_future_is_not_the_current_value() {
    let registry = registry();
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
        for (at, value) in [
            (datetime!(2021-01-25 12:00 UTC), "ldap"),
            (datetime!(2031-01-25 12:00 UTC), "saml"),
            (datetime!(2021-01-26 12:00 UTC), "saml"),
        ] {
            let set = log.set_value(&registry, "SignIn", value, at).await;
            set.expect("it is set");
        }
        let report = report(&log, "2021-W04").await;
        assert_eq!(report["SignIn"], one("saml"), "{dialect:?}");
        log.close().await;
    }
}

#[tokio::test]
async fn a_series_counts_the_instances_with_each_value() {
    let now = datetime!(2021-02-09 12:00 UTC);
    let registry = registry();
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let store = Store::open(&place.url(), true).await.expect("a store");
        store.learn(&registry, now).await.expect("it learns");
        let payloads = [
            ("saml", "5.2.0", "2026-11-30"),
            ("ldap", "5.10.0", "2026-11-30"),
            ("saml", "5.2", "today"),
            ("kerberos", "5.2.0", "2027-01-01"),
        ];
        let payloads = (1..)
            .zip(payloads)
            .map(|(instance, (value, client, expires))| {
                let payload = json!({
                    "format": 1, "registry": "desk", "fingerprint": fingerprint(&registry),
                    "instance": format!("00000000-0000-4000-8000-{instance:012x}"),
                    "version": "1.4", "week": "2021-W04",
                    "start": "2021-01-25T00:00:00Z", "end": "2021-02-01T00:00:00Z",
                    "revision": 1, "versions": { "1.4": 1 },
                    "metrics": {
                        "Client": one(client), "Expires": one(expires), "SignIn": one(value),
                        "Seats": { "value": instance },
                    },
                });
                Received::read(payload.to_string().into_bytes(), now).expect("a payload")
            });
        let payloads: Vec<Received> = payloads.collect();
        store.accept(&payloads).await.expect("they are kept");
        let options = SeriesOptions {
            weeks: 1,
            ..SeriesOptions::default()
        };
        for (code, expected) in [
            ("SignIn", [("@other", 1.0), ("ldap", 1.0), ("saml", 2.0)]),
            ("Client", [("5.2.0", 2.0), ("5.10.0", 1.0), ("@other", 1.0)]),
            (
                "Expires",
                [("2026-11-30", 2.0), ("2027-01-01", 1.0), ("@other", 1.0)],
            ),
        ] {
            let series = store.series(&registry, code, &options).await;
            let series = series.expect("a series");
            let groups = series.weeks[0].groups.iter();
            let groups: Vec<_> = groups.map(|it| (it.value.clone(), it.values[0])).collect();
            let expected = expected.map(|(value, count)| (json!(value), Some(count)));
            assert_eq!(groups, expected, "{code}");
        }
        let series = store.series(&registry, "Seats", &options).await;
        let week = &series.expect("a series").weeks[0];
        assert_eq!((week.values[0], week.instances.trusted), (Some(10.0), 4));
        store.close().await;
    }
}
