//! Findings about a registry and the source, as data.

use pings_model::{EventId, Version};

use crate::site::{DynamicName, ExportedFunction, Role, Site, UnregisteredCall};

/// A finding of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// An event that is never fired.
    NeverFired {
        /// The event.
        event: EventId,
        /// Places that mention the event without firing it: tests, comments, and undecided places.
        elsewhere: Vec<Site>,
        /// Calls with a name that is built at run time and may be the name of the event.
        maybe: Vec<DynamicName>,
        /// Exports of the function of the event. Files that were not scanned may call it.
        exports: Vec<ExportedFunction>,
    },
    /// An event that is fired only by a previous name.
    OldName {
        /// The event.
        event: EventId,
        /// The call sites.
        sites: Vec<Site>,
    },
    /// An event that is still fired although all pings or metrics that counted it were removed.
    RemovedStillFired {
        /// The event.
        event: EventId,
        /// The ids of the pings or the codes of the metrics, with the versions that removed them.
        pings: Vec<(String, Version)>,
        /// The call sites.
        sites: Vec<Site>,
    },
    /// A logged name that is similar to the name of an event.
    Typo {
        /// The name.
        name: String,
        /// The call sites.
        sites: Vec<UnregisteredCall>,
        /// The probably intended name.
        near: String,
    },
    /// A logged name that is not in the registry.
    Unregistered {
        /// The name.
        name: String,
        /// The call sites.
        sites: Vec<UnregisteredCall>,
        /// The most similar registered name, if there is a similar name.
        near: Option<String>,
    },
}

/// The kind of a finding.
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
    /// Returns the name that messages use.
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
    /// Returns the kind of the finding.
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

/// The maximum edit distance for a name to count as a typo.
const LETTERS: usize = 2;

/// The minimum length of a name for typo detection. Shorter names are similar to too many others.
const SHORTEST: usize = 6;

/// Returns the finding for an unregistered name that is logged in these places.
pub(crate) fn unregistered_call(
    name: String,
    sites: Vec<UnregisteredCall>,
    known: &[&str],
) -> Finding {
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

/// Returns whether a place counts as a call site.
pub(crate) fn fires(role: Role, tests: bool, comments: bool) -> bool {
    match role {
        Role::Code => true,
        Role::Test => tests,
        Role::Comment => comments,
        Role::Unclear(_) => false,
    }
}
