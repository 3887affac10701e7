//! Conditions on the keys of a mapping that can be checked without the rest of the file.

mod metric;
mod words;

use serde_json::{Value, json};

use self::metric::{capture, event_metric, metric, value_metric};
use self::words::{all, has, is, needs, one_of, otherwise, when, without};

/// Returns the conditions that a record must meet beyond having known keys.
pub(super) fn conditions(record: &str) -> Vec<Value> {
    match record {
        "ping" => ping(),
        "metric" => metric(),
        "argument" => argument(),
        "column" | "SQL column" | "value" => {
            either("enum", "values", "list the known texts: `enum: [a, b]`")
        }
        "values" => either("file", "list", "name a file: `file: languages.txt`"),
        "join" => join(),
        "events" => one_of(
            &["event", "prefix"],
            "name an `event`, or give the `prefix` of several events",
        ),
        "condition" => condition(),
        "SQL capture" => vec![json!({
            "minProperties": 1,
            "errorMessage": "write the statement for `postgres`, for `sqlite`, or for both",
        })],
        _ => Vec::new(),
    }
}

fn ping() -> Vec<Value> {
    vec![
        when(
            has("funnels"),
            without(
                "metrics",
                "a ping has either metrics or funnels: make two pings",
            ),
        ),
        otherwise(has("funnels"), needs("metrics")),
        when(
            is("aggregation", "total"),
            json!({ "properties": { "metrics": { "items": without(
                "window",
                "the current state has no windows: set them at the ping instead of `aggregation`",
            ) } } }),
        ),
        when(
            has("window"),
            without(
                "aggregation",
                "`aggregation: weekly` is short for `window: week`: remove one",
            ),
        ),
        otherwise(has("window"), needs("aggregation")),
        when(
            has("owners"),
            without("owner", "list all owners in `owners`, and remove `owner`"),
        ),
        when(
            is("type", "fe_event"),
            json!({ "properties": {
                "aggregation": {
                    "enum": ["weekly"],
                    "errorMessage": "an `fe_event` ping has no total, because old events are pruned: write `weekly`",
                },
                "metrics": { "items": { "allOf": event_metric() } },
            } }),
        ),
        when(
            is("type", "value"),
            all([
                without("funnels", "a funnel counts events: write `type: fe_event`"),
                json!({ "properties": {
                    "aggregation": {
                        "enum": ["weekly"],
                        "errorMessage": "the last value before the end of the week counts: write `weekly`",
                    },
                    "metrics": { "items": { "allOf": value_metric() } },
                } }),
            ]),
        ),
        when(
            is("type", "be_capture"),
            all([
                without("funnels", "a funnel counts events: write `type: fe_event`"),
                json!({ "properties": { "metrics": { "items": { "allOf": capture() } } } }),
            ]),
        ),
    ]
}

fn argument() -> Vec<Value> {
    let other = ["type", "enum", "values", "list", "optional", "renamed_from"].map(|key| {
        let message = format!("`{key}` does not apply to an object: its members have it");
        without(key, &message)
    });
    let inside = ["type", "enum", "values"]
        .map(|key| without(key, "write it inside `list`: `list: { enum: [a, b] }`"));
    vec![
        when(has("object"), all(other)),
        when(has("list"), all(inside)),
        json!({ "properties": { "list": listed() } }),
        when(
            has("enum"),
            all([
                without("type", "the values of an enum are text: remove `type`"),
                without("values", "use either `enum` or `values`"),
            ]),
        ),
        when(
            has("values"),
            json!({ "properties": { "type": {
                "const": "string",
                "errorMessage": "`values` lists texts: remove `type`",
            } } }),
        ),
        otherwise(
            json!({ "anyOf": [has("enum"), has("values"), has("list"), has("object")] }),
            json!({
                "required": ["type"],
                "errorMessage": "write `type: string`, or the allowed values: `enum: [a, b]`",
            }),
        ),
    ]
}

/// Returns the conditions for the values of a list.
fn listed() -> Value {
    let beside = ["optional", "renamed_from", "description"]
        .map(|key| without(key, "write it beside `list`"));
    let refused = [
        (
            "object",
            "a list of objects cannot be counted: log an event for each object",
        ),
        (
            "list",
            "a list of lists cannot be counted: log an event for each list",
        ),
    ];
    let refused = refused.map(|(key, message)| without(key, message));
    let texts = json!({
        "type": "object",
        "anyOf": [has("enum"), has("values")],
        "errorMessage": "list the allowed texts: `list: { enum: [a, b] }`",
    });
    let conditions: Vec<Value> = beside.into_iter().chain(refused).chain([texts]).collect();
    json!({ "allOf": conditions })
}

/// Returns the conditions for a record that has one of two keys.
fn either(one: &str, other: &str, help: &str) -> Vec<Value> {
    vec![
        when(
            has(one),
            without(other, &format!("use either `{one}` or `{other}`")),
        ),
        otherwise(
            has(other),
            json!({ "required": [one], "errorMessage": help }),
        ),
    ]
}

fn join() -> Vec<Value> {
    vec![
        when(
            has("on"),
            without("condition", "`on` and `condition` are the same: remove one"),
        ),
        otherwise(has("condition"), needs("on")),
    ]
}

/// Returns the condition of a filter that is not a list of values.
fn condition() -> Vec<Value> {
    let mut conditions: Vec<Value> = ["not", "like", "starts_with"]
        .iter()
        .map(|key| {
            when(
                has(key),
                json!({
                    "maxProperties": 1,
                    "errorMessage": format!("`{key}` cannot be combined with other keys"),
                }),
            )
        })
        .collect();
    conditions.push(json!({
        "if": { "type": "object" },
        "then": { "minProperties": 1, "errorMessage": "write `not`, `like`, `starts_with`, `min` or `max`" },
    }));
    conditions
}
