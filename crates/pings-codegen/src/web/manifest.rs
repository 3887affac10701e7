//! `package.json`.

use pings_model::Registry;
use serde_json::json;

use crate::text::one_line;
use crate::{Origin, header};

/// Returns the manifest of the package. Nothing is installed with it: React is used only by
/// products that already have it.
pub(super) fn manifest(name: &str, registry: &Registry, origin: &Origin<'_>) -> String {
    let entry = |path: &str| {
        json!({
            "types": format!("./{path}.d.ts"),
            "default": format!("./{path}.js"),
        })
    };
    let manifest = json!({
        "//": header::json(origin),
        "name": name,
        "description": format!("{}: events of the front end.", one_line(registry.title())),
        "version": "0.1.0",
        "private": true,
        "type": "module",
        // Only a test imports `testing`, whose import keeps events in memory.
        "sideEffects": ["./testing.js", "./core/testing.js"],
        "types": "./index.d.ts",
        "exports": {
            ".": entry("index"),
            "./dom": entry("dom"),
            "./react": entry("react"),
            "./testing": entry("testing"),
            "./package.json": "./package.json",
        },
        "peerDependencies": { "react": ">=16.8" },
        "peerDependenciesMeta": { "react": { "optional": true } },
    });
    format!("{manifest:#}\n")
}
