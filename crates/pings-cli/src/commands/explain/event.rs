//! `pings explain EVENT`: an event and the metrics that use it.

use pings_model::{Argument, Event, EventId, Metric, Ping, Registry, Source};
use serde_json::{Value as Json, json};

use super::parts::{event_name, expected, one_line};
use crate::output::{Align, BOLD, DIM, Table, styled};

/// Returns the event with this current or previous name.
pub(super) fn found(registry: &Registry, name: &str) -> Option<EventId> {
    let named = |event: &Event| event.wire_names().any(|wire| wire == name);
    registry.events().iter().position(named).map(EventId)
}

pub(super) fn as_text(registry: &Registry, id: EventId) -> String {
    let event = registry.event(id);
    let mut lines = vec![format!("{}  an event", styled(BOLD, &event_name(event)))];
    if let Some(description) = &event.description {
        lines.push(format!("  {}", one_line(description)));
    }
    lines.push(String::new());
    let mut table = Table::new(&[Align::Left, Align::Left], 2);
    let mut fact = |name: &str, text: String| table.row(vec![styled(DIM, name), text]);
    for argument in &event.args {
        fact("argument", described(argument));
    }
    for (ping, metric) in fed(registry, id) {
        fact("counted by", format!("{}  {}", metric.code, ping.title));
    }
    if fed(registry, id).next().is_none() {
        fact("counted by", "no ping".to_owned());
    }
    lines.extend(table.lines());
    lines.join("\n")
}

pub(super) fn as_json(registry: &Registry, id: EventId) -> Json {
    let event = registry.event(id);
    let arguments: Vec<Json> = event
        .args
        .iter()
        .map(|argument| {
            json!({
                "name": argument.name,
                "type": expected(&argument.ty),
                "optional": argument.optional,
                "description": argument.description,
            })
        })
        .collect();
    let codes: Vec<Json> = fed(registry, id)
        .map(|(ping, metric)| json!({ "code": metric.code, "ping": ping.id }))
        .collect();
    json!({
        "event": event.name,
        "renamed_from": event.renamed_from,
        "description": event.description,
        "arguments": arguments,
        "codes": codes,
    })
}

fn described(argument: &Argument) -> String {
    let optional = if argument.optional { ", optional" } else { "" };
    let description = argument.description.as_deref().map(one_line);
    let description = description.map_or(String::new(), |text| format!(": {text}"));
    format!(
        "{}, {}{optional}{description}",
        argument.name,
        expected(&argument.ty)
    )
}

/// Returns the metrics that count the event.
fn fed(registry: &Registry, id: EventId) -> impl Iterator<Item = (&Ping, &Metric)> {
    registry
        .metrics()
        .filter(move |(_, metric)| match &metric.source {
            Source::Events(events) => events.of.contains(&id),
            Source::Funnel(funnel) => funnel.steps.iter().flatten().any(|step| *step == id),
            Source::Capture(_) | Source::Sql(_) | Source::Value(_) => false,
        })
}
