#![doc = include_str!("../README.md")]

#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod cells;
mod dimension;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub mod fetch;
mod query;

#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub use cells::Cells;
pub use dimension::Dimension;
#[doc(hidden)]
pub use pings_types::generated::{Texts, text_enum};
pub use pings_types::{Period, Span, Week, WeekError, instant};
pub use query::{Query, Sql, check};
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub use sqlx;
