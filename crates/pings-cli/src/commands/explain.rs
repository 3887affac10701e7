//! `pings explain`

mod event;
mod life;
mod measures;
mod parts;
mod source;

pub(crate) use parts::expected;

use std::process::ExitCode;

use pings_codegen::words;
use pings_model::{Buckets, Metric, Ping, PingType, Registry, Source, Version};
use pings_sql::{Role, columns};
use serde_json::{Value as Json, json};

use self::life::{told, trust};
use self::measures::measures;
use self::parts::one_line;
use self::source::source;
use crate::arguments::{Common, Explain};
use crate::commands::inputs::{optional_version, registry, unknown};
use crate::failure::{Failure, Outcome};
use crate::output::{self, Align, BOLD, DIM, Table, styled};

pub(crate) fn run(common: &Common, explain: &Explain) -> Outcome {
    let registry = registry(common)?;
    let at = optional_version(explain.at.as_deref())?;
    let (ping, metrics) = match found(&registry, &explain.code) {
        Some(found) => found,
        None => {
            let id = event::found(&registry, &explain.code)
                .ok_or_else(|| nothing_named(&registry, &explain.code))?;
            match common.is_json() {
                true => output::say_json(&event::as_json(&registry, id)),
                false => output::say(&event::as_text(&registry, id)),
            }
            return Ok(ExitCode::SUCCESS);
        }
    };
    if common.is_json() {
        output::say_json(&as_json(&registry, ping, &metrics, at));
    } else {
        output::say(&as_text(&registry, ping, &metrics, at));
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the metric with a code, or all metrics of the ping with an id.
fn found<'r>(registry: &'r Registry, name: &str) -> Option<(&'r Ping, Vec<&'r Metric>)> {
    if let Some((ping, metric)) = registry.metric(name) {
        return Some((ping, vec![metric]));
    }
    let ping = registry.pings().iter().find(|ping| ping.id == name)?;
    Some((ping, ping.metrics.iter().collect()))
}

fn nothing_named(registry: &Registry, name: &str) -> Failure {
    let codes = registry.metrics().map(|(_, metric)| metric.code.as_str());
    let ids = registry.pings().iter().map(|ping| ping.id.as_str());
    let events = registry.events().iter().map(|event| event.name.as_str());
    unknown("code, ping or event", name, codes.chain(ids).chain(events))
}

fn as_text(registry: &Registry, ping: &Ping, metrics: &[&Metric], at: Option<Version>) -> String {
    let mut lines = Vec::new();
    for metric in metrics {
        lines.push(format!("{}  {}", styled(BOLD, &metric.code), ping.title));
    }
    if let Some(purpose) = &ping.purpose {
        lines.push(format!("  {}", one_line(purpose)));
    }
    lines.push(String::new());
    let mut table = Table::new(&[Align::Left, Align::Left], 2);
    let mut fact = |name: &str, text: String| table.row(vec![styled(DIM, name), text]);
    fact(
        "ping",
        format!("{}, {}, {}", ping.id, kind(ping.kind), ping.aggregation),
    );
    for metric in metrics {
        let several = metrics.len() > 1;
        let name = |what: &str| match several {
            true => format!("{} {what}", metric.code),
            false => what.to_owned(),
        };
        for measure in measures(registry, metric) {
            fact(&name("measure"), measure);
        }
        for (what, text) in source(registry, metric) {
            fact(&name(what), text);
        }
        if metric.other_windows().next().is_some() {
            fact(&name("windows"), words::windows(&metric.windows));
        }
        fact(&name("result"), result(metric));
        if let Some(note) = &metric.note {
            fact(&name("note"), one_line(note));
        }
    }
    for (name, text) in [
        ("implementation", &ping.implementation),
        ("considerations", &ping.considerations),
        ("owner", &joined(&ping.owners)),
        ("tags", &joined(&ping.tags)),
        ("review", &ping.review),
        ("expires", &ping.expires.as_ref().map(ToString::to_string)),
    ] {
        if let Some(text) = text {
            fact(name, one_line(text));
        }
    }
    fact("sensitivity", ping.sensitivity.to_string());
    let lives = life::lives(ping, metrics);
    for (code, life) in &lives {
        fact(&life::named(*code, "sent since"), life::sent_since(*life));
    }
    if let Some(newest) = registry.released() {
        fact("newest release", newest.to_string());
    }
    for (code, life) in &lives {
        for broken in life.broken() {
            fact(&life::named(*code, "broken in"), told(registry, broken));
        }
    }
    lines.extend(table.lines());
    if let Some(at) = at {
        lines.push(String::new());
        for (code, life) in &lives {
            let of = code.map_or(String::new(), |code| format!("{code} is "));
            lines.push(format!("  At {at}: {of}{}", trust(registry, *life, at)));
        }
    }
    lines.join("\n")
}

/// Returns names separated by commas, if there are any.
fn joined(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| names.join(", "))
}

/// Returns the measures and dimensions of a metric, as text.
fn result(metric: &Metric) -> String {
    let columns = columns(metric);
    let names = |role: Role| {
        let names = columns.iter().filter(|column| column.role == role);
        names
            .map(|column| match role {
                Role::Measure => output::measure(&column.name),
                Role::Dimension => column.name.clone(),
            })
            .collect::<Vec<_>>()
            .join(", ")
    };
    match (names(Role::Measure), names(Role::Dimension)) {
        (measures, by) if by.is_empty() => measures,
        (measures, by) => format!("{measures} by {by}"),
    }
}

fn kind(kind: PingType) -> &'static str {
    match kind {
        PingType::FeEvent => "from events",
        PingType::BeCapture => "captured from the product's tables",
        PingType::Value => "set by the product",
    }
}

fn as_json(registry: &Registry, ping: &Ping, metrics: &[&Metric], at: Option<Version>) -> Json {
    let codes: Vec<Json> = metrics
        .iter()
        .map(|metric| {
            let arguments = match &metric.source {
                Source::Events(events) => events.by.iter().map(|by| by.name().to_owned()).collect(),
                _ => Vec::<String>::new(),
            };
            let mut code = json!({
                "code": metric.code,
                "events": events_of(registry, metric),
                "by": arguments,
                "bucket": bounds(metric),
                "min_group": metric.min_group(),
                "result": columns(metric).iter().map(|it| it.name.clone()).collect::<Vec<_>>(),
                "note": metric.note,
            });
            if !metric.own_life.is_empty() {
                let own = life::Versions::of_metric(ping.life(metric));
                code["added"] = own.added.to_string().into();
                code["removed"] = json!(own.removed.map(|it| it.to_string()));
                code["broken"] = own.broken();
                if let Some(at) = at {
                    code["trust"] = own.trust(registry, at);
                }
            }
            if metric.other_windows().next().is_some() {
                code["windows"] = json!(metric.windows);
            }
            code
        })
        .collect();
    let lives = life::lives(ping, metrics);
    // The versions of the codes, unless they differ.
    let own = match lives.as_slice() {
        [(None, life)] => life::Versions::of_metric(*life),
        _ => life::Versions::of_ping(ping),
    };
    let mut json = json!({
        "ping": ping.id, "title": ping.title, "section": ping.section,
        "purpose": ping.purpose, "implementation": ping.implementation,
        "considerations": ping.considerations,
        "type": ping.kind.as_str(),
        "aggregation": ping.aggregation.as_str(), "owner": joined(&ping.owners),
        "owners": ping.owners, "tags": ping.tags, "review": ping.review,
        "expires": ping.expires.as_ref().map(ToString::to_string),
        "sensitivity": ping.sensitivity.as_str(),
        "added": own.added.to_string(),
        "removed": own.removed.map(|it| it.to_string()),
        "released": registry.released().map(|it| it.to_string()),
        "broken": own.broken(), "codes": codes,
    });
    if let Some(at) = at {
        json["at"] = at.to_string().into();
        json["trust"] = own.trust(registry, at);
    }
    json
}

/// Returns the bounds of each dimension with `bucket`, as the registry has them.
fn bounds(metric: &Metric) -> Json {
    let bounds = |ranges: &Buckets| match ranges {
        Buckets::Whole(bounds) => json!(bounds),
        Buckets::Real(bounds) => json!(bounds),
    };
    let ranges = metric.ranges().into_iter();
    let ranges = ranges.map(|(name, ranges)| (name.to_owned(), bounds(ranges)));
    Json::Object(ranges.collect())
}

fn events_of(registry: &Registry, metric: &Metric) -> Vec<Vec<String>> {
    let names = |events: &[pings_model::EventId]| {
        events
            .iter()
            .flat_map(|event| registry.event(*event).wire_names().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    match &metric.source {
        Source::Events(events) => vec![names(&events.of)],
        Source::Funnel(funnel) => funnel.steps.iter().map(|step| names(step)).collect(),
        Source::Capture(_) | Source::Sql(_) | Source::Value(_) => Vec::new(),
    }
}
