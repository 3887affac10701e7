//! Why there is another revision of a week.

use std::str::FromStr;

/// Why there is another revision of a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Events of the week arrived after the revision before.
    LateEvents,
    /// A capture that had failed, or had not been taken, was taken.
    Captured,
    /// A capture was taken again on request.
    Retaken,
    /// Consent to a ping was withdrawn.
    Withdrawn,
}

impl Reason {
    const ALL: [Self; 4] = [
        Self::LateEvents,
        Self::Captured,
        Self::Retaken,
        Self::Withdrawn,
    ];

    /// Its name in payloads.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LateEvents => "late_events",
            Self::Captured => "captured",
            Self::Retaken => "retaken",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl FromStr for Reason {
    type Err = ();

    /// Reads a name.
    ///
    /// # Errors
    ///
    /// If there is no reason with this name.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut all = Self::ALL.into_iter();
        all.find(|reason| reason.name() == text).ok_or(())
    }
}
