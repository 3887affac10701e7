//! Databases that several connections or processes can use.

use pings_runtime::Url;
use pings_sql::Dialect;
use sqlx::ConnectOptions;
use tempfile::TempDir;

use crate::databases::Database;
use crate::postgres;

/// A database with an address. The files of a database in SQLite are removed when the value is
/// dropped.
pub struct Place {
    address: String,
    folder: TempDir,
}

impl Place {
    /// Creates an empty database. Returns `None` if PostgreSQL is not available.
    ///
    /// # Panics
    ///
    /// Panics if no folder can be created.
    pub async fn new(dialect: Dialect) -> Option<Self> {
        let folder = TempDir::with_prefix("pings-place-").expect("a folder");
        let address = match dialect {
            Dialect::Postgres => postgres::database().await?.to_url_lossy().to_string(),
            Dialect::Sqlite => format!("sqlite://{}", folder.path().join("pings.db").display()),
        };
        Some(Self { address, folder })
    }

    /// Returns the address as text.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns the address as a URL.
    ///
    /// # Panics
    ///
    /// Never panics, because the address is valid.
    #[must_use]
    pub fn url(&self) -> Url {
        self.address.parse().expect("an address")
    }

    /// Returns a folder for files of the test.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Opens a separate connection. A PostgreSQL session uses another time zone than UTC.
    ///
    /// # Panics
    ///
    /// Panics if the database does not answer.
    pub async fn connect(&self) -> Database {
        Database::at(&self.address).await
    }
}
