//! The method that builds an event from its index and its arguments.

use super::layout;
use super::naming::{Field, FieldType, Plan, PlannedEvent};
use super::shapes::{fields, shapes, ty, variable, with_values, with_variables};

/// The number of events that a function builds. LLVM takes half a minute for a single function with
/// ten thousand events.
const CHUNK: usize = 128;

/// The number of events of the same shape from which on they share the code that reads their
/// arguments. For fewer events, a function takes rustc longer than the repeated code.
const COMMON: usize = 16;

/// The functions that build events.
///
/// The generated functions are inlined, so they are compiled only in crates that read events. No
/// variable holds an event, because rustc would check in every arm whether to drop it.
pub(super) struct Builders<'a> {
    plan: &'a Plan<'a>,
    builders: Vec<Builder<'a>>,
}

/// A function that builds events.
struct Builder<'a> {
    /// Whether the events have the same shape, so that the function reads the arguments once.
    is_shared: bool,
    events: Vec<(usize, &'a PlannedEvent<'a>)>,
}

impl<'a> Builders<'a> {
    pub(super) fn new(plan: &'a Plan<'a>) -> Self {
        let (common, rare): (Vec<_>, Vec<_>) = shapes(plan)
            .into_iter()
            .partition(|shape| shape.len() >= COMMON);
        let quiet = plan.events.iter().enumerate();
        let quiet = quiet.filter(|(_, event)| event.fields.is_empty());
        let mut others: Vec<_> = rare.into_iter().flatten().chain(quiet).collect();
        others.sort_unstable_by_key(|(index, _)| *index);
        let shared = common.iter().flat_map(|shape| shape.chunks(CHUNK));
        let builders = shared
            .map(|events| (true, events))
            .chain(others.chunks(CHUNK).map(|events| (false, events)))
            .map(|(is_shared, events)| Builder {
                is_shared,
                events: events.to_vec(),
            })
            .collect();
        Self { plan, builders }
    }

    /// Returns the method, which calls the functions if there are several.
    pub(super) fn method(&self) -> String {
        let (parameters, body) = match self.builders.as_slice() {
            [] => ("_: u32, _", "        None\n".to_owned()),
            [builder] => (builder.parameters(), builder.body(self.plan, "        ")),
            builders => {
                let arms: String = (0..builders.len())
                    .map(|number| {
                        format!("            {number} => build_{number}(index, arguments),\n")
                    })
                    .collect();
                let body = format!(
                    "        match BUILDERS.get(index as usize)? {{\n{arms}            _ => None,\n        }}\n"
                );
                ("index: u32, arguments", body)
            }
        };
        format!(
            "    #[inline]\n    fn build({parameters}: &mut Reader<'_>) -> Option<Self> {{\n{body}    }}\n"
        )
    }

    /// Returns the functions and the table that selects them, if there are several.
    pub(super) fn functions(&self) -> String {
        if self.builders.len() < 2 {
            return String::new();
        }
        let mut out = String::new();
        let mut table = vec![String::new(); self.plan.events.len()];
        for (number, builder) in self.builders.iter().enumerate() {
            let (parameters, body) = (builder.parameters(), builder.body(self.plan, "    "));
            out.push_str(&format!(
                "\n#[inline]\nfn build_{number}({parameters}: &mut Reader<'_>) -> Option<Event> {{\n{body}}}\n"
            ));
            for (index, _) in &builder.events {
                table[*index] = number.to_string();
            }
        }
        let docs = "\n/// The number of the function that builds each event.\n";
        out + &layout::table(docs, "BUILDERS", "u32", &table, 16)
    }
}

impl Builder<'_> {
    /// Returns the parameters of the function, up to the type of the last.
    fn parameters(&self) -> &'static str {
        if self.events.iter().all(|(_, event)| event.fields.is_empty()) {
            "index: u32, _"
        } else {
            "index: u32, arguments"
        }
    }

    fn body(&self, plan: &Plan<'_>, indent: &str) -> String {
        let mut out = String::new();
        if self.is_shared {
            for (place, field) in fields(&self.events).iter().enumerate() {
                let (variable, ty, read) = (variable(place), ty(plan, field), read(plan, field));
                out.push_str(&format!("{indent}let {variable}: {ty} = {read};\n"));
            }
        }
        out.push_str(&format!("{indent}Some(match index {{\n"));
        let inner = format!("{indent}    ");
        for (index, event) in &self.events {
            let before = format!("{index} => ");
            let arm = if self.is_shared {
                with_variables(event, &inner, &before)
            } else {
                with_values(event, &inner, &before, |_, field| read(plan, field))
            };
            out.push_str(&arm);
            out.push_str(",\n");
        }
        out + &format!("{inner}_ => return None,\n{indent}}})\n")
    }
}

/// Returns the expression that reads an argument.
fn read(plan: &Plan<'_>, field: &Field<'_>) -> String {
    let (kind, choices) = match field.ty {
        FieldType::Choice(choices) => ("choice", choices),
        FieldType::List(choices) => ("list", choices),
        _ => return "arguments.read()".to_owned(),
    };
    let ty = &plan.choices[choices].name;
    let optional = if field.argument.optional {
        "optional_"
    } else {
        ""
    };
    format!("arguments.read_{optional}{kind}({ty}::ALL, {ty}::TEXTS)")
}
