//! Tracking plans: Segment's rules, and JSON Schemas of single events.

mod schema;

use indexmap::IndexMap;
use indexmap::map::Entry as Slot;

use crate::context::Context;
use crate::draft::Ping;
use crate::node::Node;
use crate::shapes::{self, Instrument};
use crate::words::humanized;

/// The result for a type of rule.
#[derive(Clone, Copy)]
enum Becomes {
    /// An event with the name of the rule, or with this name.
    Event(&'static str),
    /// Nothing, for this reason.
    Nothing(&'static str),
}

const TRAITS: &str = "traits describe a user or a group, and are never sent: capture what you need to \
                      count from your tables";

/// The types of rules.
const TYPES: &[(&str, Becomes)] = &[
    ("track", Becomes::Event("Event")),
    ("page", Becomes::Event("Page Viewed")),
    ("screen", Becomes::Event("Screen Viewed")),
    ("identify", Becomes::Nothing(TRAITS)),
    ("group", Becomes::Nothing(TRAITS)),
    (
        "common",
        Becomes::Nothing("the context of all events is not part of a registry"),
    ),
    (
        "global",
        Becomes::Nothing("the context of all events is not part of a registry"),
    ),
];

/// A rule of a plan.
struct Rule<'n> {
    name: Option<&'n str>,
    /// The type in lower case.
    ty: String,
    version: u64,
    description: Option<&'n str>,
    schema: Option<&'n Node>,
    node: &'n Node,
}

pub(crate) fn convert(cx: &mut Context<'_>, root: &Node) {
    let mut rules: IndexMap<String, Rule<'_>> = IndexMap::new();
    for rule in find(root) {
        let Some((_, becomes)) = TYPES.iter().find(|(known, _)| *known == rule.ty) else {
            let place = cx.place(rule.node);
            let reason = format!("the type of rule `{}` is unknown", rule.ty);
            cx.note(place, rule.name.unwrap_or("rule"), reason);
            continue;
        };
        let default = match becomes {
            Becomes::Event(default) => default,
            Becomes::Nothing(reason) => {
                let place = cx.place(rule.node);
                cx.note(place, rule.name.unwrap_or(rule.ty.as_str()), *reason);
                continue;
            }
        };
        let name = match (rule.name, rule.ty.as_str()) {
            (Some(name), "track") => name.to_owned(),
            (Some(name), _) => format!("{default}: {name}"),
            (None, _) => (*default).to_owned(),
        };
        match rules.entry(name) {
            Slot::Vacant(slot) => {
                slot.insert(rule);
            }
            Slot::Occupied(mut slot) => {
                let place = cx.place(rule.node);
                cx.note(
                    place,
                    slot.key(),
                    "declared in several versions; the newest is used",
                );
                if rule.version > slot.get().version {
                    slot.insert(rule);
                }
            }
        }
    }
    if rules.is_empty() {
        let (file, place) = (cx.file, cx.place(root));
        cx.note(place, file, "the file declares no events");
    }
    for (name, rule) in &rules {
        event(cx, name, rule);
    }
}

/// Returns the rules of a plan: of Segment's public API, of its older API, of a list, or of a single
/// schema.
fn find(root: &Node) -> Vec<Rule<'_>> {
    let list = root.get("rules").filter(|rules| rules.is_list());
    if let Some(list) = list.or(root.is_list().then_some(root)) {
        return list
            .items()
            .iter()
            .map(|node| of_list(node, "track"))
            .collect();
    }
    if let Some(rules) = root.get("rules").filter(|rules| rules.is_mapping()) {
        let mut found = Vec::new();
        for entry in rules.entries() {
            match entry.key.as_str() {
                "events" => found.extend(
                    entry
                        .value
                        .items()
                        .iter()
                        .map(|node| of_list(node, "track")),
                ),
                key if entry.value.is_mapping() => found.push(of_list(&entry.value, key)),
                _ => {}
            }
        }
        return found;
    }
    match root.get("properties") {
        Some(_) => vec![Rule {
            name: root
                .at(&["self", "name"])
                .and_then(Node::text)
                .or(root.text_of("title")),
            ty: "track".to_owned(),
            version: 0,
            description: root.text_of("description"),
            schema: Some(root),
            node: root,
        }],
        None => Vec::new(),
    }
}

fn of_list<'n>(node: &'n Node, ty: &str) -> Rule<'n> {
    let schema = ["jsonSchema", "rules", "schema"]
        .iter()
        .find_map(|key| node.get(key));
    let schema = schema.or(node.get("properties").map(|_| node));
    let description = node.text_of("description");
    Rule {
        name: node.text_of("key").or(node.text_of("name")),
        ty: node
            .text_of("type")
            .filter(|ty| *ty != "object")
            .unwrap_or(ty)
            .to_ascii_lowercase(),
        version: node
            .text_of("version")
            .and_then(|text| text.parse().ok())
            .unwrap_or(0),
        description: description.or(schema.and_then(|schema| schema.text_of("description"))),
        schema,
        node,
    }
}

fn event(cx: &mut Context<'_>, name: &str, rule: &Rule<'_>) {
    cx.metrics += 1;
    let place = cx.place(rule.node);
    if rule.name.is_none() {
        cx.note(
            place.clone(),
            name,
            "the rule has no name; choose the event's name",
        );
    }
    let args = rule
        .schema
        .map(|schema| schema::arguments(cx, name, schema))
        .unwrap_or_default();
    let instrument = Instrument {
        name,
        description: rule.description,
        args,
        place: &place,
    };
    let metric = shapes::event(cx, instrument);
    let labels = rule
        .node
        .get("labels")
        .map(Node::entries)
        .unwrap_or_default();
    let others = labels
        .iter()
        .filter_map(|label| Some((label.key.clone(), label.value.text()?.to_owned())));
    let ping = Ping {
        name: name.to_owned(),
        section: "Events".to_owned(),
        title: humanized(name),
        purpose: rule.description.map(str::to_owned),
        added: cx.added.to_owned(),
        metrics: vec![metric],
        others: others.collect(),
        place,
        ..Ping::default()
    };
    cx.push(ping);
}
