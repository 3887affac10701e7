//! The manifest of the captures crate.

use pings_model::Registry;

use crate::{Origin, package};

/// The features. Without a database, the crate contains only SQL, rows and weeks, and does not depend
/// on sqlx.
const FEATURES: &str = r#"[features]
postgres = ["pings-rows/postgres"]
sqlite = ["pings-rows/sqlite"]
"#;

/// Returns the manifest. `events` is the name of the events crate if the rows have its types.
pub(super) fn manifest(
    name: &str,
    events: Option<&str>,
    registry: &Registry,
    origin: &Origin<'_>,
) -> String {
    let description = format!("{}: queries and their typed rows.", registry.title());
    let events = events.map_or(String::new(), |events| {
        format!("{events} = {{ path = \"../{events}\" }}\n")
    });
    let rest = format!("{FEATURES}\n[dependencies]\n{events}pings-rows = {{ workspace = true }}\n");
    package::manifest(name, &description, &rest, origin)
}
