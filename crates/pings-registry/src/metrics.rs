//! The metrics of a ping in the syntax tree.

use crate::tree::Node;

/// Returns the metrics and funnels of a ping.
pub(crate) fn metrics<'n>(ping: &'n Node<'n>) -> impl Iterator<Item = &'n Node<'n>> {
    let lists = ["metrics", "funnels"].map(|key| ping.get(key).map_or(&[][..], Node::items));
    lists.into_iter().flatten()
}
