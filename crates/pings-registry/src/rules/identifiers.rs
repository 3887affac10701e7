//! Checks that every name can be converted to an identifier in generated code, and that these
//! identifiers are distinct.

use std::collections::HashMap;

use pings_model::ident::{snake_name, type_name};

use crate::arguments::{item, leaves};
use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::rules::codes::codes;
use crate::source::Span;
use crate::syntax::RawRegistry;
use crate::tree::Node;

pub(super) fn check(raw: &RawRegistry<'_>, _: &Node<'_>, cx: &mut Context<'_>) {
    let events = raw
        .events
        .iter()
        .filter_map(|part| Some((part.name, part.entry?.key_span)));
    let mut seen = HashMap::new();
    for (name, span) in events {
        distinct("event", name, span, type_name(name), &mut seen, cx);
    }
    // Codes that differ only in case are reported by the rule for similar codes.
    for (code, span) in codes(raw) {
        if snake_name(code).is_none() {
            no_identifier("code", code, span, cx);
        }
    }
    for part in &raw.events {
        let leaves = leaves(part.node);
        let mut seen = HashMap::new();
        for (path, entry) in &leaves {
            let identifier = snake_name(path);
            distinct("argument", path, entry.key_span, identifier, &mut seen, cx);
            let mut seen = HashMap::new();
            let values = item(&entry.value).get("enum");
            for value in values.map(Node::items).unwrap_or_default() {
                if let Some(text) = value.text() {
                    distinct("value", text, value.span, type_name(text), &mut seen, cx);
                }
            }
        }
    }
}

fn distinct<'n>(
    what: &str,
    name: &'n str,
    span: Span,
    identifier: Option<String>,
    seen: &mut HashMap<String, (&'n str, Span)>,
    cx: &mut Context<'_>,
) {
    let Some(identifier) = identifier else {
        // The check of the form reports names that are blank; values are not names.
        if what == "value" || !name.trim().is_empty() {
            no_identifier(what, name, span, cx);
        }
        return;
    };
    match seen.get(&identifier) {
        // The name of an argument may itself contain a dot.
        Some((first, place)) if *first == name && what == "argument" && name.contains('.') => cx
            .report(
                Diagnostic::new(
                    Rule::SameIdentifier,
                    span,
                    format!("two arguments have the path `{name}`"),
                )
                .label("this one")
                .related(*place, "and this one")
                .help("rename one of them"),
            ),
        // Duplicate names are reported by another rule.
        Some((first, _)) if *first == name => {}
        Some((first, place)) => cx.report(
            Diagnostic::new(
                Rule::SameIdentifier,
                span,
                format!("`{name}` and `{first}` both become `{identifier}` in generated code"),
            )
            .label("this one")
            .related(*place, "and this one")
            .help("rename one of them; for a renamed event, use `renamed_from`"),
        ),
        None => {
            seen.insert(identifier, (name, span));
        }
    }
}

fn no_identifier(what: &str, name: &str, span: Span, cx: &mut Context<'_>) {
    let message = format!("the {what} `{name}` cannot become an identifier");
    cx.error(
        Rule::NoIdentifier,
        span,
        message,
        "use at least one of a to z, A to Z, 0 to 9",
    );
}
