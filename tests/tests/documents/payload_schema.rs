//! The JSON Schema of payloads matches the payloads that are written and read.

use jsonschema::Validator;
use pings_payload::Payload;
use pings_tests::vendor::payload;
use serde_json::{Value, json};

fn schema() -> Validator {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/payload.schema.json");
    let text = std::fs::read_to_string(path).expect("the schema of payloads");
    jsonschema::validator_for(&serde_json::from_str(&text).expect("JSON")).expect("a schema")
}

/// Returns a payload with each form of a metric.
fn whole() -> Value {
    let mut whole = payload(1, 3, 2, 7);
    whole["unversioned"] = json!(3);
    whole["reasons"] = json!(["captured", "late_events"]);
    whole["late_s"] = json!({ "D": 90_000 });
    whole["retaken"] = json!(["D"]);
    whole["kept_from"] = json!({ "A": "sha256:00" });
    whole["metrics"] = json!({
        "A": { "count": 3, "unique_users": 2 },
        "B": { "by": ["x", "y"], "rows": [{ "x": "a", "y": null, "count": 1 }], "captured_at": "2021-01-31T00:00:00Z" },
        "C": { "steps": [{ "events": ["A"], "count": 5, "users": 4, "reached": 4 }] },
        "D": { "avg": -1.5, "min": null, "captured_at": "2021-01-31T00:00:00Z" },
        "E": { "error": "time_limit" },
        "F": { "by": ["x"], "rows": [] },
        "G": { "error": "outdated", "captured_at": "2021-01-31T00:00:00Z" },
    });
    whole
}

#[test]
fn the_schema_has_the_limit_of_versions() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/payload.schema.json");
    let text = std::fs::read_to_string(path).expect("the schema of payloads");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    let most = &schema["properties"]["versions"]["maxProperties"];
    assert_eq!(*most, json!(Payload::VERSIONS));
}

#[test]
fn what_is_written_is_as_the_schema_says() {
    let schema = schema();
    let mut without_version = whole();
    without_version
        .as_object_mut()
        .expect("an object")
        .remove("version");
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/payload.md");
    let guide = std::fs::read_to_string(guide).expect("the guide");
    let shown = guide
        .split("```json\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let shown = serde_json::from_str(shown.expect("a payload")).expect("JSON");
    for sent in [whole(), without_version, payload(1, 0, 1, 0), shown] {
        let read = Payload::read(sent.to_string().as_bytes());
        let written = read
            .unwrap_or_else(|malformed| panic!("{malformed}: {sent}"))
            .json();
        let written: Value = serde_json::from_str(&written).expect("JSON");
        for json in [&sent, &written] {
            let mistakes: Vec<_> = schema.iter_errors(json).map(|it| it.to_string()).collect();
            assert!(mistakes.is_empty(), "{mistakes:?}: {json:#}");
        }
    }
}

#[test]
fn what_the_schema_refuses_is_not_read() {
    let schema = schema();
    let long = "a".repeat(1_001);
    let cases = [
        ("/format", json!(2)),
        ("/registry", json!("a b")),
        ("/instance", json!("me")),
        ("/instance", json!("00000000-0000-0000-0000-000000000000")),
        ("/week", json!("2021W04")),
        ("/week", json!("2026-W99")),
        ("/week", json!("2026-W00")),
        ("/week", json!("2025-W53")),
        ("/start", json!("yesterday")),
        ("/revision", json!(0)),
        ("/revision", json!(1.5)),
        ("/version", json!("next")),
        ("/versions", json!({ "next": 1 })),
        ("/versions", json!({ "3.36": -1 })),
        ("/unversioned", json!(-1)),
        ("/reasons", json!("late_events")),
        ("/late_s/D", json!(-1)),
        ("/retaken", json!([1])),
        ("/kept_from/A", json!("a b")),
        ("/runtime", json!({ "dropped": "none" })),
        ("/took_ms", json!([])),
        ("/metrics", json!([])),
        ("/metrics", json!({ "": { "count": 1 } })),
        ("/metrics", json!({ long: { "count": 1 } })),
        ("/metrics", json!({ "a\tb": { "count": 1 } })),
        ("/metrics/A", json!({})),
        ("/metrics/A", json!(3)),
        ("/metrics/A/count", json!(-1)),
        ("/metrics/A/count", json!("3")),
        ("/metrics/A/count", json!(1_u64 << 53)),
        ("/metrics/B/rows/0/x", json!({})),
        ("/metrics/C/steps/0/events", json!("A")),
        ("/metrics/C/steps/0/count", json!(0.5)),
        ("/metrics/D/avg", json!([1])),
        ("/metrics/E/error", json!("no such table: users")),
    ];
    for (place, value) in cases {
        let mut json = whole();
        *json
            .pointer_mut(place)
            .unwrap_or_else(|| panic!("no {place}")) = value;
        assert!(
            !schema.is_valid(&json),
            "the schema takes {place}: {}",
            json.pointer(place).expect("it")
        );
        let read = Payload::read(json.to_string().as_bytes());
        assert!(read.is_err(), "{place} is read");
    }
}
