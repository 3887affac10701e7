//! The README of the package.

use pings_model::Registry;

use super::naming::Names;
use super::text::string;
use super::{attributes, call_example};
use crate::events::PlannedEvent;
use crate::markdown::{code_block, heading, plain};
use crate::text::one_line;
use crate::{Origin, header};

pub(super) fn readme(
    name: &str,
    folder: &str,
    registry: &Registry,
    names: &Names<'_>,
    origin: &Origin<'_>,
) -> String {
    let mut blocks = vec![
        format!("{}\n# {}\n", header::markdown(origin), heading(name)),
        format!(
            "Events of the front end of {}: one typed function per event, without dependencies.\n",
            plain(registry.title())
        ),
        code_block("sh", &format!("npm install {}", one_line(folder))),
    ];
    // The first event with arguments shows the most.
    let with_arguments = |(planned, _): &(&PlannedEvent<'_>, &str)| !planned.fields.is_empty();
    let example = names.events().find(with_arguments);
    if let Some((planned, function)) = example.or_else(|| names.events().next()) {
        let call = call_example::call(planned, function);
        blocks.push(code_block(
            "ts",
            &format!(
                "import {{ {function}, start }} from {name}

start({{ version: '1.0.0' }}) // the version of this bundle
{call}",
                name = string(name)
            ),
        ));
        blocks.push(BEHAVIOR.to_owned());
        blocks.push("With React, a component records when it is seen, and a page each time its route changes:\n".to_owned());
        blocks.push(code_block(
            "tsx",
            &format!(
                "import {{ usePageView, useViewed }} from {react}

<section ref={{useViewed(() => {call})}}>

usePageView(() => {call}, route)",
                react = string(&format!("{name}/react"))
            ),
        ));
        blocks.push("A page that is rendered on the server uses attributes:\n".to_owned());
        blocks.push(code_block("html", &element(planned)));
        blocks.push(code_block(
            "ts",
            &format!(
                "import {{ listen }} from {dom}

listen()",
                dom = string(&format!("{name}/dom"))
            ),
        ));
        blocks.push("In tests, events stay in memory:\n".to_owned());
        blocks.push(code_block(
            "ts",
            &format!(
                "import {{ clear, recorded }} from {testing}

{call}
recorded() // [{{ name: {event}, … }}]
clear()",
                testing = string(&format!("{name}/testing")),
                event = string(&planned.event.name),
            ),
        ));
    }
    blocks.join("\n")
}

const BEHAVIOR: &str = "\
- Nothing runs when the package is imported, and no function throws.
- Events wait in `localStorage` until the server has confirmed them, so they survive reloads, closed
  tabs and hours without a network. Each has an id, by which the server recognizes a repetition.
- `start({ consent: 'ask' })` records nothing until `handle.consent('granted')`. Global Privacy
  Control and Do Not Track always mean `denied`. No address, title or user agent is sent.
- The page contains the element of `Ingest::script`, which `pings serve --ingest` also prints. Without
  it, `start` needs the address of the endpoint: `url: '/-/pings'`.
- The user comes from the session on the server, whose endpoint for `POST /-/pings` is
  `Pings::ingest` in a product in Rust, and `pings serve --ingest` in others.
";

/// Returns an element that records the event.
fn element(planned: &PlannedEvent<'_>) -> String {
    let attributes = attributes::of(planned).zip(&planned.event.args);
    let attributes =
        attributes
            .filter(|(_, argument)| !argument.optional)
            .map(|(attribute, argument)| {
                (
                    format!("-{}", attribute.name),
                    call_example::value(argument),
                )
            });
    let event = (String::new(), planned.event.name.clone());
    let attributes = std::iter::once(event)
        .chain(attributes)
        .map(|(name, value)| format!(" data-ping{name}=\"{}\"", in_attribute(&value)))
        .collect::<String>();
    format!("<button{attributes}>")
}

fn in_attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;")
}
