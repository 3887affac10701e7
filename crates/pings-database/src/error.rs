//! What can go wrong, and whose it is.

use std::fmt;

/// What this crate's functions come to.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something could not be done.
///
/// Its text says what to do about it where that is known.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ErrorKind {
    Input,
    Failure,
}

impl Error {
    /// Something that whoever asked can mend: an address, a time, a table that is not there.
    #[must_use]
    pub fn input(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Input,
            message: message.into(),
        }
    }

    /// Something that is none of theirs: a database that fails, a disk that is full.
    #[must_use]
    pub fn failure(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Failure,
            message: message.into(),
        }
    }

    /// A database that cannot be opened.
    #[must_use]
    pub fn unreachable(url: &impl fmt::Display, error: &sqlx::Error) -> Self {
        Self::failure(format!("cannot open {url}: {}", reason(error)))
    }

    /// Whether whoever asked can mend it.
    #[must_use]
    pub fn is_input(&self) -> bool {
        self.kind == ErrorKind::Input
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::failure(reason(&error))
    }
}

/// What a database says, without the driver's words around it.
#[must_use]
pub fn reason(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => told(error.message()).to_owned(),
        sqlx::Error::Decode(error) => error.to_string(),
        sqlx::Error::Io(error) => format!("the database does not answer: {error}"),
        sqlx::Error::PoolTimedOut => "the database does not answer in time".to_owned(),
        other => other.to_string(),
    }
}

/// The words that a query fails with on purpose, where PostgreSQL's message quotes them.
fn told(message: &str) -> &str {
    let quoted = message
        .strip_prefix("invalid input syntax for type ")
        .and_then(|rest| rest.split_once(": \"")?.1.strip_suffix('"'));
    quoted
        .filter(|words| words.contains("`columns` says "))
        .unwrap_or(message)
}
