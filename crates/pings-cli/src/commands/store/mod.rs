//! The subcommands of `pings store`, with a file for each.

mod attributes;
mod cohorts;
#[cfg(feature = "clickhouse")]
mod ddl;
mod doctor;
mod entry;
mod export;
mod fleet;
mod forget;
mod growth;
mod impact;
mod import;
mod instances;
mod migrate;
mod note;
mod opened;
mod publish;
mod rebuild;
mod registry;
mod remarks;
mod series;
mod serve;
mod usage;
mod watch;

use crate::arguments::Common;
use crate::arguments::store::{Command, Store as Arguments};
use crate::failure::Outcome;

pub(crate) async fn run(common: &Common, arguments: &Arguments) -> Outcome {
    let database = arguments.database.exposed();
    match &arguments.command {
        Command::Serve(serve) => serve::run(common, database, serve).await,
        Command::Import(import) => import::run(common, database, import).await,
        Command::Instances(instances) => instances::run(common, database, instances).await,
        Command::Rebuild(_) => rebuild::run(common, database).await,
        Command::Registry(registry) => registry::run(common, database, registry).await,
        Command::Series(series) => series::run(common, database, series).await,
        Command::Usage(usage) => usage::run(common, database, usage).await,
        Command::Fleet(fleet) => fleet::run(common, database, fleet).await,
        Command::Attributes(attributes) => attributes::run(common, database, attributes).await,
        Command::Growth(growth) => growth::run(common, database, growth).await,
        Command::Note(note) => note::run(common, database, note).await,
        Command::Export(export) => export::run(common, database, export).await,
        Command::Publish(publish) => publish::run(common, database, publish).await,
        Command::Impact(impact) => impact::run(common, database, impact).await,
        Command::Forget(forget) => forget::run(common, database, forget).await,
        Command::Watch(watch) => watch::run(common, database, watch).await,
        #[cfg(feature = "clickhouse")]
        Command::Ddl(ddl) => ddl::run(common, ddl),
        Command::Migrate(migrate) => migrate::run(common, migrate).await,
        Command::Doctor(doctor) => doctor::run(common, database, doctor).await,
    }
}
