//! The logged form of events: a name, and arguments as JSON.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem::discriminant;

use serde::ser::{Serialize, Serializer};

use super::arguments::{Arguments, Reader, Value};
use super::{ArgumentError, Event, EventName};

/// The index of an event in the registry: its discriminant, which starts at 0 in the order of the
/// variants. Rust passes it only to hashers.
///
/// A match over thousands of events would also return the index, but would increase the compile
/// time of the crate by almost half.
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
    /// Returns the name under which the event is logged.
    #[must_use]
    pub fn name(&self) -> EventName {
        let mut place = Place::default();
        discriminant(self).hash(&mut place);
        EventName::from_index(place.0)
    }

    /// Returns the arguments as a JSON object, which is `{}` for an event without arguments.
    ///
    /// Optional arguments that are `None` are omitted, as are numbers that JSON cannot represent:
    /// infinity and NaN. Integers are written unchanged, but [`Event::from_wire`] rejects integers
    /// beyond ±(2^53 - 1), which JSON does not represent exactly. A NUL character in a text becomes
    /// U+FFFD.
    #[must_use]
    pub fn argument(&self) -> String {
        // Writing to memory cannot fail, and all keys are texts.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Creates an event from its current or previous name and its arguments as JSON.
    ///
    /// An empty text has no arguments. Undeclared members are ignored, and `null` counts as
    /// missing. If an argument is missing, its previous keys are used.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no event with this name, or if the arguments are invalid.
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
    /// Writes the arguments as an object, like [`Event::argument`]. The name is not included;
    /// convert the event to a `&'static str` to get the name.
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

// These traits are not derived, because each derived implementation repeats the arguments of all
// events, which takes seconds to compile for thousands of events. Functions that build events are
// inlined, so that only crates that read events compile them. No function here drops an event,
// which would need another match over all events.

impl Clone for Event {
    #[inline]
    fn clone(&self) -> Self {
        let name = self.name();
        let mut reader = Reader::new(self.arguments(), name.arguments());
        match Self::build(name.index(), &mut reader) {
            Some(event) => event,
            None => unreachable!("the arguments of an event are always valid"),
        }
    }
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        discriminant(self) == discriminant(other) && self.arguments() == other.arguments()
    }
}

impl fmt::Debug for Event {
    /// Shows the event with its logged names.
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

/// The reason why a logged row is not an event of the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// No event has or had this name.
    UnknownName(String),
    /// The arguments are not valid for the event.
    Arguments {
        /// The event.
        event: EventName,
        /// The error of the arguments.
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
