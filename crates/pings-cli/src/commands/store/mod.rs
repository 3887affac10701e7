//! `pings store …`, a file for each.

mod doctor;
mod impact;
mod import;
mod rebuild;
mod registry;
mod series;
mod serve;

use std::path::Path;

use pings_store::{Learned, Store};
use time::OffsetDateTime;

use crate::arguments::Common;
use crate::arguments::store::{Command, Store as Arguments};
use crate::failure::{Failure, Outcome};

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
    Ok(Store::open(&database.parse()?, create).await?)
}

/// Shows the store a registry.
async fn learn(store: &Store, file: &Path) -> Result<Learned, Failure> {
    let loaded = pings_build::load(file).map_err(|failure| Failure::Registry(Box::new(failure)))?;
    Ok(store
        .learn(&loaded.registry, OffsetDateTime::now_utc())
        .await?)
}
