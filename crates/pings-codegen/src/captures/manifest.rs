//! The manifest of the captures crate.

use pings_model::Registry;

use crate::{Origin, package};

/// The manifest after the package section. Without a database feature, the crate contains only SQL,
/// rows and windows.
const REST: &str = r#"[features]
postgres = ["dep:sqlx", "sqlx/postgres"]
sqlite = ["dep:sqlx", "sqlx/sqlite-bundled"]

[dependencies]
sqlx = { workspace = true, optional = true }
time = { workspace = true }
"#;

pub(super) fn manifest(name: &str, registry: &Registry, origin: &Origin<'_>) -> String {
    let description = format!("{}: queries and their typed rows.", registry.title);
    package::manifest(name, &description, REST, origin)
}
