//! Metrics of GitLab.

use pings_model::Version;

use super::counted::{self, Counted};
use crate::context::Context;
use crate::draft::{Metric, Ping, Sensitivity};
use crate::node::Node;
use crate::place::Place;
use crate::words::{humanized, pull_request};

/// Keys of a metric that are converted.
const CONVERTED: &[&str] = &[
    "key_path",
    "description",
    "product_group",
    "value_type",
    "status",
    "milestone",
    "milestone_removed",
    "introduced_by_url",
    "removed_by_url",
    "repair_issue_url",
    "options",
    "time_frame",
    "data_source",
    "data_category",
    "instrumentation_class",
    "events",
    "tier",
    "tiers",
    "distribution",
    "performance_indicator_type",
];

/// Keys of a metric that mean nothing to a registry.
const WITHOUT_MEANING: &[&str] = &[
    "product_section",
    "product_stage",
    "product_category",
    "product_categories",
    "name",
    "value_json_schema",
    "skip_validation",
    "instrumentation_class_options",
    "classification",
];

/// Keys that are kept as comments.
const KEPT: &[&str] = &["tier", "tiers", "distribution"];

/// The windows of GitLab: the window of the registry, and what is different.
const TIME_FRAMES: &[(&str, &str, Option<&str>)] = &[
    ("7d", "week", None),
    ("28d", "days_28", None),
    ("all", "all_time", None),
    ("none", "week", None),
];

/// The kinds of data of GitLab.
const CATEGORIES: &[(&str, Sensitivity)] = &[
    ("optional", Sensitivity::Usage),
    ("operational", Sensitivity::Operational),
    ("standard", Sensitivity::Operational),
    ("subscription", Sensitivity::Operational),
];

pub(super) fn convert(cx: &mut Context<'_>, root: &Node) {
    let Some(code) = root.text_of("key_path") else {
        return;
    };
    cx.metrics += 1;
    let place = cx.place(root);
    cx.note_unknown(root, code, &[CONVERTED, WITHOUT_MEANING]);
    let mut ping = ping(cx, root, code, &place);
    match counted::metric(cx, root, code, &place) {
        Counted::Metric(metric) => {
            ping.is_value = metric.state.is_some();
            ping.metrics.push(metric);
        }
        Counted::Nothing(reason) => return cx.dropped(place, code, reason),
        Counted::Query => {
            let class = root.text_of("instrumentation_class").unwrap_or("the code");
            let reason =
                format!("the query is in {class}: the registry has a template for a capture");
            cx.dropped(place, code, reason);
            ping.checks.push(format!("the query is in {class}"));
            ping.is_total = root.text_of("time_frame") == Some("all");
            ping.metrics.push(Metric {
                code: code.to_owned(),
                ..Metric::default()
            });
            return cx.draft.templates.push(ping);
        }
    }
    let frames = root.get("time_frame").map(Node::texts).unwrap_or_default();
    for frame in frames.into_iter().filter(|_| !ping.is_value) {
        let mut known = TIME_FRAMES.iter().copied();
        let known = known.find(|(known, ..)| *known == frame);
        let Some((_, mut window, mut loss)) = known else {
            let reason = format!("the time frame `{frame}` is unknown; the metric is weekly");
            cx.changed(place.clone(), code, reason);
            continue;
        };
        if window == "all_time" && !ping.metrics.iter().all(Metric::can_be_for_all_time) {
            window = "week";
            loss = Some("the number of all time becomes the number of each week");
        }
        if !ping.windows.contains(&window) {
            ping.windows.push(window);
        }
        if let Some(loss) = loss {
            cx.changed(place.clone(), code, loss);
        }
    }
    cx.push(ping);
}

/// Returns the ping of a metric, without the metrics.
fn ping(cx: &mut Context<'_>, root: &Node, code: &str, place: &Place) -> Ping {
    let mut ping = Ping {
        name: code.to_owned(),
        section: humanized(root.text_of("product_group").unwrap_or("other")),
        title: humanized(code.rsplit('.').next().unwrap_or(code)),
        purpose: root.text_of("description").map(str::to_owned),
        added: cx.added.to_owned(),
        owners: root
            .get("product_group")
            .map(Node::texts)
            .unwrap_or_default()
            .into_iter()
            .map(str::to_owned)
            .collect(),
        place: place.clone(),
        ..Ping::default()
    };
    life(cx, root, code, &mut ping);
    let category = root.text_of("data_category").unwrap_or("optional");
    // Older files begin the category with a capital letter.
    let mut known = CATEGORIES.iter();
    let known = known.find(|(known, _)| known.eq_ignore_ascii_case(category));
    ping.sensitivity = known.map_or(Sensitivity::Identifying, |(_, sensitivity)| *sensitivity);
    for key in ["introduced_by_url", "removed_by_url"] {
        let Some(address) = root.text_of(key) else {
            continue;
        };
        match pull_request(address) {
            Some((prefix, number)) => ping.prs.push((prefix.to_owned(), number)),
            None => ping.others.push((key.to_owned(), address.to_owned())),
        }
    }
    let indicators = root.get("performance_indicator_type").map(Node::texts);
    let indicators = indicators.unwrap_or_default().into_iter();
    ping.tags.extend(indicators.map(str::to_owned));
    for key in KEPT {
        let values = root.get(key).map(Node::texts).unwrap_or_default();
        if !values.is_empty() {
            ping.others.push(((*key).to_owned(), values.join(", ")));
        }
    }
    ping
}

/// Converts the milestones and the status: first, removed and broken versions.
fn life(cx: &mut Context<'_>, root: &Node, code: &str, ping: &mut Ping) {
    let place = root
        .get("status")
        .map_or_else(|| cx.place(root), |node| cx.place(node));
    let milestone = root.text_of("milestone").unwrap_or_default();
    let is_older = milestone.starts_with('<');
    match version(milestone) {
        Some(version) => {
            ping.added = version.to_string();
            if is_older {
                let check =
                    format!("the milestone is {milestone}: GitLab does not know the first version");
                ping.checks.push(check);
            }
        }
        None if milestone.is_empty() => ping
            .checks
            .push("the file has no milestone: since which version?".to_owned()),
        None => ping.checks.push(format!(
            "the milestone is `{milestone}`, which is not a version"
        )),
    }
    match root.text_of("status").unwrap_or("active") {
        "removed" => {
            let removed = root.text_of("milestone_removed").and_then(version);
            let added = version(&ping.added);
            match removed {
                Some(removed) if added.is_none_or(|added| added < removed) => {}
                // Only the release before which the metric was added is known.
                Some(_) if is_older => ping.added = "0".to_owned(),
                _ => {
                    return cx.changed(place, code, "removed in an unknown version: add `removed`");
                }
            }
            ping.removed = removed.map(|version| version.to_string());
        }
        "broken" => {
            let issue = root.text_of("repair_issue_url").unwrap_or("see the source");
            ping.broken = Some((format!("{}+", ping.added), issue.to_owned()));
            ping.checks
                .push("broken since which version? GitLab does not say".to_owned());
        }
        "active" | "data_available" | "implemented" | "not_used" | "deprecated" => {}
        other => cx.note(place, code, format!("the status `{other}` is unknown")),
    }
}

/// Returns the version in a milestone.
fn version(milestone: &str) -> Option<Version> {
    milestone.trim_start_matches('<').trim().parse().ok()
}
