//! The section about a ping.

use pings_model::{Aggregation, Ping, Registry, Sensitivity};

use super::windows::{all_windows, windows};
use super::{codes, events, life, results, sql, status};
use crate::markdown::{heading, inline, plain};
use crate::queries::MetricQuery;
use crate::text::comma_separated;

/// Returns the blocks of the section.
pub(super) fn ping(registry: &Registry, ping: &Ping, queries: &[MetricQuery<'_>]) -> Vec<String> {
    let mut blocks = vec![
        format!("<a id=\"{}\"></a>\n", anchor(ping)),
        format!("### {}\n", heading(&ping.title)),
        format!("**Type:** {}\n", kind(registry, ping)),
    ];
    for (label, text) in [
        ("Intended purpose", &ping.purpose),
        ("Functional implementation", &ping.implementation),
        ("Other considerations", &ping.considerations),
    ] {
        let text = inline(text.as_deref().unwrap_or_default());
        if !text.is_empty() {
            blocks.push(format!("**{label}:** {text}\n"));
        }
    }
    blocks.push(facts(registry, ping));
    blocks.push(results::results(registry, queries));
    blocks.extend(events::events(registry, ping));
    blocks.extend(sql::sql(queries));
    blocks
}

/// Returns the anchor of a ping, which does not depend on its title.
pub(super) fn anchor(ping: &Ping) -> String {
    format!("ping-{}", ping.id)
}

/// Returns how the ping is collected, as Markdown.
#[must_use]
pub fn kind(registry: &Registry, ping: &Ping) -> String {
    plain(registry.terms().name(ping.kind))
}

/// Returns the period that the values cover, in the registry's own words if it has any, as Markdown.
#[must_use]
pub fn aggregation(ping: &Ping) -> String {
    let words = match ping.aggregation {
        Aggregation::Weekly => format!("By {}", windows(&all_windows(ping))),
        Aggregation::Total => "total".to_owned(),
    };
    plain(ping.aggregation_note.as_deref().unwrap_or(&words))
}

/// Returns the list of facts.
fn facts(registry: &Registry, ping: &Ping) -> String {
    let mut facts = vec![
        format!("Aggregation: {}", aggregation(ping)),
        codes::codes(registry, ping),
    ];
    if !ping.prs.is_empty() {
        facts.push(format!("PRs: {}", life::pull_requests(registry, &ping.prs)));
    }
    facts.push(format!("**Version Added:** {}", ping.added));
    if !ping.broken.is_empty() {
        let broken = life::broken(registry, &ping.broken);
        facts.push(format!("**Version(s) broken:** {broken}"));
    }
    if let Some(removed) = ping.removed {
        facts.push(format!("**Version Removed:** {removed}"));
    }
    facts.push(format!("**Status:** {}", plain(&status::of_ping(ping))));
    if let Some(expires) = &ping.expires {
        facts.push(format!("Expires: {expires}"));
    }
    match ping.owners.as_slice() {
        [] => {}
        [owner] => facts.push(format!("Owner: {}", plain(owner))),
        owners => facts.push(format!("Owners: {}", names(owners))),
    }
    if !ping.tags.is_empty() {
        facts.push(format!("Tags: {}", names(&ping.tags)));
    }
    if let Some(review) = &ping.review {
        facts.push(format!("Review: {}", plain(review)));
    }
    facts.push(format!("Sensitivity: {}", sensitivity(ping.sensitivity)));
    facts.iter().map(|fact| format!("- {fact}\n")).collect()
}

fn names(names: &[String]) -> String {
    comma_separated(names.iter().map(|it| plain(it)))
}

/// Returns the kind of data that a ping contains, as Markdown.
#[must_use]
pub fn sensitivity(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Usage => "usage (how the product is used)",
        Sensitivity::Operational => "operational (how the instance is run)",
        Sensitivity::Identifying => {
            "**identifying** (data that could identify a person or a company)"
        }
    }
}
