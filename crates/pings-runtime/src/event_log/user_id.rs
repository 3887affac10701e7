//! The ids of users, and how `event_logs.user_id` stores them.

use std::fmt;
use std::num::{IntErrorKind, ParseIntError};

use pings_database::Error;
use pings_sql::{Dialect, UserIdType};
use serde::{Deserialize, Serialize};

/// The id of a signed-in user.
///
/// A number that is 0 or less, an empty text, the text `0` and the nil UUID mean that an event
/// has no user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserId<'a> {
    /// A number.
    Number(i64),
    /// A text or a UUID, as the product writes it.
    Text(&'a str),
}

impl From<i64> for UserId<'_> {
    fn from(id: i64) -> Self {
        Self::Number(id)
    }
}

impl From<i32> for UserId<'_> {
    fn from(id: i32) -> Self {
        Self::Number(id.into())
    }
}

impl From<u32> for UserId<'_> {
    fn from(id: u32) -> Self {
        Self::Number(id.into())
    }
}

impl<'a> From<&'a str> for UserId<'a> {
    fn from(id: &'a str) -> Self {
        Self::Text(id)
    }
}

impl<'a> From<&'a String> for UserId<'a> {
    fn from(id: &'a String) -> Self {
        Self::Text(id)
    }
}

impl UserId<'_> {
    /// Returns whether this id means that an event has no user.
    #[must_use]
    pub fn is_nobody(self) -> bool {
        match self {
            Self::Number(number) => number <= 0,
            Self::Text(text) => {
                let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'-'));
                let digits = text.strip_prefix('-');
                is_zero || digits.is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_digit()))
            }
        }
    }
}

/// An owned [`UserId`]. In JSON this is a number or a string.
#[derive(Clone, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum OwnedUserId {
    Number(i64),
    Text(String),
}

impl OwnedUserId {
    pub(crate) fn as_ref(&self) -> UserId<'_> {
        match self {
            Self::Number(number) => UserId::Number(*number),
            Self::Text(text) => UserId::Text(text),
        }
    }
}

impl From<UserId<'_>> for OwnedUserId {
    fn from(id: UserId<'_>) -> Self {
        match id {
            UserId::Number(number) => Self::Number(number),
            UserId::Text(text) => Self::Text(text.to_owned()),
        }
    }
}

/// Formats a number without a variant name, as before ids could be texts. Digests of imported lines
/// depend on this output.
impl fmt::Debug for OwnedUserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// How `event_logs.user_id` stores the ids of users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserIdColumn {
    /// The type of the column.
    pub ty: UserIdType,
    /// Whether the column may be NULL.
    pub is_nullable: bool,
}

/// A value of the `user_id` column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored<'a> {
    Null,
    Number(i64),
    Text(&'a str),
}

const NIL: &str = "00000000-0000-0000-0000-000000000000";

impl UserIdColumn {
    /// Returns the column of an event log that the runtime creates.
    pub(crate) fn of_new_log(dialect: Dialect, ty: UserIdType) -> Self {
        match (dialect, ty) {
            (Dialect::Postgres, UserIdType::Uuid) => Self {
                ty,
                is_nullable: true,
            },
            // SQLite has no UUID type.
            (Dialect::Sqlite, UserIdType::Uuid) => Self {
                ty: UserIdType::Text,
                is_nullable: false,
            },
            (_, UserIdType::Integer | UserIdType::Text) => Self {
                ty,
                is_nullable: false,
            },
        }
    }

    /// Returns the column definition for `CREATE TABLE`.
    pub(crate) fn definition(self, dialect: Dialect) -> &'static str {
        match (dialect, self.ty) {
            (Dialect::Postgres, UserIdType::Integer) => "user_id bigint NOT NULL DEFAULT 0",
            (Dialect::Postgres, UserIdType::Text) => "user_id text NOT NULL DEFAULT ''",
            (Dialect::Postgres, UserIdType::Uuid) => "user_id uuid",
            (Dialect::Sqlite, UserIdType::Integer) => "user_id INTEGER NOT NULL DEFAULT 0",
            (Dialect::Sqlite, UserIdType::Text | UserIdType::Uuid) => {
                "user_id TEXT NOT NULL DEFAULT ''"
            }
        }
    }

    /// Checks that an existing event log has user ids of the requested type.
    ///
    /// # Errors
    ///
    /// Returns an error if the types differ.
    pub(crate) fn check(self, wanted: Self) -> Result<(), Error> {
        if self.ty == wanted.ty {
            return Ok(());
        }
        Err(Error::input(format!(
            "the column `user_id` of event_logs contains {}, not {}\n\
             help: use the type of the existing column, or change the column",
            words(self.ty),
            words(wanted.ty)
        )))
    }

    /// Returns whether this column stores each id of the column `from` as the same text.
    pub(crate) fn takes(self, from: Self) -> bool {
        self.ty == from.ty || self.ty == UserIdType::Text
    }

    /// Returns the literal that the column holds for an event without a user.
    pub(crate) fn nobody_literal(self) -> String {
        match self.nobody() {
            Stored::Null => "NULL".to_owned(),
            Stored::Number(number) => format!("'{number}'"),
            Stored::Text(text) => format!("'{text}'"),
        }
    }

    /// Returns the id as the column stores it, or the reason why the column cannot store it.
    pub(crate) fn stored<'a>(self, id: UserId<'a>) -> Result<Stored<'a>, String> {
        match (self.ty, id) {
            (UserIdType::Integer, UserId::Number(number)) => Ok(Stored::Number(number)),
            (UserIdType::Integer, id) if id.is_nobody() => Ok(Stored::Number(0)),
            (UserIdType::Integer, UserId::Text(text)) => {
                let number = text.parse().map(Stored::Number);
                number.map_err(|error| not_integer(text, &error))
            }
            (UserIdType::Text | UserIdType::Uuid, id) if id.is_nobody() => Ok(self.nobody()),
            (UserIdType::Text, UserId::Number(number)) => Ok(Stored::Number(number)),
            (UserIdType::Text, UserId::Text(text)) => Ok(Stored::Text(text)),
            (UserIdType::Uuid, UserId::Number(number)) => Err(not_uuid(&number.to_string())),
            (UserIdType::Uuid, UserId::Text(text)) => match uuid::Uuid::parse_str(text) {
                Ok(_) => Ok(Stored::Text(text)),
                Err(_) => Err(not_uuid(text)),
            },
        }
    }

    /// Returns the id as the database shows it when the column is read as text; empty for NULL.
    pub(crate) fn shown(self, id: UserId<'_>) -> String {
        match self.stored(id) {
            Ok(Stored::Number(number)) => number.to_string(),
            Ok(Stored::Text(text)) => match (self.ty, uuid::Uuid::parse_str(text)) {
                (UserIdType::Uuid, Ok(uuid)) => uuid.to_string(),
                _ => text.to_owned(),
            },
            Ok(Stored::Null) | Err(_) => String::new(),
        }
    }

    /// Checks that the column can store this id.
    ///
    /// # Errors
    ///
    /// Returns an error with the reason if the column cannot store it.
    pub fn check_id(self, id: UserId<'_>) -> Result<(), Error> {
        let help = match self.ty {
            UserIdType::Integer => {
                "\nhelp: create the event log for user ids that are texts, or change the type of the \
                 column"
            }
            UserIdType::Text | UserIdType::Uuid => "",
        };
        let stored = self.stored(id).map(|_| ());
        stored.map_err(|reason| Error::input(format!("{reason}{help}")))
    }

    fn nobody(self) -> Stored<'static> {
        match self.ty {
            _ if self.is_nullable => Stored::Null,
            UserIdType::Integer => Stored::Number(0),
            UserIdType::Text => Stored::Text(""),
            UserIdType::Uuid => Stored::Text(NIL),
        }
    }
}

/// Returns a word for the values of a column type, for messages.
pub(crate) fn words(ty: UserIdType) -> &'static str {
    match ty {
        UserIdType::Integer => "integers",
        UserIdType::Text => "texts",
        UserIdType::Uuid => "UUIDs",
    }
}

fn not_integer(id: &str, error: &ParseIntError) -> String {
    match error.kind() {
        IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => {
            format!("the user id `{id}` exceeds the 64 bits of event_logs.user_id")
        }
        _ => format!("the user id `{id}` is not an integer, but event_logs.user_id is"),
    }
}

fn not_uuid(id: &str) -> String {
    format!("the user id `{id}` is not a UUID, but event_logs.user_id is")
}

#[cfg(test)]
mod tests {
    use pings_sql::UserIdType;

    use super::{NIL, OwnedUserId, Stored, UserId, UserIdColumn};

    #[test]
    fn nobody_is_zero_negative_empty_or_the_nil_uuid() {
        for nobody in ["", "0", "00", "-1", "-0", NIL] {
            assert!(UserId::from(nobody).is_nobody(), "{nobody}");
        }
        for user in ["7", "-a", "-1a", "0a", "a", "10", " "] {
            assert!(!UserId::from(user).is_nobody(), "{user}");
        }
        assert!(UserId::from(0).is_nobody() && UserId::from(-7).is_nobody());
        assert!(!UserId::from(7).is_nobody());
    }

    #[test]
    fn each_column_keeps_the_ids_that_it_can() {
        const ID: &str = "2c1f1b8e-3a1b-4c1e-9d7a-0123456789ab";
        let column = |ty, is_nullable| UserIdColumn { ty, is_nullable };
        for (column, id, stored) in [
            (
                column(UserIdType::Integer, false),
                UserId::Number(-1),
                Some(Stored::Number(-1)),
            ),
            (
                column(UserIdType::Integer, false),
                UserId::Text("7"),
                Some(Stored::Number(7)),
            ),
            (
                column(UserIdType::Integer, true),
                UserId::Text(""),
                Some(Stored::Number(0)),
            ),
            (column(UserIdType::Integer, false), UserId::Text(ID), None),
            (
                column(UserIdType::Text, false),
                UserId::Number(7),
                Some(Stored::Number(7)),
            ),
            (
                column(UserIdType::Text, false),
                UserId::Text(ID),
                Some(Stored::Text(ID)),
            ),
            (
                column(UserIdType::Text, false),
                UserId::Number(0),
                Some(Stored::Text("")),
            ),
            (
                column(UserIdType::Text, true),
                UserId::Number(0),
                Some(Stored::Null),
            ),
            (
                column(UserIdType::Uuid, false),
                UserId::Number(0),
                Some(Stored::Text(NIL)),
            ),
            (
                column(UserIdType::Uuid, true),
                UserId::Text(ID),
                Some(Stored::Text(ID)),
            ),
            (column(UserIdType::Uuid, true), UserId::Text("alice"), None),
            (column(UserIdType::Uuid, true), UserId::Number(7), None),
        ] {
            assert_eq!(column.stored(id).ok(), stored, "{column:?} {id:?}");
        }
    }

    #[test]
    fn a_number_beyond_64_bits_is_not_said_to_be_no_number() {
        let column = UserIdColumn {
            ty: UserIdType::Integer,
            is_nullable: false,
        };
        let refused = |id: &'static str| column.check_id(UserId::Text(id)).unwrap_err().to_string();
        for id in [
            "9223372036854775808",
            "99999999999999999999",
            "+99999999999999999999",
        ] {
            let message = refused(id);
            let expected = format!("the user id `{id}` exceeds the 64 bits");
            assert!(message.starts_with(&expected), "{message}");
            assert!(message.contains("user ids that are texts"), "{message}");
        }
        let message = refused("7a");
        assert!(
            message.starts_with("the user id `7a` is not an integer"),
            "{message}"
        );
        assert!(column.check_id(UserId::Text("9223372036854775807")).is_ok());
    }

    #[test]
    fn a_number_is_written_as_before() {
        let number = OwnedUserId::Number(7);
        let text = OwnedUserId::Text("a".to_owned());
        assert_eq!(format!("{number:?} {text:?}"), "7 \"a\"");
        assert_eq!(
            serde_json::to_string(&[number, text]).unwrap(),
            r#"[7,"a"]"#
        );
    }
}
