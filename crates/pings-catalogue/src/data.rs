//! The data of a page as JSON.

use pings_codegen::{json_header, words};
use pings_model::{Broken, Event, EventId, Metric, Ping, Version};
use pings_sql::Dialect;
use serde_json::{Value, json};

use crate::site::{Site, events_of};

pub(crate) fn ping(site: &Site<'_>, ping: &Ping) -> String {
    let metrics: Vec<Value> = ping
        .metrics
        .iter()
        .map(|it| metric(site, ping, it))
        .collect();
    written(&json!({
        "$comment": json_header(site.origin),
        "id": ping.id,
        "title": ping.title,
        "section": ping.section,
        "type": ping.kind,
        "purpose": ping.purpose,
        "implementation": ping.implementation,
        "considerations": ping.considerations,
        "status": words::status(ping),
        "added": ping.added.to_string(),
        "removed": ping.removed.map(|it| it.to_string()),
        "broken": broken(ping.broken.iter()),
        "prs": ping.prs,
        "owners": ping.owners,
        "tags": ping.tags,
        "sensitivity": ping.sensitivity,
        "metrics": metrics,
    }))
}

fn metric(site: &Site<'_>, ping: &Ping, metric: &Metric) -> Value {
    let life = ping.life(metric);
    let events = events_of(metric).into_iter();
    let sql: serde_json::Map<String, Value> = Dialect::ALL
        .into_iter()
        .filter_map(|dialect| {
            let query = pings_sql::query(site.registry, ping, metric, dialect)?;
            Some((dialect.name().to_owned(), query.text.into()))
        })
        .collect();
    let columns: Vec<Value> = pings_sql::columns(metric)
        .iter()
        .map(|it| json!({ "name": it.name, "type": words::column_type(it) }))
        .collect();
    json!({
        "code": metric.code,
        "title": metric.title,
        "note": metric.note,
        "measures": words::measured(site.registry, metric),
        "windows": metric.windows,
        "columns": columns,
        "added": life.added().to_string(),
        "removed": life.removed().map(|it| it.to_string()),
        "broken": broken(life.broken()),
        "events": events.map(|it| &site.registry.event(it).name).collect::<Vec<_>>(),
        "sql": sql,
    })
}

pub(crate) fn event(site: &Site<'_>, id: EventId, event: &Event) -> String {
    let arguments: Vec<Value> = event
        .args
        .iter()
        .map(|argument| {
            json!({
                "name": argument.name,
                "type": words::argument_type(argument),
                "optional": argument.optional,
                "description": argument.description,
            })
        })
        .collect();
    let counted: Vec<Value> = site
        .counted(id)
        .iter()
        .map(|it| json!({ "code": it.metric.code, "ping": it.ping.id }))
        .collect();
    let calls = site.calls.get(id.0);
    written(&json!({
        "$comment": json_header(site.origin),
        "name": event.name,
        "description": event.description,
        "renamed_from": event.renamed_from,
        "arguments": arguments,
        "counted_by": counted,
        "rust": calls.map(|(rust, _)| rust),
        "typescript": calls.map(|(_, web)| web),
    }))
}

fn broken<'r>(ranges: impl Iterator<Item = &'r Broken>) -> Vec<Value> {
    ranges
        .map(|broken| {
            json!({
                "versions": broken.versions.to_string(),
                "from": broken.versions.first().to_string(),
                "to": broken.versions.last().as_ref().map(Version::to_string),
                "reason": broken.reason,
                "fix": broken.fix,
            })
        })
        .collect()
}

fn written(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}
