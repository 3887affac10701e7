//! The databases of a product, which captures read.

use std::collections::BTreeMap;

use pings_database::{Access, Database, Error, Result, Url};
use pings_model::MAIN_DATABASE;
use tokio::sync::OnceCell;

/// What captures read.
#[derive(Clone, Copy, Debug)]
pub enum Product<'a> {
    /// The database of every capture.
    One(&'a Database),
    /// Several databases, by the names in the registry.
    Several(&'a ProductDatabases),
}

impl<'a> From<&'a Database> for Product<'a> {
    fn from(database: &'a Database) -> Self {
        Self::One(database)
    }
}

impl<'a> From<&'a ProductDatabases> for Product<'a> {
    fn from(databases: &'a ProductDatabases) -> Self {
        Self::Several(databases)
    }
}

impl<'a> Product<'a> {
    /// Returns the database with this name; `None` is the main database.
    pub(crate) async fn database(self, name: Option<&str>) -> Result<&'a Database> {
        match self {
            Self::One(database) => Ok(database),
            Self::Several(databases) => databases.open(name).await,
        }
    }
}

/// The databases of a product. Each is opened when it is first needed. A database that cannot be
/// opened is tried again the next time.
#[derive(Debug, Default)]
pub struct ProductDatabases(BTreeMap<Option<String>, Place>);

#[derive(Debug)]
struct Place {
    url: Url,
    opened: OnceCell<Database>,
}

impl ProductDatabases {
    /// Adds a database, or replaces the one with the same name. `None` is the main database.
    #[must_use]
    pub fn with(mut self, name: Option<&str>, url: Url) -> Self {
        let opened = OnceCell::new();
        self.0
            .insert(name.map(str::to_owned), Place { url, opened });
        self
    }

    /// Returns whether there are no databases.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the names of the databases; `None` is the main database.
    pub fn names(&self) -> impl Iterator<Item = Option<&str>> {
        self.0.keys().map(Option::as_deref)
    }

    /// Returns the database with this name. A database that is not open is opened for reading.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no address of the database, or if it cannot be opened.
    pub async fn open(&self, name: Option<&str>) -> Result<&Database> {
        let Some(place) = self.0.get(&name.map(str::to_owned)) else {
            let name = name.unwrap_or(MAIN_DATABASE);
            let flag = format!("--product-database {name}=URL");
            return Err(Error::input(format!(
                "its address is not known\nhelp: set it with `{flag}` or in `product_databases` of the configuration file"
            )));
        };
        let open = || Database::open(&place.url, Access::Read);
        place.opened.get_or_try_init(open).await
    }

    /// Closes the databases that were opened.
    pub async fn close(self) {
        for place in self.0.into_values() {
            if let Some(database) = place.opened.into_inner() {
                database.close().await;
            }
        }
    }
}
