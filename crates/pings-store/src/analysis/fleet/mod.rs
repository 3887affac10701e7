//! The instances of the fleet: how many are active in each week, and how many stay.

mod active;
mod options;
mod retention;
mod weeks;

pub use options::FleetOptions;
pub use retention::{OFFSETS, Retention, RetentionCohort};
pub use weeks::{Fleet, FleetWeek};
