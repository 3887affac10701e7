//! Conditions on the keys of a mapping that can be checked without the rest of the file.

use pings_model::{ValueKind, ValueMetric};
use serde_json::{Value, json};

use super::keys::dimension_name;

/// The measures that need a value.
const MEASURED: [&str; 6] = [
    "distinct",
    "sum",
    "stats",
    "percentiles",
    "histogram",
    "value",
];

/// Returns the conditions that a record must meet beyond having known keys.
pub(super) fn conditions(record: &str) -> Vec<Value> {
    match record {
        "ping" => ping(),
        "metric" => metric(),
        "argument" => argument(),
        "column" => either("enum", "values", "list the known texts: `enum: [a, b]`"),
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

/// Returns the conditions for a metric whose value the product sets.
fn value_metric() -> Vec<Value> {
    let mut conditions: Vec<Value> = ValueMetric::OTHER_KEYS
        .iter()
        .map(|key| {
            without(
                key,
                "a `value` ping has the type of each value: `value: boolean`",
            )
        })
        .collect();
    conditions.push(needs("value"));
    let words: Vec<&str> = ValueKind::WORDS.iter().map(|(word, _)| *word).collect();
    conditions.push(json!({ "properties": { "value": {
        "if": { "type": "string" },
        "then": {
            "enum": words,
            "errorMessage": "write boolean, integer, number, version, date, or the texts: `{ enum: [a, b] }`",
        },
    } } }));
    conditions
}

/// Returns the conditions for a value that is measured.
fn measured_value() -> Vec<Value> {
    let with_value =
        json!({ "required": ["measure"], "properties": { "measure": measures(&MEASURED) } });
    vec![
        kind("value", "scalar", "texts are for pings with `type: value`"),
        otherwise(
            with_value,
            without(
                "value",
                "this value is not measured: measure it by distinct, sum, stats, percentiles, histogram or value",
            ),
        ),
    ]
}

/// Returns the conditions for a metric of an event ping.
fn event_metric() -> Vec<Value> {
    let of_captures = ["from", "join", "per", "sql", "columns", "database"];
    let mut conditions: Vec<Value> = of_captures
        .iter()
        .map(|key| {
            let message = format!(
                "`{key}` belongs to captures; an `fe_event` ping measures events: use `of`"
            );
            without(key, &message)
        })
        .collect();
    conditions.push(kind(
        "where",
        "object",
        "filter events by their arguments: `where: { argument: value }`",
    ));
    conditions.push(kind(
        "by",
        "array",
        "list arguments: `by: [argument]`, or `@event`",
    ));
    conditions.extend(measured_value());
    conditions.extend(users());
    conditions.push(only(
        &[
            "count",
            "unique_users",
            "first_time_users",
            "distinct",
            "sum",
            "stats",
            "percentiles",
            "histogram",
        ],
        "`value` is only for captures, which read it from one row",
    ));
    conditions
}

/// Returns the conditions for the keys of a metric that only concern users.
fn users() -> Vec<Value> {
    let together = "cannot be combined with `all_of`: remove it, or make another metric";
    vec![
        when(
            is("identity", "person"),
            json!({
                "required": ["measure"],
                "properties": { "measure": measures(&["unique_users"]) },
                "errorMessage": "add `measure: unique_users`, or remove `identity`",
            }),
        ),
        when(
            has("all_of"),
            all([
                without("of", together),
                without("by", together),
                without("min_group", together),
                needs("measure"),
                only(
                    &["unique_users"],
                    "`all_of` counts users only: write `measure: unique_users`",
                ),
                json!({ "properties": { "all_of": {
                    "minItems": 2,
                    "errorMessage": "list at least two events, or use `of`",
                } } }),
            ]),
        ),
    ]
}

/// Returns the conditions for a metric that reads the product's tables.
fn capture() -> Vec<Value> {
    let alone = [
        "from", "join", "where", "measure", "value", "per", "at", "buckets",
    ];
    let mut hand_written: Vec<Value> = alone
        .iter()
        .map(|key| {
            without(
                key,
                "hand-written SQL states this itself: remove the key, or `sql`",
            )
        })
        .collect();
    hand_written.push(needs("columns"));
    hand_written.push(kind(
        "by",
        "array",
        "list the columns that are dimensions: `by: [kind]`",
    ));
    let portable = all([
        needs("from"),
        without("columns", "`columns` describes hand-written `sql`"),
        without(
            "database",
            "`database` is for hand-written `sql`: `databases` lists the table",
        ),
        kind(
            "where",
            "scalar",
            "filter rows with an SQL condition: `where: orders.deleted_at IS NULL`",
        ),
        kind(
            "by",
            "object",
            "name each dimension and give its expression: `by: { type: orders.type }`",
        ),
        json!({ "properties": { "by": { "propertyNames": dimension_name() } } }),
    ]);
    let mut conditions = measured_value();
    conditions.extend([
        without(
            "of",
            "`of` belongs to metrics of events; a `be_capture` ping reads tables: use `from`",
        ),
        without(
            "all_of",
            "`all_of` belongs to metrics of events; a `be_capture` ping reads tables: use `from`",
        ),
        without("identity", "`identity` belongs to metrics of events"),
        without(
            "source",
            "`source` belongs to metrics of events: use `where`",
        ),
        without("actor", "`actor` belongs to metrics of events: use `where`"),
        only(
            &[
                "count",
                "distinct",
                "sum",
                "stats",
                "percentiles",
                "histogram",
                "value",
            ],
            "tables do not know the users of the event log: measure `distinct` with a `value`",
        ),
        when(
            json!({ "required": ["measure"], "properties": { "measure": measures(&["value"]) } }),
            one_row(),
        ),
        when(has("sql"), json!({ "allOf": hand_written })),
        otherwise(has("sql"), portable),
    ]);
    conditions
}

/// Returns the conditions for a capture of the value of one row.
fn one_row() -> Value {
    let mut conditions: Vec<Value> = ["by", "bucket", "min_group", "per"]
        .iter()
        .map(|key| {
            let message = format!(
                "`{key}` does not apply to the value of one row: remove it, or choose another measure"
            );
            without(key, &message)
        })
        .collect();
    conditions.push(json!({ "properties": { "measure": {
        "maxItems": 1,
        "errorMessage": "`value` cannot be combined with other measures",
    } } }));
    json!({ "allOf": conditions })
}

fn metric() -> Vec<Value> {
    let with_value =
        json!({ "required": ["measure"], "properties": { "measure": measures(&MEASURED) } });
    let with_at =
        json!({ "required": ["measure"], "properties": { "measure": measures(&["percentiles"]) } });
    let with_buckets =
        json!({ "required": ["measure"], "properties": { "measure": measures(&["histogram"]) } });
    let mut conditions = vec![
        when(with_value, needs("value")),
        when(with_at.clone(), needs("at")),
        otherwise(
            with_at,
            without("at", "`at` belongs to `measure: percentiles`"),
        ),
        when(with_buckets.clone(), needs("buckets")),
        otherwise(
            with_buckets,
            without("buckets", "`buckets` belongs to `measure: histogram`"),
        ),
    ];
    conditions.extend(row_fields());
    conditions
}

/// Returns conditions that a dimension and a measure have different names, because both are fields
/// of a row.
fn row_fields() -> Vec<Value> {
    let fields: [(&str, &[&str]); 6] = [
        ("count", &["count"]),
        ("unique_users", &["unique_users"]),
        ("first_time_users", &["first_time_users"]),
        ("distinct", &["distinct"]),
        ("sum", &["sum"]),
        ("stats", &["avg", "min", "max", "median", "stddev"]),
    ];
    let conditions = fields.iter().map(|(measure, names)| {
        let explicit = json!({ "required": ["measure"], "properties": { "measure": measures(&[measure]) } });
        let measured = match *measure {
            "count" => json!({ "anyOf": [explicit, { "not": has("measure") }] }),
            _ => explicit,
        };
        let free = json!({
            "pattern": format!("^(?!({})$)", names.join("|")),
            "errorMessage": format!("a dimension cannot have the name of a field of the measure `{measure}`"),
        });
        when(
            json!({ "allOf": [measured, { "not": has("sql") }] }),
            json!({ "properties": { "by": { "propertyNames": free, "items": free } } }),
        )
    });
    conditions.collect()
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

/// Returns a condition that exactly one of the keys is there.
fn one_of(keys: &[&str], message: &str) -> Vec<Value> {
    let keys: Vec<Value> = keys.iter().map(|key| has(key)).collect();
    vec![json!({ "oneOf": keys, "errorMessage": message })]
}

/// Returns a condition that `measure` is one of these words or a list that contains one of them.
fn measures(words: &[&str]) -> Value {
    json!({ "anyOf": [
        { "type": "string", "enum": words },
        { "type": "array", "contains": { "enum": words } },
    ] })
}

fn has(key: &str) -> Value {
    json!({ "required": [key] })
}

fn is(key: &str, word: &str) -> Value {
    json!({ "required": [key], "properties": { key: { "const": word } } })
}

fn when(condition: Value, then: Value) -> Value {
    json!({ "if": condition, "then": then })
}

fn otherwise(condition: Value, then: Value) -> Value {
    json!({ "if": condition, "then": true, "else": then })
}

fn all<const N: usize>(conditions: [Value; N]) -> Value {
    json!({ "allOf": conditions.as_slice() })
}

fn needs(key: &str) -> Value {
    json!({ "required": [key] })
}

/// Returns a condition that a key is absent. Editors show the message for a wrong type, but not for
/// a plain `false`.
fn without(key: &str, message: &str) -> Value {
    json!({ "properties": { key: { "type": "null", "errorMessage": message } } })
}

/// Returns a condition that `measure` contains only these words.
fn only(words: &[&str], message: &str) -> Value {
    let word = json!({ "enum": words, "errorMessage": message });
    json!({ "properties": { "measure": {
        "if": { "type": "string" },
        "then": word,
        "else": { "items": word },
    } } })
}

fn kind(key: &str, ty: &str, message: &str) -> Value {
    let ty = match ty {
        "scalar" => json!(["string", "number", "boolean"]),
        ty => json!(ty),
    };
    json!({ "properties": { key: { "type": ty, "errorMessage": message } } })
}
