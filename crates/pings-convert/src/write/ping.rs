//! Writes a ping.

use pings_registry::yaml_text;

use crate::draft::{Filter, Literal, Metric, Ping, Selected, Sensitivity, Type};
use crate::words::on_one_line;
use crate::yaml;

/// The percentiles of distributions.
const PERCENTILES: &str = "[50, 90, 99]";

/// Returns the lines of a ping as an item of a list.
pub(super) fn lines(ping: &Ping, pull_requests: Option<&str>, is_new_section: bool) -> Vec<String> {
    let ty = if ping.is_value { "value" } else { "fe_event" };
    let mut keys = head(ping, ty, pull_requests, is_new_section);
    keys.push("metrics:".to_owned());
    keys.extend(ping.metrics.iter().map(|it| format!("  - {}", metric(it))));
    let mut out = checks(ping);
    out.extend(as_item(keys));
    out
}

/// Returns the lines of a capture whose table is unknown.
pub(super) fn template(ping: &Ping, pull_requests: Option<&str>) -> Vec<String> {
    let mut keys = head(ping, "be_capture", pull_requests, true);
    keys.push("metrics:".to_owned());
    let codes = ping.metrics.iter().map(|metric| yaml_text(&metric.code));
    keys.extend(codes.map(|code| format!("  - {{ code: {code}, from: TABLE }}")));
    let mut out = checks(ping);
    out.extend(as_item(keys));
    out
}

fn as_item(keys: Vec<String>) -> impl Iterator<Item = String> {
    keys.into_iter()
        .enumerate()
        .map(|(at, line)| match (at, line.as_str()) {
            (_, "") => line,
            (0, _) => format!("- {line}"),
            _ => format!("  {line}"),
        })
}

/// Returns the comments before a ping.
fn checks(ping: &Ping) -> Vec<String> {
    let checks = ping.checks.iter().map(|check| format!("check: {check}"));
    let others = ping
        .others
        .iter()
        .map(|(key, text)| format!("{key}: {text}"));
    checks
        .chain(others)
        .flat_map(|text| yaml::comment(&on_one_line(&text, 300)))
        .collect()
}

/// Returns the keys before the metrics.
fn head(ping: &Ping, ty: &str, pull_requests: Option<&str>, is_new_section: bool) -> Vec<String> {
    let mut keys = vec![format!("id: {}", yaml_text(&ping.name))];
    if is_new_section {
        keys.push(format!(
            "section: {}",
            yaml_text(&on_one_line(&ping.section, 80))
        ));
    }
    keys.push(format!(
        "title: {}",
        yaml_text(&on_one_line(&ping.title, 120))
    ));
    keys.push(format!("type: {ty}"));
    if let Some(purpose) = &ping.purpose {
        keys.extend(yaml::prose("purpose", purpose));
    }
    if let Some(considerations) = &ping.considerations {
        keys.extend(yaml::prose("considerations", considerations));
    }
    keys.push(match ping.windows.as_slice() {
        _ if ping.is_total => "aggregation: total".to_owned(),
        [] | ["week"] => "aggregation: weekly".to_owned(),
        [one] => format!("window: {one}"),
        many => format!("window: [{}]", many.join(", ")),
    });
    keys.push(format!("added: \"{}\"", ping.added));
    if let Some(removed) = &ping.removed {
        keys.push(format!("removed: \"{removed}\""));
    }
    if let Some((versions, reason)) = &ping.broken {
        keys.push("broken:".to_owned());
        let reason = yaml_text(reason);
        keys.push(format!(
            "  - {{ versions: \"{versions}\", reason: {reason} }}"
        ));
    }
    let mut numbers = Vec::new();
    for (prefix, number) in &ping.prs {
        if Some(prefix.as_str()) == pull_requests && !numbers.contains(&number.to_string()) {
            numbers.push(number.to_string());
        }
    }
    if !numbers.is_empty() {
        keys.push(format!("prs: [{}]", numbers.join(", ")));
    }
    match distinct(&ping.owners).as_slice() {
        [] => {}
        [owner] => keys.push(format!("owner: {}", yaml_text(owner))),
        owners => keys.push(format!("owners: {}", yaml::list(owners))),
    }
    let tags = distinct(&ping.tags);
    if !tags.is_empty() {
        keys.push(format!("tags: {}", yaml::list(&tags)));
    }
    if let Some(date) = &ping.review {
        keys.push(format!("review: {date}"));
    }
    if let Some(version) = &ping.expires {
        keys.push(format!("expires: \"{version}\""));
    }
    match ping.sensitivity {
        Sensitivity::Usage => {}
        Sensitivity::Operational => keys.push("sensitivity: operational".to_owned()),
        Sensitivity::Identifying => keys.push("sensitivity: identifying".to_owned()),
    }
    keys
}

/// Returns texts without duplicates and blank texts.
fn distinct(texts: &[String]) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for text in texts {
        if !text.trim().is_empty() && !distinct.contains(text) {
            distinct.push(text.clone());
        }
    }
    distinct
}

fn metric(metric: &Metric) -> String {
    let mut keys = vec![format!("code: {}", yaml_text(&metric.code))];
    if let Some(state) = &metric.state {
        let ty = match state {
            Type::Enum(values) => format!("{{ enum: {} }}", yaml::list(values)),
            ty => super::event::word(ty).to_owned(),
        };
        keys.push(format!("value: {ty}"));
        return format!("{{ {} }}", keys.join(", "));
    }
    let first = metric.of.first().map(|it| it.filter.as_slice());
    let filter = first.filter(|filter| metric.of.iter().all(|it| it.filter == **filter));
    let of: Vec<String> = match filter {
        Some(_) => metric.of.iter().map(|it| yaml_text(&it.event)).collect(),
        None => metric.of.iter().map(selected).collect(),
    };
    match of.as_slice() {
        all if metric.is_all_of => keys.push(format!("all_of: [{}]", all.join(", "))),
        [one] if *one == yaml_text(&metric.code) => {}
        [one] => keys.push(format!("of: {one}")),
        many => keys.push(format!("of: [{}]", many.join(", "))),
    }
    if let Some(filter) = filter.filter(|filter| !filter.is_empty()) {
        keys.push(format!("where: {}", conditions(filter)));
    }
    if !metric.by.is_empty() {
        keys.push(format!("by: {}", yaml::list(&metric.by)));
    }
    match metric.measures.as_slice() {
        ["count"] => {}
        [one] => keys.push(format!("measure: {one}")),
        many => keys.push(format!("measure: {}", yaml::list(many))),
    }
    if let Some(value) = &metric.value {
        keys.push(format!("value: {}", yaml_text(value)));
    }
    if !metric.buckets.is_empty() {
        keys.push(format!("buckets: [{}]", metric.buckets.join(", ")));
    }
    if metric.measures.contains(&"percentiles") {
        keys.push(format!("at: {PERCENTILES}"));
    }
    format!("{{ {} }}", keys.join(", "))
}

/// Returns an event with conditions of its own.
fn selected(selected: &Selected) -> String {
    let event = yaml_text(&selected.event);
    match selected.filter.is_empty() {
        true => event,
        false => format!(
            "{{ event: {event}, where: {} }}",
            conditions(&selected.filter)
        ),
    }
}

fn conditions(filter: &[Filter]) -> String {
    let conditions = filter.iter().map(|it| {
        let values = it.values.iter().map(|value| match value {
            Literal::Text(text) => yaml_text(text),
            Literal::Number(number) => number.clone(),
        });
        let values: Vec<String> = values.collect();
        match values.as_slice() {
            [one] => format!("{}: {one}", yaml_text(&it.argument)),
            many => format!("{}: [{}]", yaml_text(&it.argument), many.join(", ")),
        }
    });
    format!("{{ {} }}", conditions.collect::<Vec<_>>().join(", "))
}
