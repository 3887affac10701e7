//! Events with arguments of the same types, and their parts as Rust code.

use std::collections::HashMap;

use super::naming::{Field, FieldType, Plan, PlannedEvent};

/// The width of a line.
const WIDTH: usize = 100;

/// Events with arguments of the same types, with their indices in the registry.
pub(super) type Shape<'a> = Vec<(usize, &'a PlannedEvent<'a>)>;

/// Returns the events with arguments, grouped by the types of the arguments.
pub(super) fn shapes<'a>(plan: &'a Plan<'a>) -> Vec<Shape<'a>> {
    let mut shapes: Vec<Shape<'_>> = Vec::new();
    let mut places = HashMap::new();
    for (index, event) in plan.events.iter().enumerate() {
        if event.fields.is_empty() {
            continue;
        }
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

/// Returns the fields of a shape, whose types are the same for all its events.
pub(super) fn fields<'a>(shape: &[(usize, &'a PlannedEvent<'a>)]) -> &'a [Field<'a>] {
    shape.first().map_or(&[], |(_, event)| &event.fields)
}

/// Returns the type of a field.
pub(super) fn ty(plan: &Plan<'_>, field: &Field<'_>) -> String {
    let ty = match field.ty {
        FieldType::Text => "String".to_owned(),
        FieldType::Integer => "i64".to_owned(),
        FieldType::Number => "f64".to_owned(),
        FieldType::Boolean => "bool".to_owned(),
        FieldType::Choice(choices) => plan.choices[choices].name.clone(),
        FieldType::List(choices) => format!("Vec<{}>", plan.choices[choices].name),
    };
    if field.argument.optional {
        format!("Option<{ty}>")
    } else {
        ty
    }
}

/// Returns the name of the variable for the argument at an index: `a`, `b`, … `z`, `a1`.
pub(super) fn variable(place: usize) -> String {
    let letter = ('a'..='z').nth(place % 26).unwrap_or('a');
    match place / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{round}"),
    }
}

/// Returns an event with its arguments as variables, as a pattern or a value.
pub(super) fn with_variables(event: &PlannedEvent<'_>, indent: &str, before: &str) -> String {
    with_values(event, indent, before, |place, _| variable(place))
}

/// Returns an event with these values of its arguments, after a text in the same line. The fields
/// are in lines of their own if the line would be too long.
///
/// The path begins with `Event` because `Self` takes rustc noticeably longer.
pub(super) fn with_values(
    event: &PlannedEvent<'_>,
    indent: &str,
    before: &str,
    value: impl Fn(usize, &Field<'_>) -> String,
) -> String {
    let variant = &event.variant;
    let mut out = format!("{indent}{before}Event::{variant}");
    if event.fields.is_empty() {
        return out;
    }
    let fields: Vec<String> = event
        .fields
        .iter()
        .enumerate()
        .map(|(place, field)| match value(place, field) {
            value if value == field.name => value,
            value => format!("{}: {value}", field.name),
        })
        .collect();
    let line = format!(" {{ {} }}", fields.join(", "));
    // The text after the event is at most as long as ` => {`.
    if out.chars().count() + line.chars().count() + " => {".len() <= WIDTH {
        return out + &line;
    }
    out.push_str(" {\n");
    for field in fields {
        out.push_str(&format!("{indent}    {field},\n"));
    }
    out + indent + "}"
}
