//! Reads what an instance reports and a store keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pings_model::ValueType;
use pings_payload::Uuid;
use pings_runtime::Report;
use pings_store::{Bind, Cell, Series, SeriesOptions, Store};
use pings_tests::place::Place;
use serde_json::{Map, Value as Json, json};
use time::OffsetDateTime;

use super::events::Event;
use super::truth::Numbers;

/// Returns Unix milliseconds as text.
pub(crate) fn time(at: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000).unwrap();
    let (date, [hour, minute, second]) = (time.date(), [time.hour(), time.minute(), time.second()]);
    let milliseconds = time.millisecond();
    format!("{date}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z")
}

/// Empties the database of an earlier program, except for the identity of the instance, and logs events
/// as that program did.
pub(crate) async fn log_with_earlier_program<'e>(
    place: &Place,
    events: impl Iterator<Item = &'e Event>,
) {
    let mut database = place.connect().await;
    for table in [
        "event_logs",
        "pings_codes",
        "pings_consent",
        "pings_consent_metrics",
        "pings_consent_start",
        "pings_outbox",
        "pings_outbox_read",
        "pings_running",
    ] {
        database.execute(&format!("DELETE FROM {table}")).await;
    }
    let rows = events.map(|event| {
        let (at, argument) = (time(event.at), event.argument());
        let Event {
            name,
            user,
            visitor,
            version,
            ..
        } = event;
        format!("('{name}', {user}, '{visitor}', 'WEB', '{argument}', '{version}', '{at}')")
    });
    let rows: Vec<String> = rows.collect();
    for rows in rows.chunks(200) {
        let columns = "name, user_id, anonymous_user_id, source, argument, version, timestamp";
        let rows = rows.join(", ");
        database
            .execute(&format!("INSERT INTO event_logs ({columns}) VALUES {rows}"))
            .await;
    }
}

/// Returns the numbers of a report.
pub(crate) fn in_report(report: &Report) -> Numbers {
    let json = serde_json::to_value(report).unwrap();
    let mut numbers = Numbers::new();
    let week = json["week"].as_str().unwrap();
    add_all(&mut numbers, week, "", &json["metrics"]);
    for window in json["windows"].as_array().into_iter().flatten() {
        let suffix = format!("@{}", window["window"].as_str().unwrap());
        add_all(&mut numbers, week, &suffix, &window["metrics"]);
    }
    numbers
}

fn add_all(numbers: &mut Numbers, week: &str, suffix: &str, metrics: &Json) {
    for (code, value) in metrics.as_object().unwrap() {
        let mut add = |dimensions: Json, measures: &Map<String, Json>| {
            let measures = measures
                .iter()
                .filter(|(_, it)| it.is_number() || it.is_null());
            for (measure, value) in measures {
                let key = [
                    week.to_owned(),
                    format!("{code}{suffix}"),
                    dimensions.to_string(),
                    measure.clone(),
                ];
                numbers.insert(key, value.as_f64());
            }
        };
        if let Some(rows) = value["rows"].as_array() {
            for row in rows {
                let mut measures = row.as_object().unwrap().clone();
                let by = value["by"].as_array().unwrap().iter();
                let by = by.map(|name| name.as_str().unwrap());
                let group: Map<String, Json> = by
                    .map(|name| (name.to_owned(), measures.remove(name).unwrap()))
                    .collect();
                add(group.into(), &measures);
            }
        } else if let Some(steps) = value["steps"].as_array() {
            for (number, step) in (1..).zip(steps) {
                let group = json!({ "step": number, "events": step["events"] });
                add(group, step.as_object().unwrap());
            }
        } else {
            add(json!({}), value.as_object().unwrap());
        }
    }
}

/// Returns the numbers of the forum that a store has, of all instances or of a single one.
pub(crate) async fn in_store(store: &Store, instance: Option<Uuid>) -> Numbers {
    let sql = "SELECT week, code, dimensions, measure, CAST(value AS double precision) \
        FROM measurements_labelled WHERE registry = 'forum' AND ($1 = '' OR instance = $1)";
    let instance = instance.map(|id| id.to_string()).unwrap_or_default();
    let mut types = [ValueType::Text; 5];
    types[4] = ValueType::Number;
    let mut tx = store.read().await.unwrap();
    let rows = tx
        .rows(sql, &[Bind::Text(&instance)], &types)
        .await
        .unwrap();
    tx.end().await.unwrap();
    let mut numbers = Numbers::new();
    for row in rows {
        let text = |column: usize| row[column].text().unwrap().to_owned();
        let value = match row[4] {
            Cell::Number(value) => Some(value),
            _ => None,
        };
        let before = numbers.insert([text(0), text(1), text(2), text(3)], value);
        assert_eq!(before, None, "{row:?} is there twice");
    }
    numbers
}

/// Returns how the store judges the numbers of a code in each week.
pub(crate) async fn trust_in_store(store: &Store, code: &str) -> BTreeMap<String, String> {
    let sql = "SELECT DISTINCT week, trust FROM measurements_labelled \
        WHERE registry = 'forum' AND code = $1";
    let mut tx = store.read().await.unwrap();
    let code = [Bind::Text(code)];
    let rows = tx.rows(sql, &code, &[ValueType::Text; 2]);
    let rows = rows.await.unwrap();
    tx.end().await.unwrap();
    let count = rows.len();
    let text = |cell: &Cell| cell.text().unwrap().to_owned();
    let judged = rows.iter().map(|row| (text(&row[0]), text(&row[1])));
    let judged: BTreeMap<String, String> = judged.collect();
    assert_eq!(judged.len(), count, "one judgement a week");
    judged
}

/// Returns the number of payloads of an instance of the forum.
pub(crate) async fn payloads(store: &Store, instance: Uuid) -> usize {
    let sql = "SELECT count(*) FROM payloads JOIN instances ON instances.id = payloads.instance \
        WHERE registry = 'forum' AND uuid = $1";
    let mut tx = store.read().await.unwrap();
    let instance = instance.to_string();
    let instance = [Bind::Text(&instance)];
    let count = tx.value(sql, &instance, ValueType::Integer);
    let count = count.await.unwrap().unwrap().integer().unwrap();
    tx.end().await.unwrap();
    usize::try_from(count).unwrap()
}

/// Returns what the store of the earlier program had.
pub(crate) async fn other_registry(store: &Store) -> Series {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("upgrades/pings.yaml");
    let registry = pings_build::load(&path).unwrap().registry;
    let options = SeriesOptions {
        weeks: 4,
        until: Some("2026-W47".parse().unwrap()),
        ..SeriesOptions::default()
    };
    store
        .series(&registry, "TicketOpened", &options)
        .await
        .unwrap()
}

/// Compares numbers.
pub(crate) fn assert_same(found: &Numbers, expected: &Numbers, what: &str) {
    let keys: BTreeSet<_> = found.keys().chain(expected.keys()).collect();
    let mut differences = Vec::new();
    for key in keys {
        let (found, expected) = (found.get(key), expected.get(key));
        let is_same = match (found, expected) {
            (Some(Some(found)), Some(Some(expected))) => {
                (found - expected).abs() <= 1e-9 * expected.abs().max(1.0)
            }
            (found, expected) => found == expected,
        };
        if !is_same {
            differences.push(format!("{key:?}: {found:?} instead of {expected:?}"));
        }
    }
    assert!(
        differences.is_empty(),
        "{what}: {} numbers differ\n{}",
        differences.len(),
        differences[..differences.len().min(30)].join("\n")
    );
}
