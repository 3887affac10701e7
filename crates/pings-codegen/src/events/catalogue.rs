//! `src/pings.json`: the data about every ping.

use pings_model::{Aggregation, Metric, OwnLife, Period, Ping, Registry};
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
        .map(|metric| code(ping, metric))
        .collect();
    json!({
        "id": ping.id,
        "section": ping.section,
        "title": ping.title,
        "type": ping.kind,
        "aggregation": ping.aggregation,
        "added": ping.added,
        "removed": ping.removed,
        "broken": ping.broken,
        "owner": owners(ping),
        "sensitivity": ping.sensitivity,
        "codes": codes,
    })
}

/// Returns the owners, separated by commas.
fn owners(ping: &Ping) -> Option<String> {
    (!ping.owners.is_empty()).then(|| ping.owners.join(", "))
}

/// Returns the data about a metric. The windows of a weekly metric are those of the ping.
fn code(ping: &Ping, metric: &Metric) -> Value {
    let OwnLife {
        added,
        removed,
        broken,
        prs: _,
    } = &metric.own_life;
    let mut json = json!({ "code": metric.code, "title": metric.title });
    if let Some(added) = added {
        json["added"] = json!(added);
    }
    if let Some(removed) = removed {
        json["removed"] = json!(removed);
    }
    if !broken.is_empty() {
        json["broken"] = json!(broken);
    }
    if ping.aggregation == Aggregation::Weekly && metric.windows != [Period::Week] {
        json["windows"] = json!(metric.windows);
    }
    json
}
