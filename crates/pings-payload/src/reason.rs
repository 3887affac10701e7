//! The reasons for another revision of a week.

use std::str::FromStr;

/// The reason for another revision of a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Events of the week arrived after the previous revision.
    LateEvents,
    /// A capture that failed or was missing was taken.
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

    /// Returns the name in payloads.
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

    /// Parses the name of a reason.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no reason with this name.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut all = Self::ALL.into_iter();
        all.find(|reason| reason.name() == text).ok_or(())
    }
}
