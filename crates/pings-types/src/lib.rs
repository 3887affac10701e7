#![doc = include_str!("../README.md")]

mod text;

mod aggregation;
mod calendar;
mod event;
mod event_name;
#[doc(hidden)]
pub mod generated;
mod instant;
#[cfg(feature = "time")]
mod moment;
mod parse_error;
mod period;
mod ping;
mod ping_type;
mod pings;
mod sensitivity;
mod trust;
mod unknown_value;
mod version;
mod version_range;
mod week;

pub use aggregation::Aggregation;
pub use event::Event;
pub use event_name::EventName;
pub use instant::instant;
pub use parse_error::{ArgumentError, ParseError};
pub use period::{Period, Span};
pub use ping::{Code, Ping};
pub use ping_type::PingType;
pub use pings::Pings;
pub use sensitivity::Sensitivity;
pub use trust::{Absence, Broken, Trust};
pub use unknown_value::UnknownValue;
pub use version::{Version, VersionError};
pub use version_range::{VersionRange, VersionRangeError};
pub use week::{Week, WeekError};
