//! Why an event is refused.

use std::fmt;

use serde::Serialize;

/// Why an event is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// It is not a JSON object with the members of an event.
    MalformedEvent,
    /// The id is not a UUIDv7.
    InvalidId,
    /// The registry has no event with this name.
    UnknownEvent,
    /// A required argument is missing.
    MissingArgument,
    /// The event has no such argument.
    UnknownArgument,
    /// An argument has another type than declared, or is out of range.
    WrongType,
    /// The registry does not declare this value of an argument.
    UndeclaredValue,
    /// A text is longer than allowed.
    TextTooLong,
    /// The version is not a version.
    InvalidVersion,
    /// The time is not an RFC 3339 time.
    InvalidTime,
    /// The id of the visitor has an invalid form.
    InvalidAnonymousId,
    /// The event is older than the endpoint remembers ids.
    TooOld,
    /// Gathering is switched off on the instance.
    SwitchedOff,
    /// The database of the instance rejects the event.
    Rejected,
}

impl Reason {
    /// Returns the reason as it is written in answers, such as `unknown-event`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MalformedEvent => "malformed-event",
            Self::InvalidId => "invalid-id",
            Self::UnknownEvent => "unknown-event",
            Self::MissingArgument => "missing-argument",
            Self::UnknownArgument => "unknown-argument",
            Self::WrongType => "wrong-type",
            Self::UndeclaredValue => "undeclared-value",
            Self::TextTooLong => "text-too-long",
            Self::InvalidVersion => "invalid-version",
            Self::InvalidTime => "invalid-time",
            Self::InvalidAnonymousId => "invalid-anonymous-id",
            Self::TooOld => "too-old",
            Self::SwitchedOff => "switched-off",
            Self::Rejected => "rejected",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A refused event. The message names what the registry declares, and never a value that the
/// client sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Refusal {
    /// The id as the client wrote it.
    pub(crate) id: String,
    pub(crate) reason: Reason,
    pub(crate) message: String,
}
