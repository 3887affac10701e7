//! Options of queries about the fleet.

use pings_payload::Week;
use time::OffsetDateTime;

use crate::analysis::cohort::InstancesBy;

/// Options of a query about the fleet.
#[derive(Clone, Debug, Default)]
pub struct FleetOptions {
    /// The number of weeks.
    pub weeks: u32,
    /// The last week; by default the newest that the store has.
    pub until: Option<Week>,
    /// The property by which instances are grouped.
    pub by: Option<InstancesBy>,
    /// The current time. A week whose sending window is open is incomplete.
    pub now: Option<OffsetDateTime>,
}
