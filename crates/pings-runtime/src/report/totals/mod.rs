//! Kept totals: the events of each day, stored next to the event log. Values for all time are sums of
//! them. Daily totals begin on a recent day and have the users of each window as well, so that a report
//! of a long week does not read its rows.
//!
//! Rows are added in the order of their ids, each once: the transaction that adds rows also moves the
//! cursor `read_to`. A report adds the stored days and the rows after the cursor, in one snapshot.
//! Rows that are pruned are added in the transaction that removes them.

mod counted;
mod daily;
mod days;
mod keep;
mod kept;
mod people;
mod prune;
mod settle;
mod value;
mod versions;
mod windows;

pub(super) use daily::Daily;
