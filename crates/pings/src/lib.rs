#![doc = include_str!("../README.md")]

#[cfg(feature = "admin")]
mod admin;
mod background;
mod builder;
#[cfg(feature = "delivery")]
mod delivery;
mod error;
mod handle;
mod live;
mod memory;
pub mod testing;
mod weeks;

pub use builder::Builder;
pub use error::Error;
pub use handle::Pings;
pub use weeks::{last_week, this_week};

#[cfg(feature = "admin")]
pub use pings_admin::Admin;
#[cfg(feature = "ingest")]
pub use pings_ingest::{Ingest, PageConsent, User, VisitorIds};
pub use pings_model::{Absence, Broken, Trust, Version, VersionError, VersionRange};
pub use pings_payload::{
    Failure, FailureKind, Measured, Measures, Payload, Row, Step, Value, Week,
};
pub use pings_registry::{Diagnostic, Diagnostics};
pub use pings_runtime::{
    Actor, Consent, Counters, Durability, Error as RuntimeError, ErrorKind, Event, MetricReport,
    NewMetrics, Outage, Rejected, Report, UserId, UserIdType,
};
pub use serde_json::{Number, Value as Json};
pub use time::OffsetDateTime;
