//! An event in the queue.
//!
//! An entry stores the texts of a typical event inline, one after the other, so that recording the
//! event does not allocate.

use std::borrow::Cow;
use std::io;

use arrayvec::ArrayVec;
use pings_types::Event;

use super::event::Actor;
use crate::event_log::UserId;
use crate::event_log::row::Row;

/// The length of the texts that an entry stores inline. The arguments of most events fit, next to
/// a UUID with hyphens and a short address.
const INLINE: usize = 144;

/// The number of texts in an entry.
const TEXTS: usize = 6;

/// An event with its time, its user and its client.
pub(super) struct Entry {
    /// The name of a typed event, which needs no copy.
    name: Option<&'static str>,
    /// The id of the user if the id is a number.
    user_number: Option<i64>,
    /// Milliseconds since 1970-01-01, UTC.
    timestamp: i64,
    /// Where each text ends in `bytes`: the argument as JSON, the visitor, the source, the address,
    /// the id of the user if the id is a text, and the name of an untyped event.
    ends: [usize; TEXTS],
    /// The texts as UTF-8.
    bytes: Bytes,
}

/// Bytes that are stored inline if there are few.
enum Bytes {
    Few(ArrayVec<u8, INLINE>),
    Many(Vec<u8>),
}

impl Bytes {
    // The pieces of JSON are so short that a call would take longer than the copy.
    #[inline(always)]
    fn push(&mut self, bytes: &[u8]) {
        if let Self::Few(few) = self
            && few.try_extend_from_slice(bytes).is_ok()
        {
            return;
        }
        self.push_many(bytes);
    }

    #[cold]
    fn push_many(&mut self, bytes: &[u8]) {
        let mut many = match self {
            Self::Few(few) => few.to_vec(),
            Self::Many(many) => std::mem::take(many),
        };
        many.extend_from_slice(bytes);
        *self = Self::Many(many);
    }

    #[inline]
    fn as_slice(&self) -> &[u8] {
        match self {
            Self::Few(few) => few,
            Self::Many(many) => many,
        }
    }
}

/// Writes JSON to bytes.
struct Json<'a>(&'a mut Bytes);

impl io::Write for Json<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push(bytes);
        Ok(bytes.len())
    }

    #[inline(always)]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.push(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Entry {
    /// Creates an entry for an event. Returns `None` if the arguments cannot be serialized as JSON.
    #[inline]
    pub(super) fn typed<E: Event>(event: &E, actor: Actor<'_>, timestamp: i64) -> Option<Self> {
        let mut entry = Self::empty(Some(event.name()), actor, timestamp);
        serde_json::to_writer(Json(&mut entry.bytes), event).ok()?;
        // serde writes an event without fields as a unit, which is `null` in JSON.
        if entry.bytes.as_slice() == b"null" {
            entry.bytes = Bytes::Few(ArrayVec::new_const());
            entry.bytes.push(b"{}");
        }
        entry.add_texts(actor, "");
        Some(entry)
    }

    /// Creates an entry for an event name with arguments that are already JSON.
    pub(super) fn named(name: &str, argument: &str, actor: Actor<'_>, timestamp: i64) -> Self {
        let mut entry = Self::empty(None, actor, timestamp);
        entry.bytes.push(without_nul(argument).as_bytes());
        entry.add_texts(actor, name);
        entry
    }

    /// Returns an entry without texts.
    #[inline]
    fn empty(name: Option<&'static str>, actor: Actor<'_>, timestamp: i64) -> Self {
        Self {
            name,
            user_number: match actor.user_id {
                UserId::Number(number) => Some(number),
                UserId::Text(_) => None,
            },
            timestamp,
            ends: [0; TEXTS],
            bytes: Bytes::Few(ArrayVec::new_const()),
        }
    }

    /// Adds the texts that follow the argument.
    #[inline]
    fn add_texts(&mut self, actor: Actor<'_>, name: &str) {
        let user = match actor.user_id {
            UserId::Number(_) => "",
            UserId::Text(text) => text,
        };
        let texts = [actor.anonymous_user_id, actor.source, actor.url, user, name];
        let [argument, rest @ ..] = &mut self.ends;
        *argument = self.bytes.as_slice().len();
        for (text, end) in texts.into_iter().zip(rest) {
            if !text.is_empty() {
                self.bytes.push(without_nul(text).as_bytes());
            }
            *end = self.bytes.as_slice().len();
        }
    }

    /// Returns the entry as a row with the given version of the product.
    pub(super) fn row<'a>(&'a self, version: &'a str) -> Row<'a> {
        let mut start = 0;
        let [argument, visitor, source, url, user, name] = self.ends.map(|end| {
            let text = self.bytes.as_slice().get(start..end).unwrap_or_default();
            start = end;
            // Only UTF-8 is pushed. The check is cheap enough that skipping it with `unsafe` is not
            // worthwhile.
            std::str::from_utf8(text).unwrap_or_default()
        });
        Row {
            id: None,
            name: self.name.unwrap_or(name),
            url,
            user_id: self.user_number.map_or(UserId::Text(user), UserId::Number),
            anonymous_user_id: visitor,
            source,
            argument,
            version,
            timestamp: self.timestamp,
        }
    }
}

/// Replaces NUL by U+FFFD, because PostgreSQL texts cannot contain NUL.
#[inline]
fn without_nul(text: &str) -> Cow<'_, str> {
    match text.as_bytes().contains(&0) {
        true => Cow::Owned(text.replace('\0', "\u{fffd}")),
        false => Cow::Borrowed(text),
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
