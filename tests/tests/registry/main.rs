//! Registries: what is refused, found and compared, and the files that are generated from them.

mod fingerprints;
mod freshness;
mod generated;
mod never_panics;
mod schema;
