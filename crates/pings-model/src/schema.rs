//! The schema of `pings.yaml` as data: every key, the values it accepts and its meaning.
//!
//! Both the schema check of a registry and the JSON Schema are built from this table, so they
//! always accept the same keys.

mod event;
mod life;
mod lints;
mod metric;
mod ping;
mod registry;
mod shape;
mod table;
mod values;

pub use registry::REGISTRY;
pub use shape::{Key, LARGEST_GROUP, OWN_KEYS, Record, Shape};
