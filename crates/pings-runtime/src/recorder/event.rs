//! What is recorded, and of whom.

use serde::Serialize;

use crate::event_log::UserId;

/// A thing that users do, as generated crates have it: an enum whose variant
/// tells the name, and whose fields are the arguments.
///
/// Every type is one that makes a `&'static str` of itself, its name, and is
/// written by serde as an object, its arguments. So generated crates depend on
/// nothing of ours. An enum written by hand is one too, with
/// `#[derive(serde::Serialize)] #[serde(untagged)]` and strum's `IntoStaticStr`.
pub trait Event: Serialize {
    /// The name that it is logged under.
    fn name(&self) -> &'static str;
}

impl<E> Event for E
where
    E: Serialize,
    for<'a> &'a E: Into<&'static str>,
{
    fn name(&self) -> &'static str {
        self.into()
    }
}

/// The user or visitor who caused an event, and the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor<'a> {
    /// The user; 0 or less, an empty text and the nil UUID mean that there is no user.
    pub user_id: UserId<'a>,
    /// The visitor, if there is no user; empty if there is no visitor.
    pub anonymous_user_id: &'a str,
    /// What the user used: `WEB`, `CLI`, `IDE`…
    pub source: &'a str,
    /// The address of the page; may be empty.
    pub url: &'a str,
}

impl<'a> Actor<'a> {
    /// A user in a web browser, by a number or by a text such as a UUID.
    #[must_use]
    pub fn user(user_id: impl Into<UserId<'a>>) -> Self {
        Self {
            user_id: user_id.into(),
            ..Self::anonymous("")
        }
    }

    /// A visitor in a web browser, who has not signed in.
    #[must_use]
    pub const fn anonymous(anonymous_user_id: &'a str) -> Self {
        Self {
            user_id: UserId::Number(0),
            anonymous_user_id,
            source: "WEB",
            url: "",
        }
    }

    /// The same, who used this: `CLI`, `IDE`…
    #[must_use]
    pub const fn source(self, source: &'a str) -> Self {
        Self { source, ..self }
    }

    /// The same, on this page.
    #[must_use]
    pub const fn url(self, url: &'a str) -> Self {
        Self { url, ..self }
    }
}
