//! Indexes of the codes and the events at the end of the page.

use std::collections::BTreeMap;

use pings_model::{EventId, Ping, Registry};

use super::ping;
use crate::markdown::{code, link, plain, table};
use crate::text::comma_separated;
use crate::usage::events_of;

/// Returns the blocks of both indexes, in alphabetical order.
pub(super) fn index(registry: &Registry) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut codes: Vec<(&str, &Ping)> = registry
        .metrics()
        .map(|(ping, metric)| (metric.code.as_str(), ping))
        .collect();
    codes.sort_by_key(|(code, _)| (code.to_lowercase(), *code));
    if !codes.is_empty() {
        let rows: Vec<[String; 2]> = codes
            .iter()
            .map(|(name, ping)| [code(name), to_ping(ping, &ping.title)])
            .collect();
        blocks.push("## Index of codes\n".to_owned());
        blocks.push(table(["Code", "Ping"], &rows));
    }
    let counted = counted(registry);
    let mut events: Vec<(usize, &str)> = registry
        .events()
        .iter()
        .enumerate()
        .flat_map(|(place, event)| event.wire_names().map(move |name| (place, name)))
        .collect();
    events.sort_by_key(|(_, name)| (name.to_lowercase(), *name));
    if !events.is_empty() {
        let rows: Vec<[String; 2]> = events
            .iter()
            .map(|(place, name)| {
                let today = &registry.events()[*place].name;
                let shown = match today == name {
                    true => code(name),
                    false => format!("{} (now {})", code(name), code(today)),
                };
                let codes = counted.get(&EventId(*place)).into_iter().flatten();
                let codes = codes.map(|(ping, name)| to_ping(ping, name));
                [shown, comma_separated(codes)]
            })
            .collect();
        blocks.push("## Index of events\n".to_owned());
        blocks.push(table(["Event", "Counted by"], &rows));
    }
    blocks
}

/// Returns the codes that count each event, with their pings.
fn counted(registry: &Registry) -> BTreeMap<EventId, Vec<(&Ping, &str)>> {
    let mut counted: BTreeMap<EventId, Vec<(&Ping, &str)>> = BTreeMap::new();
    for (ping, metric) in registry.metrics() {
        for event in events_of(metric) {
            let codes = counted.entry(event).or_default();
            if codes.last().is_none_or(|(_, code)| *code != metric.code) {
                codes.push((ping, &metric.code));
            }
        }
    }
    counted
}

/// Returns a link to the section of a ping.
fn to_ping(ping: &Ping, text: &str) -> String {
    link(&plain(text), Some(&format!("#{}", ping::anchor(ping))))
}
