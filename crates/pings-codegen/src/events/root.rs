//! `src/lib.rs`: the root module.

use pings_model::Registry;

use super::naming::Plan;
use crate::{Origin, header, rust};

/// The types of `pings-types` that signatures of the crate mention.
const SHARED: &str = "\
pub use pings_types::{
    Absence, Aggregation, ArgumentError, Broken, Code, ParseError, Ping, PingType, Pings,
    Sensitivity, Trust, UnknownValue, Version, VersionError, VersionRange, VersionRangeError,
};
";

/// Returns the root module. Modules whose lines break where rustfmt would not are excluded from
/// rustfmt.
pub(super) fn root(registry: &Registry, plan: &Plan<'_>, origin: &Origin<'_>) -> String {
    let choices = if plan.choices.is_empty() {
        ""
    } else {
        "pub use choices::*;\n"
    };
    format!(
        r#"{header}
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

#[rustfmt::skip]
mod choices;
#[rustfmt::skip]
mod event;
mod tables;

{choices}pub use event::Event;
{SHARED}
/// The name of an event.
pub type EventName = pings_types::EventName<Event>;

/// The name of the registry, which is also the name of the payload.
pub const REGISTRY_NAME: &str = {name};

/// The text of the registry, for use at run time.
pub const REGISTRY: &str = include_str!("registry.yaml");

/// The pings of the registry.
pub static PINGS: Pings = Pings::new(
    include_str!("pings.json"),
    &tables::PING_IDS,
    &tables::CODES,
);

/// Returns whether the value of a code is trusted if an instance with this version sends it.
///
/// Returns `None` if the registry does not have the code.
#[must_use]
pub fn trust(code: &str, version: Version) -> Option<Trust<'static>> {{
    PINGS.trust(code, version)
}}

#[cfg(test)]
mod tests {{
    #[test]
    fn the_tables_are_consistent() {{
        let checked = pings_types::generated::check::<super::Event>(&super::PINGS);
        assert_eq!(checked, Ok(()));
    }}
}}
"#,
        header = header::rust(origin),
        name = rust::string(registry.name()),
    )
}
