//! Reads the body of a request: a batch of events.

use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::refusal::{Reason, Refusal};

/// The version of the wire format.
const FORMAT: u64 = 1;

/// The maximum number of events in a batch.
const MOST_EVENTS: usize = 5_000;

/// The maximum length of an id in an answer.
const LONGEST_ID: usize = 64;

#[derive(Deserialize)]
struct Body<'a> {
    v: u64,
    sent_at: String,
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

/// The id alone, for an event whose other members cannot be read.
#[derive(Deserialize)]
struct Identified {
    id: String,
}

/// A batch as a client sent it.
#[derive(Debug)]
pub(crate) struct Batch {
    /// The clock of the client when it sent the batch.
    pub(crate) sent_at: OffsetDateTime,
    /// The events, or why one is refused.
    pub(crate) events: Vec<Result<RawEvent, Refusal>>,
}

/// The members of an event. They are not checked yet.
#[derive(Debug)]
pub(crate) struct RawEvent {
    /// The id as the client wrote it.
    pub(crate) id: String,
    pub(crate) members: Map<String, Json>,
}

/// Reads a batch.
///
/// # Errors
///
/// Returns the message for the client if the body is not a batch, or if the id of an event cannot
/// be read, so that no answer could name it.
pub(crate) fn parse(body: &[u8]) -> Result<Batch, String> {
    let body: Body<'_> = serde_json::from_slice(body).map_err(|error| {
        // The message of serde may contain a value of the client.
        let what = match error.classify() {
            Category::Data => "a batch of events",
            Category::Io | Category::Syntax | Category::Eof => "JSON",
        };
        let (line, column) = (error.line(), error.column());
        format!("the body is not {what}, at line {line}, column {column}")
    })?;
    if body.v != FORMAT {
        return Err(format!("`v` must be {FORMAT}, the version of the format"));
    }
    if body.events.len() > MOST_EVENTS {
        return Err(format!("a batch has at most {MOST_EVENTS} events"));
    }
    let sent_at = OffsetDateTime::parse(&body.sent_at, &Rfc3339)
        .map_err(|_| "`sent_at` is not an RFC 3339 time".to_owned())?;
    let events = (1..).zip(body.events).map(|(number, text)| {
        event(text.get()).ok_or_else(|| {
            format!("event {number} has no `id` that is a text of at most {LONGEST_ID} characters")
        })
    });
    Ok(Batch {
        sent_at,
        events: events.collect::<Result<_, _>>()?,
    })
}

/// Reads an event. Returns `None` if it has no usable id.
fn event(text: &str) -> Option<Result<RawEvent, Refusal>> {
    let id = match serde_json::from_str::<Map<String, Json>>(text) {
        Ok(members) => {
            let id = members.get("id").and_then(Json::as_str)?.to_owned();
            if id.len() > LONGEST_ID {
                return None;
            }
            return Some(Ok(RawEvent { id, members }));
        }
        // An unpaired surrogate, for example.
        Err(_) => serde_json::from_str::<Identified>(text).ok()?.id,
    };
    (id.len() <= LONGEST_ID).then_some(Err(Refusal {
        id,
        reason: Reason::MalformedEvent,
        message: "the event contains invalid Unicode, too large a number, or too many levels"
            .to_owned(),
    }))
}
