//! Writes the registry.

mod event;
mod ping;

use std::collections::BTreeMap;

use pings_registry::yaml_text;

use crate::draft::Draft;

/// The keys at the top of the registry.
pub(crate) struct Head<'a> {
    pub(crate) name: &'a str,
    pub(crate) title: &'a str,
    pub(crate) origin: &'a str,
}

pub(crate) fn registry(draft: &Draft, head: &Head<'_>) -> String {
    let pull_requests = most_frequent(draft);
    let mut out = vec![
        format!(
            "# Converted from {} by `pings convert`. Comments that start with `check:` are next",
            head.origin
        ),
        "# to decisions; the losses were listed when the file was written.".to_owned(),
        "format: 1".to_owned(),
        format!("name: {}", yaml_text(head.name)),
        format!("title: {}", yaml_text(head.title)),
    ];
    if let Some(prefix) = &pull_requests {
        out.push("links:".to_owned());
        out.push(format!("  pr: {}", yaml_text(&format!("{prefix}{{pr}}"))));
    }
    if !draft.events.is_empty() {
        out.extend(["".to_owned(), "events:".to_owned()]);
        for (name, event) in &draft.events {
            out.extend(indented(event::lines(name, event), "  "));
        }
    }
    out.extend(["".to_owned(), "pings:".to_owned()]);
    if draft.pings.is_empty() {
        out.push("  []".to_owned());
    }
    let mut section = None;
    for (at, ping) in draft.pings.iter().enumerate() {
        let is_new = section.replace(&ping.section) != Some(&ping.section);
        if at > 0 {
            out.push(String::new());
        }
        let prefix = pull_requests.as_deref();
        out.extend(indented(ping::lines(ping, prefix, is_new), "  "));
    }
    if !draft.templates.is_empty() {
        out.push(String::new());
        out.push(
            "# Captures to complete: add the table, and its columns under `tables`.".to_owned(),
        );
    }
    for ping in &draft.templates {
        out.push("#".to_owned());
        let lines = ping::template(ping, pull_requests.as_deref());
        let lines = lines
            .iter()
            .map(|line| format!("#   {line}").trim_end().to_owned());
        out.extend(lines);
    }
    out.push(String::new());
    out.join("\n")
}

fn indented(lines: Vec<String>, by: &str) -> impl Iterator<Item = String> {
    lines.into_iter().map(move |line| match line.as_str() {
        "" => line,
        _ => format!("{by}{line}"),
    })
}

/// Returns the most frequent address of pull requests, which becomes the template of links.
fn most_frequent(draft: &Draft) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for ping in draft.pings.iter().chain(&draft.templates) {
        for (prefix, _) in &ping.prs {
            *counts.entry(prefix).or_default() += 1;
        }
    }
    let usable = counts
        .into_iter()
        .filter(|(prefix, _)| prefix.starts_with("https://") && !prefix.contains(['{', '}']));
    let most = usable.max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0)));
    most.map(|(prefix, _)| prefix.to_owned())
}
