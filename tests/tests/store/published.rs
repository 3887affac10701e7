//! What may be published of a code is the same in every database.

use pings_model::Registry;
use pings_payload::{Uuid, Week, fingerprint, rfc3339};
use pings_sql::Dialect;
use pings_store::{Publication, PublishOptions, Received, Store};
use pings_tests::place::Place;
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-12-01 0:00 UTC);

const REGISTRY: &str = r#"
format: 1
name: notes
title: Notes
events:
  Saved: { args: { kind: { enum: [text, list, photo, rare] }, seconds: number } }
pings:
  - id: notes
    title: Notes
    type: fe_event
    aggregation: weekly
    added: "1.0"
    broken: [ { versions: "1.2", reason: counts twice } ]
    metrics:
      - { code: Saved, by: [kind], measure: [count, unique_users] }
      - { code: Seconds, of: Saved, measure: sum, value: seconds }
"#;

/// Returns the payload of an instance, or `None` in a week that the instance misses.
fn payload(registry: &Registry, instance: u32, week: u32) -> Option<Received> {
    if (instance * 7 + week * 11).is_multiple_of(23) {
        return None;
    }
    let borders: Week = "2026-W20".parse::<Week>().expect("a week").forward(week);
    let version = if instance % 17 == 3 { "1.2.1" } else { "1.1.0" };
    let mut rows: Vec<Json> = Vec::new();
    for (kind, uses) in [("text", 1), ("list", 2), ("photo", 3), ("rare", 40)] {
        if instance.is_multiple_of(uses) {
            let count = 1 + (instance + week) % 9;
            rows.push(json!({ "kind": kind, "count": count, "unique_users": 1 }));
        }
    }
    // Sums of such numbers depend on the order in which a database returns them.
    let seconds = 0.1 + f64::from(instance) / 7.0;
    let json = json!({
        "format": 1, "registry": "notes", "fingerprint": fingerprint(registry),
        "instance": Uuid::from_u128(u128::from(instance) + 1).to_string(), "version": version,
        "week": borders.to_string(), "start": rfc3339(borders.start()),
        "end": rfc3339(borders.end()), "revision": 1, "versions": { version: 9 },
        "metrics": {
            "Saved": { "by": ["kind"], "rows": rows },
            "Seconds": { "sum": seconds },
        },
        "took_ms": {}, "runtime": { "dropped": 0 },
    });
    Some(Received::read(json.to_string().into_bytes(), NOW).expect("a payload"))
}

async fn published(dialect: Dialect, registry: &Registry) -> Option<Vec<Publication>> {
    let place = Place::new(dialect).await?;
    let store = Store::open(&place.url(), true).await.expect("a store");
    store.learn(registry, NOW).await.expect("it learns");
    let all = (0..16).flat_map(|week| (0..90).map(move |instance| (instance, week)));
    let all = all.filter_map(|(instance, week)| payload(registry, instance, week));
    let mut all: Vec<Received> = all.collect();
    if dialect == Dialect::Postgres {
        // The order in which payloads arrive means nothing.
        all.reverse();
    }
    store.accept(&all).await.expect("it accepts");
    let mut publications = Vec::new();
    for (code, by) in [("Saved", Some("kind")), ("Saved", None), ("Seconds", None)] {
        let options = PublishOptions {
            measure: None,
            by: by.map(str::to_owned),
            k: 8,
            weeks: 52,
            until: None,
            after: 14,
            now: NOW,
        };
        let publication = store.publication(registry, code, &options).await;
        publications.push(publication.expect("a publication"));
    }
    store.close().await;
    Some(publications)
}

#[tokio::test]
async fn publications_do_not_depend_on_the_database() {
    let registry = pings_registry::parse(REGISTRY).expect("the registry passes");
    let sqlite = published(Dialect::Sqlite, &registry)
        .await
        .expect("numbers");
    let (saved, plain) = (&sqlite[0], &sqlite[1]);
    assert_eq!(saved.weeks.len(), 16);
    // Few instances use the rare kind, so that it is folded.
    assert!(!saved.groups.contains(&"rare".to_owned()) && saved.has_others);
    let shown = |publication: &Publication| {
        let weeks = publication.weeks.iter();
        weeks.filter(|week| week.numbers.is_ok()).count()
    };
    let grouped = saved.weeks.iter().filter(|week| {
        let numbers = week.numbers.as_ref();
        numbers.is_ok_and(|numbers| numbers.groups.is_some())
    });
    println!("{} weeks, {} with groups", shown(plain), grouped.count());
    assert!(shown(plain) >= 12, "{}", shown(plain));
    if let Some(postgres) = published(Dialect::Postgres, &registry).await {
        assert_eq!(sqlite, postgres);
    }
}
