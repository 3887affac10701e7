//! Conditions on the keys of a metric.

use pings_model::{ValueKind, ValueMetric};
use serde_json::{Value, json};

use super::words::{all, has, is, kind, measures, needs, only, otherwise, when, without};
use crate::schema::keys::dimension_name;

/// The measures that need a value.
const MEASURED: [&str; 6] = [
    "distinct",
    "sum",
    "stats",
    "percentiles",
    "histogram",
    "value",
];

/// Returns the conditions for a metric whose value the product sets.
pub(super) fn value_metric() -> Vec<Value> {
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
pub(super) fn event_metric() -> Vec<Value> {
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
pub(super) fn capture() -> Vec<Value> {
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

pub(super) fn metric() -> Vec<Value> {
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
