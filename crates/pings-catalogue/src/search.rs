//! The attributes of a row that the script of the index searches and filters.

use std::collections::BTreeSet;

use pings_codegen::words;
use pings_model::{Metric, Ping, Source, Version};
use serde_json::{Value, json};

use crate::markdown::one_line;
use crate::site::{Site, events_of};

/// Returns all words by which a ping is found, in lower case.
pub(crate) fn text(site: &Site<'_>, ping: &Ping) -> String {
    let mut words: Vec<&str> = vec![&ping.id, &ping.title, &ping.section];
    words.extend(ping.purpose.as_deref());
    words.extend(ping.owners.iter().map(String::as_str));
    words.extend(ping.tags.iter().map(String::as_str));
    for metric in &ping.metrics {
        words.push(&metric.code);
        words.extend(metric.title.as_deref());
        for event in events_of(metric) {
            let event = site.registry.event(event);
            words.extend(event.wire_names());
            words.extend(event.args.iter().map(|argument| argument.name.as_str()));
        }
        if let Source::Capture(capture) = &metric.source {
            let tables = capture.tables().into_iter();
            words.extend(tables.map(|it| site.registry.table(it.table).name.as_str()));
            let columns = pings_sql::columns_read(site.registry, capture);
            words.extend(columns.into_iter().map(|(_, column)| column.name.as_str()));
        }
    }
    let mut seen = BTreeSet::new();
    words.retain(|word| seen.insert(*word));
    one_line(&words.join(" ")).to_lowercase()
}

/// The status of a ping in one word.
pub(crate) fn status(ping: &Ping) -> &'static str {
    match ping.removed {
        Some(_) => "removed",
        None if words::is_broken(ping) => "broken",
        None => "working",
    }
}

/// Returns the windows of a ping as words, or `current state`.
pub(crate) fn windows(ping: &Ping) -> Vec<String> {
    let windows: BTreeSet<_> = ping.metrics.iter().flat_map(|it| &it.windows).collect();
    match windows.is_empty() {
        true => vec!["current state".to_owned()],
        false => windows.into_iter().map(|it| words::windows([it])).collect(),
    }
}

/// Returns the owners of a ping, each in one line without the character that separates them.
pub(crate) fn owners(ping: &Ping) -> Vec<String> {
    let owners = ping.owners.iter();
    owners.map(|it| one_line(it).replace('|', "/")).collect()
}

/// Returns the versions of a ping as JSON: `[added, removed, [[first, after, text], …]]`, where a
/// version is a list of numbers.
pub(crate) fn life(ping: &Ping) -> String {
    let own = ping.broken.iter().map(|broken| (None, broken));
    let of_metrics = ping.metrics.iter().flat_map(|metric: &Metric| {
        let broken = metric.own_life.broken.iter();
        broken.map(move |broken| (Some(&metric.code), broken))
    });
    let broken: Vec<Value> = own
        .chain(of_metrics)
        .map(|(code, broken)| {
            let range = broken.versions;
            let reason = one_line(broken.reason.as_deref().unwrap_or_default());
            let text = match code {
                None => reason,
                Some(code) => format!("{}: {reason}", one_line(code)),
            };
            json!([range.first().key(), range.key_after(), text])
        })
        .collect();
    json!([ping.added.key(), ping.removed.map(Version::key), broken]).to_string()
}
