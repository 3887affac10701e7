//! The data of a page as JSON.

use pings_codegen::{json_header, words};
use pings_diff::Change;
use pings_model::{Broken, Event, EventId, Metric, Ping, Table, TableId, Version};
use pings_sql::Dialect;
use serde_json::{Value, json};

use crate::changes::Entry;
use crate::fired::address;
use crate::lifecycle;
use crate::options::Released;
use crate::site::{Site, Use, events_of};

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
        "changes": history(&site.changes.of_ping(&ping.id, std::iter::empty())),
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
        "fired_in": places(site, id),
        "changes": history(&site.changes.of_event(&event.name)),
        "rust": calls.map(|(rust, _)| rust),
        "typescript": calls.map(|(_, web)| web),
    }))
}

/// Returns the data of a release.
pub(crate) fn release(
    site: &Site<'_>,
    name: &str,
    released: Option<&Released>,
    events: &[lifecycle::Event<'_>],
    changes: &[Change],
) -> String {
    let events: Vec<Value> = events
        .iter()
        .map(|event| {
            json!({
                "kind": event.kind.name(),
                "ping": event.ping.id,
                "code": event.code,
                "broken": broken(event.broken.into_iter()).pop(),
            })
        })
        .collect();
    written(&json!({
        "$comment": json_header(site.origin),
        "version": name,
        "tag": released.map(|it| &it.tag),
        "date": released.map(|it| &it.date),
        "events": events,
        "changes": changes.iter().map(change).collect::<Vec<_>>(),
    }))
}

fn change(change: &Change) -> Value {
    json!({
        "class": change.class().name(),
        "kind": change.kind.name(),
        "ping": change.subject.ping,
        "code": change.subject.code,
        "event": change.subject.event,
        "argument": change.subject.argument,
        "table": change.subject.table,
        "message": change.message,
        "was": change.was,
        "is": change.is,
    })
}

/// Returns the changes of a ping or an event, newest first.
fn history(entries: &[Entry<'_>]) -> Vec<Value> {
    entries
        .iter()
        .map(|entry| {
            let mut value = change(entry.change);
            value["release"] = entry.release.map(|it| it.version.to_string()).into();
            value
        })
        .collect()
}

/// Returns the data of a table.
pub(crate) fn table(site: &Site<'_>, id: TableId, table: &Table) -> String {
    let uses = site.read(id);
    let codes = |uses: &[Use<'_>]| -> Vec<Value> {
        uses.iter()
            .map(|it| json!({ "code": it.metric.code, "ping": it.ping.id }))
            .collect()
    };
    let columns: Vec<Value> = table
        .columns
        .iter()
        .map(|column| {
            let read = uses.and_then(|it| it.columns.get(column.name.as_str()));
            json!({ "name": column.name, "read_by": codes(read.map_or(&[], Vec::as_slice)) })
        })
        .collect();
    written(&json!({
        "$comment": json_header(site.origin),
        "name": table.name,
        "columns": columns,
        "read_by": codes(uses.map_or(&[], |it| it.metrics.as_slice())),
        "named_by_sql_of": codes(uses.map_or(&[], |it| it.sql.as_slice())),
    }))
}

/// Returns the data of an owner.
pub(crate) fn owner(site: &Site<'_>, owner: &str, pings: &[&Ping]) -> String {
    let pings: Vec<Value> = pings
        .iter()
        .map(|it| json!({ "id": it.id, "title": it.title, "status": words::status(it) }))
        .collect();
    written(&json!({
        "$comment": json_header(site.origin),
        "owner": owner,
        "pings": pings,
    }))
}

/// Returns the places that fire an event, or null if nothing was scanned.
fn places(site: &Site<'_>, id: EventId) -> Value {
    let Some(sites) = site.options.call_sites else {
        return Value::Null;
    };
    let places = sites.of(id.0).iter().map(|it| {
        let url = sites
            .source_url
            .as_deref()
            .map(|template| address(it, template));
        json!({ "path": it.path, "line": it.line, "url": url })
    });
    places.collect()
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
