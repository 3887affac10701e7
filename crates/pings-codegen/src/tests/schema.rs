//! Tests which registries the JSON Schema accepts and refuses.

use serde_json::{Value, json};

use crate::fixtures::ORIGIN;

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&crate::schema::schema(&ORIGIN)).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn registry(ping: Value) -> Value {
    json!({
        "format": 1,
        "name": "shop",
        "title": "Shop",
        "events": {
            "Add": null,
            "View": { "args": { "kind": { "enum": ["a", 7, true] }, "title": "string" } },
        },
        "tables": { "order": { "id": "integer", "kind": { "enum": ["a"] } } },
        "pings": [ping],
    })
}

fn ping(changes: Value) -> Value {
    let mut ping = json!({
        "id": "adds",
        "title": "Adds",
        "type": "fe_event",
        "aggregation": "weekly",
        "added": "3.25",
        "metrics": [{ "code": "Add" }],
    });
    if let (Value::Object(ping), Value::Object(changes)) = (&mut ping, changes) {
        if changes.contains_key("funnels") {
            ping.remove("metrics");
        }
        ping.extend(changes);
    }
    ping
}

#[test]
fn it_takes_what_the_format_takes() {
    let validator = validator();
    for changes in [
        json!({}),
        json!({ "broken": [{ "versions": "3.31+" }, { "versions": "3.25-3.26" }, { "versions": "3.30", "reason": "r", "fix": 1 }] }),
        json!({ "metrics": [{ "code": "A", "measure": "count" }, { "code": "B", "measure": ["count", "unique_users"] }] }),
        json!({ "metrics": [{ "code": "A", "where": { "kind": ["a", 1, null, true], "title": "x" }, "by": ["kind"] }] }),
        json!({ "type": "be_capture", "metrics": [{ "code": "A", "from": "order", "where": "id > 1", "by": { "kind": "order.kind" }, "measure": "percentiles", "value": "order.id", "at": [50, 99.9] }] }),
        json!({ "funnels": [{ "code": "F", "steps": ["Add", ["View", "Add"]] }] }),
    ] {
        let registry = registry(ping(changes));
        let errors: Vec<String> = validator
            .iter_errors(&registry)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{registry}: {errors:?}");
    }
}

#[test]
fn it_refuses_what_the_format_refuses() {
    let validator = validator();
    for changes in [
        json!({ "unknown": 1 }),
        json!({ "added": 3.30 }),
        json!({ "added": "3.30.x" }),
        json!({ "added": "1.2.3.4.5" }),
        json!({ "added": null }),
        json!({ "type": "event" }),
        json!({ "title": 123 }),
        json!({ "prs": [] }),
        json!({ "prs": ["1"] }),
        json!({ "broken": [{ "versions": "3.30-" }] }),
        json!({ "broken": [{ "reason": "r" }] }),
        json!({ "metrics": [{ "code": "A", "measure": "average" }] }),
        json!({ "metrics": [{ "code": "A", "at": [101] }] }),
    ] {
        let registry = registry(ping(changes));
        assert!(!validator.is_valid(&registry), "{registry}");
    }
}
