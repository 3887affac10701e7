//! The codes in the registry and their locations, for the rules about them.

use crate::source::Span;
use crate::syntax::RawRegistry;
use crate::tree::Node;

/// Returns the codes of all pings with their locations, in page order, including pings that failed
/// the schema check.
pub(super) fn codes<'n>(raw: &RawRegistry<'n>) -> impl Iterator<Item = (&'n str, Span)> {
    raw.pings.iter().flat_map(|part| ping_codes(part.node))
}

/// Returns the codes of one ping.
pub(super) fn ping_codes<'n>(ping: &'n Node<'n>) -> impl Iterator<Item = (&'n str, Span)> {
    ["metrics", "funnels"]
        .into_iter()
        .filter_map(|key| ping.get(key))
        .flat_map(Node::items)
        .filter_map(|metric| metric.get("code"))
        .filter_map(|code| Some((code.text()?, code.span)))
}
