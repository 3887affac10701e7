//! The method of an event that returns its arguments.

use super::naming::{Field, FieldType, Plan};
use super::shapes::{fields, shapes, variable, with_variables};

/// Returns the method. Events of the same shape share an arm.
pub(super) fn method(plan: &Plan<'_>) -> String {
    let shapes = shapes(plan);
    if shapes.is_empty() {
        return "    fn arguments(&self) -> Arguments<'_> {\n        Arguments::default()\n    }\n"
            .to_owned();
    }
    let mut out = String::new();
    if shapes.len() == 1 {
        out.push_str(
            "    #[allow(clippy::single_match, reason = \"an arm for each kind of arguments\")]\n",
        );
    }
    out.push_str(
        "    fn arguments(&self) -> Arguments<'_> {
        let mut arguments = Arguments::default();
        match self {\n",
    );
    for shape in &shapes {
        for (number, (_, event)) in shape.iter().enumerate() {
            let before = if number == 0 { "" } else { "| " };
            if number > 0 {
                out.push('\n');
            }
            out.push_str(&with_variables(event, "            ", before));
        }
        out.push_str(" => {\n");
        for (place, field) in fields(shape).iter().enumerate() {
            let push = push(plan, field, &variable(place));
            out.push_str(&format!("                arguments.{push};\n"));
        }
        out.push_str("            }\n");
    }
    if plan.events.iter().any(|event| event.fields.is_empty()) {
        out.push_str("            _ => {}\n");
    }
    out.push_str("        }\n        arguments\n    }\n");
    out
}

/// Returns the call that writes an argument.
fn push(plan: &Plan<'_>, field: &Field<'_>, variable: &str) -> String {
    match (field.ty, field.argument.optional) {
        (FieldType::Choice(_), false) => format!("push_choice({variable}.as_str())"),
        (FieldType::Choice(choices), true) => {
            let ty = &plan.choices[choices].name;
            format!("push_optional_choice({variable}.map({ty}::as_str))")
        }
        (FieldType::List(choices), is_optional) => {
            let ty = &plan.choices[choices].name;
            match is_optional {
                true => format!("push_optional_list({variable}.as_deref(), {ty}::as_str)"),
                false => format!("push_list({variable}, {ty}::as_str)"),
            }
        }
        _ => format!("push({variable})"),
    }
}
