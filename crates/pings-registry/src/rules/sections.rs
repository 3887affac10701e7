//! Checks that sections with an introduction have pings.

use std::collections::BTreeSet;

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::nearest::nearest;
use crate::syntax::RawRegistry;
use crate::tree::Node;

pub(super) fn check(_: &RawRegistry<'_>, root: &Node<'_>, cx: &mut Context<'_>) {
    let described = root.get("sections").map_or(&[][..], Node::entries);
    if described.is_empty() {
        return;
    }
    let pings = root.get("pings").map_or(&[][..], Node::items);
    let named: BTreeSet<&str> = pings
        .iter()
        .filter_map(|ping| ping.get("section")?.text())
        .collect();
    for entry in described {
        if named.contains(&*entry.key) {
            continue;
        }
        let message = format!("no ping is in the section `{}`", entry.key);
        let diagnostic = Diagnostic::new(Rule::UnknownSection, entry.key_span, message);
        let help = match nearest(&entry.key, named.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "remove it, or name it in the `section` of a ping".to_owned(),
        };
        cx.report(diagnostic.help(help));
    }
}
