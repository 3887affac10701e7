//! The result of accepting a payload.

use pings_payload::{Uuid, Week, rfc3339};

use crate::ingest::received::Received;

/// The result of accepting a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The registry of the payload.
    pub registry: String,
    /// The instance that sent the payload.
    pub instance: Uuid,
    /// The week of the payload.
    pub week: Week,
    /// The revision of the week.
    pub revision: u32,
    /// When this revision was first received.
    pub received_at: String,
    /// Whether a registry with this fingerprint is registered.
    pub known: bool,
    /// What became of it.
    pub how: Disposition,
    /// The revision that the store holds instead of this payload.
    pub standing: Option<Standing>,
    /// Whether the content is kept. The number of kept conflicts is limited.
    pub is_kept: bool,
}

/// The disposition of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Disposition {
    /// The payload is kept, and is the newest revision of its week.
    New,
    /// The payload is kept, but a newer revision was received before.
    Late,
    /// The payload was already stored.
    Repeated,
    /// Different content was already stored under the same revision. The new content is kept as a
    /// conflict, and the answer is that for the first content.
    Conflict,
    /// The payload is not kept, because the instance signs its payloads and this one is not signed.
    Unsigned,
    /// The payload is not kept, because the instance signs its payloads with another key.
    OtherKey,
}

impl Disposition {
    /// Returns why a payload is not kept, if it is not.
    #[must_use]
    pub fn refusal(self) -> Option<&'static str> {
        match self {
            Self::Unsigned => {
                Some("the payloads of this instance are signed, but this payload is not")
            }
            Self::OtherKey => Some(
                "the payload is signed with another key than the first payload of this instance",
            ),
            Self::New | Self::Late | Self::Repeated | Self::Conflict => None,
        }
    }
}

impl Accepted {
    pub(crate) fn refused(received: &Received, how: Disposition) -> Self {
        Self {
            registry: received.registry.clone(),
            instance: received.instance,
            week: received.week,
            revision: received.revision,
            received_at: rfc3339(received.received_at),
            known: false,
            how,
            standing: None,
            is_kept: false,
        }
    }
}

/// The revision of a week that the store holds instead of the one that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The highest revision of the week.
    pub newest: u32,
    /// The number of events in that revision.
    pub events: u64,
}
