//! `src/event.rs`: the enum of events, and the matches over its fields.
//!
//! The file is written as text: the tokens of thousands of events take longer to parse and format
//! than everything else together.

use super::builders::Builders;
use super::naming::{Field, Plan, PlannedEvent};
use super::{arguments, shapes};
use crate::markdown::code;
use crate::text::one_line;
use crate::{Origin, header, rust};

/// The number of arguments above which Clippy reports a large enum variant.
const FEW_ARGUMENTS: usize = 7;

pub(super) fn module(plan: &Plan<'_>, origin: &Origin<'_>) -> String {
    let choices = if plan.choices.is_empty() {
        ""
    } else {
        "\nuse super::choices::*;\n"
    };
    let builders = Builders::new(plan);
    format!(
        "{header}
//! The events, with functions that write and read their arguments.

use ::pings_types::generated::{{Arguments, Generated, Reader, Tables}};
{choices}
{definition}
::pings_types::generated::event_methods!(Event);

impl Generated for Event {{
    #[inline]
    fn tables() -> &'static Tables {{
        &super::tables::TABLES
    }}

{arguments}
{build}}}
{functions}",
        header = header::rust(origin),
        definition = definition(plan),
        arguments = arguments::method(plan),
        build = builders.method(),
        functions = builders.functions(),
    )
}

fn definition(plan: &Plan<'_>) -> String {
    let mut out = "/// An action of users, with its arguments.\n".to_owned();
    if plan
        .events
        .iter()
        .any(|event| event.fields.len() > FEW_ARGUMENTS)
    {
        out.push_str(
            "#[allow(clippy::large_enum_variant, reason = \"the variant contains the logged arguments\")]\n",
        );
    }
    if plan.events.is_empty() {
        return out + "pub enum Event {}\n";
    }
    out.push_str("pub enum Event {\n");
    for event in &plan.events {
        push_doc(&mut out, "    ///", &variant_doc(event));
        out.push_str("    ");
        out.push_str(&event.variant);
        if !event.fields.is_empty() {
            out.push_str(" {\n");
            for field in &event.fields {
                push_doc(&mut out, "        ///", &[field_doc(field)]);
                let ty = shapes::ty(plan, field);
                out.push_str(&format!("        {}: {ty},\n", field.name));
            }
            out.push_str("    }");
        }
        out.push_str(",\n");
    }
    out.push_str("}\n");
    out
}

fn push_doc(out: &mut String, marker: &str, paragraphs: &[String]) {
    let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
    out.push_str(&rust::doc(marker, &paragraphs));
}

fn variant_doc(planned: &PlannedEvent<'_>) -> Vec<String> {
    let event = planned.event;
    let name = code(&event.name);
    let mut paragraphs = match described(event.description.as_deref()) {
        Some(description) if event.name == planned.variant => vec![description],
        Some(description) => vec![description, format!("The event is logged as {name}.")],
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
    let doc = described(argument.description.as_deref())
        .unwrap_or_else(|| format!("The argument {}.", code(&field.path)));
    if argument.renamed_from.is_empty() {
        return doc;
    }
    let old: Vec<String> = argument.renamed_from.iter().map(|key| code(key)).collect();
    format!("{doc} Older versions log it as {}.", old.join(" or "))
}

/// Returns a description in one line, unless it is empty.
fn described(description: Option<&str>) -> Option<String> {
    description.map(one_line).filter(|text| !text.is_empty())
}
