#![doc = include_str!("../README.md")]

mod budget;
mod bundle;
mod dimension;
mod failure;
mod fingerprint;
mod limits;
mod malformed;
mod measured;
mod moment;
mod payload;
mod read;
mod reason;
mod same;
mod sendable;
mod signature;
mod unique;
mod value;
mod versions;
mod vocabulary;
mod windowed;

pub use bundle::{Bundle, BundleError};
pub use dimension::dimension_value;
pub use failure::{Failure, FailureKind};
pub use fingerprint::fingerprint;
pub use malformed::Malformed;
pub use measured::Measured;
pub use moment::rfc3339;
pub use payload::Payload;
pub use pings_types::{Week, WeekError};
pub use reason::Reason;
pub use signature::{PublicKey, Signature, SignatureError, SigningKey};
pub use uuid::Uuid;
pub use value::{Measures, Row, Step, Value, too_large};
pub use vocabulary::{OTHER, Vocabulary};
pub use windowed::Windowed;

#[cfg(test)]
mod tests;
