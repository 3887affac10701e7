//! The users that cause events.

use crate::event_log::UserId;

/// The user or visitor who caused an event, and the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor<'a> {
    /// The user; 0 or less, an empty text and the nil UUID mean that there is no user.
    pub user_id: UserId<'a>,
    /// The visitor, if there is no user; empty if there is no visitor.
    pub anonymous_user_id: &'a str,
    /// The client that the user used, such as `WEB`, `CLI` or `IDE`.
    pub source: &'a str,
    /// The address of the page; may be empty.
    pub url: &'a str,
}

impl<'a> Actor<'a> {
    /// Creates an actor for a signed-in user in a web browser. The id is a number or a text such as
    /// a UUID.
    #[must_use]
    pub fn user(user_id: impl Into<UserId<'a>>) -> Self {
        Self {
            user_id: user_id.into(),
            ..Self::anonymous("")
        }
    }

    /// Creates an actor for a visitor in a web browser who has not signed in.
    #[must_use]
    pub const fn anonymous(anonymous_user_id: &'a str) -> Self {
        Self {
            user_id: UserId::Number(0),
            anonymous_user_id,
            source: "WEB",
            url: "",
        }
    }

    /// Sets the client, such as `CLI` or `IDE`.
    #[must_use]
    pub const fn source(self, source: &'a str) -> Self {
        Self { source, ..self }
    }

    /// Sets the address of the page.
    #[must_use]
    pub const fn url(self, url: &'a str) -> Self {
        Self { url, ..self }
    }
}
