//! `src/lib.rs`: the root module.

use pings_model::Registry;

use super::plan::Plan;
use crate::{Origin, header, rust};

/// Returns the root module. Modules that prettyplease formats are excluded from rustfmt, which
/// breaks lines later.
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

#[allow(dead_code, reason = "events may have no arguments")]
mod arguments;
mod catalogue;
#[rustfmt::skip]
mod choices;
#[rustfmt::skip]
mod event;
mod event_name;
mod names;
mod perfect_hash;
mod ping;
mod tables;
mod version;
mod wire;

pub use arguments::ArgumentError;
pub use catalogue::trust;
{choices}pub use event::Event;
pub use event_name::EventName;
pub use ping::{{Absence, Broken, Code, Ping, PingType, Sensitivity, Trust, Window}};
pub use version::{{Version, VersionError}};
pub use wire::ParseError;

/// The name of the registry, which is also the name of the payload.
pub const REGISTRY_NAME: &str = {name};

/// The text of the registry, for use at run time.
pub const REGISTRY: &str = include_str!("registry.yaml");
"#,
        header = header::rust(origin),
        name = rust::string(&registry.name),
    )
}
