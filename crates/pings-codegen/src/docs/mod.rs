//! The generated page about all pings, which helps readers decide whether to trust a number.

mod codes;
mod events;
mod expressions;
mod index;
mod life;
mod overview;
mod ping;
mod results;
mod sql;
mod status;
mod terminology;
mod windows;

use pings_model::Registry;

use crate::markdown::{guarded, heading, inline};
use crate::queries::MetricQuery;
use crate::{Origin, header};

pub(crate) use status::of_metric as status;
pub(crate) use windows::windows;

/// Descriptions of pings in words, which pages of another form use, too.
pub mod words {
    pub use super::events::argument_type;
    pub use super::paragraphs;
    pub use super::ping::{aggregation, kind, sensitivity};
    pub use super::results::{column_type, measured};
    pub use super::status::{
        is_broken, of_metric as metric_status, of_ping as status, short as short_status,
    };
    pub use super::windows::windows;
    pub use crate::markdown::{inline, plain};
    pub use crate::queries::database;
    pub use crate::text::one_line;
    pub use crate::usage::events_of;
}

/// The path of the page.
pub(crate) const PATH: &str = "docs/pings.md";

/// Returns the page.
pub(crate) fn page(
    registry: &Registry,
    queries: &[MetricQuery<'_>],
    origin: &Origin<'_>,
) -> String {
    let mut blocks = vec![
        header::markdown(origin),
        format!("# {}\n", heading(registry.title())),
    ];
    blocks.extend(paragraphs(registry.summary().unwrap_or_default()));
    if !registry.pings().is_empty() {
        blocks.push("## Overview\n".to_owned());
        blocks.push(overview::overview(registry));
    }
    blocks.push(terminology::terminology(registry));

    let mut section = None;
    let mut queries = queries;
    for ping in registry.pings() {
        if section != Some(&ping.section) {
            let title = match ping.section.trim() {
                "" => NO_SECTION,
                section => section,
            };
            blocks.push(format!("## {}\n", heading(title)));
            blocks.extend(paragraphs(
                registry.intro(&ping.section).unwrap_or_default(),
            ));
            section = Some(&ping.section);
        }
        let (of_ping, rest) = queries.split_at(ping.metrics.len().min(queries.len()));
        blocks.extend(ping::ping(registry, ping, of_ping));
        queries = rest;
    }
    blocks.extend(index::index(registry));
    blocks.join("\n")
}

/// The heading for pings without a section.
const NO_SECTION: &str = "Pings";

/// Returns prose as separate paragraphs of Markdown.
#[must_use]
pub fn paragraphs(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    lines
        .split(|line| line.trim().is_empty())
        .map(|lines| guarded(&inline(&lines.join(" "))))
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| format!("{paragraph}\n"))
        .collect()
}
