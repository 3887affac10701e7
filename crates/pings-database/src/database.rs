//! An open database.

#[cfg(feature = "sqlite")]
use std::path::Path;
use std::time::Duration;

use pings_sql::Dialect;
#[cfg(feature = "sqlite")]
use sqlx::SqlitePool;

use crate::access::{Access, Mode};
#[cfg(feature = "sqlite")]
use crate::error::reason;
use crate::error::{Error, Result};
#[cfg(feature = "postgres")]
use crate::postgres::PostgresPool;
#[cfg(feature = "sqlite")]
use crate::sqlite;
use crate::transaction::Transaction;
use crate::url::{Options, Url};

/// An open database.
#[derive(Clone, Debug)]
pub enum Database {
    /// SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(SqlitePool),
    /// PostgreSQL. Transactions use UTC.
    #[cfg(feature = "postgres")]
    Postgres(PostgresPool),
}

impl Database {
    /// Opens a database.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not exist or does not respond.
    pub async fn open(url: &Url, access: Access) -> Result<Self> {
        let opened = match &url.options {
            #[cfg(feature = "sqlite")]
            Options::Sqlite(options, attached) => {
                let file = url.file();
                let kind = match &file {
                    None => sqlite::Kind::InMemory,
                    // Another process is about to fill an empty file.
                    Some(file) if access == Access::Create && !is_filled(file) => sqlite::Kind::New,
                    Some(file) if file.exists() => sqlite::Kind::Found,
                    Some(file) => {
                        return Err(Error::missing(format!(
                            "there is no database {}",
                            file.display()
                        )));
                    }
                };
                if let Some((name, file)) = attached.iter().find(|(_, file)| !file.exists()) {
                    return Err(Error::input(format!(
                        "there is no database {} to attach as `{name}`",
                        file.display()
                    )));
                }
                let pool = sqlite::open(options, access, kind, attached.clone()).await;
                match (pool, file) {
                    (Ok(pool), Some(file)) if access == Access::Read => {
                        if let Err(error) = sqlite::probe(&pool).await
                            && let Some(help) = sqlite::help(&file, &error)
                        {
                            let reason = reason(&error);
                            return Err(Error::input(format!(
                                "cannot read {url}: {reason}\nhelp: {help}"
                            )));
                        }
                        Ok(Self::Sqlite(pool))
                    }
                    (pool, _) => pool.map(Self::Sqlite),
                }
            }
            #[cfg(feature = "postgres")]
            Options::Postgres(options) => PostgresPool::open(options, access, &url.to_string())
                .await
                .map(Self::Postgres),
            Options::ClickHouse(_) => {
                return Err(Error::input(format!(
                    "{url}: only the store of a vendor can be on ClickHouse\n\
                     help: use sqlite://FILE or postgres://USER@HOST/NAME"
                )));
            }
        };
        opened.map_err(|error| Error::unreachable(url, error))
    }

    /// Returns the SQL dialect of the database.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Returns the address without the password.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(pool) => {
                let options = pool.connect_options();
                format!("sqlite://{}", options.get_filename().display())
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => pool.address().to_owned(),
        }
    }

    /// Returns a warning for the operator if the connection is not encrypted, with a remedy.
    ///
    /// The default, `sslmode=prefer`, falls back to plain text if the server does not support TLS.
    /// Passwords and events can then be read on the way to another machine.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) if pool.is_plain() => Some(format!(
                "the connection to {} is not encrypted, because the server does not offer TLS\n\
                 help: enable TLS on the server and add ?sslmode=verify-full, or accept plain text with ?sslmode=disable",
                pool.address()
            )),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => None,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => None,
        }
    }

    /// Closes the database after running operations finish.
    pub async fn close(&self) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(pool) => pool.close().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// Begins a transaction.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not respond.
    pub async fn begin(&self, mode: Mode) -> sqlx::Result<Transaction> {
        self.start(mode, None).await
    }

    /// Begins a transaction for a caller that waits no longer than the limit.
    ///
    /// PostgreSQL cancels each statement of the transaction after that time, even if the caller has
    /// stopped waiting. SQLite has no such limit.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not respond.
    pub async fn begin_within(&self, mode: Mode, limit: Duration) -> sqlx::Result<Transaction> {
        self.start(mode, Some(limit)).await
    }

    #[cfg_attr(
        not(feature = "postgres"),
        expect(unused_variables, reason = "only PostgreSQL has a limit")
    )]
    async fn start(&self, mode: Mode, limit: Option<Duration>) -> sqlx::Result<Transaction> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(pool) => Transaction::in_sqlite(pool, mode).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => Transaction::in_postgres(pool, mode, limit).await,
        }
    }
}

/// Returns whether a file exists and is not empty.
#[cfg(feature = "sqlite")]
fn is_filled(file: &Path) -> bool {
    file.metadata().is_ok_and(|file| file.len() > 0)
}

#[cfg(all(test, feature = "postgres", feature = "sqlite"))]
mod tests {
    use pings_model::ValueType;

    use super::{Access, Database, Mode, Url};
    use crate::cell::Cell;

    #[test]
    fn passwords_are_not_shown() {
        for (url, shown) in [
            (
                "postgres://a:secret@h:1/d?sslmode=disable",
                "postgres://a@h:1/d?sslmode=disable",
            ),
            ("postgres://a:s%40c@h/d", "postgres://a@h/d"),
            ("postgres://h/d", "postgres://h/d"),
            ("sqlite://a.db", "sqlite://a.db"),
        ] {
            let url: Url = url.parse().unwrap();
            assert_eq!(url.to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_address_is_told_from_one() {
        let error = "mysql://a:secret@h/d".parse::<Url>().unwrap_err();
        assert!(error.is_input());
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn a_database_in_memory_has_no_file() {
        let file = |url: &str| url.parse::<Url>().unwrap().file();
        assert_eq!(file("sqlite://a/b.db"), Some("a/b.db".into()));
        assert_eq!(file("sqlite::memory:"), None);
        assert_eq!(file("postgres://h/d"), None);
    }

    #[tokio::test]
    async fn other_files_are_other_schemas() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let open = |url: String, access| async move { Database::open(&url.parse()?, access).await };
        let ops = open(format!("sqlite://{}", path("ops.db")), Access::Create).await;
        let mut tx = ops.unwrap().begin(Mode::Write).await.unwrap();
        tx.script("CREATE TABLE run (id INTEGER); INSERT INTO run VALUES (7)")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let main = format!("sqlite://{}", path("main.db"));
        open(main.clone(), Access::Create).await.unwrap();
        let both = format!("{main}?mode=ro&attach=ops:{}", path("ops.db"));
        let mut tx = open(both, Access::Read)
            .await
            .unwrap()
            .begin(Mode::Read)
            .await
            .unwrap();
        let id = tx.value("SELECT id FROM ops.run", &[], ValueType::Integer);
        assert_eq!(id.await.unwrap(), Some(Cell::Integer(7)));
        let none = open(format!("{main}?attach=ops:none.db"), Access::Read).await;
        assert!(none.unwrap_err().to_string().contains("none.db"));
        let wrong = open(format!("{main}?attach=ops"), Access::Read).await;
        assert!(
            wrong
                .unwrap_err()
                .to_string()
                .contains("not a valid parameter for attaching")
        );
    }
}
