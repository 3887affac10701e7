#![doc = include_str!("../README.md")]

mod argument;
mod binding;
mod capture;
mod dialect;
mod event_log;
mod events;
mod expr;
mod fold;
mod funnel;
mod layout;
mod log;
mod measure;
mod misfits;
mod names;
mod query;
mod rank;
mod report;
mod small_groups;
mod sql_capture;
mod user_ids;
mod window;

pub use dialect::Dialect;
pub use dialect::time::{PLAIN_TIME, has_no_such_day};
pub use event_log::EventLog;
pub use misfits::{columns_read, misfits, quoted_table};
pub use query::{Column, Parameters, Query, Role, columns, query};
pub use report::{Read, Sightings, reads, sightings};
pub use user_ids::UserIdType;

#[cfg(test)]
mod tests;
