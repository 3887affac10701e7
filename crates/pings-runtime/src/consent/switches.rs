//! The switches and their values.

use std::fmt;

use pings_model::Sensitivity;

/// The consent of the people who run an instance, as a set of switches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Whether events are recorded, captures are taken, and weeks are assembled.
    pub gather: bool,
    /// Whether assembled weeks are sent.
    pub send: bool,
    /// Whether pings with `sensitivity: usage` are included.
    pub usage: bool,
    /// Whether pings with `sensitivity: operational` are included.
    pub operational: bool,
    /// Whether pings with `sensitivity: identifying` are included.
    pub identifying: bool,
    /// The handling of metrics that a later registry adds.
    pub new_metrics: NewMetrics,
}

/// The handling of metrics that a later registry adds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NewMetrics {
    /// New metrics are withheld until somebody agrees to them.
    #[default]
    Ask,
    /// New metrics are gathered and sent like all others.
    Allow,
}

impl Default for Consent {
    /// Returns the default: all pings except identifying ones are on, and new metrics wait until
    /// somebody agrees.
    fn default() -> Self {
        Self {
            gather: true,
            send: true,
            usage: true,
            operational: true,
            identifying: false,
            new_metrics: NewMetrics::Ask,
        }
    }
}

impl Consent {
    /// Everything is off.
    pub const NONE: Self = Self {
        gather: false,
        send: false,
        usage: false,
        operational: false,
        identifying: false,
        new_metrics: NewMetrics::Ask,
    };

    /// Returns whether a switch is on.
    #[must_use]
    pub fn is_on(&self, switch: Switch) -> bool {
        match switch {
            Switch::Gather => self.gather,
            Switch::Send => self.send,
            Switch::Usage => self.usage,
            Switch::Operational => self.operational,
            Switch::Identifying => self.identifying,
            Switch::NewMetrics => self.new_metrics == NewMetrics::Allow,
        }
    }

    /// Sets a switch.
    pub fn set(&mut self, switch: Switch, is_on: bool) {
        match switch {
            Switch::Gather => self.gather = is_on,
            Switch::Send => self.send = is_on,
            Switch::Usage => self.usage = is_on,
            Switch::Operational => self.operational = is_on,
            Switch::Identifying => self.identifying = is_on,
            Switch::NewMetrics => {
                self.new_metrics = if is_on {
                    NewMetrics::Allow
                } else {
                    NewMetrics::Ask
                };
            }
        }
    }

    /// Returns whether pings with that sensitivity are switched on.
    #[must_use]
    pub fn covers(&self, sensitivity: Sensitivity) -> bool {
        self.is_on(Switch::of(sensitivity))
    }
}

/// A switch that the people who run an instance set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Switch {
    /// `gather`
    Gather,
    /// `send`
    Send,
    /// `sensitivity: { usage }`
    Usage,
    /// `sensitivity: { operational }`
    Operational,
    /// `sensitivity: { identifying }`
    Identifying,
    /// `new_metrics`: on for `allow`, off for `ask`.
    NewMetrics,
}

impl Switch {
    /// All switches in display order.
    pub const ALL: [Self; 6] = [
        Self::Gather,
        Self::Send,
        Self::Usage,
        Self::Operational,
        Self::Identifying,
        Self::NewMetrics,
    ];

    /// Returns the switch for a sensitivity.
    #[must_use]
    pub fn of(sensitivity: Sensitivity) -> Self {
        match sensitivity {
            Sensitivity::Usage => Self::Usage,
            Sensitivity::Operational => Self::Operational,
            Sensitivity::Identifying => Self::Identifying,
        }
    }

    /// Returns the path of the switch in the configuration file, with dots between the keys.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gather => "gather",
            Self::Send => "send",
            Self::Usage => "sensitivity.usage",
            Self::Operational => "sensitivity.operational",
            Self::Identifying => "sensitivity.identifying",
            Self::NewMetrics => "new_metrics",
        }
    }

    /// Returns the environment variable that overrides the file.
    #[must_use]
    pub fn variable(self) -> &'static str {
        match self {
            Self::Gather => "PINGS_GATHER",
            Self::Send => "PINGS_SEND",
            Self::Usage => "PINGS_SENSITIVITY_USAGE",
            Self::Operational => "PINGS_SENSITIVITY_OPERATIONAL",
            Self::Identifying => "PINGS_SENSITIVITY_IDENTIFYING",
            Self::NewMetrics => "PINGS_NEW_METRICS",
        }
    }

    /// Returns a value of the switch as it is written in the configuration file.
    #[must_use]
    pub fn value(self, is_on: bool) -> &'static str {
        match (self, is_on) {
            (Self::NewMetrics, true) => "allow",
            (Self::NewMetrics, false) => "ask",
            (_, true) => "true",
            (_, false) => "false",
        }
    }
}

impl fmt::Display for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
