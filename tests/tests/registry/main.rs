//! Registries and generated files: fingerprints, freshness, the JSON Schema, and any text as input.

mod fingerprints;
mod freshness;
mod generated;
mod never_panics;
mod schema;
