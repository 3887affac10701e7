//! `src/pings.json`: the data about every ping.

use pings_model::{Ping, Registry};
use serde_json::{Value, json};

use crate::{Origin, header};

pub(super) fn json(registry: &Registry, origin: &Origin<'_>) -> String {
    let pings: Vec<Value> = registry.pings().iter().map(ping).collect();
    let file = json!({ "$comment": header::json(origin), "pings": pings });
    format!("{file:#}\n")
}

fn ping(ping: &Ping) -> Value {
    let codes: Vec<Value> = ping
        .metrics
        .iter()
        .map(|metric| json!({ "code": metric.code, "title": metric.title }))
        .collect();
    json!({
        "id": ping.id,
        "section": ping.section,
        "title": ping.title,
        "type": ping.kind,
        "aggregation": ping.window,
        "added": ping.added,
        "removed": ping.removed,
        "broken": ping.broken,
        "owner": ping.owner,
        "sensitivity": ping.sensitivity,
        "codes": codes,
    })
}
