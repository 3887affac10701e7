//! The names of events.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::ser::{Serialize, Serializer};

use crate::generated::event::Generated;
use crate::parse_error::ParseError;

/// The name of an event, as a small value that is fast to look up, copy and compare.
///
/// `E` is the enum of events of a generated crate, which has an alias for its names. Names are
/// ordered as in the registry.
pub struct EventName<E> {
    index: u32,
    event: PhantomData<fn() -> E>,
}

impl<E> EventName<E> {
    /// Returns the name of the event at this index in the registry.
    pub(crate) const fn from_index(index: u32) -> Self {
        Self {
            index,
            event: PhantomData,
        }
    }

    /// Returns the index of the event in the registry.
    pub(crate) const fn index(self) -> u32 {
        self.index
    }
}

impl<E: Generated> EventName<E> {
    /// Returns all names, in registry order.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + DoubleEndedIterator {
        (0..E::tables().events).map(Self::from_index)
    }

    /// Returns the event with this current or previous name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        E::tables().names.find(name).map(Self::from_index)
    }

    /// Returns the name as it is logged.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        E::tables().names.get(self.index as usize)
    }

    /// Returns the keys of the arguments, in registry order. The members of an object have paths:
    /// `view.kind`.
    #[must_use]
    pub fn arguments(self) -> &'static [&'static str] {
        E::tables().keys(self.index)
    }
}

// The traits are not derived, because a derived implementation would require them of the events.

impl<E> Clone for EventName<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for EventName<E> {}

impl<E> PartialEq for EventName<E> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl<E> Eq for EventName<E> {}

impl<E> PartialOrd for EventName<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for EventName<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.index.cmp(&other.index)
    }
}

impl<E> Hash for EventName<E> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}

impl<E: Generated> fmt::Debug for EventName<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventName").field(&self.as_str()).finish()
    }
}

impl<E: Generated> fmt::Display for EventName<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<E: Generated> FromStr for EventName<E> {
    type Err = ParseError;

    /// Parses a current or previous name like [`EventName::parse`].
    fn from_str(name: &str) -> Result<Self, ParseError> {
        Self::parse(name).ok_or_else(|| ParseError::UnknownName(name.to_owned()))
    }
}

impl<E: Generated> Serialize for EventName<E> {
    /// Writes the name as text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
