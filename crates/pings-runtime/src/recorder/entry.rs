//! An event in the queue.
//!
//! An entry stores texts of a typical length inline, so that recording an event does not allocate.

use arrayvec::ArrayVec;
use pings_types::Event;
use serde::Serialize;

use super::event::Actor;
use crate::event_log::UserId;
use crate::event_log::row::Row;

/// Arguments up to this length are stored in the entry.
const ARGUMENT: usize = 104;

/// Ids of users and visitors up to this length are stored in the entry. A UUID with hyphens fits.
const ID: usize = 40;

/// Sources and addresses up to this length are stored in the entry. The names of generated events
/// are static and need no copy.
const SHORT: usize = 24;

/// An event with its time, its user and its client.
pub(super) struct Entry {
    name: Name,
    /// JSON. Each `Text` holds UTF-8 bytes.
    argument: Text<ARGUMENT>,
    anonymous_user_id: Text<ID>,
    source: Text<SHORT>,
    url: Text<SHORT>,
    user_id: User,
    /// Milliseconds since 1970-01-01, UTC.
    timestamp: i64,
}

enum Name {
    Static(&'static str),
    Owned(Box<str>),
}

/// The id of a user.
enum User {
    Number(i64),
    Text(Text<ID>),
}

/// A text that is stored inline if it is short.
enum Text<const N: usize> {
    Short(ArrayVec<u8, N>),
    Long(Vec<u8>),
}

impl<const N: usize> Text<N> {
    const fn empty() -> Self {
        Self::Short(ArrayVec::new_const())
    }

    /// Copies a text. NUL becomes U+FFFD, because PostgreSQL texts cannot contain NUL.
    #[inline]
    fn copied(text: &str) -> Self {
        if text.is_empty() {
            return Self::empty();
        }
        if text.contains('\0') {
            return Self::Long(text.replace('\0', "\u{fffd}").into_bytes());
        }
        let mut copy = Self::empty();
        copy.push(text.as_bytes());
        copy
    }

    /// Serializes a value as JSON: into the inline buffer, or again into a `Vec` if the buffer is
    /// too small.
    #[inline]
    fn written(value: &impl Serialize) -> Option<Self> {
        let mut place = [0; N];
        let mut rest = &mut place[..];
        if serde_json::to_writer(&mut rest, value).is_err() {
            return serde_json::to_vec(value).ok().map(Self::Long);
        }
        let length = N - rest.len();
        let mut short = ArrayVec::from(place);
        short.truncate(length);
        Some(Self::Short(short))
    }

    #[inline]
    fn push(&mut self, bytes: &[u8]) {
        match self {
            Self::Short(short) => {
                if short.try_extend_from_slice(bytes).is_err() {
                    let mut long = Vec::with_capacity((short.len() + bytes.len()) * 2);
                    long.extend_from_slice(short);
                    long.extend_from_slice(bytes);
                    *self = Self::Long(long);
                }
            }
            Self::Long(long) => long.extend_from_slice(bytes),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Short(short) => short.as_slice(),
            Self::Long(long) => long,
        }
    }

    fn as_str(&self) -> &str {
        // Only UTF-8 is pushed. The check is cheap enough that skipping it with `unsafe` is not
        // worthwhile.
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }
}

impl Entry {
    /// Creates an entry for an event. Returns `None` if the arguments cannot be serialized as JSON.
    #[inline]
    pub(super) fn typed<E: Event>(event: &E, actor: Actor<'_>, timestamp: i64) -> Option<Self> {
        let mut argument = Text::written(event)?;
        // serde writes an event without fields as a unit, which is `null` in JSON.
        if argument.bytes() == b"null" {
            argument = Text::copied("{}");
        }
        Some(Self::new(
            Name::Static(event.name()),
            argument,
            actor,
            timestamp,
        ))
    }

    /// Creates an entry for an event name with arguments that are already JSON.
    pub(super) fn named(name: &str, argument: &str, actor: Actor<'_>, timestamp: i64) -> Self {
        let name = Name::Owned(name.replace('\0', "\u{fffd}").into());
        Self::new(name, Text::copied(argument), actor, timestamp)
    }

    #[inline]
    fn new(name: Name, argument: Text<ARGUMENT>, actor: Actor<'_>, timestamp: i64) -> Self {
        Self {
            name,
            argument,
            anonymous_user_id: Text::copied(actor.anonymous_user_id),
            source: Text::copied(actor.source),
            url: Text::copied(actor.url),
            user_id: match actor.user_id {
                UserId::Number(number) => User::Number(number),
                UserId::Text(text) => User::Text(Text::copied(text)),
            },
            timestamp,
        }
    }

    /// Returns the entry as a row with the given version of the product.
    pub(super) fn row<'a>(&'a self, version: &'a str) -> Row<'a> {
        Row {
            id: None,
            name: match &self.name {
                Name::Static(name) => name,
                Name::Owned(name) => name,
            },
            url: self.url.as_str(),
            user_id: match &self.user_id {
                User::Number(number) => UserId::Number(*number),
                User::Text(text) => UserId::Text(text.as_str()),
            },
            anonymous_user_id: self.anonymous_user_id.as_str(),
            source: self.source.as_str(),
            argument: self.argument.as_str(),
            version,
            timestamp: self.timestamp,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::{Actor, Entry};

    #[derive(Serialize)]
    #[serde(untagged)]
    enum Event {
        Saved { words: i64, comment: Option<String> },
        Opened,
    }

    impl From<&Event> for &'static str {
        fn from(event: &Event) -> Self {
            match event {
                Event::Saved { .. } => "Saved",
                Event::Opened => "Opened",
            }
        }
    }

    #[test]
    fn an_event_is_a_name_and_an_object() {
        let long = "é".repeat(200);
        for (event, name, argument) in [
            (Event::Opened, "Opened", "{}".to_owned()),
            (
                Event::Saved {
                    words: 3,
                    comment: None,
                },
                "Saved",
                "{\"words\":3,\"comment\":null}".to_owned(),
            ),
            (
                Event::Saved {
                    words: -1,
                    comment: Some(long.clone()),
                },
                "Saved",
                format!("{{\"words\":-1,\"comment\":\"{long}\"}}"),
            ),
        ] {
            let actor = Actor::anonymous("a\0b").url(&long).source("IDE");
            let entry = Entry::typed(&event, actor, 5).unwrap();
            let row = entry.row("1.2.3");
            assert_eq!((row.name, row.argument), (name, argument.as_str()));
            assert_eq!(
                (row.url, row.anonymous_user_id),
                (long.as_str(), "a\u{fffd}b")
            );
            assert_eq!(
                (row.source, row.version, row.timestamp),
                ("IDE", "1.2.3", 5)
            );
        }
    }
}
