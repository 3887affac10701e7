//! The window of all time: the totals of each day, stored next to the event log.
//!
//! Rows are added in the order of their ids, each once: the transaction that adds rows also moves the
//! cursor `read_to`. A report adds the stored days and the rows after the cursor, in one snapshot.
//! Rows that are pruned are added in the transaction that removes them.

mod counted;
mod keep;
mod kept;
mod prune;
mod value;
mod versions;
mod windows;
