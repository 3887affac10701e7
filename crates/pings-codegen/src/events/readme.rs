//! The README of the events crate, which is also its crate documentation. Its examples are tests.

use pings_model::{Registry, Trust};

use super::naming::{Field, FieldType, Plan, PlannedEvent};
use crate::markdown::{code_block, heading, plain};
use crate::{Origin, header, rust};

pub(super) fn readme(
    name: &str,
    registry: &Registry,
    plan: &Plan<'_>,
    origin: &Origin<'_>,
) -> String {
    let krate = name.replace('-', "_");
    format!(
        "{header}
# {title}

Typed events of {product}, and data about its pings.

Each event is a variant of `Event`, with its arguments as fields. An event is
logged as a name and a JSON object:
{event}
- `EventName` is only the name, as a small value that is fast to look up, copy
  and compare. A renamed event is also found by its previous names.
- `PINGS` has the data of the registry about its pings and their metrics:
  `PINGS.all()`, `PINGS.find(id)`, `PINGS.with_code(code)`.
- `REGISTRY` is the text of the registry, for `pings-registry`.
- `trust(code, version)` returns whether data from instances with a version is
  trusted. These instances may not send the code, or may send wrong data.
  `Version::of_build` reads the version that an instance reports: `v3.36.0-rc.1`.
- The types of arguments with declared values are enums that are read with
  `FromStr` and written with `Display` and serde.
{trust}",
        header = header::markdown(origin),
        title = heading(name),
        product = plain(registry.title()),
        event = event_example(&krate, plan),
        trust = trust_example(&krate, registry),
    )
}

/// Returns an example that writes and reads the first event with arguments, or else the first
/// event.
fn event_example(krate: &str, plan: &Plan<'_>) -> String {
    let mut with_arguments = plan.events.iter().filter(|event| !event.fields.is_empty());
    let Some(event) = with_arguments.next().or_else(|| plan.events.first()) else {
        return String::new();
    };
    let name = rust::string(&event.event.name);
    let example = format!(
        "use {krate}::Event;

let event = {value};
assert_eq!(event.name().as_str(), {name});

let argument = event.argument();
assert_eq!(Event::from_wire({name}, &argument)?, event);
# Ok::<(), {krate}::ParseError>(())",
        value = value(krate, plan, event),
    );
    format!("\n{}", code_block("rust", &example))
}

/// Returns an event as a user would write it.
fn value(krate: &str, plan: &Plan<'_>, event: &PlannedEvent<'_>) -> String {
    let fields: Vec<String> = event
        .fields
        .iter()
        .map(|field| format!("    {}: {},\n", field.name, field_value(krate, plan, field)))
        .collect();
    if fields.is_empty() {
        format!("Event::{}", event.variant)
    } else {
        format!("Event::{} {{\n{}}}", event.variant, fields.concat())
    }
}

fn field_value(krate: &str, plan: &Plan<'_>, field: &Field<'_>) -> String {
    let value = match field.ty {
        FieldType::Text => "\"text\".to_owned()".to_owned(),
        FieldType::Integer => "1".to_owned(),
        FieldType::Number => "1.5".to_owned(),
        FieldType::Boolean => "true".to_owned(),
        FieldType::Choice(place) => format!("{krate}::{}", plan.choices[place].first()),
        FieldType::List(place) => format!("vec![{krate}::{}]", plan.choices[place].first()),
    };
    if field.argument.optional {
        format!("Some({value})")
    } else {
        value
    }
}

/// Returns an example that asks for the trust of the first metric at the version that added it.
fn trust_example(krate: &str, registry: &Registry) -> String {
    let Some((ping, metric)) = registry.metrics().next() else {
        return String::new();
    };
    let life = ping.life(metric);
    let check = match life.trust(life.added()) {
        Trust::Trusted => "assert_eq!(trust, Some(Trust::Trusted));",
        Trust::Broken(_) => "assert!(matches!(trust, Some(Trust::Broken(_))));",
        Trust::Absent(_) => "assert!(matches!(trust, Some(Trust::Absent(_))));",
    };
    let example = format!(
        "use {krate}::{{Trust, trust}};

let trust = trust({code}, {version}.parse()?);
{check}
# Ok::<(), {krate}::VersionError>(())",
        code = rust::string(&metric.code),
        version = rust::string(&life.added().to_string()),
    );
    format!("\n{}", code_block("rust", &example))
}
