//! The windows of metrics.

use pings_model::{Period, Window};

use crate::tree::Node;

/// Returns the windows of a metric or funnel: its own, or else those of its ping.
pub(super) fn windows(metric: &Node<'_>, ping: &Node<'_>, window: Window) -> Vec<Period> {
    if window == Window::Total {
        return Vec::new();
    }
    let Some(listed) = metric.get("window").or_else(|| ping.get("window")) else {
        return vec![Period::Week];
    };
    let words = listed.one_or_many().iter().filter_map(Node::text);
    // The schema check already reported words that do not exist.
    let mut windows: Vec<Period> = words.filter_map(|word| word.parse().ok()).collect();
    windows.sort_unstable();
    windows.dedup();
    windows
}
