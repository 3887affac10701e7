//! An event as a source delivers it.

use std::fmt;

use time::OffsetDateTime;

/// An event as a source delivers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The id of its row in the event log.
    pub id: i64,
    /// When the event was logged, or `None` if the time cannot be parsed.
    pub at: Option<OffsetDateTime>,
    /// The name under which the event is logged.
    pub name: String,
    /// The kind of actor that caused the event.
    pub actor: ActorKind,
    /// The client, such as `WEB`.
    pub source: String,
    /// The arguments as a JSON text.
    pub argument: String,
    /// The version of the product.
    pub version: String,
}

/// The kind of actor that caused an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A signed-in user.
    User,
    /// A visitor without an account.
    Visitor,
    /// Neither a user nor a visitor.
    Nobody,
}

impl fmt::Display for ActorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::User => "user",
            Self::Visitor => "visitor",
            Self::Nobody => "nobody",
        })
    }
}
