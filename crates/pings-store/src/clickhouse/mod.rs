//! A store on ClickHouse: its connection, its tables, and what it writes.
//!
//! ClickHouse has no transactions over tables. Rows have keys that are digests of what they are about,
//! and replace each other, so that a write that was interrupted can be repeated: payloads are written
//! first, then their numbers, then the weeks that refer to both.

mod accept;
pub(crate) mod connection;
mod erase;
mod ids;
mod known;
mod rebuild;
mod registrations;
mod rows;
pub(crate) mod schema;
mod senders;
mod state;
mod stored;
mod vendor;
mod weeks;
