//! Estimates over all instances that reported, for weeks in which some are not trusted.

mod answer;
mod coverage;
mod effects;
mod errors;
mod json;
mod levels;
mod load;
mod model;
mod panel;
mod student;
mod totals;

#[cfg(test)]
mod simulation;

pub use answer::{Estimate, Growth, Matched, Refusal};
pub use json::rounded;
pub use totals::{CodeGrowth, EstimatedSeries, MeasureGrowth};
