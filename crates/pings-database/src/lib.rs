#![doc = include_str!("../README.md")]

mod cell;
mod error;
mod exclusive;
mod insert;
mod migrate;
mod postgres;
mod sqlite;
mod transaction;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use pings_sql::Dialect;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{PgPool, SqlitePool};

use cell::Reading;
pub use cell::{Bind, Cell, WrongType};
pub use error::{Error, Result, reason};
pub use exclusive::Exclusive;
pub use migrate::migrate;
pub use transaction::{Connection, Mode, Transaction};

/// How many connections are held open at most.
const CONNECTIONS: u32 = 4;

/// Where a database is: `sqlite://pings.db`, `postgres://user@host/name`.
///
/// SQLite has its other schemas in files of their own: `sqlite://product.db?attach=ops:ops.db`.
#[derive(Clone)]
pub struct Url {
    text: String,
    options: Options,
    /// Names and files of other databases that SQLite attaches.
    attached: Vec<(String, PathBuf)>,
}

#[derive(Clone)]
enum Options {
    Sqlite(Box<SqliteConnectOptions>),
    Postgres(Box<PgConnectOptions>),
}

impl FromStr for Url {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
        let refused = |error: sqlx::Error| Error::input(format!("{}: {error}", masked(text)));
        let mut attached = Vec::new();
        let options = match scheme {
            "sqlite" => {
                let address;
                (address, attached) = attachments(text)?;
                Options::Sqlite(Box::new(address.parse().map_err(refused)?))
            }
            "postgres" | "postgresql" => {
                Options::Postgres(Box::new(text.parse().map_err(refused)?))
            }
            _ => {
                return Err(Error::input(format!(
                    "`{}` is not the address of a database\n\
                     help: write sqlite://FILE or postgres://USER@HOST/NAME",
                    masked(text)
                )));
            }
        };
        Ok(Self {
            text: masked(text),
            options,
            attached,
        })
    }
}

/// The address without what it attaches, and that.
fn attachments(text: &str) -> Result<(String, Vec<(String, PathBuf)>)> {
    let Some((address, query)) = text.split_once('?') else {
        return Ok((text.to_owned(), Vec::new()));
    };
    let (attached, rest): (Vec<&str>, Vec<&str>) = query
        .split('&')
        .partition(|parameter| parameter.starts_with("attach="));
    let attached = attached.into_iter().map(|parameter| {
        let parts = parameter["attach=".len()..].split_once(':');
        let found = parts.filter(|(name, file)| !name.is_empty() && !file.is_empty());
        let found = found.map(|(name, file)| (name.to_owned(), PathBuf::from(file)));
        found.ok_or_else(|| {
            Error::input(format!(
                "`{parameter}` attaches nothing\nhelp: write ?attach=SCHEMA:FILE"
            ))
        })
    });
    let attached = attached.collect::<Result<_>>()?;
    let address = match rest.as_slice() {
        [] => address.to_owned(),
        rest => format!("{address}?{}", rest.join("&")),
    };
    Ok((address, attached))
}

/// The address without its password.
fn masked(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    match authority.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split_once(':').map_or(user, |(user, _)| user);
            format!("{scheme}://{user}@{host}{path}")
        }
        None => url.to_owned(),
    }
}

impl fmt::Display for Url {
    /// Writes the address without its password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Url").field(&self.text).finish()
    }
}

impl Url {
    /// The file of an SQLite database; none of one in memory, or of PostgreSQL.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        match &self.options {
            Options::Sqlite(options) => {
                let file = options.get_filename();
                let in_memory = self.text.contains(":memory:") || self.text.contains("mode=memory");
                (!in_memory).then(|| file.to_owned())
            }
            Options::Postgres(_) => None,
        }
    }
}

/// An open database.
#[derive(Clone, Debug)]
pub enum Database {
    /// SQLite.
    Sqlite(SqlitePool),
    /// PostgreSQL. Sessions are in UTC.
    Postgres(PgPool),
}

/// What may be done to a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everything, and it is made where there is none.
    Create,
    /// Everything.
    Write,
    /// Nothing is ever written.
    Read,
}

impl Database {
    /// Opens it.
    ///
    /// # Errors
    ///
    /// Where there is none, or it does not answer.
    pub async fn open(url: &Url, access: Access) -> Result<Self> {
        let opened = match &url.options {
            Options::Sqlite(options) => {
                let file = url.file();
                let kind = match &file {
                    None => sqlite::Kind::InMemory,
                    Some(file) if file.exists() => sqlite::Kind::Found,
                    Some(_) if access == Access::Create => sqlite::Kind::New,
                    Some(file) => {
                        return Err(Error::input(format!(
                            "there is no database {}\nhelp: `pings init` makes one",
                            file.display()
                        )));
                    }
                };
                if let Some((name, file)) = url.attached.iter().find(|(_, file)| !file.exists()) {
                    return Err(Error::input(format!(
                        "there is no database {}, which is to be `{name}`",
                        file.display()
                    )));
                }
                let attached = url.attached.clone();
                sqlite::open(options, access, kind, attached)
                    .await
                    .map(Self::Sqlite)
            }
            Options::Postgres(options) => postgres::open(options, access).await.map(Self::Postgres),
        };
        opened.map_err(|error| Error::unreachable(url, &error))
    }

    /// Which dialect it speaks.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Closes it, once what is under way is done.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// Begins a transaction.
    ///
    /// # Errors
    ///
    /// Where the database does not answer.
    pub async fn begin(&self, mode: Mode) -> sqlx::Result<Transaction> {
        Transaction::begin(self, mode, None).await
    }

    /// Begins a transaction for a caller that waits no longer than the limit.
    ///
    /// PostgreSQL stops each of its statements after that time, even if the caller has
    /// gone. SQLite knows no such limit.
    ///
    /// # Errors
    ///
    /// Where the database does not answer.
    pub async fn begin_within(&self, mode: Mode, limit: Duration) -> sqlx::Result<Transaction> {
        Transaction::begin(self, mode, Some(limit)).await
    }
}

#[cfg(test)]
mod tests {
    use pings_model::ValueType;

    use super::{Access, Cell, Database, Mode, Url};

    #[test]
    fn passwords_are_not_shown() {
        for (url, shown) in [
            ("postgres://a:secret@h:1/d?x=1", "postgres://a@h:1/d?x=1"),
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
        assert!(wrong.unwrap_err().to_string().contains("attaches nothing"));
    }
}
