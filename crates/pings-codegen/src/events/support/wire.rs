//! Events as they are logged: a name, and arguments as JSON.

use std::fmt;

use super::arguments::{Arguments, Value};
use super::{ArgumentError, Event, EventName};

impl Event {
    /// The name that it is logged under.
    #[must_use]
    pub fn name(&self) -> EventName {
        EventName::from_index(self.index())
    }

    /// What it is logged with, as a JSON object; `{}` of an event without arguments.
    ///
    /// An optional argument that is `None` is left out. So is a number that
    /// JSON has not: an infinite one, or none at all. An integer is written
    /// as it is, and refused by [`Event::from_wire`] beyond ±(2^53 - 1),
    /// where JSON does not keep it exactly.
    #[must_use]
    pub fn argument(&self) -> String {
        self.arguments().to_json()
    }

    /// The event of that name, or once of that name, with arguments from JSON.
    ///
    /// An empty text holds no arguments. Members that the registry does not
    /// declare are passed over, and `null` is as good as missing.
    ///
    /// # Errors
    ///
    /// Where there is no such event, or the text does not hold its arguments.
    pub fn from_wire(name: &str, argument: &str) -> Result<Self, ParseError> {
        let event: EventName = name.parse()?;
        let error = |error| ParseError::Arguments { event, error };
        let mut arguments = Arguments::from_json(argument).map_err(error)?;
        let built = Self::build(event.index(), &mut arguments);
        arguments.finish().map_err(error)?;
        built.ok_or_else(|| ParseError::UnknownName(name.to_owned()))
    }
}

// What follows is not derived: that would write the arguments of every event
// once more each time, which at thousands of events takes compilers seconds.

impl Clone for Event {
    fn clone(&self) -> Self {
        match Self::build(self.index(), &mut self.arguments()) {
            Some(event) => event,
            None => unreachable!("the index of an event is that of an event"),
        }
    }
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.index() == other.index() && self.arguments() == other.arguments()
    }
}

impl fmt::Debug for Event {
    /// Shows the event by the names that it is logged with.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(self.name().as_str());
        for (key, value) in self.arguments().iter() {
            match value {
                Value::Missing | Value::Other => shown.field(key, &None::<()>),
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
