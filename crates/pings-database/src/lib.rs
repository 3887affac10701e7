#![doc = include_str!("../README.md")]

mod access;
mod address;
mod cell;
mod compact;
mod database;
mod error;
mod exclusive;
mod insert;
mod mask;
mod migrate;
mod postgres;
pub mod private;
mod sqlite;
mod transaction;
mod url;

pub use access::{Access, Mode};
pub use address::Address;
pub use cell::{Bind, Cell, WrongType};
pub use database::Database;
pub use error::{Error, Result, is_temporary, reason};
pub use exclusive::Exclusive;
pub use insert::MOST_AS_ARRAYS;
pub use mask::{masked, masked_in_text};
pub use migrate::migrate;
pub use postgres::PostgresPool;
pub use transaction::{Connection, Transaction};
pub use url::Url;
