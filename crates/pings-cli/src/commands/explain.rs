//! `pings explain`

mod event;
mod life;
mod parts;

pub(crate) use parts::expected;

use std::process::ExitCode;

use pings_model::{
    ActorSelection, Buckets, EventMetric, Filter, Identity, Metric, Ping, PingType, Registry,
    Scalar, Source, Version,
};
use pings_sql::{Role, columns};
use serde_json::{Value as Json, json};

use self::life::{told, trust};
use self::parts::{event_name, one_line};
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
        format!("{}, {}, {}", ping.id, kind(ping.kind), ping.window),
    );
    for metric in metrics {
        let several = metrics.len() > 1;
        let name = |what: &str| match several {
            true => format!("{} {what}", metric.code),
            false => what.to_owned(),
        };
        for (what, text) in source(registry, metric) {
            fact(&name(what), text);
        }
        if metric.other_windows().next().is_some() {
            fact(&name("windows"), windows(metric));
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

/// Returns the source of a metric as pairs of label and text.
fn source(registry: &Registry, metric: &Metric) -> Vec<(&'static str, String)> {
    match &metric.source {
        Source::Events(events) => {
            let mut facts = of_events(registry, events);
            facts.extend(ranges(metric));
            facts.extend(smallest_group(events.min_group));
            facts
        }
        Source::Funnel(funnel) => {
            let steps = funnel.steps.iter().zip(1..).map(|(events, step)| {
                let names: Vec<String> = events
                    .iter()
                    .map(|event| event_name(registry.event(*event)))
                    .collect();
                ("step", format!("{step}. {}", names.join(" or ")))
            });
            steps.chain(person(funnel.identity)).collect()
        }
        Source::Capture(capture) => {
            let tables: Vec<&str> = capture
                .tables()
                .into_iter()
                .map(|table| registry.table(table.table).name.as_str())
                .collect();
            let mut facts = vec![("tables", tables.join(", "))];
            if capture.one_row {
                facts.push(("rows", "exactly one, whose value counts".to_owned()));
            }
            facts.extend(database(registry, metric));
            facts.extend(ranges(metric));
            facts.extend(smallest_group(capture.min_group));
            facts
        }
        Source::Sql(capture) => {
            let only = match (&capture.postgres, &capture.sqlite) {
                (Some(_), None) => ", only for PostgreSQL",
                (None, Some(_)) => ", only for SQLite",
                _ => "",
            };
            let text = format!("hand-written SQL{only}: see `pings sql`");
            let facts = std::iter::once(("tables", text));
            facts.chain(database(registry, metric)).collect()
        }
        Source::Value(value) => vec![("value", value.kind.to_string())],
    }
}

fn of_events(registry: &Registry, metric: &EventMetric) -> Vec<(&'static str, String)> {
    let names: Vec<String> = metric
        .of
        .iter()
        .map(|event| event_name(registry.event(*event)))
        .collect();
    let selection = &metric.selection;
    let events = match selection.any_name {
        true => "any event, declared or not".to_owned(),
        false => names.join(", "),
    };
    let mut facts = vec![("events", events)];
    if !metric.all_of.is_empty() {
        let lists = metric.all_of.iter().map(|ids| {
            let names = ids.iter().map(|id| registry.event(*id).name.as_str());
            names.collect::<Vec<_>>().join(" or ")
        });
        let lists: Vec<String> = lists.collect();
        facts.push(("users", format!("who did {}", lists.join(" and "))));
    }
    for list in metric.by.iter().filter_map(|by| by.list()) {
        let text = format!(
            "an event counts once for each distinct value of {}, so the groups may sum to more than \
             the events; an empty list is in no group",
            list.name
        );
        facts.push(("groups", text));
    }
    facts.extend(person(metric.identity));
    if !selection.sources.is_empty() {
        facts.push(("source", selection.sources.join(" or ")));
    }
    if selection.actor != ActorSelection::Any {
        facts.push(("actor", selection.actor.as_str().to_owned()));
    }
    for filter in &metric.filters {
        facts.push(("where", filtered(filter)));
    }
    for some in &metric.event_filters {
        let names: Vec<String> = some
            .events
            .iter()
            .map(|event| event_name(registry.event(*event)))
            .collect();
        let filters: Vec<String> = some.filters.iter().map(filtered).collect();
        let filters = filters.join(" and ");
        facts.push(("where", format!("{}: {filters}", names.join(", "))));
    }
    facts
}

/// Returns the database that a capture reads, if it is not the main database.
fn database(registry: &Registry, metric: &Metric) -> Option<(&'static str, String)> {
    let name = registry.database_of(metric)?;
    Some(("database", name.to_owned()))
}

/// Returns a fact if visitors count as the users who signed in.
fn person(identity: Identity) -> Option<(&'static str, String)> {
    let text = "a visitor is the user who signed in from the same browser in the window";
    (identity == Identity::Person).then(|| ("identity", text.to_owned()))
}

/// Returns the ranges of each dimension with `bucket`, as text.
fn ranges(metric: &Metric) -> Vec<(&'static str, String)> {
    let ranges = metric.ranges().into_iter();
    let text = |(name, ranges): (&str, &Buckets)| {
        let labels = ranges.labels().join(", ");
        ("ranges", format!("{name}: {labels}"))
    };
    ranges.map(text).collect()
}

fn smallest_group(least: Option<u32>) -> Option<(&'static str, String)> {
    least.map(|least| {
        (
            "groups",
            format!("at least {least} members; smaller groups are merged into @other"),
        )
    })
}

fn filtered(filter: &Filter) -> String {
    let condition = filter.condition.described(|value| match value {
        Scalar::Missing => "missing".to_owned(),
        Scalar::Text(text) => text.clone(),
        Scalar::Integer(number) => number.to_string(),
        Scalar::Number(number) => number.to_string(),
        Scalar::Boolean(value) => value.to_string(),
    });
    format!("{} {condition}", filter.argument.name)
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

/// Returns the windows of a metric, as the registry names them.
fn windows(metric: &Metric) -> String {
    let windows = metric.windows.iter().map(|it| it.as_str());
    windows.collect::<Vec<_>>().join(", ")
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
        "aggregation": ping.window.as_str(), "owner": joined(&ping.owners),
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
