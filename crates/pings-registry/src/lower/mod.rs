//! Conversion of the parsed YAML to the registry: resolves references, and parses and types SQL.

mod all_time;
mod args;
mod bounds;
mod capture;
mod event_metric;
mod events;
mod expr;
mod filters;
mod groups;
mod life;
mod measure;
mod metric;
mod names;
mod one_row;
mod ping;
mod scope;
mod selection;
mod sql;
mod statement;
mod timestamp;
mod value_metric;
mod values;
mod windows;
mod written;

pub use statement::pure;

use pings_model::{Definition, Links, ListedFunction, RegistryParts, Section, Term, Terms};

use crate::context::Context;
use crate::syntax::{RawRegistry, RawTerm};
use crate::tree::Node;
use names::Names;

/// Returns the parts of the registry, or `None` if a required element is missing. If there are
/// errors, the parts may lack the invalid elements.
pub(crate) fn registry_parts(
    raw: &RawRegistry<'_>,
    root: &Node<'_>,
    cx: &mut Context<'_>,
) -> Option<RegistryParts> {
    let events = events::events(raw, cx);
    let tables = events::tables(raw, cx);
    let names = Names::new(raw, root, &events, &tables);
    let mut pings = ping::pings(raw, &names, cx);
    let week = windows::week(root);
    windows::begin_weeks(&mut pings, week);
    links(raw, root, cx);
    unused_functions(raw, root, cx);
    let functions = raw.functions.iter().map(|(name, reason)| ListedFunction {
        name: name.clone(),
        reason: reason.clone(),
    });
    let sections = raw.sections.iter().map(|(name, section)| Section {
        name: name.clone(),
        intro: section.intro.clone(),
    });
    let glossary = raw.glossary.iter().map(|(term, meaning)| Definition {
        term: term.clone(),
        meaning: meaning.clone(),
    });
    Some(RegistryParts {
        name: raw.name.clone()?,
        title: raw.title.clone()?,
        summary: raw.summary.clone(),
        // The form of the version has been checked.
        released: raw.released.as_ref().and_then(|it| it.parse().ok()),
        week,
        links: Links {
            code: raw.links.code.clone(),
            pr: raw.links.pr.clone(),
        },
        terms: Terms {
            fe_event: term(raw.terms.fe_event.as_ref()),
            be_capture: term(raw.terms.be_capture.as_ref()),
            value: term(raw.terms.value.as_ref()),
        },
        glossary: glossary.collect(),
        functions: functions.collect(),
        sections: sections.collect(),
        events,
        tables,
        databases: raw.databases.keys().cloned().collect(),
        pings,
    })
}

fn term(raw: Option<&RawTerm>) -> Term {
    let RawTerm { name, meaning } = raw.cloned().unwrap_or_default();
    Term { name, meaning }
}

/// Reports templates without their placeholder, which would link everything to the same page.
fn links(raw: &RawRegistry<'_>, root: &Node<'_>, cx: &mut Context<'_>) {
    let Some(node) = root.get("links") else {
        return;
    };
    for (key, template, placeholder) in [
        ("code", &raw.links.code, "{code}"),
        ("pr", &raw.links.pr, "{pr}"),
    ] {
        let (Some(template), Some(node)) = (template, node.get(key)) else {
            continue;
        };
        if !template.contains(placeholder) {
            cx.error(
                crate::Rule::WrongType,
                node.span,
                format!("this address has no `{placeholder}`"),
                format!("insert `{placeholder}` into the address"),
            );
        }
    }
}

/// Reports unused entries of `functions`, because they would silently permit calls in future
/// statements.
fn unused_functions(raw: &RawRegistry<'_>, root: &Node<'_>, cx: &mut Context<'_>) {
    let Some(node) = root.get("functions") else {
        return;
    };
    // Invalid statements were not read completely.
    if !cx.diagnostics.is_empty() {
        return;
    }
    for entry in node.entries() {
        if raw.functions.contains_key(&*entry.key) && !cx.called.contains(&*entry.key) {
            cx.error(
                crate::Rule::UnusedFunction,
                entry.key_span,
                format!("`{}` is listed, but no `sql` needs it", entry.key),
                "remove it: either no statement calls it, or it is allowed by default",
            );
        }
    }
}
