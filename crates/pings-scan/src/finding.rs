//! What is wrong between a registry and the source, as data.

use pings_model::{EventId, Version};

use crate::site::{Built, Role, Site, Stranger};

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Nothing fires the event.
    NeverFired {
        /// The event.
        event: EventId,
        /// Places that name it nevertheless: in tests, in comments, and undecided ones.
        elsewhere: Vec<Site>,
        /// Calls that may fire it, with a name that is made at run time.
        maybe: Vec<Built>,
    },
    /// The event is fired by a name that it had before, and by no other.
    OldName {
        /// The event.
        event: EventId,
        /// Where.
        sites: Vec<Site>,
    },
    /// The event is fired, and all pings that counted it were removed.
    RemovedStillFired {
        /// The event.
        event: EventId,
        /// The ids of the pings, with the versions that removed them.
        pings: Vec<(String, Version)>,
        /// Where.
        sites: Vec<Site>,
    },
    /// A name is logged that is nearly that of an event.
    Typo {
        /// The name.
        name: String,
        /// Where it is logged.
        sites: Vec<Stranger>,
        /// The name that is meant.
        near: String,
    },
    /// A name is logged that the registry does not have.
    Unregistered {
        /// The name.
        name: String,
        /// Where it is logged.
        sites: Vec<Stranger>,
        /// A name that is not too far from it.
        near: Option<String>,
    },
}

/// The kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// [`Finding::NeverFired`]
    NeverFired,
    /// [`Finding::OldName`]
    OldName,
    /// [`Finding::RemovedStillFired`]
    RemovedStillFired,
    /// [`Finding::Typo`]
    Typo,
    /// [`Finding::Unregistered`]
    Unregistered,
}

impl FindingKind {
    /// Its name, as messages give it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NeverFired => "never-fired",
            Self::OldName => "old-name",
            Self::RemovedStillFired => "removed-still-fired",
            Self::Typo => "misspelt-event",
            Self::Unregistered => "unregistered-event",
        }
    }
}

impl Finding {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> FindingKind {
        match self {
            Self::NeverFired { .. } => FindingKind::NeverFired,
            Self::OldName { .. } => FindingKind::OldName,
            Self::RemovedStillFired { .. } => FindingKind::RemovedStillFired,
            Self::Typo { .. } => FindingKind::Typo,
            Self::Unregistered { .. } => FindingKind::Unregistered,
        }
    }
}

/// How many letters may be other than meant in a name that is taken for a typo.
const LETTERS: usize = 2;

/// Shorter names are near to too many.
const SHORTEST: usize = 6;

/// What it means that a name is logged in these places and not registered.
pub(crate) fn stranger(name: String, sites: Vec<Stranger>, known: &[&str]) -> Finding {
    let nearest = known
        .iter()
        .filter(|other| other.chars().count() >= SHORTEST)
        .filter(|other| other.len().abs_diff(name.len()) <= LETTERS)
        .map(|other| (strsim::damerau_levenshtein(&name, other), *other))
        .filter(|(distance, _)| *distance <= LETTERS)
        .min();
    let folded = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let same = || known.iter().find(|other| folded(other) == folded(&name));
    match nearest.map(|(_, near)| near).or_else(|| same().copied()) {
        Some(near) => Finding::Typo {
            near: near.to_owned(),
            name,
            sites,
        },
        None => Finding::Unregistered {
            near: pings_registry::nearest(&name, known.iter().copied()).map(str::to_owned),
            name,
            sites,
        },
    }
}

/// Whether a place counts as one that fires.
pub(crate) fn fires(role: Role, tests: bool, comments: bool) -> bool {
    match role {
        Role::Code => true,
        Role::Test => tests,
        Role::Comment => comments,
        Role::Unclear(_) => false,
    }
}
