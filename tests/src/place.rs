//! Databases that several connections or processes can use.

use std::path::{Path, PathBuf};
use std::process::Command;

use pings_runtime::Url;
use pings_sql::Dialect;
use sqlx::ConnectOptions;
use tempfile::TempDir;

use crate::clickhouse;
use crate::databases::Database;
use crate::postgres;

/// A kind of database. A store can be on each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// ClickHouse, which holds stores only.
    ClickHouse,
}

impl Kind {
    /// The kinds on which a store can be.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::ClickHouse];

    /// The kinds with transactions, whose tables a test can change.
    pub const WITH_TRANSACTIONS: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

impl From<Dialect> for Kind {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Sqlite => Self::Sqlite,
            Dialect::Postgres => Self::Postgres,
        }
    }
}

/// A database with an address. The files of a database in SQLite are removed when the value is
/// dropped.
pub struct Place {
    address: String,
    folder: TempDir,
}

impl Place {
    /// Creates an empty database. Returns `None` if the server is not available.
    ///
    /// # Panics
    ///
    /// Panics if no folder can be created.
    pub async fn new(kind: impl Into<Kind>) -> Option<Self> {
        let folder = TempDir::with_prefix("pings-place-").expect("a folder");
        let address = match kind.into() {
            Kind::Postgres => postgres::database().await?.to_url_lossy().to_string(),
            Kind::Sqlite => format!("sqlite://{}", folder.path().join("pings.db").display()),
            Kind::ClickHouse => clickhouse::database()?,
        };
        Some(Self { address, folder })
    }

    /// Restores a dump of `tests/upgrades`, which an earlier program wrote, into a new database. Returns
    /// `None` if PostgreSQL is not available.
    ///
    /// # Panics
    ///
    /// Panics if there is no such dump.
    pub async fn of_dump(dialect: Dialect, what: &str) -> Option<Self> {
        let place = Self::new(dialect).await?;
        let kind = match dialect {
            Dialect::Sqlite => "sqlite",
            Dialect::Postgres => "postgres",
        };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("upgrades");
        let dump = folder.join(format!("{what}.{kind}.sql"));
        let sql = std::fs::read_to_string(dump).expect("a dump");
        let mut database = place.connect().await;
        if dialect == Dialect::Sqlite {
            // The tables of a dump are not in the order of their references.
            database.execute("PRAGMA foreign_keys = OFF").await;
        }
        database.execute(&sql).await;
        Some(place)
    }

    /// Makes a backup as `docs/operations.md` says, and restores it into a new database.
    ///
    /// # Panics
    ///
    /// Panics if the backup fails.
    pub async fn restored_backup(&self) -> Self {
        let dialect = match self.address.starts_with("sqlite:") {
            true => Dialect::Sqlite,
            false => Dialect::Postgres,
        };
        let restored = Self::new(dialect).await.expect("a database");
        if dialect == Dialect::Sqlite {
            let path = restored.folder().join("pings.db");
            let backup = format!("VACUUM INTO '{}'", path.display());
            self.connect().await.execute(&backup).await;
            return restored;
        }
        let file = self.folder().join("backup.dump").display().to_string();
        let run = |program: &str, database: &str, arguments: &[&str]| {
            let mut command = Command::new(client(program));
            let done = command
                .args(["--dbname", &for_libpq(database)])
                .args(arguments)
                .output();
            let done = done.expect("it starts");
            let told = String::from_utf8_lossy(&done.stderr);
            assert!(done.status.success(), "{program}: {told}");
        };
        run(
            "pg_dump",
            &self.address,
            &["--format=custom", "--file", &file],
        );
        run("pg_restore", &restored.address, &[&file]);
        restored
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
    pub fn folder(&self) -> &Path {
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

/// Returns an address without the parameters that only the driver knows.
fn for_libpq(address: &str) -> String {
    let Some((address, parameters)) = address.split_once('?') else {
        return address.to_owned();
    };
    let known = parameters.split('&');
    let known = known.filter(|it| !it.starts_with("statement-cache-capacity="));
    let known: Vec<&str> = known.collect();
    format!("{address}?{}", known.join("&"))
}

/// Returns a program of PostgreSQL. The folder of the server may not have those for clients.
fn client(program: &str) -> PathBuf {
    let folder = postgres::binaries().unwrap_or_default();
    match folder.join(program) {
        path if path.exists() => path,
        _ => PathBuf::from(program),
    }
}
