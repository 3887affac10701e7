//! Checks that a ping has either an owner or a list of owners.

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::tree::Node;

pub(super) fn check(ping: &Node<'_>, cx: &mut Context<'_>) {
    if let (Some(owner), Some(owners)) = (ping.entry("owner"), ping.entry("owners")) {
        cx.report(
            Diagnostic::new(
                Rule::MisplacedKey,
                owners.key_span,
                "a ping with both `owners` and `owner`",
            )
            .label("owners")
            .related(owner.key_span, "and owner")
            .help("list all owners in `owners`, and remove `owner`"),
        );
    }
}
