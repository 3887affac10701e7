//! GitLab Service Ping: `config/metrics/**/*.yml` and `config/events/*.yml`.

mod counted;
mod event;
mod metric;

use crate::context::Context;
use crate::node::Node;

/// Converts a file, which declares a metric or an event.
pub(crate) fn convert(cx: &mut Context<'_>, root: &Node) {
    if root.get("key_path").is_some() {
        metric::convert(cx, root);
    } else if root.get("action").is_some() {
        event::convert(cx, root);
    } else {
        let place = cx.place(root);
        let reason =
            "neither a metric with a `key_path` nor an event with an `action`, and ignored";
        let file = cx.file;
        cx.note(place, file, reason);
    }
}
