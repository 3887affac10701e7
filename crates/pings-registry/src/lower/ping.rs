//! Pings, without their metrics.

use pings_model::{Aggregation, Expiry, Ping, Sensitivity};

use crate::context::Context;
use crate::lower::names::{Names, Owner};
use crate::lower::{life, metric};
use crate::syntax::{RawPing, RawRegistry};
use crate::tree::Node;

/// Returns the valid pings. A ping that is invalid or has invalid parts is omitted.
pub(super) fn pings(raw: &RawRegistry<'_>, names: &Names<'_>, cx: &mut Context<'_>) -> Vec<Ping> {
    let mut section = String::new();
    let mut pings = Vec::with_capacity(raw.pings.len());
    for part in &raw.pings {
        let Some(raw) = &part.value else { continue };
        if let Some(named) = &raw.section {
            section.clone_from(named);
        }
        pings.extend(ping(raw, part.node, &section, names, cx));
    }
    pings
}

fn ping(
    raw: &RawPing,
    node: &Node<'_>,
    section: &str,
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<Ping> {
    // Without a type, the metrics cannot be checked.
    let kind = raw.kind.parse().ok()?;
    // The schema check already reported words that do not exist.
    let aggregation = raw.aggregation.parse().unwrap_or(Aggregation::Weekly);
    let owner = Owner { kind, aggregation };
    let metrics = metric::metrics(raw, node, owner, names, cx);
    Some(Ping {
        id: raw.id.clone(),
        section: section.to_owned(),
        title: raw.title.clone(),
        kind,
        purpose: raw.purpose.clone(),
        implementation: raw.implementation.clone(),
        considerations: raw.considerations.clone(),
        aggregation,
        aggregation_note: raw.aggregation_note.clone(),
        added: life::version(Some(&raw.added))?,
        removed: life::version(raw.removed.as_ref()),
        broken: life::broken(&raw.broken),
        prs: raw.prs.clone(),
        owners: raw.owner.iter().chain(&raw.owners).cloned().collect(),
        tags: raw.tags.clone(),
        review: raw.review.clone(),
        expires: raw.expires.as_deref().and_then(Expiry::read),
        sensitivity: raw
            .sensitivity
            .as_deref()
            .and_then(|word| word.parse().ok())
            .unwrap_or(Sensitivity::Usage),
        metrics,
    })
}
