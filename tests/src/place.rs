//! Where a database is that several connections, or processes, use.

use pings_runtime::Url;
use pings_sql::Dialect;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tempfile::TempDir;

use crate::databases::Database;
use crate::postgres;

/// A database with an address; what it needs is gone with it.
pub struct Place {
    address: String,
    folder: TempDir,
}

impl Place {
    /// A new one, empty; none where there is no PostgreSQL.
    ///
    /// # Panics
    ///
    /// Where there is no folder to be had.
    pub async fn new(dialect: Dialect) -> Option<Self> {
        let folder = TempDir::with_prefix("pings-place-").expect("a folder");
        let address = match dialect {
            Dialect::Postgres => postgres::database().await?.to_url_lossy().to_string(),
            Dialect::Sqlite => format!("sqlite://{}", folder.path().join("pings.db").display()),
        };
        Some(Self { address, folder })
    }

    /// Its address as text.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its address.
    ///
    /// # Panics
    ///
    /// Never: it is one.
    #[must_use]
    pub fn url(&self) -> Url {
        self.address.parse().expect("an address")
    }

    /// A folder for what belongs to it.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A connection of one's own; of PostgreSQL in another time zone.
    ///
    /// # Panics
    ///
    /// Where it does not answer.
    pub async fn connect(&self) -> Database {
        if let Some(path) = self.address.strip_prefix("sqlite://") {
            let options = sqlx::sqlite::SqliteConnectOptions::new()
                .filename(path)
                .create_if_missing(true);
            let connection = SqliteConnection::connect_with(&options).await;
            return Database::Sqlite(connection.expect("SQLite opens"));
        }
        Database::postgres(self.address.parse().expect("an address")).await
    }
}
