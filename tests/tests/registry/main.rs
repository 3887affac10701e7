//! Registries: what is refused, found and compared, and the files that are generated from them.

mod evolution;
mod fingerprints;
mod freshness;
mod generated;
mod lints;
mod mistakes;
mod never_panics;
mod schema;
