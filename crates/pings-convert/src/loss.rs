//! The parts of the inputs that a conversion could not keep.

use crate::place::Place;

/// The effect of a loss on a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// The metric is not in the registry.
    Dropped,
    /// The metric is in the registry, but counts or splits something else than before.
    Changed,
    /// A decision to check, or a key without a counterpart.
    Note,
}

impl Effect {
    /// Returns the word for the effect.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Changed => "changed",
            Self::Note => "note",
        }
    }
}

/// Something in an input that has no equal in the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The effect.
    pub effect: Effect,
    /// The place in the input.
    pub place: Place,
    /// The name of the metric, event or other part, as in the input.
    pub subject: String,
    /// The parts that are meant, such as arguments or values. If there are none, the whole is meant.
    pub parts: Vec<String>,
    /// The loss or decision, with its reason.
    pub reason: String,
}

/// The number of metrics by what became of them. An event that an input declares counts as a
/// metric, because the registry counts it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Metrics with the same meaning as before.
    pub native: usize,
    /// Metrics with at least one [`Effect::Changed`].
    pub changed: usize,
    /// Metrics with [`Effect::Dropped`].
    pub dropped: usize,
}

impl Counts {
    /// Returns the number of metrics in the inputs.
    #[must_use]
    pub const fn total(self) -> usize {
        self.native + self.changed + self.dropped
    }
}
