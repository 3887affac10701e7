//! Answers over the stored rows: series with trust, the use of metrics, the fleet, the impact of a
//! broken range, and findings.

pub mod attributes;
pub mod cohort;
pub mod doctor;
pub mod entry;
pub mod estimate;
pub mod export;
pub mod fleet;
mod freshness;
pub mod impact;
pub mod left_out;
pub mod notes;
pub mod numbers;
pub mod publish;
pub mod senders;
pub mod series;
pub mod statistics;
pub mod trust;
pub mod usage;
pub mod watch;
