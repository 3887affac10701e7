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

/// How wide rustfmt lets the fields of an event be in one line.
const FIELDS_WIDTH: usize = 18;

pub(super) fn module(plan: &Plan<'_>, origin: &Origin<'_>) -> String {
    let choices = if plan.choices.is_empty() {
        ""
    } else {
        "use super::choices::*;\n"
    };
    let shapes = shapes(plan);
    format!(
        "{header}
//! The events, and how their arguments are written and read.

use super::arguments::{{Arguments, Reader}};
{choices}
{definition}
impl Event {{
{arguments}
{build}}}
{builders}",
        header = header::rust(origin),
        definition = definition(plan),
        arguments = arguments(plan, &shapes),
        build = build(plan, &shapes),
        builders = builders(plan, &shapes),
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

/// Events with arguments of the same types, by their places in the registry:
/// what is written and read alike, and written once.
type Shape<'a> = Vec<(usize, &'a PlannedEvent<'a>)>;

fn shapes<'a>(plan: &'a Plan<'a>) -> Vec<Shape<'a>> {
    let mut shapes: Vec<Shape<'_>> = Vec::new();
    let mut places = HashMap::new();
    for (index, event) in plan.events.iter().enumerate() {
        let types: Vec<_> = event
            .fields
            .iter()
            .map(|field| (field.ty, field.argument.optional))
            .collect();
        let place = *places.entry(types).or_insert(shapes.len());
        match shapes.get_mut(place) {
            Some(shape) => shape.push((index, event)),
            None => shapes.push(vec![(index, event)]),
        }
    }
    shapes
}

/// The fields that all events of a shape have, by their types.
fn fields<'a>(shape: &[(usize, &'a PlannedEvent<'a>)]) -> &'a [Field<'a>] {
    shape.first().map_or(&[], |(_, event)| &event.fields)
}

/// What the argument at that place is called: `a`, `b`, … `z`, `a1`.
fn variable(place: usize) -> String {
    let letter = ('a'..='z').nth(place % 26).unwrap_or('a');
    match place / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{round}"),
    }
}

fn arguments(plan: &Plan<'_>, shapes: &[Shape<'_>]) -> String {
    let docs = "    /// The event's arguments, in the order of the registry.\n";
    let signature = "    pub(crate) fn arguments(&self) -> Arguments<'_> {\n";
    let with_arguments: Vec<&Shape<'_>> = shapes
        .iter()
        .filter(|shape| !fields(shape).is_empty())
        .collect();
    if with_arguments.is_empty() {
        return format!("{docs}{signature}        Arguments::default()\n    }}\n");
    }
    let mut arms = String::new();
    for shape in &with_arguments {
        let _ = writeln!(arms, "{} => {{", patterns(shape));
        for (place, field) in fields(shape).iter().enumerate() {
            let push = push(plan, field, &variable(place));
            let _ = writeln!(arms, "                arguments.{push};");
        }
        arms.push_str("            }\n");
    }
    if with_arguments.len() < shapes.len() {
        arms.push_str("            _ => {}\n");
    }
    let allow = if with_arguments.len() == 1 {
        "    #[allow(clippy::single_match, reason = \"an arm for each kind of arguments\")]\n"
    } else {
        ""
    };
    layout::item(
        "    ",
        &format!("{docs}{allow}"),
        &format!(
            "{signature}        let mut arguments = Arguments::default();
        match self {{\n{arms}        }}
        arguments\n    }}\n"
        ),
    )
}

/// What matches any of the events: in one line where it fits.
fn patterns(shape: &[(usize, &PlannedEvent<'_>)]) -> String {
    const INDENT: &str = "            ";
    let patterns: Vec<String> = shape.iter().map(|(_, event)| literal(event)).collect();
    let line = format!("{INDENT}{}", patterns.join(" | "));
    if line.len() + " => {".len() <= WIDTH && !line.contains('\n') {
        return line;
    }
    format!("{INDENT}{}", patterns.join(&format!("\n{INDENT}| ")))
}

/// The event of its arguments, be it a pattern or a value. The path begins
/// with `Event`, as `Self` takes rustc noticeably longer.
fn literal(event: &PlannedEvent<'_>) -> String {
    let variant = &event.variant;
    if event.fields.is_empty() {
        return format!("Event::{variant}");
    }
    let fields: Vec<String> = event
        .fields
        .iter()
        .enumerate()
        .map(|(place, field)| {
            let variable = variable(place);
            if variable == field.name {
                variable
            } else {
                format!("{}: {variable}", field.name)
            }
        })
        .collect();
    let line = fields.join(", ");
    if line.len() <= FIELDS_WIDTH {
        return format!("Event::{variant} {{ {line} }}");
    }
    let lines = fields.join(",\n                ");
    format!("Event::{variant} {{\n                {lines},\n            }}")
}

/// How an argument is written.
fn push(plan: &Plan<'_>, field: &Field<'_>, variable: &str) -> String {
    match (field.ty, field.argument.optional) {
        (FieldType::Choice(_), false) => format!("push_choice({variable}.as_str())"),
        (FieldType::Choice(choices), true) => {
            let ty = &plan.choices[choices].name;
            format!("push_optional_choice({variable}.map({ty}::as_str))")
        }
        _ => format!("push({variable})"),
    }
}

/// How an argument is read into a variable, as statements.
fn read(plan: &Plan<'_>, field: &Field<'_>, variable: &str) -> String {
    let FieldType::Choice(choices) = field.ty else {
        return format!("    let {variable} = arguments.read()?;\n");
    };
    let ty = &plan.choices[choices].name;
    let (read, value) = if field.argument.optional {
        (
            "read_optional_choice",
            format!("{variable}.map(|place| {ty}::ALL[place])"),
        )
    } else {
        ("read_choice", format!("{ty}::ALL[{variable}]"))
    };
    format!("    let {variable} = arguments.{read}({ty}::TEXTS)?;\n    let {variable} = {value};\n")
}

fn build(plan: &Plan<'_>, shapes: &[Shape<'_>]) -> String {
    let docs = "    /// The event at that place in the registry, with these arguments; None where there\n\
                \x20   /// is no such event.\n";
    if plan.events.is_empty() {
        return format!(
            "{docs}    pub(crate) fn build(_: u32, _: &mut Reader<'_>) -> Option<Self> {{
        None\n    }}\n"
        );
    }
    let mut arms = String::new();
    for number in 0..chunks(shapes).count() {
        let _ = writeln!(
            arms,
            "            {number} => build_{number}(index, arguments),"
        );
    }
    format!(
        "{docs}    pub(crate) fn build(index: u32, arguments: &mut Reader<'_>) -> Option<Self> {{
        match BUILDERS.get(index as usize)? {{\n{arms}            _ => None,
        }}\n    }}\n"
    )
}

/// The events that each function builds.
fn chunks<'a>(
    shapes: &'a [Shape<'a>],
) -> impl Iterator<Item = &'a [(usize, &'a PlannedEvent<'a>)]> {
    shapes.iter().flat_map(|shape| shape.chunks(CHUNK))
}

fn builders(plan: &Plan<'_>, shapes: &[Shape<'_>]) -> String {
    if plan.events.is_empty() {
        return String::new();
    }
    let mut table = vec![String::new(); plan.events.len()];
    let mut functions = String::new();
    for (number, chunk) in chunks(shapes).enumerate() {
        functions.push('\n');
        functions.push_str(&builder(plan, number, chunk));
        for (index, _) in chunk {
            table[*index] = number.to_string();
        }
    }
    let docs = "/// The number of the function that builds each event.\n";
    let table = layout::table(docs, "BUILDERS", "u32", &table, 16);
    format!("\n{table}{functions}")
}

/// A function that builds any of these events, whose arguments are of the same types.
fn builder(plan: &Plan<'_>, number: usize, events: &[(usize, &PlannedEvent<'_>)]) -> String {
    let fields = fields(events);
    let mut variables = String::new();
    for (place, field) in fields.iter().enumerate() {
        variables.push_str(&read(plan, field, &variable(place)));
    }
    let mut arms = String::new();
    for (index, event) in events {
        let literal = literal(event).replace("\n    ", "\n");
        let _ = writeln!(arms, "        {index} => {literal},");
    }
    let arguments = if fields.is_empty() { "_" } else { "arguments" };
    layout::item(
        "",
        "",
        &format!(
            "fn build_{number}(index: u32, {arguments}: &mut Reader<'_>) -> Option<Event> {{
{variables}    Some(match index {{\n{arms}        _ => return None,
    }})\n}}\n"
        ),
    )
}
