//! The JSON Schema of a request to the ingest endpoint.

use pings_model::Registry;
use serde_json::json;

use super::batch;
use super::definitions::{BATCH, Definitions, Format};
use crate::text::one_line;
use crate::{Origin, header};

/// The path of the schema.
pub(super) const PATH: &str = "docs/events.schema.json";

/// Returns the text of the schema.
pub(super) fn document(registry: &Registry, origin: &Origin<'_>) -> String {
    let mut definitions = Definitions::new(Format::JsonSchema);
    batch::define(registry, &mut definitions);
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": header::json(origin),
        "title": format!("{}: events", one_line(registry.title())),
        "description": "A request to the ingest endpoint, with a definition for each event.",
        "$ref": definitions.address(BATCH),
        "$defs": definitions.into_value(),
    });
    format!("{schema:#}\n")
}
