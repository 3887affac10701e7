//! The value of a metric.

use maud::{Markup, html};
use pings_payload::{FailureKind, Measured, Measures, Row, Step, Value};
use serde_json::{Number, Value as Json};

use crate::text::{at, counted, number, plain};

/// Groups are folded away if there are more.
const OPEN: usize = 8;

/// Returns the value of a metric, or the reason why there is none.
pub(crate) fn value(measured: &Measured) -> Markup {
    html! {
        @match &measured.outcome {
            Ok(Value::One(all)) => div.value { (measures(all)) },
            Ok(Value::Rows { by, rows }) => (groups(by, rows)),
            Ok(Value::Steps(steps)) => (funnel(steps)),
            Err(failure) => div.reason { (reason(failure.kind)) },
        }
        @if let Some(captured) = measured.captured_at {
            div.note {
                "captured " (at(captured))
                @if let Some(late) = measured.late {
                    ", " (counted(late / (24 * 60 * 60), "day", "days")) " late"
                }
            }
        }
    }
}

/// Returns why a payload has no value of a metric. The message of a failure is on the page about
/// health.
pub(crate) fn reason(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Schema => "failed: a table or column is missing",
        FailureKind::Query => "failed: the query failed, or its result cannot be sent",
        FailureKind::TimeLimit => "failed: the query took too long",
        FailureKind::Database => "failed: the database did not answer",
        FailureKind::NotCaptured => "not captured yet",
        FailureKind::Outdated => "captured by another version, with other columns",
        FailureKind::Pruned => "the events were pruned",
        FailureKind::Withheld => "held back: free text",
        FailureKind::NotAgreed => "held back: not agreed to",
        FailureKind::Undeclared => "held back: undeclared values that cannot be added up",
        FailureKind::NotRunning => "not counted: the product was not running",
        FailureKind::Absent => "not counted: a version of the week does not send it",
        FailureKind::Unsupported => "skipped: no SQL for this database",
        FailureKind::NotOneRow => "failed: not exactly one row",
        FailureKind::Withdrawn => "held back: consent ended",
        _ => "failed",
    }
}

fn measures(measures: &Measures) -> String {
    let each = measures.iter().map(|(name, value)| match name.as_str() {
        "count" => number(value.as_ref()),
        name => format!("{} {}", name.replace('_', " "), number(value.as_ref())),
    });
    each.collect::<Vec<_>>().join(", ")
}

fn groups(by: &[String], rows: &[Row]) -> Markup {
    let total = rows.iter().map(|row| match row.measures.first() {
        Some((name, Some(count))) if name == "count" => count.as_i64(),
        _ => None,
    });
    let total: Option<i64> = total.sum();
    let list = html! {
        ul.groups {
            @for row in rows {
                li { span dir="auto" { (group(&row.group)) } " " span.value { (measures(&row.measures)) } }
            }
        }
    };
    html! {
        div.value {
            @match total {
                Some(total) => (number(Some(&Number::from(total)))),
                None => (counted(rows.len() as u64, "group", "groups")),
            }
        }
        @match rows.len() {
            0 => {}
            1..=OPEN => (list),
            many => details { summary { (many) " groups by " (plain(&by.join(", "))) } (list) },
        }
    }
}

fn group(values: &[Json]) -> String {
    let name = |value: &Json| match value {
        Json::Null => "(none)".to_owned(),
        Json::String(text) if text == "@other" => "(other)".to_owned(),
        Json::String(text) if text.is_empty() => "(empty)".to_owned(),
        Json::String(text) => plain(text),
        other => other.to_string(),
    };
    values.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn funnel(steps: &[Step]) -> Markup {
    html! {
        ol.groups {
            @for step in steps {
                li {
                    span dir="auto" { (plain(&step.events.join(" or "))) } " "
                    span.value { (number(step.measure("reached"))) }
                }
            }
        }
    }
}
