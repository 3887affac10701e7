//! `pings store fleet`

mod export;
mod plot;
mod retention;
mod table;

use std::process::ExitCode;

use pings_model::Registry;
use pings_store::{FleetOptions, InstancesBy};

use super::entry;
use super::opened::{Reading, open_to_read};
use super::remarks::complain_left_out;
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
    let until = entry::until(arguments.weeks.until.as_deref())?;
    let as_of = arguments.weeks.as_of.as_deref();
    let mut reading = open_to_read(database, &registry, as_of).await?;
    let options = FleetOptions {
        weeks: arguments.weeks.weeks.unwrap_or(default),
        until,
        by: arguments.by.as_deref().map(InstancesBy::of),
        now: Some(reading.now),
    };
    match arguments.retention {
        true => show_retention(&mut reading, &registry, &options, arguments.format).await?,
        false => show_weeks(&mut reading, &registry, &options, arguments).await?,
    }
    reading.store.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn show_weeks(
    reading: &mut Reading,
    registry: &Registry,
    options: &FleetOptions,
    arguments: &Arguments,
) -> Result<(), Failure> {
    let fleet = reading.store.fleet(registry, options).await?;
    if fleet.weeks.is_empty() {
        return Err(entry::no_payloads(registry.name()));
    }
    let weeks = fleet.weeks.iter().map(|it| it.week);
    reading.note_left_out(registry, weeks).await?;
    let remarks = &reading.remarks;
    if let Some(path) = &arguments.plot {
        let drawn = plot::draw(path, registry, &fleet, remarks);
        drawn.map_err(|reason| Failure::Ours(format!("{}: {reason}", path.display())))?;
        output::done("Drew", &path.display().to_string());
    }
    match arguments.format {
        SeriesFormat::Json => output::say_json(&remarks.json(fleet.json())),
        SeriesFormat::Csv => remarks.say_csv(export::lines(&fleet, remarks)),
        SeriesFormat::Human => output::say(&table::lines(registry, &fleet, remarks).join("\n")),
    }
    Ok(())
}

async fn show_retention(
    reading: &mut Reading,
    registry: &Registry,
    options: &FleetOptions,
    format: SeriesFormat,
) -> Result<(), Failure> {
    let retention = reading.store.retention(registry, options).await?;
    if retention.cohorts.is_empty() {
        return Err(entry::no_payloads(registry.name()));
    }
    reading.note_left_out(registry, std::iter::empty()).await?;
    match format {
        SeriesFormat::Json => output::say_json(&reading.remarks.json(retention.json())),
        SeriesFormat::Csv => {
            output::say(&retention::csv(&retention));
            complain_left_out(&reading.remarks.left_out);
        }
        SeriesFormat::Human => {
            output::say(&retention::lines(registry, &retention, &reading.remarks).join("\n"))
        }
    }
    Ok(())
}
