//! Checks that names contain only characters that everything built from them accepts.

use crate::arguments::levels;
use crate::context::Context;
use crate::diagnostic::Rule;
use crate::source::Span;
use crate::syntax::RawRegistry;
use crate::tree::Node;

pub(super) fn check(raw: &RawRegistry<'_>, root: &Node<'_>, cx: &mut Context<'_>) {
    if let Some(node) = root.get("name").filter(|node| node.sound) {
        snake_case("the registry's name", node, cx);
    }
    for part in &raw.pings {
        if let Some(node) = part.node.get("id") {
            snake_case("an id", node, cx);
        }
    }
    for part in &raw.events {
        if let Some(entry) = part.entry {
            event_name(part.name, entry.key_span, cx);
        }
        for old in old_keys(part.node) {
            event_name(old.text().unwrap_or_default(), old.span, cx);
        }
        for entry in levels(part.node).into_iter().flatten() {
            json_key(&entry.key, entry.key_span, cx);
            for old in old_keys(&entry.value) {
                json_key(old.text().unwrap_or_default(), old.span, cx);
            }
        }
    }
}

/// Returns the older names of an event or an argument.
pub(super) fn old_keys<'n>(argument: &'n Node<'n>) -> &'n [Node<'n>] {
    argument
        .get("renamed_from")
        .map(Node::one_or_many)
        .unwrap_or_default()
}

/// Returns whether a name consists of a to z, digits and `_`, and starts with a letter.
pub(super) fn is_snake_case(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn snake_case(what: &str, node: &Node<'_>, cx: &mut Context<'_>) {
    let Some(name) = node.text() else { return };
    if !is_snake_case(name) {
        let help = match pings_model::ident::snake_name(name) {
            Some(snake) => format!("write `{}`", snake.trim_matches('_')),
            None => "use letters a to z, digits and `_`, starting with a letter".to_owned(),
        };
        cx.error(
            Rule::InvalidName,
            node.span,
            format!("{what} must be in snake_case, but `{name}` is not"),
            help,
        );
    }
}

/// Checks the name of an event. Clients report the events that they lost under a name of its own.
fn event_name(name: &str, span: Span, cx: &mut Context<'_>) {
    if name == "$lost" {
        cx.error(
            Rule::InvalidName,
            span,
            "clients report lost events under the name `$lost`",
            "choose another name",
        );
    }
}

/// Checks the key of an argument, which becomes part of a JSON path.
fn json_key(name: &str, span: Span, cx: &mut Context<'_>) {
    if name.contains(['"', '\\']) || name.starts_with('@') {
        let help = "use letters, digits and punctuation except quotes and backslashes, not starting with `@`";
        cx.error(
            Rule::InvalidName,
            span,
            format!("`{name}` is not a valid name for an argument"),
            help,
        );
    }
}
