//! The consent to gather and send: the switches, the metrics that were agreed to, and their
//! history.

mod agreement;
mod edit;
mod history;
mod lines;
mod metrics;
mod observe;
mod settings;
mod switches;
mod visitor_ids;

pub use agreement::{Agreement, Pending};
pub use history::Period;
pub use metrics::AgreedMetric;
pub use observe::{agree, foresee, observe};
pub use settings::{Origin, Settings};
pub use switches::{Consent, NewMetrics, Switch};
pub use visitor_ids::VisitorIds;

#[cfg(feature = "delivery")]
pub(crate) use history::sending_since;
