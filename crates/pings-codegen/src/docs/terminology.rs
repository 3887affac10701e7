//! The section that explains the terms of the page.

use pings_model::{PingType, Registry};

use crate::markdown::{inline, plain};

/// The terms that are the same for every product.
const COMMON: &str = include_str!("terminology.md");

/// Returns the section.
pub(super) fn terminology(registry: &Registry) -> String {
    let terms = registry.terms();
    let term = |kind: PingType| {
        let (name, meaning) = (plain(terms.name(kind)), inline(terms.meaning(kind)));
        format!("- **{name}** - {meaning}\n")
    };
    let (event, capture) = (term(PingType::FeEvent), term(PingType::BeCapture));
    let mut pings = registry.pings().iter();
    let value = match pings.any(|ping| ping.kind == PingType::Value) {
        true => term(PingType::Value),
        false => String::new(),
    };
    let own = registry.glossary().iter().map(|definition| {
        let (term, meaning) = (plain(&definition.term), inline(&definition.meaning));
        format!("- **{term}** - {meaning}\n")
    });
    let own: String = own.collect();
    format!("## Terminology\n\n{event}{capture}{value}{COMMON}{own}")
}
