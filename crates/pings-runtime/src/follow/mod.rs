//! Follows events as they arrive: what does not fit the registry, and the metrics that they move.
//!
//! [`Arrival`] is the event of any source and [`Assessor`] judges it without a database. A
//! [`Follower`] is the source for an event log; another source delivers [`Batch`]es in the same way.

mod arrival;
mod assessment;
mod follower;
mod gaps;
mod rows;
mod values;

pub use arrival::{ActorKind, Arrival};
pub use assessment::{Assessment, Assessor, EventFault, Moved, Standing};
pub use follower::{Batch, Follow, Followed, Follower};
pub use values::Change;
