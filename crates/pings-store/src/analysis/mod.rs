//! Answers over the stored rows: series with trust, the impact of a broken range, and findings.

pub mod doctor;
pub mod impact;
pub mod senders;
pub mod series;
pub mod statistics;
pub mod trust;
