//! `pings store fleet`

mod export;
mod plot;
mod retention;
mod table;

use std::process::ExitCode;

use pings_model::Registry;
use pings_store::{FleetOptions, InstancesBy, Store};
use time::OffsetDateTime;

use super::entry;
use super::opened::open_by;
use crate::arguments::reading::Fleet as Arguments;
use crate::arguments::{Common, SeriesFormat};
use crate::commands::inputs::registry;
use crate::failure::{Failure, Outcome};
use crate::output;

/// The default number of weeks.
const WEEKS: u32 = 26;

/// The default number of weeks in which instances were first active.
const WEEKS_OF_RETENTION: u32 = 104;

pub(crate) async fn run(common: &Common, database: &str, arguments: &Arguments) -> Outcome {
    if let Some(path) = &arguments.plot {
        entry::check_picture(path)?;
    }
    let registry = registry(common)?;
    let default = match arguments.retention {
        true => WEEKS_OF_RETENTION,
        false => WEEKS,
    };
    let options = FleetOptions {
        weeks: arguments.weeks.weeks.unwrap_or(default),
        until: entry::until(arguments.weeks.until.as_deref())?,
        by: arguments.by.as_deref().map(InstancesBy::of),
        now: Some(OffsetDateTime::now_utc()),
    };
    let store = open_by(database, &registry).await?;
    match arguments.retention {
        true => show_retention(&store, &registry, &options, arguments.format).await?,
        false => show_weeks(&store, &registry, &options, arguments).await?,
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn show_weeks(
    store: &Store,
    registry: &Registry,
    options: &FleetOptions,
    arguments: &Arguments,
) -> Result<(), Failure> {
    let fleet = store.fleet(registry, options).await?;
    if fleet.weeks.is_empty() {
        return Err(entry::no_payloads(registry.name()));
    }
    if let Some(path) = &arguments.plot {
        let drawn = plot::draw(path, registry, &fleet);
        drawn.map_err(|reason| Failure::Ours(format!("{}: {reason}", path.display())))?;
        output::done("Drew", &path.display().to_string());
    }
    match arguments.format {
        SeriesFormat::Json => output::say_json(&fleet.json()),
        SeriesFormat::Csv => output::say(&export::csv(&fleet)),
        SeriesFormat::Human => output::say(&table::lines(registry, &fleet).join("\n")),
    }
    Ok(())
}

async fn show_retention(
    store: &Store,
    registry: &Registry,
    options: &FleetOptions,
    format: SeriesFormat,
) -> Result<(), Failure> {
    let retention = store.retention(registry, options).await?;
    if retention.cohorts.is_empty() {
        return Err(entry::no_payloads(registry.name()));
    }
    match format {
        SeriesFormat::Json => output::say_json(&retention.json()),
        SeriesFormat::Csv => output::say(&retention::csv(&retention)),
        SeriesFormat::Human => output::say(&retention::lines(registry, &retention).join("\n")),
    }
    Ok(())
}
