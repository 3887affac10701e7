#![doc = include_str!("../README.md")]

mod access;
mod address;
mod cell;
mod clickhouse;
mod compact;
mod database;
mod error;
mod exclusive;
mod insert;
mod mask;
mod migrate;
#[cfg(feature = "postgres")]
mod postgres;
pub mod private;
#[cfg(feature = "sqlite")]
mod sqlite;
mod transaction;
mod url;

pub use access::{Access, Mode};
pub use address::Address;
pub use cell::{Bind, Cell, WrongType};
pub use clickhouse::ClickHouseAddress;
pub use database::Database;
pub use error::{Error, ErrorKind, Result, is_temporary, reason};
pub use exclusive::Exclusive;
#[cfg(feature = "postgres")]
pub use insert::MOST_AS_ARRAYS;
pub use mask::{masked, masked_in_text};
pub use migrate::{SchemaVersions, migrate};
#[cfg(feature = "postgres")]
pub use postgres::PostgresPool;
pub use transaction::{Connection, Transaction};
pub use url::Url;

#[cfg(not(any(feature = "postgres", feature = "sqlite")))]
compile_error!("enable the feature `postgres`, the feature `sqlite`, or both");
