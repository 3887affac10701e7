//! OpenTelemetry's semantic conventions, as Weaver reads them: `groups`, and the lists of
//! `file_format: definition/2`.

mod attributes;
mod definitions;

use attributes::{Use, argument};
pub(crate) use definitions::Definitions;

use crate::buckets::{self, BOUNDS};
use crate::context::Context;
use crate::draft::{Argument, Metric, Ping, Sensitivity, Type};
use crate::loss::Effect;
use crate::node::Node;
use crate::shapes::{self, Instrument};
use crate::words::humanized;

/// The result for an instrument.
#[derive(Clone, Copy)]
enum Becomes {
    /// An event with the number to add.
    Counter,
    /// An event with a measured number.
    Distribution,
    /// A value that the product sets.
    Value,
}

const EACH: &str =
    "a value for each combination of attributes has no counterpart: capture it from a table";

/// The instruments of metrics.
const INSTRUMENTS: &[(&str, Becomes)] = &[
    ("counter", Becomes::Counter),
    ("histogram", Becomes::Distribution),
    ("updowncounter", Becomes::Value),
    ("gauge", Becomes::Value),
];

/// Keys of an event or a metric that are converted, or mean nothing to a registry.
const KNOWN: &[&str] = &[
    "id",
    "type",
    "name",
    "metric_name",
    "brief",
    "note",
    "attributes",
    "extends",
    "prefix",
    "instrument",
    "unit",
    "stability",
    "deprecated",
    "annotations",
    "requirement_level",
    "examples",
    "display_name",
    "entity_associations",
    "body",
    "events",
    "value_type",
];

/// Types of groups that declare no metric.
const OTHER_GROUPS: &[&str] = &[
    "attribute_group",
    "span",
    "entity",
    "resource",
    "scope",
    "attribute",
];

/// Keys of a file that declare no metric.
const OTHER_KEYS: &[&str] = &[
    "file_format",
    "attributes",
    "attribute_groups",
    "spans",
    "span_refinements",
    "entities",
    "entity_refinements",
    "event_refinements",
    "metric_refinements",
    "imports",
    "groups",
    "events",
    "metrics",
    "schema_url",
    "description",
    "stability",
    "name",
    "version",
    "dependencies",
    "semconv_version",
    "schema_base_url",
    "registry_path",
];

pub(crate) fn convert(cx: &mut Context<'_>, root: &Node, definitions: &Definitions<'_>) {
    let file = cx.file;
    cx.note_unknown(root, file, &[OTHER_KEYS]);
    for group in root.get("groups").map(Node::items).unwrap_or_default() {
        match group.text_of("type").unwrap_or("span") {
            "event" => event(cx, group, definitions),
            "metric" => metric(cx, group, definitions),
            other if OTHER_GROUPS.contains(&other) => {}
            other => {
                let place = cx.place(group);
                let reason = format!("the type of group `{other}` is unknown");
                cx.note(place, group.text_of("id").unwrap_or("group"), reason);
            }
        }
    }
    for group in root.get("events").map(Node::items).unwrap_or_default() {
        event(cx, group, definitions);
    }
    for group in root.get("metrics").map(Node::items).unwrap_or_default() {
        metric(cx, group, definitions);
    }
}

/// Returns the name of a group, unless it has none or is deprecated.
fn name<'n>(cx: &mut Context<'_>, group: &'n Node, keys: &[&str], prefix: &str) -> Option<&'n str> {
    let named = keys.iter().find_map(|key| group.text_of(key));
    let from_id = || group.text_of("id").and_then(|id| id.strip_prefix(prefix));
    let place = cx.place(group);
    let Some(name) = named.or_else(from_id) else {
        cx.note(
            place,
            group.text_of("id").unwrap_or("group"),
            "the group has no name",
        );
        return None;
    };
    if group.get("deprecated").is_some() {
        cx.note(place, name, "deprecated in the source, and not converted");
        return None;
    }
    cx.note_unknown(group, name, &[KNOWN]);
    cx.metrics += 1;
    Some(name)
}

fn event(cx: &mut Context<'_>, group: &Node, definitions: &Definitions<'_>) {
    let Some(name) = name(cx, group, &["name"], "event.") else {
        return;
    };
    let place = cx.place(group);
    if let Some(body) = group.get("body") {
        let place = cx.place(body);
        cx.note(
            place,
            name,
            "the body has no counterpart: only attributes are arguments",
        );
    }
    let args = arguments(cx, group, name, definitions);
    let metric = shapes::event(
        cx,
        Instrument {
            name,
            description: group.text_of("brief"),
            args,
            place: &place,
        },
    );
    if let Some(event) = cx.draft.events.get_mut(name) {
        event.renamed_from = definitions.old_names(name);
    }
    let mut ping = ping(cx, group, name);
    ping.metrics.push(metric);
    cx.push(ping);
}

fn metric(cx: &mut Context<'_>, group: &Node, definitions: &Definitions<'_>) {
    let Some(name) = name(cx, group, &["metric_name", "name"], "metric.") else {
        return;
    };
    let place = cx.place(group);
    let instrument = group.text_of("instrument").unwrap_or_default();
    let Some((_, becomes)) = INSTRUMENTS.iter().find(|(known, _)| *known == instrument) else {
        return cx.dropped(
            place,
            name,
            format!("the instrument `{instrument}` is unknown"),
        );
    };
    let args = arguments(cx, group, name, definitions);
    if matches!(becomes, Becomes::Value) && !args.is_empty() {
        return cx.dropped(place, name, EACH);
    }
    let instrument = Instrument {
        name,
        description: group.text_of("brief"),
        args,
        place: &place,
    };
    let metric = match becomes {
        Becomes::Counter => shapes::counter(cx, instrument),
        Becomes::Value => Metric::value(name, number(group)),
        Becomes::Distribution => {
            let unit = unit(group.text_of("unit").unwrap_or_default());
            cx.note(place.clone(), name, BOUNDS);
            let bounds = match unit {
                "seconds" => buckets::seconds(),
                _ => buckets::powers_of_ten(),
            };
            shapes::distribution(cx, instrument, unit, bounds)
        }
    };
    let mut ping = ping(cx, group, name);
    ping.sensitivity = Sensitivity::Operational;
    ping.is_value = metric.state.is_some();
    ping.metrics.push(metric);
    cx.push(ping);
}

/// Returns the attributes as arguments. Attributes that are off by default are left out.
fn arguments(
    cx: &mut Context<'_>,
    group: &Node,
    name: &str,
    definitions: &Definitions<'_>,
) -> Vec<Argument> {
    let mut args = Vec::new();
    for attribute in definitions.attributes(group) {
        match argument(&attribute) {
            Use::Argument(arg) => args.push(arg),
            Use::OptIn => {}
            Use::Nothing(reason) => {
                let place = cx.place(attribute.node);
                cx.parts(Effect::Changed, &place, name, &[&attribute.name], reason);
            }
        }
    }
    args
}

/// Returns the ping of a group, without the metrics.
fn ping(cx: &Context<'_>, group: &Node, name: &str) -> Ping {
    let (namespace, rest) = name.split_once('.').unwrap_or(("other", name));
    let stability = group.text_of("stability");
    Ping {
        name: name.to_owned(),
        section: humanized(namespace),
        title: humanized(rest),
        purpose: group.text_of("brief").map(str::to_owned),
        considerations: group.text_of("note").map(str::to_owned),
        added: cx.added.to_owned(),
        others: stability
            .map(|stability| ("stability".to_owned(), stability.to_owned()))
            .into_iter()
            .collect(),
        place: cx.place(group),
        ..Ping::default()
    }
}

/// Returns the type of the numbers of a metric, which the annotations of code generation may say.
fn number(group: &Node) -> Type {
    let annotated = group.at(&["annotations", "code_generation", "metric_value_type"]);
    match annotated.or(group.get("value_type")).and_then(Node::text) {
        Some("int") => Type::Integer,
        _ => Type::Number,
    }
}

/// Returns a unit of UCUM as a word.
fn unit(unit: &str) -> &str {
    match unit {
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        "1" | "" => "",
        unit => unit.trim_matches(['{', '}']),
    }
}
