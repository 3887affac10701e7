//! The docs page: what people read before they trust a number.

mod codes;
mod events;
mod overview;
mod ping;
mod results;
mod sql;
mod status;

use pings_model::Registry;

use crate::markdown::{Slugs, guarded, heading, inline};
use crate::queries::MetricQuery;
use crate::{Origin, header};

pub(crate) use status::sentence as status;

/// Where it stands.
pub(crate) const PATH: &str = "docs/pings.md";

/// What the page means by its words.
const TERMINOLOGY: &str = include_str!("terminology.md");

/// The page.
pub(crate) fn page(
    registry: &Registry,
    queries: &[MetricQuery<'_>],
    origin: &Origin<'_>,
) -> String {
    let outline = outline(registry);
    let mut blocks = vec![
        header::markdown(origin),
        format!("# {}\n", heading(&registry.title)),
    ];
    blocks.extend(paragraphs(registry.summary.as_deref().unwrap_or_default()));
    blocks.push(format!("## {OVERVIEW}\n"));
    blocks.push(overview::overview(registry, &outline));
    blocks.push(TERMINOLOGY.to_owned());

    let mut section = None;
    let mut queries = queries;
    for ping in &registry.pings {
        if section != Some(&ping.section) {
            blocks.push(format!("## {}\n", heading(&ping.section)));
            section = Some(&ping.section);
        }
        let (of_ping, rest) = queries.split_at(ping.metrics.len().min(queries.len()));
        blocks.extend(ping::ping(registry, ping, of_ping));
        queries = rest;
    }
    blocks.join("\n")
}

const OVERVIEW: &str = "Overview";

/// The fragment of every ping's heading, in page order.
fn outline(registry: &Registry) -> Vec<String> {
    let mut slugs = Slugs::default();
    let mut section = None;
    for heading in [registry.title.as_str(), OVERVIEW, "Terminology"] {
        slugs.next(&crate::text::one_line(heading));
    }
    registry
        .pings
        .iter()
        .map(|ping| {
            if section != Some(&ping.section) {
                slugs.next(&crate::text::one_line(&ping.section));
                section = Some(&ping.section);
            }
            slugs.next(&crate::text::one_line(&ping.title))
        })
        .collect()
}

/// Prose of more than one paragraph.
fn paragraphs(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    lines
        .split(|line| line.trim().is_empty())
        .map(|lines| guarded(&inline(&lines.join(" "))))
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| format!("{paragraph}\n"))
        .collect()
}
