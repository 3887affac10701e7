//! Events as they are logged: a name, and arguments as JSON.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem::discriminant;

use serde::ser::{Serialize, Serializer};

use super::arguments::{Arguments, Reader, Value};
use super::{ArgumentError, Event, EventName};

/// The place of an event in the registry: its discriminant, which Rust counts
/// from 0 in the order of the variants, and shows to hashers only.
///
/// A match over thousands of events would tell it too, but rustc would take
/// almost half as long again for the crate.
#[derive(Default)]
struct Place(u32);

impl Hasher for Place {
    fn write_isize(&mut self, discriminant: isize) {
        self.0 = discriminant as u32;
    }

    fn write(&mut self, _: &[u8]) {}

    fn finish(&self) -> u64 {
        self.0.into()
    }
}

impl Event {
    /// The name that it is logged under.
    #[must_use]
    pub fn name(&self) -> EventName {
        let mut place = Place::default();
        discriminant(self).hash(&mut place);
        EventName::from_index(place.0)
    }

    /// What it is logged with, as a JSON object; `{}` of an event without arguments.
    ///
    /// An optional argument that is `None` is left out. So is a number that
    /// JSON has not: an infinite one, or none at all. An integer is written
    /// as it is, and refused by [`Event::from_wire`] beyond ±(2^53 - 1),
    /// where JSON does not keep it exactly. A NUL in a text becomes U+FFFD.
    #[must_use]
    pub fn argument(&self) -> String {
        // Writing to memory does not fail, and all keys are texts.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The event of that name, or once of that name, with arguments from JSON.
    ///
    /// An empty text holds no arguments. Members that the registry does not
    /// declare are passed over, and `null` is as good as missing. An argument that is
    /// missing is read under the keys that it had before.
    ///
    /// # Errors
    ///
    /// Where there is no such event, or the text does not hold its arguments.
    #[inline]
    pub fn from_wire(name: &str, argument: &str) -> Result<Self, ParseError> {
        let event: EventName = name.parse()?;
        let keys = event.arguments();
        let arguments = Arguments::from_json(argument, keys, event.old_arguments())
            .map_err(|error| ParseError::Arguments { event, error })?;
        let mut reader = Reader::new(arguments, keys);
        match Self::build(event.index(), &mut reader) {
            Some(event) => Ok(event),
            None => Err(match reader.error() {
                Some(error) => ParseError::Arguments { event, error },
                None => ParseError::UnknownName(name.to_owned()),
            }),
        }
    }
}

impl Serialize for Event {
    /// Writes its arguments as an object, as [`Event::argument`] does. Its
    /// name is not among them: a `&'static str` is made of the event.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.arguments()
            .serialize(self.name().arguments(), serializer)
    }
}

impl From<&Event> for &'static str {
    fn from(event: &Event) -> Self {
        event.name().as_str()
    }
}

// What follows is not derived: that would write the arguments of every event
// once more each time, which at thousands of events takes compilers seconds.
// What builds events is inlined, and so compiled where it is called, if it is:
// who logs events does not wait for what reads them back. Nothing here drops
// an event, which would be one more match over all of them.

impl Clone for Event {
    #[inline]
    fn clone(&self) -> Self {
        let name = self.name();
        let mut reader = Reader::new(self.arguments(), name.arguments());
        match Self::build(name.index(), &mut reader) {
            Some(event) => event,
            None => unreachable!("what an event holds is what it may hold"),
        }
    }
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        discriminant(self) == discriminant(other) && self.arguments() == other.arguments()
    }
}

impl fmt::Debug for Event {
    /// Shows the event by the names that it is logged with.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        let mut shown = f.debug_struct(name.as_str());
        for (key, value) in name.arguments().iter().zip(self.arguments().iter()) {
            match value {
                Value::Missing | Value::Other | Value::Any => shown.field(key, &None::<()>),
                Value::Text(text) => shown.field(key, text),
                Value::Integer(value) => shown.field(key, value),
                Value::Number(value) => shown.field(key, value),
                Value::Boolean(value) => shown.field(key, value),
            };
        }
        shown.finish()
    }
}

/// Why what was logged is not an event of the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// No event has this name, or ever had.
    UnknownName(String),
    /// The arguments are not those of the event.
    Arguments {
        /// The event.
        event: EventName,
        /// What is wrong with them.
        error: ArgumentError,
    },
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownName(name) => write!(f, "there is no event {name:?}"),
            Self::Arguments { event, error } => write!(f, "event `{event}`: {error}"),
        }
    }
}

impl std::error::Error for ParseError {}

#[cfg(test)]
mod tests {
    use super::super::arguments::Reader;
    use super::super::{Event, EventName};

    #[test]
    fn every_event_has_its_name() {
        for name in EventName::all() {
            let event = Event::build(name.index(), &mut Reader::any());
            assert_eq!(event.map(|event| event.name()), Some(name));
            assert_eq!(EventName::parse(name.as_str()), Some(name));
        }
    }
}
