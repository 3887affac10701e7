//! Registries that were added to the store: what they declare, and the names of their versions.

pub mod declarations;
pub mod declared;
pub mod fingerprints;
#[cfg(feature = "clickhouse")]
pub mod kept;
pub mod known;
pub mod measures;
pub mod origin;
pub mod place;
pub mod ranges;
pub mod registrations;
pub mod windowed;
