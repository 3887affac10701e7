#![doc = include_str!("../README.md")]

mod accept;
mod import;
mod known;
mod learn;
mod migrate;
mod names;
mod origin;
mod rebuild;
mod received;
mod rows;
pub mod server;
mod store;

pub use accept::{Accepted, How};
pub use import::{Imported, Mistake};
pub use known::{KnownFingerprint, WaitingFingerprint};
pub use learn::Learned;
pub use origin::{UNKNOWN, canonical, version_key};
pub use pings_database::{Bind, Cell, Database, Error, Mode, Result, Transaction, Url};
pub use rebuild::{Rebuilt, Unreadable};
pub use received::Received;
pub use store::Store;
