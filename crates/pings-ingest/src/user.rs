//! The users of a product.

use pings_runtime::UserId;

/// The id of the signed-in user who sent a request, as the session of the product knows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum User {
    /// A number.
    Number(i64),
    /// A text, such as a UUID.
    Text(String),
}

impl From<i64> for User {
    fn from(id: i64) -> Self {
        Self::Number(id)
    }
}

impl From<i32> for User {
    fn from(id: i32) -> Self {
        Self::Number(id.into())
    }
}

impl From<String> for User {
    fn from(id: String) -> Self {
        Self::Text(id)
    }
}

impl From<&str> for User {
    fn from(id: &str) -> Self {
        Self::Text(id.to_owned())
    }
}

impl User {
    pub(crate) fn id(&self) -> UserId<'_> {
        match self {
            Self::Number(number) => UserId::Number(*number),
            Self::Text(text) => UserId::Text(text),
        }
    }
}
