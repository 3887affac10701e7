//! The databases that a run of captures has opened.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use pings_database::Database;
use pings_model::MAIN_DATABASE;
use pings_payload::{Failure, FailureKind};

use super::misfits::Known;
use crate::product::Product;

/// The databases of a run of captures. A run tries each database once, so that a database that does
/// not answer delays the captures of the other databases only once.
pub(super) struct Opened<'a> {
    product: Product<'a>,
    databases: BTreeMap<Option<String>, Result<&'a Database, Failure>>,
    /// The columns whose values do not match the registry.
    pub(super) misfits: Known,
}

impl<'a> Opened<'a> {
    pub(super) fn new(product: Product<'a>) -> Self {
        Self {
            product,
            databases: BTreeMap::new(),
            misfits: Known::default(),
        }
    }

    /// Returns the database with this name, or the failure of its captures.
    pub(super) async fn database(&mut self, name: Option<&str>) -> Result<&'a Database, Failure> {
        match self.databases.entry(name.map(str::to_owned)) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(place) => {
                let opened = self.product.database(name).await.map_err(|error| {
                    let name = name.unwrap_or(MAIN_DATABASE);
                    let error = error.to_string();
                    // Further lines are help for a person at a terminal.
                    let reason = error.lines().next().unwrap_or_default();
                    let message = format!("the database `{name}`: {reason}");
                    Failure::new(FailureKind::Database, message)
                });
                place.insert(opened).clone()
            }
        }
    }
}
