//! `src/event.rs`: the enum of events, and the matches that know its fields.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::layout::{self, WIDTH};
use super::plan::{Field, FieldType, Plan, PlannedEvent};
use crate::markdown::code;
use crate::text::one_line;
use crate::{Origin, header, rust};

/// How many events are built in one function: with all of them in one, LLVM
/// takes half a minute for ten thousand.
const CHUNK: usize = 128;

/// How wide rustfmt lets the fields of a pattern be in one line.
const FIELDS_WIDTH: usize = 18;

/// The name of what the matches read and write. A field may be called so too.
const ARGUMENTS: &str = "arguments";

pub(super) fn module(plan: &Plan<'_>, origin: &Origin<'_>) -> String {
    let choices = if plan.choices.is_empty() {
        ""
    } else {
        "use super::choices::*;\n"
    };
    format!(
        "{header}
//! The events, and how their fields are read and written.

use super::arguments::Arguments;
{choices}
{definition}
impl Event {{
{index}
{arguments}
{build}}}
",
        header = header::rust(origin),
        definition = definition(plan),
        index = index(plan),
        arguments = arguments(plan),
        build = build(plan),
    )
}

fn definition(plan: &Plan<'_>) -> String {
    let mut variants = String::new();
    for event in &plan.events {
        let doc = variant_doc(event);
        let doc: Vec<&str> = doc.iter().map(String::as_str).collect();
        variants.push_str(&rust::doc("    ///", &doc));
        if event.fields.is_empty() {
            let _ = writeln!(variants, "    {},", event.variant);
            continue;
        }
        let _ = writeln!(variants, "    {} {{", event.variant);
        for field in &event.fields {
            let doc = field_doc(field);
            variants.push_str(&rust::doc("        ///", &[&doc]));
            let _ = writeln!(variants, "        {}: {},", field.name, plan.ty(field));
        }
        variants.push_str("    },\n");
    }
    // Clippy compares the sizes of variants, which a few arguments do not make too different.
    let allow = if plan.events.iter().any(|event| event.fields.len() > 7) {
        "#[allow(clippy::large_enum_variant, reason = \"it holds what is logged\")]\n"
    } else {
        ""
    };
    let body = if variants.is_empty() {
        "pub enum Event {}\n".to_owned()
    } else {
        format!("pub enum Event {{\n{variants}}}\n")
    };
    layout::item(
        "",
        &format!("/// A thing that users do, with what is logged of it.\n{allow}"),
        &body,
    )
}

fn variant_doc(planned: &PlannedEvent<'_>) -> Vec<String> {
    let event = planned.event;
    let name = code(&event.name);
    let mut paragraphs = match described(event.description.as_deref()) {
        Some(description) if event.name == planned.variant => vec![description],
        Some(description) => vec![description, format!("It is logged as {name}.")],
        None => vec![format!("The event {name}.")],
    };
    if !event.renamed_from.is_empty() {
        let old: Vec<String> = event.renamed_from.iter().map(|name| code(name)).collect();
        paragraphs.push(format!("Older versions log it as {}.", old.join(" or ")));
    }
    paragraphs
}

fn field_doc(field: &Field<'_>) -> String {
    let argument = field.argument;
    described(argument.description.as_deref())
        .unwrap_or_else(|| format!("The argument {}.", code(&argument.name)))
}

/// A description that says something.
fn described(description: Option<&str>) -> Option<String> {
    description.map(one_line).filter(|text| !text.is_empty())
}

fn index(plan: &Plan<'_>) -> String {
    let body = if plan.events.is_empty() {
        "match *self {}".to_owned()
    } else {
        let mut arms = String::new();
        for (place, event) in plan.events.iter().enumerate() {
            let fields = if event.fields.is_empty() {
                ""
            } else {
                " { .. }"
            };
            let _ = writeln!(
                arms,
                "            Self::{}{fields} => {place},",
                event.variant
            );
        }
        format!("match self {{\n{arms}        }}")
    };
    layout::item(
        "    ",
        "    /// The event's place in the registry.\n",
        &format!("    pub(crate) fn index(&self) -> u32 {{\n        {body}\n    }}\n"),
    )
}

/// Events with the same arguments share an arm.
fn arguments(plan: &Plan<'_>) -> String {
    let mut groups: Vec<Vec<&PlannedEvent<'_>>> = Vec::new();
    let mut places = HashMap::new();
    for event in plan.events.iter().filter(|event| !event.fields.is_empty()) {
        let like: Vec<_> = event
            .fields
            .iter()
            .map(|field| {
                (
                    &field.argument.name,
                    &field.name,
                    field.ty,
                    field.argument.optional,
                )
            })
            .collect();
        let place = *places.entry(like).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(event),
            None => groups.push(vec![event]),
        }
    }

    let mut arms = String::new();
    for group in &groups {
        let _ = writeln!(arms, "{} => {{", patterns(group));
        for field in group.iter().take(1).flat_map(|event| &event.fields) {
            let key = rust::string(&field.argument.name);
            let (push, value) = pushed(plan, field);
            let _ = writeln!(arms, "                {ARGUMENTS}.{push}({key}, {value});");
        }
        arms.push_str("            }\n");
    }
    if plan.events.iter().any(|event| event.fields.is_empty()) {
        arms.push_str("            _ => {}\n");
    }
    let docs = "    /// The event's arguments, in the order of the registry.\n";
    let signature = "    pub(crate) fn arguments(&self) -> Arguments<'_> {\n";
    match groups.len() {
        0 => format!("{docs}{signature}        Arguments::default()\n    }}\n"),
        groups => {
            let allow = if groups == 1 {
                "    #[allow(clippy::single_match, reason = \"an arm for each kind of arguments\")]\n"
            } else {
                ""
            };
            let body = format!(
                "{signature}        let mut {ARGUMENTS} = Arguments::default();
        match self {{\n{arms}        }}
        {ARGUMENTS}\n    }}\n"
            );
            layout::item("    ", &format!("{docs}{allow}"), &body)
        }
    }
}

/// What matches any of the events: in one line where it fits.
fn patterns(events: &[&PlannedEvent<'_>]) -> String {
    const INDENT: &str = "            ";
    let patterns: Vec<String> = events.iter().map(|event| pattern(event)).collect();
    let line = format!("{INDENT}{}", patterns.join(" | "));
    if line.len() + " => {".len() <= WIDTH && !line.contains('\n') {
        return line;
    }
    format!("{INDENT}{}", patterns.join(&format!("\n{INDENT}| ")))
}

fn pattern(event: &PlannedEvent<'_>) -> String {
    let fields: Vec<String> = event
        .fields
        .iter()
        .map(|field| {
            let variable = variable(field);
            if variable == field.name {
                variable.to_owned()
            } else {
                format!("{}: {variable}", field.name)
            }
        })
        .collect();
    let line = fields.join(", ");
    let fields = if line.len() <= FIELDS_WIDTH {
        format!(" {line} ")
    } else {
        format!(
            "\n                {},\n            ",
            fields.join(",\n                ")
        )
    };
    format!("Self::{} {{{fields}}}", event.variant)
}

/// The method that a field is pushed with, and what is pushed.
fn pushed(plan: &Plan<'_>, field: &Field<'_>) -> (&'static str, String) {
    let variable = variable(field);
    match (field.ty, field.argument.optional) {
        (FieldType::Choice(_), false) => ("push_choice", format!("{variable}.as_str()")),
        (FieldType::Choice(place), true) => {
            let ty = &plan.choices[place].name;
            (
                "push_optional_choice",
                format!("{variable}.map({ty}::as_str)"),
            )
        }
        _ => ("push", variable.to_owned()),
    }
}

/// The method that a field is read with.
fn read(field: &Field<'_>) -> &'static str {
    match (field.ty, field.argument.optional) {
        (FieldType::Choice(_), false) => "read_choice",
        (FieldType::Choice(_), true) => "read_optional_choice",
        _ => "read",
    }
}

/// What a field is bound to, beside what it is pushed to.
fn variable<'a>(field: &'a Field<'_>) -> &'a str {
    // No field is called so: names in snake case end with `_` only behind a keyword.
    if field.name == ARGUMENTS {
        "arguments_"
    } else {
        &field.name
    }
}

fn build(plan: &Plan<'_>) -> String {
    let chunks: Vec<&[PlannedEvent<'_>]> = plan.events.chunks(CHUNK).collect();
    let docs = "    /// The event at that place in the registry, with arguments from these; None\n\
                \x20   /// where there is no such event.\n";
    match chunks.as_slice() {
        [] => format!(
            "{docs}    pub(crate) fn build(_: u32, _: &mut Arguments<'_>) -> Option<Self> {{
        None\n    }}\n"
        ),
        [events] => layout::item("    ", docs, &builder("pub(crate) fn build", events, 0)),
        chunks => {
            let mut arms = String::new();
            let mut builders = String::new();
            for (number, events) in chunks.iter().enumerate() {
                let _ = writeln!(
                    arms,
                    "            {number} => Self::build_{number}(index, {ARGUMENTS}),"
                );
                let name = format!("fn build_{number}");
                builders.push('\n');
                builders.push_str(&layout::item(
                    "    ",
                    "",
                    &builder(&name, events, number * CHUNK),
                ));
            }
            format!(
                "{docs}    pub(crate) fn build(index: u32, {ARGUMENTS}: &mut Arguments<'_>) -> Option<Self> {{
        match index / {CHUNK} {{\n{arms}            _ => None,
        }}\n    }}\n{builders}"
            )
        }
    }
}

/// A function that builds any of these events, of which the first is at that place.
fn builder(name: &str, events: &[PlannedEvent<'_>], first: usize) -> String {
    let mut arms = String::new();
    for (place, event) in (first..).zip(events) {
        if event.fields.is_empty() {
            let _ = writeln!(arms, "            {place} => Self::{},", event.variant);
            continue;
        }
        let _ = writeln!(arms, "            {place} => Self::{} {{", event.variant);
        for field in &event.fields {
            let key = rust::string(&field.argument.name);
            let _ = writeln!(
                arms,
                "                {}: {ARGUMENTS}.{}({key}),",
                field.name,
                read(field)
            );
        }
        arms.push_str("            },\n");
    }
    let is_used = events.iter().any(|event| !event.fields.is_empty());
    let variable = if is_used { ARGUMENTS } else { "_" };
    format!(
        "    {name}(index: u32, {variable}: &mut Arguments<'_>) -> Option<Self> {{
        Some(match index {{\n{arms}            _ => return None,
        }})\n    }}\n"
    )
}
