//! The logged form of events: a name, and arguments as JSON.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem::discriminant;

use serde::ser::Serializer;

use super::arguments::Arguments;
use super::event::Generated;
use super::reader::Reader;
use super::tables::{Keys, Tables};
use super::value::Value;
use crate::event_name::EventName;
use crate::parse_error::{ArgumentError, ParseError};

// The traits of an event are not derived, because each derived implementation repeats the arguments
// of all events, which takes seconds to compile for thousands of events. Functions that build events
// are generic or inlined, so that only crates that read events compile them.

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

/// Returns the name under which an event is logged.
#[must_use]
pub fn name<E: Generated>(event: &E) -> EventName<E> {
    let mut place = Place::default();
    discriminant(event).hash(&mut place);
    EventName::from_index(place.0)
}

/// Serializes the arguments of an event as an object.
///
/// # Errors
///
/// Returns the errors of the serializer.
pub fn serialize<E: Generated, S: Serializer>(event: &E, serializer: S) -> Result<S::Ok, S::Error> {
    let keys = E::tables().written_keys(name(event).index());
    event.arguments().serialize(keys, serializer)
}

/// Returns the arguments of an event as a JSON object.
#[must_use]
pub fn argument<E: Generated>(event: &E) -> String {
    json(
        &event.arguments(),
        E::tables().written_keys(name(event).index()),
    )
}

fn json(arguments: &Arguments<'_>, keys: Keys<'_>) -> String {
    let mut json = Vec::new();
    let written = arguments.serialize(keys, &mut serde_json::Serializer::new(&mut json));
    // Writing to memory cannot fail, and all keys are texts.
    written
        .ok()
        .and_then(|()| String::from_utf8(json).ok())
        .unwrap_or_default()
}

/// Creates an event from its current or previous name and its arguments as JSON.
///
/// # Errors
///
/// Returns an error if there is no event with this name, or if the arguments are invalid.
#[inline]
pub fn from_wire<E: Generated>(name: &str, argument: &str) -> Result<E, ParseError> {
    let (index, mut reader) = read(E::tables(), name, argument)?;
    match (E::build(index, &mut reader), reader.error()) {
        (Some(event), None) => Ok(event),
        (_, error) => Err(refusal(E::tables(), name, index, error)),
    }
}

/// Returns the index of the event with this name, and a reader of its arguments.
fn read(tables: &Tables, name: &str, argument: &str) -> Result<(u32, Reader<'static>), ParseError> {
    let index = tables.names.find(name);
    let index = index.ok_or_else(|| ParseError::UnknownName(name.to_owned()))?;
    let keys = tables.read_keys(index);
    match Arguments::from_json(argument, keys) {
        Ok(arguments) => Ok((index, Reader::new(arguments, keys.paths))),
        Err(error) => Err(ParseError::Arguments {
            event: tables.names.get(index as usize),
            error,
        }),
    }
}

/// Returns the error for a name or an argument that is invalid.
fn refusal(tables: &Tables, name: &str, index: u32, error: Option<ArgumentError>) -> ParseError {
    match error {
        Some(error) => ParseError::Arguments {
            event: tables.names.get(index as usize),
            error,
        },
        None => ParseError::UnknownName(name.to_owned()),
    }
}

/// Returns a copy of an event.
#[inline]
#[must_use]
pub fn clone<E: Generated>(event: &E) -> E {
    let name = name(event);
    let mut reader = Reader::new(event.arguments(), name.arguments());
    match E::build(name.index(), &mut reader) {
        Some(event) => event,
        None => unreachable!("the arguments of an event are always valid"),
    }
}

/// Returns whether two events have the same name and the same arguments.
#[must_use]
pub fn equal<E: Generated>(one: &E, other: &E) -> bool {
    discriminant(one) == discriminant(other) && one.arguments() == other.arguments()
}

/// Shows an event with its logged names.
///
/// # Errors
///
/// Returns the errors of the formatter.
pub fn debug<E: Generated>(event: &E, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let name = name(event);
    show(name.as_str(), name.arguments(), &event.arguments(), f)
}

fn show(
    name: &str,
    keys: &[&str],
    arguments: &Arguments<'_>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let mut shown = f.debug_struct(name);
    for (key, value) in keys.iter().zip(arguments.iter()) {
        match value {
            Value::Missing | Value::Other => shown.field(key, &None::<()>),
            Value::Text(text) => shown.field(key, text),
            Value::List(texts) => shown.field(key, texts),
            Value::Integer(value) => shown.field(key, value),
            Value::Number(value) => shown.field(key, value),
            Value::Boolean(value) => shown.field(key, value),
        };
    }
    shown.finish()
}
