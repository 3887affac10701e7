//! Payloads: reading, accepting, keeping and erasing them, and the rows that are derived from them.

pub mod accept;
mod as_of;
pub mod circumstances;
pub mod consistent;
pub mod erase;
pub mod erased;
pub mod forget;
pub mod hygiene;
pub mod import;
pub mod incoming;
pub mod intern;
pub mod left_out;
pub mod rebuild;
pub mod rebuilt;
pub mod received;
pub mod retain;
pub mod rows;
