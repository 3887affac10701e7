//! The names of events.

use std::fmt;
use std::str::FromStr;

use super::ParseError;
use super::tables::{EVENT_NAMES, EVENTS, KEYS, KEYS_OF_EVENTS, OLD_KEYS};

/// The name of an event, as a small value that is fast to look up, copy and compare.
///
/// Names are ordered as in the registry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventName(u32);

impl EventName {
    /// Returns all names, in registry order.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + DoubleEndedIterator {
        (0..EVENTS).map(Self)
    }

    /// Returns the event with this current or previous name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        EVENT_NAMES.find(name).map(Self)
    }

    /// Returns the name as it is logged.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        EVENT_NAMES.get(self.0 as usize)
    }

    /// Returns the keys of the arguments, in registry order.
    #[must_use]
    pub fn arguments(self) -> &'static [&'static str] {
        KEYS[KEYS_OF_EVENTS[self.0 as usize] as usize]
    }

    /// Returns the previous keys of the arguments: the index of the event, the index of the
    /// argument, the key.
    pub(crate) fn old_arguments(self) -> &'static [(u32, u32, &'static str)] {
        let start = OLD_KEYS.partition_point(|(event, ..)| *event < self.0);
        let end = OLD_KEYS.partition_point(|(event, ..)| *event <= self.0);
        &OLD_KEYS[start..end]
    }

    /// Returns the name of the event at this index in the registry.
    pub(crate) fn from_index(index: u32) -> Self {
        Self(index)
    }

    /// Returns the index of the event in the registry.
    pub(crate) fn index(self) -> u32 {
        self.0
    }
}

impl fmt::Debug for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventName").field(&self.as_str()).finish()
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for EventName {
    type Err = ParseError;

    /// Parses a current or previous name like [`EventName::parse`].
    fn from_str(name: &str) -> Result<Self, ParseError> {
        Self::parse(name).ok_or_else(|| ParseError::UnknownName(name.to_owned()))
    }
}
