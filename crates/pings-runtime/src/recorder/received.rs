//! Events that clients recorded and sent, each with an id that identifies it.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::event::Actor;
use crate::event_log::row::{OwnedRow, Row, milliseconds};
use pings_database::{Error, Result};
use serde::{Deserialize, Serialize};

/// A message of a client, such as a web page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Received<'a> {
    /// An event.
    Event(ReceivedEvent<'a>),
    /// A report of events that the client lost.
    Losses(Losses),
}

/// An event that a client recorded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReceivedEvent<'a> {
    /// The id that the client gave to the event: a UUIDv7. An event is logged once, however often
    /// it arrives within [`Received::REMEMBERED`].
    pub id: Uuid,
    /// The name under which the event is logged.
    pub name: &'a str,
    /// The arguments, as a JSON object.
    pub argument: &'a str,
    /// The version of the client that recorded the event.
    pub version: &'a str,
    /// The user or visitor, and the kind of client.
    pub actor: Actor<'a>,
    /// When the event happened.
    pub at: OffsetDateTime,
    /// Whether `at` was corrected because the clock of the client was wrong.
    pub is_corrected: bool,
}

/// How many events a client lost since its last report, by reason. See
/// [`ClientCounters`](crate::ClientCounters).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Losses {
    /// The id of the report, which is counted once, however often it arrives.
    #[serde(skip)]
    pub id: Uuid,
    /// Too many events waited in the client.
    pub dropped: u32,
    /// Each request with the event was rejected as a whole.
    pub rejected: u32,
    /// The arguments had no JSON form.
    pub invalid: u32,
}

/// What became of an event that a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Receipt {
    /// It is in the event log.
    Logged,
    /// It is in the spill file until the database answers. Only then is it known whether it was
    /// logged before.
    Spilled,
    /// It was in the event log before.
    Duplicate,
    /// The database rejects it, with this message.
    Rejected(String),
    /// It was not recorded, because gathering is switched off, or was when the event happened.
    SwitchedOff,
}

impl Received<'_> {
    /// How long the id of an event is remembered after the event arrived.
    pub const REMEMBERED: Duration = Duration::days(90);

    /// Returns the row to write.
    pub(super) fn row(&self) -> Result<OwnedRow> {
        match self {
            Self::Event(event) => event.row(),
            Self::Losses(losses) => losses.row(),
        }
    }
}

impl ReceivedEvent<'_> {
    fn row(&self) -> Result<OwnedRow> {
        let is_object =
            serde_json::from_str::<serde_json::Map<_, serde_json::Value>>(self.argument);
        if let Err(error) = is_object {
            let message = "the argument of an event is not a JSON object";
            return Err(Error::input(message).caused_by(error));
        }
        let text = |text: &str| text.replace('\0', "\u{fffd}");
        Ok(OwnedRow {
            id: Some(self.id),
            name: text(self.name),
            url: text(self.actor.url),
            user_id: self.actor.user_id.into(),
            anonymous_user_id: text(self.actor.anonymous_user_id),
            source: text(self.actor.source),
            argument: self.argument.to_owned(),
            version: text(self.version),
            timestamp: milliseconds(self.at),
        })
    }
}

/// The name of the row that carries the losses of a client. The row is counted and not logged.
const LOSSES: &str = "$lost";

impl Losses {
    fn row(&self) -> Result<OwnedRow> {
        let argument = serde_json::to_string(self)
            .map_err(|error| Error::failure("the losses cannot be written").caused_by(error))?;
        Ok(OwnedRow {
            id: Some(self.id),
            name: LOSSES.to_owned(),
            url: String::new(),
            user_id: crate::event_log::UserId::Number(0).into(),
            anonymous_user_id: String::new(),
            source: String::new(),
            argument,
            version: String::new(),
            timestamp: 0,
        })
    }

    /// Returns the losses if the row carries losses.
    pub(super) fn of(row: &Row<'_>) -> Option<Self> {
        let id = row.id.filter(|_| row.name == LOSSES)?;
        let losses = serde_json::from_str::<Self>(row.argument).unwrap_or_default();
        Some(Self { id, ..losses })
    }
}
