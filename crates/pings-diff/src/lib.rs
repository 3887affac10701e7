#![doc = include_str!("../README.md")]

mod arguments;
mod breakage;
mod capture;
mod change;
mod context;
mod event_metric;
mod events;
mod expr;
mod functions;
mod lifecycle;
mod location;
mod measures;
mod metrics;
mod order;
mod own_life;
mod pings;
mod prose;
mod released;
mod result_columns;
mod sensitivity;
mod statement;
mod tables;
mod users;
mod value_domain;
mod value_metric;

use pings_model::{
    Capture, Definition, Expr, Links, Path, PingType, Registry, RegistryParts, Section, Term, Terms,
};

pub use change::{Change, Class, Kind, Subject};

use context::Context;

/// Returns all differences between two registries, in registry order.
#[must_use]
pub fn diff(old: &Registry, new: &Registry) -> Vec<Change> {
    let RegistryParts {
        name,
        title,
        summary,
        released,
        week,
        links,
        terms,
        glossary,
        events: _,
        tables: _,
        // Metrics that read another database are compared.
        databases: _,
        functions: _,
        sections,
        pings: _,
    } = old.parts();
    let mut cx = Context::new(old, new);
    if *name != new.name() {
        let change = Change::new(
            Kind::RegistryRenamed,
            Path::default().key("name"),
            Subject::default(),
            "the registry has another name, which reports and generated modules use",
        );
        let help =
            format!("keep `name: {name}`; to change the title that people read, edit `title`");
        cx.report(change.was(name).is(new.name()).help(help));
    }
    page(&mut cx, title, summary.as_deref(), links);
    compare_terms(&mut cx, terms);
    compare_glossary(&mut cx, glossary);
    compare_sections(&mut cx, sections);
    released::compare(&mut cx, *released);
    lifecycle::week(&mut cx, *week);
    events::compare(&mut cx);
    tables::compare(&mut cx);
    functions::compare(&mut cx);
    pings::compare(&mut cx);
    cx.into_changes()
}

/// Returns an expression of a capture as people write it in a registry.
#[must_use]
pub fn expression_text(registry: &Registry, capture: &Capture, expr: &Expr) -> String {
    expr::Reader::new(registry, capture).text(expr)
}

/// Compares the title, the summary and the links, which appear only on the generated page.
fn page(cx: &mut Context<'_>, title: &str, summary: Option<&str>, links: &Links) {
    let Links { code, pr } = links;
    let new = cx.new;
    let key = |key: &str| Path::default().key(key);
    let of = Subject::default;
    prose::text(cx, "title", title, new.title(), || (key("title"), of()));
    prose::optional(cx, "summary", summary, new.summary(), || {
        (key("summary"), of())
    });
    for (name, was, is) in [
        ("code", code, &new.links().code),
        ("pr", pr, &new.links().pr),
    ] {
        prose::optional(cx, "address", was.as_deref(), is.as_deref(), || {
            (key("links").key(name), of())
        });
    }
}

/// Compares the introductions of the sections of the page.
fn compare_sections(cx: &mut Context<'_>, sections: &[Section]) {
    let new = cx.new;
    let is_gone = |name: &str| new.intro(name).is_none();
    let old = cx.old;
    let names = sections.iter().filter(|it| is_gone(&it.name));
    for Section { name, intro: _ } in names.chain(&new.parts().sections) {
        let what = format!("introduction of the section `{name}`");
        prose::optional(cx, &what, old.intro(name), new.intro(name), || {
            let sections = Path::default().key("sections");
            (sections.key(name).key("intro"), Subject::default())
        });
    }
}

/// Compares the terms that the generated page explains.
fn compare_glossary(cx: &mut Context<'_>, glossary: &[Definition]) {
    let new = cx.new;
    let meaning = |all: &[Definition], term: &str| {
        let found = all.iter().find(|it| it.term == term);
        found.map(|it| it.meaning.clone())
    };
    let gone = glossary
        .iter()
        .filter(|it| meaning(new.glossary(), &it.term).is_none());
    for Definition { term, meaning: _ } in gone.chain(new.glossary()) {
        let what = format!("meaning of the term `{term}`");
        let (was, is) = (meaning(glossary, term), meaning(new.glossary(), term));
        prose::optional(cx, &what, was.as_deref(), is.as_deref(), || {
            (
                Path::default().key("glossary").key(term),
                Subject::default(),
            )
        });
    }
}

/// Compares the words for the types of pings, which appear only on the generated page.
fn compare_terms(cx: &mut Context<'_>, terms: &Terms) {
    let Terms {
        fe_event,
        be_capture,
        value,
    } = terms;
    let new = cx.new.terms();
    for (kind, was, is) in [
        (PingType::FeEvent, fe_event, &new.fe_event),
        (PingType::BeCapture, be_capture, &new.be_capture),
        (PingType::Value, value, &new.value),
    ] {
        let Term { name, meaning } = was;
        let at = |key: &str| {
            let of_kind = Path::default().key("terms").key(kind.as_str());
            (of_kind.key(key), Subject::default())
        };
        for (key, was, is) in [("name", name, &is.name), ("meaning", meaning, &is.meaning)] {
            let what = format!("{key} of `{}`", kind.as_str());
            prose::optional(cx, &what, was.as_deref(), is.as_deref(), || at(key));
        }
    }
}
