//! The files with values that a registry names.

use crate::arguments::{item, levels};
use crate::metrics::metrics;
use crate::tree::Node;

/// Reads a file that a registry names, by its path relative to the registry. The error is the
/// reason.
pub type Files<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

/// The files of a registry that is only a text.
pub(crate) fn none(_: &str) -> Result<String, String> {
    Err("the registry was loaded without its files".to_owned())
}

/// Returns the nodes of `values`, which name a file or list the values.
pub(crate) fn value_nodes<'n>(root: &'n Node<'n>) -> impl Iterator<Item = &'n Node<'n>> {
    let parts = |key: &str| root.get(key).map(Node::entries).unwrap_or_default().iter();
    let arguments = parts("events").flat_map(|event| levels(&event.value));
    let columns = parts("tables").map(|table| table.value.entries());
    let pings = root.get("pings").map(Node::items).unwrap_or_default();
    let metrics = || pings.iter().flat_map(metrics);
    let selected = metrics().filter_map(|metric| Some(metric.get("columns")?.entries()));
    let entries = arguments.chain(columns).chain(selected).flatten();
    let declared = entries.map(|entry| item(&entry.value));
    let set = metrics().filter_map(|metric| metric.get("value"));
    declared.chain(set).filter_map(|node| node.get("values"))
}

/// Returns the values in the text of a file, each with the number of its line.
pub(crate) fn values(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.trim_start_matches('\u{feff}');
    let lines = text.lines().enumerate();
    lines
        .map(|(at, line)| (at + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}
