//! What the people who run an instance agreed to.

use pings_model::{Registry, Sensitivity};

/// What the people who run an instance agreed to, each a switch of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Captures are taken and weeks are put together.
    pub gather: bool,
    /// What was put together is sent.
    pub send: bool,
    /// Pings of `sensitivity: usage`.
    pub usage: bool,
    /// Pings of `sensitivity: operational`.
    pub operational: bool,
    /// Pings of `sensitivity: identifying`.
    pub identifying: bool,
}

impl Default for Consent {
    /// All but identifying pings.
    fn default() -> Self {
        Self {
            gather: true,
            send: true,
            usage: true,
            operational: true,
            identifying: false,
        }
    }
}

impl Consent {
    /// Whether pings of that sensitivity may be gathered and sent.
    #[must_use]
    pub fn covers(&self, sensitivity: Sensitivity) -> bool {
        match sensitivity {
            Sensitivity::Usage => self.usage,
            Sensitivity::Operational => self.operational,
            Sensitivity::Identifying => self.identifying,
        }
    }

    /// The registry without the pings that are switched off.
    #[must_use]
    pub fn registry(&self, registry: &Registry) -> Registry {
        let mut registry = registry.clone();
        registry.pings.retain(|ping| self.covers(ping.sensitivity));
        registry
    }
}
