//! The alarms of a watch.

use pings_model::Version;
use pings_payload::Week;

/// A change in a week that somebody should look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// The kind of change.
    pub kind: AlarmKind,
    /// The week in which it happened.
    pub week: Week,
    /// The code, or `None` for the fleet as a whole.
    pub code: Option<String>,
    /// The dimensions of the group or the step that vanished, as JSON.
    pub group: Option<String>,
    /// The version, if only the instances that upgraded to it show the change.
    pub version: Option<Version>,
    /// The number of instances that are compared.
    pub instances: u64,
    /// The number of these instances that show the change.
    pub affected: u64,
    /// The expected number: events or instances, depending on the kind.
    pub expected: f64,
    /// The number that was found instead.
    pub found: f64,
}

impl Alarm {
    /// Returns the alarm that no instance reported a week.
    #[must_use]
    pub(crate) fn stale(week: Week) -> Self {
        Self {
            kind: AlarmKind::Stale,
            week,
            code: None,
            group: None,
            version: None,
            instances: 0,
            affected: 0,
            expected: 0.0,
            found: 0.0,
        }
    }
}

/// The kind of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlarmKind {
    /// No instance reported the week.
    Stale,
    /// Far fewer instances reported the week than the weeks before.
    FewerReports,
    /// Far more instances reported for the first time than in the weeks before.
    ManyNew,
    /// The events of most instances fell.
    FleetFell,
    /// A code fell at most instances, and the other codes did not.
    CodeFell,
    /// A code, a value of a dimension or a step of a funnel is no longer counted.
    Vanished,
    /// A code fails at more instances than before.
    Failing,
}

impl AlarmKind {
    /// Returns the name that is used in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stale => "stale",
            Self::FewerReports => "fewer_reports",
            Self::ManyNew => "many_new",
            Self::FleetFell => "fleet_fell",
            Self::CodeFell => "code_fell",
            Self::Vanished => "vanished",
            Self::Failing => "failing",
        }
    }
}
