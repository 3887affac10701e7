//! `pings store …`, a file for each.

mod doctor;
mod impact;
mod import;
mod rebuild;
mod registry;
mod series;
mod serve;

use std::path::Path;

use pings_model::Registry;
use pings_store::{GoesBy, Learned, Store};
use time::OffsetDateTime;

use crate::arguments::Common;
use crate::arguments::store::{Command, Store as Arguments};
use crate::failure::{Failure, Outcome};
use crate::look;

pub(crate) async fn run(common: &Common, arguments: &Arguments) -> Outcome {
    let database = arguments.database.as_str();
    match &arguments.command {
        Command::Serve(serve) => serve::run(common, database, serve).await,
        Command::Import(import) => import::run(common, database, import).await,
        Command::Rebuild => rebuild::run(common, database).await,
        Command::Registry(registry) => registry::run(common, database, registry).await,
        Command::Series(series) => series::run(common, database, series).await,
        Command::Impact(impact) => impact::run(common, database, impact).await,
        Command::Doctor(doctor) => doctor::run(common, database, doctor).await,
    }
}

/// The store, which is made where there is none if so wanted.
async fn open(database: &str, create: bool) -> Result<Store, Failure> {
    let store = Store::open(&database.parse()?, create).await?;
    look::warn_of(store.database());
    Ok(store)
}

/// The store, for what reads by this registry.
async fn open_by(database: &str, registry: &Registry) -> Result<Store, Failure> {
    let store = open(database, false).await?;
    let name = &registry.name;
    match store.goes_by(registry).await? {
        GoesBy::This => {}
        GoesBy::Another => look::complain(&format!(
            "note: this goes by the registry that was given, and the store's views by another one of `{name}`\n\
             help: the newest decides: show it to the store with `pings store registry FILE`, or give it with --registry"
        )),
        GoesBy::None => look::complain(&format!(
            "note: the store was never shown a registry of `{name}`, so its views believe none of its numbers\n\
             help: `pings store registry FILE` shows it one"
        )),
    }
    Ok(store)
}

/// Shows the store a registry.
async fn learn(store: &Store, file: &Path) -> Result<Learned, Failure> {
    let loaded = pings_build::load(file).map_err(|failure| Failure::Registry(Box::new(failure)))?;
    Ok(store
        .learn(&loaded.registry, OffsetDateTime::now_utc())
        .await?)
}
