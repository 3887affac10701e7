//! The doctor finds values of dimensions and steps of funnels that a version no longer counts, and
//! names the versions exactly.

use pings_model::Registry;
use pings_payload::{Uuid, Week, fingerprint, rfc3339};
use pings_store::{Received, Store};
use pings_tests::place::{Kind, Place};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2030-01-01 0:00 UTC);

const REGISTRY: &str = r#"
format: 1
name: desk
title: Desk
events:
  Opened: { args: { channel: { enum: [mail, phone, chat] } } }
  Answered: {}
  Closed: {}
pings:
  - id: tickets
    section: Desk
    title: Tickets
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: Opened, by: [channel], measure: [count] }
      - { code: Answered, measure: [count] }
  - id: flow
    section: Desk
    title: Flow
    type: fe_event
    aggregation: weekly
    added: "1.0"
    funnels:
      - { code: Flow, steps: [Opened, Answered, Closed] }
"#;

/// The versions by week.
const VERSIONS: [&str; 12] = [
    "2.2.1", "2.2.1", "2.2.1", "2.2.1", "2.3.0", "2.3.0", "2.3.0", "2.3.0", "2.3.1", "2.3.1",
    "2.3.1", "2.3.1",
];

/// Returns the payload of an instance. Version 2.3.0 counts no mails and no closed tickets, and its
/// users phone instead.
fn payload(registry: &Registry, instance: u32, week: u32, is_broken: bool) -> Received {
    let version = VERSIONS[week as usize];
    let borders: Week = "2026-W10".parse::<Week>().expect("a week").forward(week);
    let count = 20 + instance;
    let row = |channel: &str, count: u32| json!({ "channel": channel, "count": count });
    let (rows, closed): (Vec<Json>, u32) = match is_broken && version == "2.3.0" {
        true => (vec![row("phone", 2 * count), row("chat", 5)], 0),
        false => {
            let rows = [("mail", count), ("phone", count), ("chat", 5)];
            (rows.map(|(name, count)| row(name, count)).to_vec(), count)
        }
    };
    let step = |event: &str, count: u32| {
        let users = 1.min(count);
        json!({ "events": [event], "count": count, "users": users, "reached": users })
    };
    let json = json!({
        "format": 1, "registry": "desk", "fingerprint": fingerprint(registry),
        "instance": Uuid::from_u128(u128::from(instance) + 1).to_string(), "version": version,
        "week": borders.to_string(), "start": rfc3339(borders.start()),
        "end": rfc3339(borders.end()), "revision": 1, "versions": { version: 6 * count },
        "metrics": {
            "Opened": { "by": ["channel"], "rows": rows },
            "Answered": { "count": count },
            "Flow": { "steps": [
                step("Opened", 2 * count), step("Answered", count), step("Closed", closed),
            ] },
        },
        "took_ms": {}, "runtime": { "dropped": 0 },
    });
    Received::read(json.to_string().into_bytes(), NOW).expect("a payload")
}

/// Returns the code, the group, the versions and the entry of each finding.
async fn findings(store: &Store, registry: &Registry) -> Vec<[String; 4]> {
    let findings = store.doctor(registry).await.expect("findings");
    let entries = findings.broken.into_iter().flat_map(|entry| {
        let breaks = entry.breaks.into_iter().map(move |it| {
            let group = it.group_name().unwrap_or_default();
            [it.code, group, it.versions.to_string(), entry.yaml.clone()]
        });
        breaks.collect::<Vec<_>>()
    });
    entries.collect()
}

#[tokio::test]
async fn a_version_that_no_longer_counts_a_group_is_found() {
    let registry = pings_registry::parse(REGISTRY).expect("the registry passes");
    for dialect in Kind::ALL {
        for is_broken in [true, false] {
            let Some(place) = Place::new(dialect).await else {
                continue;
            };
            let store = Store::open(&place.url(), true).await.expect("a store");
            store.learn(&registry, NOW).await.expect("it learns");
            let weeks = 0..VERSIONS.len() as u32;
            let all = weeks.flat_map(|week| (0..12).map(move |instance| (instance, week)));
            let all = all.map(|(instance, week)| payload(&registry, instance, week, is_broken));
            store
                .accept(&all.collect::<Vec<_>>())
                .await
                .expect("it accepts");
            let found = findings(&store, &registry).await;
            if !is_broken {
                assert_eq!(found, [] as [[String; 4]; 0], "{dialect:?}");
                continue;
            }
            let expected = [
                [
                    "Opened",
                    "channel mail",
                    "2.3.0",
                    "channel mail of Opened drops to zero",
                ],
                ["Flow", "step 3", "2.3.0", "step 3 of Flow drops to zero"],
            ];
            assert_eq!(found.len(), expected.len(), "{dialect:?}: {found:?}");
            for (found, expected) in found.iter().zip(expected) {
                assert_eq!(found[..3], expected[..3], "{dialect:?}");
                let entry = format!("- versions: \"2.3.0\"\n  reason: \"{}\"\n", expected[3]);
                assert_eq!(found[3], entry, "{dialect:?}");
            }
            // The views name versions exactly, too.
            let sql = "SELECT DISTINCT versions FROM instance_weeks UNION \
                SELECT DISTINCT versions FROM measurements_labelled ORDER BY 1";
            let mut tx = store.read().await.expect("it reads");
            let rows = tx.rows(sql, &[], &[pings_model::ValueType::Text]).await;
            let rows = rows.expect("rows");
            let versions: Vec<&str> = rows.iter().filter_map(|row| row[0].text()).collect();
            assert_eq!(versions, ["2.2.1", "2.3.0", "2.3.1"], "{dialect:?}");
            tx.end().await.expect("it ends");
            store.close().await;
        }
    }
}
