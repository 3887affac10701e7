//! `src/pings.json`: the data about every ping.

use pings_model::{Broken, Ping, PingType, Registry, Sensitivity, Version, Window};
use serde_json::{Value, json};

use crate::{Origin, header};

pub(super) fn json(registry: &Registry, origin: &Origin<'_>) -> String {
    let pings: Vec<Value> = registry.pings.iter().map(ping).collect();
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
        "type": match ping.kind {
            PingType::FeEvent => "fe_event",
            PingType::BeCapture => "be_capture",
        },
        "aggregation": match ping.window {
            Window::Weekly => "weekly",
            Window::Total => "total",
        },
        "added": version(ping.added.key()),
        "removed": ping.removed.map(|removed| version(removed.key())),
        "broken": ping.broken.iter().map(broken).collect::<Vec<_>>(),
        "owner": ping.owner,
        "sensitivity": match ping.sensitivity {
            Sensitivity::Usage => "usage",
            Sensitivity::Operational => "operational",
            Sensitivity::Identifying => "identifying",
        },
        "codes": codes,
    })
}

fn broken(broken: &Broken) -> Value {
    json!({
        "versions": broken.versions.to_string(),
        "first": version(broken.versions.first().key()),
        "end": broken.versions.key_after().map(version),
        "reason": broken.reason,
        "fix": broken.fix,
    })
}

/// Returns a version with all its numbers.
fn version(key: [u32; Version::PARTS]) -> String {
    key.map(|number| number.to_string()).join(".")
}
