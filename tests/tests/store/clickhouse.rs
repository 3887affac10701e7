//! A store on ClickHouse has the same rows as one on SQLite, whatever is sent in which order.

use pings_model::ValueType;
use pings_store::{Accepted, Attributes, Cell, Received, Store};
use pings_tests::flaky::Dice;
use pings_tests::place::{Kind, Place};
use pings_tests::vendor::payload;
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2021-02-02 12:00 UTC);

const REGISTRY: &str = r#"
format: 1
name: code_insights
title: T
events:
  A: { description: It happened. }
pings:
  - id: a
    section: S
    title: T
    type: fe_event
    aggregation: weekly
    added: "3.25"
    broken:
      - { versions: "3.31-3.35.0", reason: misses some, fix: 7 }
    metrics:
      - { code: A, measure: [count, unique_users] }
"#;

/// All rows of a store, with names instead of ids.
const ROWS: [(&str, &[ValueType]); 9] = {
    const TEXT: ValueType = ValueType::Text;
    const INTEGER: ValueType = ValueType::Integer;
    [
        (
            "SELECT payloads.registry, instances.uuid, payloads.week, payloads.revision, \
               payloads.is_newest, payloads.digest, payloads.received_at, payloads.body, \
               origins.versions \
             FROM payloads JOIN instances ON instances.id = payloads.instance \
             JOIN origins ON origins.id = payloads.origin",
            &[TEXT, TEXT, TEXT, INTEGER, INTEGER, TEXT, TEXT, TEXT, TEXT],
        ),
        (
            "SELECT payloads.digest, conflicts.digest, conflicts.received_at, conflicts.body \
             FROM conflicts JOIN payloads ON payloads.id = conflicts.payload",
            &[TEXT; 4],
        ),
        (
            "SELECT registry, code, week, instance, versions, dimensions, measure, \
               CAST(value AS text), trust, reason, fix FROM measurements_labelled",
            &[
                TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, INTEGER,
            ],
        ),
        (
            "SELECT registry, code, week, instance FROM measured_trusted",
            &[TEXT; 4],
        ),
        (
            "SELECT registry, code, week, instance FROM measured_untrusted",
            &[TEXT; 4],
        ),
        (
            "SELECT codes.code, failures.week, instances.uuid, failures.kind, origins.versions \
             FROM failures JOIN codes ON codes.id = failures.code \
             JOIN instances ON instances.id = failures.instance \
             JOIN origins ON origins.id = failures.origin",
            &[TEXT; 5],
        ),
        (
            "SELECT reports.registry, reports.week, origins.versions, reports.instances \
             FROM reports JOIN origins ON origins.id = reports.origin WHERE reports.instances > 0",
            &[TEXT, TEXT, TEXT, INTEGER],
        ),
        (
            "SELECT instance_spans.registry, instances.uuid, instance_spans.first_week, \
               instance_spans.last_week \
             FROM instance_spans JOIN instances ON instances.id = instance_spans.instance",
            &[TEXT; 4],
        ),
        (
            "SELECT registry, week, instance, versions, events FROM instance_weeks",
            &[TEXT, TEXT, TEXT, TEXT, INTEGER],
        ),
    ]
};

/// Returns all rows of a store in a fixed order.
pub(crate) async fn rows(store: &Store) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    let mut reader = store.read().await.expect("a store");
    for (sql, types) in ROWS {
        let rows = reader.rows(sql, &[], types).await;
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let mut rows: Vec<String> = rows.iter().map(|row| text(row)).collect();
        rows.sort();
        all.push(rows);
    }
    all
}

fn text(row: &[Cell]) -> String {
    let cells = row.iter().map(|cell| match cell {
        Cell::Null => "nothing".to_owned(),
        Cell::Integer(value) => value.to_string(),
        Cell::Number(value) => value.to_string(),
        // SQLite writes whole numbers with a fraction.
        Cell::Text(text) => text.strip_suffix(".0").unwrap_or(text).to_owned(),
        Cell::Boolean(value) => value.to_string(),
    });
    cells.collect::<Vec<_>>().join(" | ")
}

/// Returns a random payload. Codes come and go between revisions, and contents of a revision differ.
fn random(dice: &mut Dice, fingerprint: &str) -> Json {
    let mut below = |most: u64| dice.below(most) as u32;
    let (instance, week, revision) = (below(5), below(4), 1 + below(4));
    let mut sent = payload(instance, week, revision, 1 + below(2));
    if below(2) == 0 {
        sent["fingerprint"] = fingerprint.into();
        sent["versions"] = json!({ "3.32.0": 1, "3.36.0": 2 });
    }
    if below(8) == 0 {
        sent["registry"] = "other".into();
    }
    if below(6) == 0 {
        sent["took_ms"]["A"] = below(100).into();
    }
    for code in ["A", "B", "C", "D"] {
        if below(4) == 0 {
            let metrics = sent["metrics"].as_object_mut().expect("metrics");
            metrics.remove(code);
        }
    }
    if below(5) == 0 {
        sent["metrics"]["A"] = json!({ "error": "query" });
    }
    sent
}

/// Returns the answers to payloads as text.
fn told(accepted: &[Accepted]) -> Vec<String> {
    accepted.iter().map(|it| format!("{it:?}")).collect()
}

#[tokio::test]
async fn rows_are_those_of_sqlite() {
    let registry = pings_registry::parse(REGISTRY).expect("a registry");
    let fingerprint = pings_payload::fingerprint(&registry);
    for seed in 0..6 {
        let (Some(one), Some(other)) = (
            Place::new(Kind::Sqlite).await,
            Place::new(Kind::ClickHouse).await,
        ) else {
            return;
        };
        let sqlite = Store::open(&one.url(), true).await.expect("a store");
        let clickhouse = Store::open(&other.url(), true).await.expect("a store");
        let mut dice = Dice::new(seed);
        for batch in 0..12 {
            let at = NOW + time::Duration::seconds(batch);
            if batch == 6 {
                for store in [&sqlite, &clickhouse] {
                    let learned = store.learn(&registry, at).await.expect("it learns");
                    assert!(learned.is_new);
                }
            }
            let sent: Vec<Json> = (0..1 + dice.below(12))
                .map(|_| random(&mut dice, &fingerprint))
                .collect();
            let mut answers = Vec::new();
            for store in [&sqlite, &clickhouse] {
                let batch: Vec<Received> = sent
                    .iter()
                    .map(|it| Received::read(it.to_string().into_bytes(), at).expect("a payload"))
                    .collect();
                let accepted = store.accept(&batch).await.expect("it is kept");
                let lacks = store.lacks(&accepted).await.expect("it answers");
                answers.push((told(&accepted), lacks));
            }
            assert_eq!(answers[0], answers[1], "seed {seed}, batch {batch}");
        }
        let (expected, found) = (rows(&sqlite).await, rows(&clickhouse).await);
        for ((expected, found), (sql, _)) in expected.iter().zip(&found).zip(ROWS) {
            assert_eq!(found, expected, "seed {seed}: {sql}");
        }
        let rebuilt = clickhouse.rebuild(|_, _| {}).await.expect("it is rebuilt");
        let of_sqlite = sqlite.rebuild(|_, _| {}).await.expect("it is rebuilt");
        assert_eq!(rebuilt, of_sqlite);
        assert_eq!(rows(&clickhouse).await, rows(&sqlite).await);
    }
}

/// Returns a store with random payloads, a pinned key, an instance that is left out, an attribute and a
/// note.
async fn filled(kind: Kind, seed: u64) -> Option<(Place, Store)> {
    let place = Place::new(kind).await?;
    let store = Store::open(&place.url(), true).await.expect("a store");
    let registry = pings_registry::parse(REGISTRY).expect("a registry");
    let fingerprint = pings_payload::fingerprint(&registry);
    let mut dice = Dice::new(seed);
    for batch in 0..6 {
        let at = NOW + time::Duration::seconds(batch);
        let mut sent: Vec<Received> = Vec::new();
        for _ in 0..12 {
            let body = random(&mut dice, &fingerprint).to_string().into_bytes();
            sent.push(Received::read(body, at).expect("a payload"));
        }
        store.accept(&sent).await.expect("it is kept");
    }
    store.learn(&registry, NOW).await.expect("it learns");
    let instance = |number: u32| -> pings_payload::Uuid {
        let id = payload(number, 0, 1, 1)["instance"].clone();
        id.as_str().expect("an id").parse().expect("an id")
    };
    let left_out = store.leave_out(instance(1), Some("test")).await;
    left_out.expect("it is left out");
    let mut attributes = Attributes::new(vec!["plan".to_owned()]).expect("a name");
    let plan = vec!["free".to_owned()];
    attributes.add(instance(2), plan).expect("a value");
    store
        .set_attributes(&attributes)
        .await
        .expect("they are set");
    let week = "2021-W01".parse().expect("a week");
    store.note(week, "a new price", NOW).await.expect("a note");
    Some((place, store))
}

#[tokio::test]
async fn a_store_moves_to_another_database() {
    for (from, to) in [
        (Kind::Sqlite, Kind::ClickHouse),
        (Kind::ClickHouse, Kind::Sqlite),
        (Kind::Sqlite, Kind::Postgres),
    ] {
        let (Some((_place, store)), Some(place)) = (filled(from, 9).await, Place::new(to).await)
        else {
            continue;
        };
        let moved = Store::open(&place.url(), true).await.expect("a store");
        // It is interrupted, and continues.
        let part = store.copy_to(&moved, |_| {});
        let interrupted = tokio::time::timeout(std::time::Duration::from_millis(5), part).await;
        assert!(interrupted.is_err(), "it is quicker than 5 ms");
        let copied = store.copy_to(&moved, |_| {}).await.expect("it is copied");
        assert_eq!(rows(&moved).await, rows(&store).await, "{from:?} {to:?}");
        assert_eq!(moved.attributes().await.expect("it reads").len(), 1);
        assert_eq!(
            moved.notes().await.expect("it reads"),
            store.notes().await.expect("it reads")
        );
        let senders =
            |store: Store| async move { store.senders(None, 100).await.expect("it reads") };
        let again = store.copy_to(&moved, |_| {}).await.expect("it is copied");
        assert_eq!(again.contents, copied.contents);
        assert!(again.repeated > 0, "{again:?}");
        assert_eq!(senders(moved).await, senders(store).await);
    }
}
