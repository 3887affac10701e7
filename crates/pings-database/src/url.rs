//! Addresses of databases.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

#[cfg(feature = "postgres")]
use sqlx::postgres::PgConnectOptions;
#[cfg(feature = "sqlite")]
use sqlx::sqlite::SqliteConnectOptions;

use crate::clickhouse::ClickHouseAddress;
use crate::error::{Error, Result};
#[cfg(feature = "postgres")]
use crate::mask::MASK;
use crate::mask::masked;
#[cfg(feature = "postgres")]
use crate::postgres::address;

/// The address of a database: `sqlite://pings.db`, `postgres://user@host/name`, or that of a store on
/// ClickHouse: `clickhouse://user@host:8123/name`.
///
/// Additional SQLite schemas are separate files: `sqlite://product.db?attach=ops:ops.db`.
#[derive(Clone)]
pub struct Url {
    /// The address without secrets.
    text: String,
    pub(crate) options: Options,
}

#[derive(Clone)]
pub(crate) enum Options {
    #[cfg(feature = "sqlite")]
    Sqlite(
        Box<SqliteConnectOptions>,
        /// The names and files of other databases that are attached.
        Vec<(String, PathBuf)>,
    ),
    #[cfg(feature = "postgres")]
    Postgres(Box<PgConnectOptions>),
    ClickHouse(Box<ClickHouseAddress>),
}

impl FromStr for Url {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
        let options = match scheme {
            #[cfg(feature = "sqlite")]
            "sqlite" => {
                let (address, attached) = attachments(text)?;
                let options = address.parse().map_err(|error: sqlx::Error| {
                    Error::input(format!("{}: {error}", masked(text))).caused_by(error)
                })?;
                Options::Sqlite(Box::new(options), attached)
            }
            #[cfg(not(feature = "sqlite"))]
            "sqlite" => return Err(Error::input("this program was built without SQLite")),
            #[cfg(feature = "postgres")]
            "postgres" | "postgresql" => {
                let options = address::options(text)?;
                Options::Postgres(Box::new(options))
            }
            #[cfg(not(feature = "postgres"))]
            "postgres" | "postgresql" => {
                return Err(Error::input("this program was built without PostgreSQL"));
            }
            "clickhouse" => Options::ClickHouse(Box::new(ClickHouseAddress::parse(text)?)),
            _ => {
                return Err(Error::input(format!(
                    "`{}` is not the address of a database\n\
                     help: use sqlite://FILE or postgres://USER@HOST/NAME",
                    masked(text)
                )));
            }
        };
        Ok(Self {
            text: masked(text),
            options,
        })
    }
}

/// Splits an address into the address itself and its attached files.
#[cfg(feature = "sqlite")]
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
                "`{parameter}` is not a valid parameter for attaching\nhelp: use ?attach=SCHEMA:FILE"
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
    /// Returns a text for file names that identifies the database and contains no secret.
    #[must_use]
    pub fn file_name(&self) -> String {
        #[cfg(feature = "postgres")]
        let name = self.text_with_database();
        #[cfg(not(feature = "postgres"))]
        let name = &self.text;
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        name.chars().map(plain).collect()
    }

    /// Returns the text, followed by the database if it is masked together with a secret.
    #[cfg(feature = "postgres")]
    fn text_with_database(&self) -> String {
        match &self.options {
            Options::Postgres(options) if self.text.contains(MASK) => {
                let database = options.get_database().unwrap_or_default();
                let (host, port) = (options.get_host(), options.get_port());
                format!("{}-{host}-{port}-{database}", self.text)
            }
            _ => self.text.clone(),
        }
    }

    /// Returns the parts of the address of a store on ClickHouse.
    #[must_use]
    pub fn clickhouse(&self) -> Option<&ClickHouseAddress> {
        match &self.options {
            Options::ClickHouse(address) => Some(address),
            #[cfg(feature = "sqlite")]
            Options::Sqlite(..) => None,
            #[cfg(feature = "postgres")]
            Options::Postgres(_) => None,
        }
    }

    /// Returns the file of an SQLite database, or `None` for in-memory databases and servers.
    #[must_use]
    pub fn file(&self) -> Option<PathBuf> {
        match &self.options {
            #[cfg(feature = "sqlite")]
            Options::Sqlite(options, _) => {
                let file = options.get_filename();
                let in_memory = self.text.contains(":memory:") || self.text.contains("mode=memory");
                (!in_memory).then(|| file.to_owned())
            }
            #[cfg(feature = "postgres")]
            Options::Postgres(_) => None,
            Options::ClickHouse(_) => None,
        }
    }
}
