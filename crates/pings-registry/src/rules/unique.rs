//! Checks that no id, code or wire name is used twice.

use std::collections::{HashMap, HashSet};

use crate::arguments::levels;
use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::rules::codes::codes;
use crate::rules::names::old_keys;
use crate::source::Span;
use crate::syntax::RawRegistry;
use crate::tree::Node;

pub(super) fn check(raw: &RawRegistry<'_>, _: &Node<'_>, cx: &mut Context<'_>) {
    let ids = raw.pings.iter().filter_map(|part| {
        let id = part.node.get("id")?;
        Some((id.text()?, id.span))
    });
    let help = "give the new ping another id; ids are unique and never reused";
    unique(Rule::DuplicateId, "id", ids, help, cx);

    let help = "rename one of them, because each code is a separate value in the payload";
    unique(Rule::DuplicateCode, "code", codes(raw), help, cx);

    // A repeated key is reported by the rule for duplicate keys.
    let mut keys = HashSet::new();
    let names = raw.events.iter().flat_map(|part| {
        let entry = part.entry.filter(|_| keys.insert(part.name));
        let name = entry.map(|entry| (part.name, entry.key_span));
        let old = part
            .node
            .get("renamed_from")
            .map(Node::one_or_many)
            .unwrap_or_default();
        name.into_iter().chain(
            old.iter()
                .filter_map(|node| Some((node.text()?, node.span))),
        )
    });
    let help = "an event logged under this name would count twice: remove one of them";
    unique(Rule::DuplicateEvent, "event name", names, help, cx);

    let levels = raw.events.iter().flat_map(|part| levels(part.node));
    for arguments in levels {
        // A repeated key in the mapping is reported by the rule for duplicate keys.
        let mut keys = HashSet::new();
        let keys = arguments.iter().flat_map(|entry| {
            let name = keys
                .insert(&*entry.key)
                .then_some((&*entry.key, entry.key_span));
            let old = old_keys(&entry.value).iter();
            name.into_iter()
                .chain(old.filter_map(|node| Some((node.text()?, node.span))))
        });
        let help = "a value logged under this key would count as two arguments: remove one of them";
        unique(Rule::DuplicateValue, "argument name", keys, help, cx);
    }
}

fn unique<'n>(
    rule: Rule,
    what: &str,
    names: impl Iterator<Item = (&'n str, Span)>,
    help: &str,
    cx: &mut Context<'_>,
) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for (name, span) in names {
        if let Some(first) = seen.get(name) {
            cx.report(
                Diagnostic::new(rule, span, format!("the {what} `{name}` is used twice"))
                    .label("again here")
                    .related(*first, "first here")
                    .help(help),
            );
        } else {
            seen.insert(name, span);
        }
    }
}
