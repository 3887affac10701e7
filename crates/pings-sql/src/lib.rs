#![doc = include_str!("../README.md")]

mod aggregate;
mod argument;
mod binding;
mod capture;
mod column;
mod dialect;
mod event_log;
mod event_log_sql;
mod events;
mod expr;
mod fold;
mod funnel;
mod identity;
mod layout;
mod lists;
mod measure;
mod members;
mod misfits;
mod names;
mod parameters;
mod query;
mod report;
mod small_groups;
mod sql_capture;
mod sql_folding;
mod sqlite_statistics;
mod together;
mod user_ids;
mod value;
mod version;
mod window;

pub use column::{Column, Role};
pub use dialect::Dialect;
pub use dialect::time::{PLAIN_TIME, has_no_such_day};
pub use event_log::{EventLog, UserIdType};
pub use fold::OTHER;
pub use misfits::{columns_read, misfits, quoted_table};
pub use parameters::Parameters;
pub use query::{Query, columns, query};
pub use report::{
    Read, Sightings, TotalRows, Totals, days_after, reads, sightings, staged, staged_people,
    totals, version_totals,
};
pub use user_ids::actor_kind;

#[cfg(test)]
mod tests;
