//! `src/tables.rs`: names with the perfect hashes that find them, and keys of arguments.

use std::collections::HashMap;

use pings_model::{Event, Leaf, Registry};

use super::layout::{rows, table};
use super::perfect_hash::Tables;
use crate::{Origin, header, rust};

pub(super) fn module(registry: &Registry, origin: &Origin<'_>) -> String {
    let events = registry.events();
    let current = (0..)
        .zip(events)
        .map(|(place, event)| (event.name.as_str(), place));
    let old = (0..).zip(events).flat_map(|(place, event)| {
        let old = event.renamed_from.iter();
        old.map(move |name| (name.as_str(), place))
    });
    let ids = (0..)
        .zip(registry.pings())
        .map(|(place, ping)| (ping.id.as_str(), place));
    let codes = (0..).zip(registry.pings()).flat_map(|(place, ping)| {
        let metrics = ping.metrics.iter();
        metrics.map(move |metric| (metric.code.as_str(), place))
    });
    let (keys, keys_of_events) = keys(events);
    let old_keys: Vec<String> = (0_u32..)
        .zip(events)
        .flat_map(|(event, declared)| old_keys(event, declared))
        .collect();
    let objects: Vec<String> = (0_u32..)
        .zip(events)
        .flat_map(|(event, declared)| objects(event, declared))
        .collect();
    format!(
        "{header}
//! Names with their perfect hashes, and keys of arguments.

use pings_types::generated::{{Names, PerfectHash, Tables}};

/// The tables of the events.
pub(crate) static TABLES: Tables = Tables {{
    events: {count},
    names: &EVENT_NAMES,
    keys: &KEYS,
    keys_of_events: &KEYS_OF_EVENTS,
    old_keys: &OLD_KEYS,
    objects: &OBJECTS,
}};

{names}
{ids}
{codes}
{keys}
{keys_of_events}
{old_keys}
{objects}",
        header = header::rust(origin),
        count = events.len(),
        names = names(
            "/// The name of each event, followed by the previous names of events.\n",
            "EVENT_NAMES",
            current.chain(old)
        ),
        ids = names("/// The id of each ping.\n", "PING_IDS", ids),
        codes = names("/// The codes of each ping.\n", "CODES", codes),
        keys = table(
            "/// Keys of arguments, in registry order.\n",
            "KEYS",
            "&[&str]",
            &keys,
            1
        ),
        keys_of_events = table(
            "/// For each event, the index of its keys.\n",
            "KEYS_OF_EVENTS",
            "u32",
            &keys_of_events,
            16
        ),
        old_keys = table(
            "/// Previous keys of arguments: the index of the event, the index of the argument, the key.\n",
            "OLD_KEYS",
            "(u32, u32, &str)",
            &old_keys,
            1
        ),
        objects = table(
            "/// Objects that contain arguments: the index of the event, the index of the argument, the key.\n",
            "OBJECTS",
            "(u32, u32, &str)",
            &objects,
            1
        ),
    )
}

/// Returns the constant for names of events or pings, each with the index of its owner. Owners of
/// the first names are omitted if they have the same indices as the names.
fn names<'a>(docs: &str, constant: &str, names: impl Iterator<Item = (&'a str, u32)>) -> String {
    let (names, owners): (Vec<&str>, Vec<u32>) = names.unzip();
    let mut end = 0;
    let ends = names.iter().map(|name| {
        end += name.len();
        end as u32
    });
    let starts: Vec<u32> = std::iter::once(0).chain(ends).collect();
    let has_own_index = |(index, owner): &(u32, &u32)| index == *owner;
    let omitted = (0..).zip(&owners).take_while(has_own_index).count();
    let Tables {
        seed,
        displacements,
        slots,
    } = Tables::new(&names);
    let numbers = |indent: &str, numbers: &[u32]| {
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        rows(indent, &numbers, 16)
    };
    format!(
        "{docs}#[rustfmt::skip]
pub(crate) static {constant}: Names = Names {{
    text: \"\\
{text}\",
    starts: &[
{starts}    ],
    owners: {owners},
    hash: PerfectHash {{
        seed: {seed},
        displacements: &[
{displacements}        ],
        slots: &[
{slots}        ],
    }},
}};
",
        text = names.into_iter().map(line).collect::<String>(),
        starts = numbers("        ", &starts),
        owners = match &owners[omitted..] {
            [] => "&[]".to_owned(),
            owners => format!("&[\n{}    ]", numbers("        ", owners)),
        },
        displacements = numbers("            ", &displacements),
        slots = numbers("            ", &slots),
    )
}

/// Returns a name as a line of a longer literal. The indentation and the line break are not part of
/// the literal's value.
fn line(name: &str) -> String {
    let literal = rust::string(name);
    let inner = &literal[1..literal.len() - 1];
    match inner.strip_prefix(' ') {
        Some(rest) => format!("        \\x20{rest}\\\n"),
        None => format!("        {inner}\\\n"),
    }
}

/// Returns the previous keys of the arguments of an event, in the order of the arguments.
fn old_keys(event: u32, declared: &Event) -> impl Iterator<Item = String> {
    (0_u32..)
        .zip(declared.leaves())
        .flat_map(move |(place, leaf)| {
            let old = leaf.argument.renamed_from.iter();
            old.map(move |key| format!("({event}, {place}, {})", rust::string(key)))
        })
}

/// Returns the objects that contain the arguments of an event, in the order of the arguments.
fn objects(event: u32, declared: &Event) -> impl Iterator<Item = String> {
    (0_u32..)
        .zip(declared.leaves())
        .flat_map(move |(place, leaf)| {
            let keys = leaf.within.into_iter();
            keys.map(move |key| format!("({event}, {place}, {})", rust::string(key)))
        })
}

/// Returns the distinct lists of keys, and for each event the index of its list.
fn keys(events: &[Event]) -> (Vec<String>, Vec<String>) {
    let mut lists = Vec::new();
    let mut places = HashMap::new();
    let places_of_events = events.iter().map(|event| {
        let keys: Vec<String> = event.leaves().iter().map(Leaf::path).collect();
        let place = places.entry(keys).or_insert_with_key(|keys| {
            lists.push(format!("&{keys:?}"));
            lists.len() - 1
        });
        place.to_string()
    });
    let places_of_events = places_of_events.collect();
    (lists, places_of_events)
}
