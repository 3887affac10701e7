//! The metrics of a payload.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Number, Value as Json};

use super::node::{Node, Read};
use super::parts::{check_many, counts, name, texts, version};
use crate::limits::{DIMENSIONS, is_count};
use crate::{Failure, FailureKind, Malformed, Measured, Measures, Row, Step, Value};

pub(super) fn metrics(node: &Node<'_, '_>) -> Read<BTreeMap<String, Measured>> {
    let took = match node.optional("took_ms")? {
        Some(took) => counts(&took)?,
        None => BTreeMap::new(),
    };
    let late = match node.optional("late_s")? {
        Some(late) => counts(&late)?,
        None => BTreeMap::new(),
    };
    let retaken: BTreeSet<&str> = match node.optional("retaken")? {
        Some(retaken) => texts(&retaken)?.into_iter().collect(),
        None => BTreeSet::new(),
    };
    let mut kept_from = BTreeMap::new();
    if let Some(kept) = node.optional("kept_from")? {
        check_many(&kept, kept.object()?.len())?;
        for member in kept.members()? {
            let (code, fingerprint) = member?;
            kept_from.insert(code, name(&fingerprint)?);
        }
    }
    let codes = node.member("metrics")?;
    check_many(&codes, codes.object()?.len())?;
    let mut metrics = BTreeMap::new();
    for member in codes.members()? {
        let (code, metric) = member?;
        metric.take(2 * size_of::<Measured>())?;
        let object = metric.object()?;
        let outcome = match object.get("error") {
            Some(Json::String(_)) => Err(failure(&metric.member("error")?)?),
            _ => Ok(measured_value(&metric, object)?),
        };
        let captured_at = match object.get("captured_at") {
            Some(Json::String(_)) => Some(metric.member("captured_at")?.time()?),
            _ => None,
        };
        let captured_by = match object.get("captured_by") {
            Some(json @ Json::String(_)) => {
                let by = metric.child("captured_by", json);
                Some(version(&by, by.text()?)?)
            }
            _ => None,
        };
        let measured = Measured {
            outcome,
            captured_at,
            captured_by,
            late: late.get(code).copied(),
            is_retaken: retaken.contains(code),
            kept_from: kept_from.remove(code),
            took: took.get(code).copied().unwrap_or(0),
        };
        metrics.insert(metric.owned(code)?, measured);
    }
    Ok(metrics)
}

fn failure(node: &Node<'_, '_>) -> Read<Failure> {
    let text = node.text()?;
    let is_kind = |text: &str| text.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
    let kind = match text.parse() {
        Ok(kind) => kind,
        // The sender is newer and knows more kinds.
        Err(()) if is_kind(text) && (1..=40).contains(&text.len()) => FailureKind::Other,
        Err(()) => {
            let names = FailureKind::ALL.map(FailureKind::name).join(", ");
            return Err(node.is_not(&format!("a kind such as {names}")));
        }
    };
    Ok(Failure::new(kind, ""))
}

fn measured_value(node: &Node<'_, '_>, object: &Map<String, Json>) -> Read<Value> {
    match (object.get("steps"), object.get("rows")) {
        (Some(Json::Array(_)), _) => {
            let steps = node.member("steps")?;
            let steps = steps.items()?.map(|node| step(&node));
            steps.collect::<Read<_>>().map(Value::Steps)
        }
        (_, Some(Json::Array(_))) => {
            let by = dimensions(&node.member("by")?)?;
            let rows = node.member("rows")?;
            let rows = rows.items()?.map(|node| row(&node, &by));
            let rows = rows.collect::<Read<_>>()?;
            Ok(Value::Rows { by, rows })
        }
        _ => {
            let is_other = |name: &str, json: &Json| {
                matches!(name, "captured_at" | "captured_by") && json.is_string()
            };
            let measures = measures(node, is_other)?;
            if measures.is_empty() {
                return Err(node.is_not("a value: nothing is measured"));
            }
            Ok(Value::One(measures))
        }
    }
}

/// Reads the names of dimensions. Each row has a value for each dimension, so duplicate names are
/// rejected here.
fn dimensions(node: &Node<'_, '_>) -> Read<Vec<String>> {
    let items = node.items()?;
    if items.len() > DIMENSIONS {
        let reason = format!(
            "{} dimensions exceed the maximum of {DIMENSIONS}",
            items.len()
        );
        return Err(Malformed::too_large(node.place.to_string(), reason));
    }
    let mut names = Vec::with_capacity(items.len());
    for item in items {
        let name = item.text()?;
        if names.iter().any(|other| other == name) {
            return Err(node.wrong("duplicate name"));
        }
        names.push(item.owned(name)?);
    }
    Ok(names)
}

fn step(node: &Node<'_, '_>) -> Read<Step> {
    node.take(2 * size_of::<Step>())?;
    let events = node.member("events")?;
    let events = events.items()?.map(|event| event.owned(event.text()?));
    Ok(Step {
        events: events.collect::<Read<_>>()?,
        measures: measures(node, |name, _| name == "events")?,
    })
}

fn row(node: &Node<'_, '_>, by: &[String]) -> Read<Row> {
    node.take(2 * size_of::<Row>() + by.len() * size_of::<Json>())?;
    let group = by.iter().map(|name| {
        let value = node.member(name)?;
        match value.json {
            Json::Array(_) | Json::Object(_) => Err(value.is_not("a value of a dimension")),
            Json::String(_) => Ok(Json::from(value.owned(value.text()?)?)),
            other => Ok(other.clone()),
        }
    });
    let group = group.collect::<Read<_>>()?;
    let is_dimension = |name: &str, _: &Json| by.iter().any(|other| other == name);
    Ok(Row {
        group,
        measures: measures(node, is_dimension)?,
    })
}

/// Reads the measures of an object: all members for which `is_other` returns `false`.
fn measures(node: &Node<'_, '_>, is_other: impl Fn(&str, &Json) -> bool) -> Read<Measures> {
    let mut measures = Measures::new();
    for member in node.members()? {
        let (name, value) = member?;
        if !is_other(name, value.json) {
            value.take(2 * size_of::<Option<Number>>() + size_of::<String>())?;
            measures.push((value.owned(name)?, measure(name, &value)?));
        }
    }
    Ok(measures)
}

fn measure(name: &str, node: &Node<'_, '_>) -> Read<Option<Number>> {
    match node.json {
        Json::Null => Ok(None),
        Json::Bool(value) => Ok(Some(u8::from(*value).into())),
        Json::Number(_) if is_count(name) => node.count().map(|count| Some(count.into())),
        Json::Number(number) => Ok(Some(number.clone())),
        _ => Err(node.is_not("a number")),
    }
}
