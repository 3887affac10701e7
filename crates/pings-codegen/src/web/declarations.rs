//! `index.d.ts`: the types of the functions, with what the registry says about each event.

use pings_model::{Argument, ArgumentType, Registry};

use super::naming::Names;
use super::text::{comment, header, key, string};
use crate::Origin;
use crate::events::{Field, FieldType, Plan, PlannedEvent};
use crate::text::one_line;
use crate::usage::{Usage, usages};

pub(super) fn module(registry: &Registry, names: &Names<'_>, origin: &Origin<'_>) -> String {
    let choices = names.plan.choices.iter().map(|choices| {
        let doc = format!("The values of the argument `{}`.", choices.argument);
        let values: Vec<String> = choices.values.iter().map(|value| string(value)).collect();
        let doc = comment("", &[doc]);
        format!(
            "\n{doc}export type {} = {}\n",
            choices.name,
            values.join(" | ")
        )
    });
    let functions = names
        .events()
        .zip(usages(registry))
        .map(|((planned, function), usage)| {
            let doc = comment("", &event_doc(&usage));
            let arguments = arguments(&names.plan, planned);
            format!("\n{doc}export function {function}({arguments}): void\n")
        });
    let events = names.events().map(|(planned, function)| {
        let name = key(&planned.event.name);
        format!("  readonly {name}: Parameters<typeof {function}>\n")
    });
    format!(
        "{header}
export {{ start }} from './core/core.js'
export type {{ Anonymous, Consent, Counters, Handle, Loss, Options, Problem }} from './core/types.js'

/** The arguments of each event by its name. */
export interface Events {{
{events}}}

/** The name of an event. */
export type EventName = keyof Events

/** Records an event by its name, for code that does not know the event in advance. */
export function record<N extends EventName>(name: N, ...args: Events[N]): void
{choices}{functions}",
        header = header(origin),
        events = events.collect::<String>(),
        choices = choices.collect::<String>(),
        functions = functions.collect::<String>(),
    )
}

/// Returns the declarations for tests of a product, in which a recorded event has the type of its
/// arguments.
pub(super) fn testing(origin: &Origin<'_>) -> String {
    format!(
        "{header}
import type {{ EventName, Events }} from './index.js'

/** An event that a test recorded. */
export type RecordedEvent = {{
  [N in EventName]: {{ readonly name: N; readonly args?: Events[N][0] }}
}}[EventName]

/** Returns the events since the start or the last `clear`, oldest first. */
export function recorded(): readonly RecordedEvent[]

/** Forgets the recorded events. */
export function clear(): void
",
        header = header(origin),
    )
}

/// Returns the parameters of a function.
fn arguments(plan: &Plan<'_>, planned: &PlannedEvent<'_>) -> String {
    if planned.fields.is_empty() {
        return String::new();
    }
    let members = members(plan, &planned.event.args, &mut planned.fields.iter(), "  ");
    let is_optional = planned.fields.iter().all(|field| field.argument.optional);
    let mark = if is_optional { "?" } else { "" };
    format!("args{mark}: {{\n{members}}}")
}

/// Returns the members of an object, which has the next of the fields.
fn members<'a>(
    plan: &Plan<'_>,
    args: &[Argument],
    fields: &mut impl Iterator<Item = &'a Field<'a>>,
    indent: &str,
) -> String {
    let mut out = String::new();
    for argument in args {
        let described = argument.description.as_deref().map(one_line);
        let doc = described.filter(|text| !text.is_empty());
        let doc = comment(indent, &doc.into_iter().collect::<Vec<_>>());
        let ty = match &argument.ty {
            ArgumentType::Object(inner) => {
                let members = members(plan, inner, fields, &format!("{indent}  "));
                format!("{{\n{members}{indent}}}")
            }
            _ => fields
                .next()
                .map_or_else(|| "unknown".to_owned(), |it| ty(plan, it)),
        };
        let name = key(&argument.name);
        let member = match argument.optional {
            true => format!("{doc}{indent}readonly {name}?: {ty} | undefined\n"),
            false => format!("{doc}{indent}readonly {name}: {ty}\n"),
        };
        out.push_str(&member);
    }
    out
}

fn ty(plan: &Plan<'_>, field: &Field<'_>) -> String {
    match field.ty {
        FieldType::Text => "string".to_owned(),
        FieldType::Integer | FieldType::Number => "number".to_owned(),
        FieldType::Boolean => "boolean".to_owned(),
        FieldType::Choice(place) => plan.choices[place].name.clone(),
        FieldType::List(place) => format!("readonly {}[]", plan.choices[place].name),
    }
}

/// Returns what an event means, and which pings count it.
fn event_doc(usage: &Usage<'_>) -> Vec<String> {
    let mut paragraphs = usage.paragraphs();
    if let Some(reason) = usage.deprecation() {
        paragraphs.push(format!("@deprecated {reason}"));
    }
    paragraphs
}
