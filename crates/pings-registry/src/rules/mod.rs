//! Rules that check names and keys. Each file contains one rule as a function with the same
//! signature.

mod capture_codes;
mod codes;
mod databases;
mod dimension_names;
mod funnels;
mod identifiers;
pub(crate) mod joins;
mod lifecycle;
mod listed_twice;
mod measures;
mod metrics_or_funnels;
mod names;
mod owners;
mod sections;
mod similar_codes;
mod unique;
mod windows;

use crate::context::Context;
use crate::syntax::RawRegistry;
use crate::tree::Node;

/// Rules for the whole registry.
const RULES: &[fn(&RawRegistry<'_>, &Node<'_>, &mut Context<'_>)] = &[
    names::check,
    unique::check,
    similar_codes::check,
    capture_codes::check,
    identifiers::check,
    listed_twice::check,
    sections::check,
    databases::check,
];

/// Rules for each ping. All rules run on one ping before the next, because a large registry does
/// not fit in the CPU cache.
const PING_RULES: &[fn(&Node<'_>, &mut Context<'_>)] = &[
    lifecycle::check,
    metrics_or_funnels::check,
    measures::check,
    windows::check,
    owners::check,
    funnels::check,
    joins::check,
    dimension_names::check,
];

/// Runs every rule.
pub(crate) fn check(raw: &RawRegistry<'_>, root: &Node<'_>, cx: &mut Context<'_>) {
    for part in &raw.pings {
        for rule in PING_RULES {
            rule(part.node, cx);
        }
    }
    for rule in RULES {
        rule(raw, root, cx);
    }
}
