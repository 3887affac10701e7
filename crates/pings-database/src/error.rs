//! Errors of this crate and their classification.

use std::fmt;
use std::io;

use crate::access::LOCK_PATIENCE;

/// The result type of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// The error type of this crate.
///
/// The message contains the reason, and a remedy if one is known.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
    address: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The class of an [`Error`]: who can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller can fix it: an invalid address, an invalid time.
    Input,
    /// The caller must create something first: a database, a table.
    Missing,
    /// The connection or the state of the server caused it, so a retry may succeed.
    Temporary,
    /// Anything else that the caller did not cause: a failing database, a full disk.
    Failure,
}

impl Error {
    /// Creates an error that the caller can fix: an invalid address, an invalid time, a missing
    /// table.
    #[must_use]
    pub fn input(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Input,
            message: message.into(),
            address: None,
            source: None,
        }
    }

    /// Creates an error for something that the caller must create first: a database, a table.
    #[must_use]
    pub fn missing(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Missing,
            message: message.into(),
            address: None,
            source: None,
        }
    }

    /// Creates an error that the caller did not cause: a failing database, a full disk.
    #[must_use]
    pub fn failure(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Failure,
            message: message.into(),
            address: None,
            source: None,
        }
    }

    /// Creates an error of the connection or of the state of the server, after which a retry may
    /// succeed.
    #[must_use]
    pub fn temporary(message: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Temporary,
            message: message.into(),
            address: None,
            source: None,
        }
    }

    /// Creates an error for a database that cannot be opened.
    #[must_use]
    pub fn unreachable(url: &impl fmt::Display, error: sqlx::Error) -> Self {
        let mut message = format!("cannot open {url}: {}", reason(&error));
        if let Some(help) = help(&error) {
            message.push_str("\nhelp: ");
            message.push_str(help);
        }
        Self {
            kind: kind(&error),
            message,
            address: None,
            source: Some(Box::new(error)),
        }
    }

    /// Sets the error that caused this error, which [`std::error::Error::source`] returns.
    #[must_use]
    pub fn caused_by(self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }

    /// Returns the class of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns whether the caller can fix the error.
    #[must_use]
    pub fn is_input(&self) -> bool {
        matches!(self.kind, ErrorKind::Input | ErrorKind::Missing)
    }

    /// Returns whether the caller must create something first.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.kind == ErrorKind::Missing
    }
}

impl Error {
    /// Adds the address of the affected database at the start of the message.
    #[must_use]
    pub fn about(self, address: &str) -> Self {
        Self {
            message: format!("{address}: {}", self.message),
            address: Some(address.to_owned()),
            ..self
        }
    }

    /// Returns the address of the affected database without its password, if it is known.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// Returns whether the connection or the state of the server caused the error, so that a retry
    /// may succeed.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.kind == ErrorKind::Temporary
    }
}

impl Error {
    /// Returns whether the disk of the database is full, or its largest size is reached.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        let source = self.source.as_deref();
        let code = match source.and_then(|it| it.downcast_ref()) {
            Some(sqlx::Error::Database(error)) => error.code(),
            _ => None,
        };
        // SQLITE_FULL, and `disk_full` in PostgreSQL.
        matches!(code.as_deref(), Some("13" | "53100"))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self {
            kind: kind(&error),
            message: reason(&error),
            address: None,
            source: Some(Box::new(error)),
        }
    }
}

fn kind(error: &sqlx::Error) -> ErrorKind {
    if is_temporary(error) {
        ErrorKind::Temporary
    } else {
        ErrorKind::Failure
    }
}

/// Returns the message of the database, without the text that the driver adds.
#[must_use]
pub fn reason(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) if is_locked(error.code().as_deref()) => {
            let seconds = LOCK_PATIENCE.as_secs();
            format!(
                "the database has been locked by another process or session for more than {seconds} s"
            )
        }
        sqlx::Error::Database(error) => told(error.message()).to_owned(),
        // The driver returns errors of rustls about the peer as `InvalidData`.
        sqlx::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
            format!("TLS failed: {error}")
        }
        sqlx::Error::Tls(error) => format!("TLS failed: {error}"),
        sqlx::Error::Decode(error) => error.to_string(),
        sqlx::Error::Io(error) => format!("the database does not answer: {error}"),
        sqlx::Error::PoolTimedOut => "the database does not answer in time".to_owned(),
        other => other.to_string(),
    }
}

/// Returns whether a code is `SQLITE_BUSY`, or `lock_not_available` in PostgreSQL.
fn is_locked(code: Option<&str>) -> bool {
    matches!(code, Some("5" | "55P03"))
}

/// Returns the remedy for a refused connection, if one is known.
fn help(error: &sqlx::Error) -> Option<&'static str> {
    let text = error.to_string();
    match error {
        sqlx::Error::Io(_) if text.contains("UnknownIssuer") => {
            Some("add ?sslrootcert=FILE with the certificate of the server's certificate authority")
        }
        sqlx::Error::Io(_)
            if text.contains("NotValidForName") || text.contains("not valid for name") =>
        {
            Some("connect with a host name that the server's certificate is valid for")
        }
        sqlx::Error::Tls(_) if text.contains("does not support TLS") => {
            Some("enable TLS on the server, or accept plain text with ?sslmode=disable")
        }
        sqlx::Error::Database(_) if text.contains("startup parameter") => Some(
            "PgBouncer does not accept `options`: remove them from the address and from PGOPTIONS, or add them to ignore_startup_parameters",
        ),
        _ => None,
    }
}

/// Returns whether a statement failed because of the connection or the state of the server, so that
/// the same statement may succeed later.
#[must_use]
pub fn is_temporary(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            match code.len() {
                5 => is_temporary_state(&code),
                _ => code.parse().is_ok_and(is_temporary_code),
            }
        }
        _ => false,
    }
}

/// Returns whether a SQLSTATE of PostgreSQL is temporary.
fn is_temporary_state(code: &str) -> bool {
    // Classes 08 (connection exceptions) and 58 (system errors).
    ["08", "58"].iter().any(|class| code.starts_with(class))
        || matches!(
            code,
            // The disk is full, or no connection is available. The other codes of class 53 are
            // permanent, because a query that is too large fails again.
            "53100" | "53300" |
            // Authentication errors: the role or pg_hba.conf may be about to change.
            "28000" | "28P01"
            // A pooler switched the session: prepared statements are missing or exist twice.
            | "26000" | "42P05"
            // The server stops, crashed, starts, or closed the session.
            | "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "25P04"
            // A conflict with another transaction.
            | "40001" | "40P01" | "55P03"
        )
}

/// Returns whether a result code of SQLite is temporary.
fn is_temporary_code(code: i32) -> bool {
    // PERM, BUSY, LOCKED, NOMEM, IOERR, FULL, CANTOPEN, PROTOCOL.
    matches!(code & 0xff, 3 | 5 | 6 | 7 | 10 | 13 | 14 | 15)
}

/// Extracts the message of an intentional cast error, which PostgreSQL quotes in its own message.
fn told(message: &str) -> &str {
    let quoted = message
        .strip_prefix("invalid input syntax for type ")
        .and_then(|rest| rest.split_once(": \"")?.1.strip_suffix('"'));
    quoted
        .filter(|words| words.contains("`columns` declares "))
        .unwrap_or(message)
}
