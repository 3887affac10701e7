//! The databases of the product, from the command line, the environment and the configuration file.

use std::collections::BTreeSet;

use pings_model::{MAIN_DATABASE, Registry, Source};
use pings_runtime::{Database, ProductDatabases};

use crate::arguments::ProductDatabase;
use crate::commands::inputs::{no_product, unknown};
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// Returns the databases whose addresses are known, of which those that captures read are open.
///
/// If none of them can be opened, that is an error. Otherwise, the captures of a database that cannot
/// be opened fail, and the others are taken.
pub(crate) async fn products(
    registry: &Registry,
    flags: &[ProductDatabase],
    config: &Config,
) -> Result<ProductDatabases, Failure> {
    let databases = addresses(registry, flags, config)?;
    let captures = registry
        .metrics()
        .filter(|(_, metric)| matches!(metric.source, Source::Capture(_) | Source::Sql(_)));
    let read: BTreeSet<Option<&str>> = captures
        .map(|(_, metric)| registry.database_of(metric))
        .collect();
    let known = databases.names().filter(|name| read.contains(name));
    let (mut is_open, mut errors) = (false, Vec::new());
    for name in known {
        match databases.open(name).await {
            Ok(database) => {
                output::warn_of(database);
                is_open = true;
            }
            Err(error) => errors.push((name, error)),
        }
    }
    if !is_open && !errors.is_empty() {
        let (_, error) = errors.swap_remove(0);
        return Err(no_product(error));
    }
    for (name, error) in errors {
        let name = name.unwrap_or(MAIN_DATABASE);
        output::complain(&format!("note: the database `{name}`: {error}"));
    }
    Ok(databases)
}

fn addresses(
    registry: &Registry,
    flags: &[ProductDatabase],
    config: &Config,
) -> Result<ProductDatabases, Failure> {
    let names = || registry.databases().iter().map(String::as_str);
    let given = flags.iter().filter_map(|flag| flag.name.as_deref());
    let in_file = config.product_databases().filter(|it| *it != MAIN_DATABASE);
    for name in given.chain(in_file) {
        if !names().any(|known| known == name) {
            return Err(unknown("database", name, names()));
        }
    }
    let mut databases = ProductDatabases::default();
    for name in std::iter::once(None).chain(names().map(Some)) {
        // The last flag for a database counts.
        let flag = flags.iter().rfind(|flag| flag.name.as_deref() == name);
        let address = flag.map(|flag| flag.address.clone());
        let address = address.or_else(|| config.product_database(name));
        if let Some(address) = address.filter(|it| !it.is_empty()) {
            databases = databases.with(name, address.database()?);
        }
    }
    Ok(databases)
}

/// Opens a database that a flag names, for a comparison with the registry.
pub(crate) async fn opened(
    registry: &Registry,
    flag: &ProductDatabase,
) -> Result<Database, Failure> {
    let names = || registry.databases().iter().map(String::as_str);
    if let Some(name) = &flag.name
        && !names().any(|known| known == name)
    {
        return Err(unknown("database", name, names()));
    }
    super::inputs::product(&flag.address.database()?).await
}
