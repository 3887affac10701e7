//! Estimates over all instances that reported, for weeks in which some are not trusted.

mod answer;
mod effects;
mod errors;
mod levels;
mod load;
mod model;
mod panel;
mod student;
mod totals;

#[cfg(test)]
mod simulation;

pub use answer::{Estimate, Growth, Matched, Refusal};
pub use totals::{CodeGrowth, EstimatedSeries, MeasureGrowth};
