//! Each accepted payload is stored once, and its rows are those of the newest revision.

use pings_model::ValueType;
use pings_store::{Cell, Disposition, Mode, Received, SeriesOptions, Store};
use pings_tests::place::{Kind, Place};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2021-02-02 12:00 UTC);

/// Selects all rows of values.
const ALL: &str = "SELECT code, week, instance, dimensions, measure, origin, value \
  FROM measurements JOIN series ON series.id = measurements.series \
  ORDER BY code, week, instance, dimensions, measure";

const TEXT: ValueType = ValueType::Text;

const REGISTRY: &str = r#"
format: 1
name: desk
title: Desk
events:
  A: { description: It happened. }
pings:
  - id: a
    section: S
    title: T
    type: fe_event
    aggregation: weekly
    added: "3.25"
    removed: "4.2"
    broken:
      - { versions: "3.31-3.35.0", reason: misses some, fix: 7 }
    metrics:
      - { code: A }
"#;

/// A registry with captures.
const CAPTURES: &str = r#"
format: 1
name: desk
title: Desk
tables:
  ticket: { id: integer, state: { enum: [open, solved] } }
pings:
  - id: tickets
    title: T
    type: be_capture
    aggregation: total
    added: "1.0"
    broken:
      - { versions: "1.3", reason: counts the solved twice }
    metrics:
      - { code: Tickets, from: ticket }
      - { code: ByState, from: ticket, by: { state: ticket.state } }
"#;

struct Kept {
    store: Store,
    _place: Place,
}

/// Returns a store on each available kind of database.
async fn stores() -> Vec<Kept> {
    let mut stores = Vec::new();
    for dialect in Kind::ALL {
        if let Some(place) = Place::new(dialect).await {
            let store = Store::open(&place.url(), true).await.unwrap();
            stores.push(Kept {
                store,
                _place: place,
            });
        }
    }
    stores
}

impl Kept {
    async fn accept(&self, payloads: &[Json]) -> Vec<Disposition> {
        let batch: Vec<Received> = payloads.iter().map(received).collect();
        let accepted = self.store.accept(&batch).await.unwrap();
        accepted.iter().map(|accepted| accepted.how).collect()
    }

    /// Returns the rows of a query with columns of these types. The cells of a row are separated by
    /// spaces.
    async fn rows(&self, sql: &str, types: &[ValueType]) -> Vec<String> {
        let mut tx = self.store.read().await.unwrap();
        let rows = tx.rows(sql, &[], types).await.unwrap();
        let cell = |cell: &Cell| match cell {
            Cell::Null => "nothing".to_owned(),
            Cell::Integer(value) => value.to_string(),
            Cell::Number(value) => value.to_string(),
            Cell::Text(text) => text.clone(),
            Cell::Boolean(value) => value.to_string(),
        };
        rows.iter()
            .map(|row| row.iter().map(cell).collect::<Vec<_>>().join(" "))
            .collect()
    }

    async fn column(&self, sql: &str) -> Vec<String> {
        self.rows(sql, &[TEXT]).await
    }

    async fn numbers(&self) -> Vec<String> {
        let sql = "SELECT code, week, dimensions, measure, value, trust \
             FROM measurements_labelled ORDER BY code, week, dimensions, measure";
        self.rows(sql, &[TEXT, TEXT, TEXT, TEXT, ValueType::Number, TEXT])
            .await
    }
}

fn received(json: &Json) -> Received {
    Received::read(json.to_string().into_bytes(), NOW).unwrap()
}

fn payload(revision: u32, versions: Json, metrics: Json) -> Json {
    json!({
        "format": 1, "registry": "desk", "fingerprint": "sha256:0123",
        "instance": "7f0c5b1e-8f3a-4c55-9d0e-2a4b6c8d0e1f", "week": "2021-W04",
        "start": "2021-01-25T00:00:00Z", "end": "2021-02-01T00:00:00Z",
        "revision": revision, "versions": versions, "metrics": metrics,
    })
}

fn count(revision: u32, count: u32) -> Json {
    payload(
        revision,
        json!({ "3.36.0": 1 }),
        json!({ "A": { "count": count } }),
    )
}

#[tokio::test]
async fn each_revision_stands_once_and_the_newest_makes_the_rows() {
    for place in stores().await {
        assert_eq!(place.accept(&[count(1, 1)]).await, [Disposition::New]);
        assert_eq!(place.accept(&[count(1, 1)]).await, [Disposition::Repeated]);
        assert_eq!(place.accept(&[count(1, 9)]).await, [Disposition::Conflict]);
        assert_eq!(place.accept(&[count(1, 9)]).await, [Disposition::Conflict]);
        assert_eq!(place.accept(&[count(3, 3)]).await, [Disposition::New]);
        assert_eq!(place.accept(&[count(2, 2)]).await, [Disposition::Late]);
        let expected = ["A 2021-W04 {} count 3 unknown_registry"];
        assert_eq!(place.numbers().await, expected);
        let batch = [
            count(2, 2),
            count(5, 5),
            count(4, 4),
            count(6, 6),
            count(6, 6),
            count(6, 7),
        ];
        let expected = [
            Disposition::Repeated,
            Disposition::New,
            Disposition::Late,
            Disposition::New,
            Disposition::Repeated,
            Disposition::Conflict,
        ];
        assert_eq!(place.accept(&batch).await, expected);
        let expected = ["A 2021-W04 {} count 6 unknown_registry"];
        assert_eq!(place.numbers().await, expected);
        let newest = "SELECT cast(revision AS text) FROM payloads WHERE is_newest = 1";
        assert_eq!(place.column(newest).await, ["6"]);
        let all = "SELECT cast(revision AS text) FROM payloads ORDER BY revision";
        assert_eq!(place.column(all).await, ["1", "2", "3", "4", "5", "6"]);
        let kept = place
            .column("SELECT body FROM payloads WHERE revision = 4")
            .await;
        assert_eq!(kept, [count(4, 4).to_string()]);
        let conflicts = "SELECT body FROM conflicts ORDER BY payload";
        let expected = [count(1, 9).to_string(), count(6, 7).to_string()];
        assert_eq!(place.column(conflicts).await, expected);
    }
}

#[tokio::test]
async fn every_form_of_a_value_becomes_rows() {
    for place in stores().await {
        let metrics = json!({
            "A": { "count": 3, "unique_users": 2 },
            "B": { "by": ["y", "x"], "rows": [
                { "x": "a", "y": null, "count": 1 }, { "x": "b", "y": true, "count": 2 } ] },
            "C": { "steps": [{ "events": ["A", "B"], "count": 5 }, { "events": ["A"], "count": 4 }] },
            "D": { "avg": -1.5, "min": null },
            "E": { "error": "time_limit" },
            "F": { "by": ["x"], "rows": [] },
        });
        let sent = payload(1, json!({ "3.30.0": 1, "3.9": 2 }), metrics);
        place.accept(&[sent]).await;
        let rows = [
            r#"A 2021-W04 {} count 3"#,
            r#"A 2021-W04 {} unique_users 2"#,
            r#"B 2021-W04 {"y":null,"x":"a"} count 1"#,
            r#"B 2021-W04 {"y":true,"x":"b"} count 2"#,
            r#"C 2021-W04 {"step":1,"events":["A","B"]} count 5"#,
            r#"C 2021-W04 {"step":2,"events":["A"]} count 4"#,
            r#"D 2021-W04 {} avg -1.5"#,
            r#"D 2021-W04 {} min nothing"#,
        ];
        let expected = rows.map(|row| format!("{row} unknown_registry"));
        assert_eq!(place.numbers().await, expected);
        let failures =
            "SELECT codes.code || ' ' || kind FROM failures JOIN codes ON codes.id = failures.code";
        assert_eq!(place.column(failures).await, ["E time_limit"]);
        let measured = "SELECT codes.code FROM measured JOIN codes ON codes.id = measured.code \
             ORDER BY codes.code";
        assert_eq!(place.column(measured).await, ["B", "F"]);
        let versions = "SELECT versions FROM origins";
        assert_eq!(place.column(versions).await, ["3.9 3.30"]);
        let all = [
            ValueType::Integer,
            TEXT,
            ValueType::Integer,
            TEXT,
            TEXT,
            ValueType::Integer,
            ValueType::Number,
        ];
        let before = place.rows(ALL, &all).await;
        // On ClickHouse, these are views.
        if let Some(database) = place.store.database() {
            let mut tx = database.begin(Mode::Write).await.unwrap();
            tx.script("DELETE FROM measurements WHERE series < 4; UPDATE measurements SET value = 7; \
                   DELETE FROM failures; DELETE FROM measured; DELETE FROM reports; DELETE FROM instance_spans; DELETE FROM payload_versions; UPDATE payloads SET is_newest = 0")
            .await
            .unwrap();
            tx.commit().await.unwrap();
        }
        let mut told = Vec::new();
        let rebuilt = place
            .store
            .rebuild(|done, total| told.push((done, total)))
            .await
            .unwrap();
        assert_eq!(
            (rebuilt.payloads, rebuilt.numbers, rebuilt.unreadable),
            (1, 8, 0)
        );
        assert_eq!(told, [(1, 1)]);
        let after = place.rows(ALL, &all).await;
        assert_eq!(after, before);
        assert_eq!(place.column(failures).await, ["E time_limit"]);
        assert_eq!(place.column(measured).await, ["B", "F"]);
        let events =
            "SELECT version || ' ' || cast(events AS text) FROM payload_versions ORDER BY key";
        assert_eq!(place.column(events).await, ["3.9 2", "3.30 1"]);
    }
}

#[tokio::test]
async fn a_breakage_that_is_declared_marks_what_is_there() {
    for place in stores().await {
        let registry = pings_registry::parse(REGISTRY).unwrap();
        let fingerprint = pings_payload::fingerprint(&registry);
        let versions = [
            (json!({ "3.36": 1 }), "trusted"),
            (json!({ "3.24.9": 1 }), "absent"),
            (json!({ "4.2": 1 }), "absent"),
            (json!({ "3.24": 1, "4.3": 1 }), "absent"),
            (json!({ "3.31": 1, "3.35.0": 1 }), "broken"),
            (json!({ "3.24": 1, "3.35.0": 1 }), "broken"),
            (json!({ "3.35.0": 1, "3.35.1": 1 }), "partly_broken"),
            (json!({ "3.24": 1, "3.35.1": 1 }), "partly_absent"),
            (json!({}), "unknown_version"),
        ];
        for (revision, (versions, trust)) in (1..).zip(versions) {
            let mut sent = payload(revision, versions, json!({ "A": { "count": 1 } }));
            place.accept(&[sent.clone()]).await;
            sent["fingerprint"] = fingerprint.clone().into();
            sent["registry"] = "desk".into();
            sent["instance"] = format!("00000000-0000-4000-8000-{revision:012}").into();
            place.accept(&[sent]).await;
            place.store.learn(&registry, NOW).await.unwrap();
            let sql = format!(
                "SELECT trust || ' ' || coalesce(reason, '') || ' ' || coalesce(cast(fix AS text), '') \
             FROM measurements_labelled WHERE instance LIKE '%{revision:012}'"
            );
            let reason = match trust {
                "broken" | "partly_broken" => "misses some 7",
                "absent" if revision == 3 => "removed in 4.2 ",
                "absent" | "partly_absent" => "added in 3.25 ",
                _ => " ",
            };
            assert_eq!(place.column(&sql).await, [format!("{trust} {reason}")]);
        }
        let waiting = place.store.waiting().await.unwrap();
        assert_eq!(
            (waiting.len(), waiting[0].payloads, waiting[0].instances),
            (1, 9, 1)
        );
        assert_eq!(place.store.known().await.unwrap()[0].payloads, 9);
    }
}

#[tokio::test]
async fn a_capture_is_believed_by_the_version_that_took_it() {
    for place in stores().await {
        let registry = pings_registry::parse(CAPTURES).unwrap();
        place.store.learn(&registry, NOW).await.unwrap();
        let sent = |instance: u32, revision: u32, logged: &str, captured: &str| {
            let metrics = json!({
                "Tickets": { "count": 7, "captured_at": "2021-02-01T06:00:00Z", "captured_by": captured },
                "ByState": { "by": ["state"], "rows": [], "captured_by": captured },
            });
            let mut sent = payload(revision, json!({ logged: 5 }), metrics);
            sent["fingerprint"] = pings_payload::fingerprint(&registry).into();
            sent["instance"] = format!("00000000-0000-4000-8000-{instance:012}").into();
            sent
        };
        // The instances upgrade after the week to a broken version, upgrade from one, and do
        // neither.
        let batch = [
            sent(1, 1, "1.2", "1.3.1"),
            sent(2, 1, "1.3.1", "1.4"),
            sent(3, 1, "1.2", "1.2.0-ee"),
        ];
        place.accept(&batch).await;
        let sql = "SELECT versions, trust FROM measurements_labelled ORDER BY instance";
        let expected = ["1.3.1 broken", "1.4.0 trusted", "1.2.0 trusted"];
        assert_eq!(place.rows(sql, &[TEXT, TEXT]).await, expected);
        let counted = |series: &pings_store::Series| {
            let of = &series.weeks[0].instances;
            (of.trusted, of.all_broken(), of.reported())
        };
        let options = SeriesOptions {
            weeks: 1,
            ..SeriesOptions::default()
        };
        for code in ["Tickets", "ByState"] {
            let series = place.store.series(&registry, code, &options).await;
            assert_eq!(counted(&series.unwrap()), (2, 1, 3), "{code}");
        }
        // A newer revision, captured by another version, replaces all values.
        place.accept(&[sent(1, 2, "1.2", "1.4")]).await;
        let expected = ["1.4.0 trusted", "1.4.0 trusted", "1.2.0 trusted"];
        assert_eq!(place.rows(sql, &[TEXT, TEXT]).await, expected);
        place.store.rebuild(|_, _| {}).await.unwrap();
        assert_eq!(place.rows(sql, &[TEXT, TEXT]).await, expected);
        let series = place.store.series(&registry, "ByState", &options).await;
        assert_eq!(counted(&series.unwrap()), (3, 0, 3));
    }
}

/// A measure that no registry declares is kept but not trusted. An instance without any group of a
/// code was measured, also in SQL.
#[tokio::test]
async fn sql_knows_measures_and_who_measured() {
    let registry = pings_registry::parse(CAPTURES)
        .map_err(|_| "mistakes")
        .unwrap();
    let print = pings_payload::fingerprint(&registry);
    for place in stores().await {
        place.store.learn(&registry, NOW).await.unwrap();
        let by = |rows: Json| json!({ "by": ["state"], "rows": rows, "captured_by": "1.0" });
        let sent = |instance: u32, rows: Json| {
            let metrics = json!({
                "Tickets": { "count": 1, "zzz": 2, "captured_by": "1.0" },
                "ByState": by(rows),
            });
            let mut sent = payload(1, json!({ "1.0": 1 }), metrics);
            sent["fingerprint"] = print.as_str().into();
            sent["instance"] = format!("00000000-0000-4000-8000-{instance:012}").into();
            sent
        };
        let some = json!([{ "state": "open", "count": 5 }]);
        place.accept(&[sent(1, some), sent(2, json!([]))]).await;
        let labels = "SELECT DISTINCT measure || ' ' || trust FROM measurements_labelled \
            WHERE code = 'Tickets' ORDER BY 1";
        assert_eq!(
            place.column(labels).await,
            ["count trusted", "zzz unknown_measure"]
        );
        let mean = "SELECT CAST(sum(value) / (SELECT count(*) FROM measured_trusted \
            WHERE measured_trusted.code = measurements_trusted.code) AS text) \
            FROM measurements_trusted WHERE code = 'ByState' GROUP BY code";
        let mean: f64 = place.column(mean).await[0].parse().unwrap();
        let options = SeriesOptions {
            weeks: 1,
            ..SeriesOptions::default()
        };
        let series = place.store.series(&registry, "ByState", &options).await;
        let series = series.unwrap();
        let week = &series.weeks[0];
        let trusted = week.instances.trusted as f64;
        assert_eq!((trusted, week.values[0]), (2.0, Some(5.0)));
        assert_eq!(mean, 5.0 / trusted);
    }
}
