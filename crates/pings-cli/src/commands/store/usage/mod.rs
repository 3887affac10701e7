//! `pings store usage`

mod export;
mod plot;
mod shown;
mod table;

use std::process::ExitCode;

use pings_store::{InstancesBy, Statistic, UsageOptions, UsagePeriod};

use self::shown::Shown;
use super::entry;
use super::opened::open_to_read;
use crate::arguments::reading::Usage as Arguments;
use crate::arguments::{Common, SeriesFormat};
use crate::commands::inputs::{metric, registry};
use crate::failure::{Failure, Outcome};
use crate::output;

/// The default number of weeks.
const WEEKS: u32 = 26;

/// The default number of weeks of quarters.
const WEEKS_OF_QUARTERS: u32 = 104;

pub(crate) async fn run(common: &Common, database: &str, arguments: &Arguments) -> Outcome {
    if let Some(path) = &arguments.plot {
        entry::check_picture(path)?;
    }
    let registry = registry(common)?;
    let (ping, metric) = metric(&registry, &arguments.code)?;
    let as_of = arguments.weeks.as_of.as_deref();
    let until = entry::until(arguments.weeks.until.as_deref())?;
    let window = entry::usage_period(arguments.window.as_deref())?;
    let mut reading = open_to_read(database, &registry, as_of).await?;
    let options = UsageOptions {
        weeks: arguments.weeks.weeks.unwrap_or(match window {
            Some(UsagePeriod::Quarter) => WEEKS_OF_QUARTERS,
            _ => WEEKS,
        }),
        until,
        measure: arguments.measure.clone(),
        by: arguments.by.as_deref().map(InstancesBy::of),
        window,
        now: Some(reading.now),
    };
    let usage = reading
        .store
        .usage(&registry, &metric.code, &options)
        .await?;
    let of_usage = usage.weeks.iter().map(|it| it.week);
    reading.note_left_out(&registry, of_usage).await?;
    reading.store.close().await;
    if usage.weeks.is_empty() {
        return Err(entry::no_payloads(registry.name()));
    }
    let statistic = match arguments.show {
        Some(show) => show.into(),
        None if usage.weeks.iter().any(|week| week.spread.total.is_some()) => Statistic::Total,
        None => Statistic::Mean,
    };
    let shown = Shown {
        usage,
        remarks: reading.remarks,
        title: metric.title.as_deref().unwrap_or(&ping.title),
        statistic,
    };
    if let Some(path) = &arguments.plot {
        let drawn = plot::draw(path, &shown);
        drawn.map_err(|reason| Failure::Ours(format!("{}: {reason}", path.display())))?;
        output::done("Drew", &path.display().to_string());
    }
    match arguments.format {
        SeriesFormat::Json => output::say_json(&shown.remarks.json(shown.usage.json())),
        SeriesFormat::Csv => shown.remarks.say_csv(export::lines(&shown)),
        SeriesFormat::Human => output::say(&table::lines(&shown).join("\n")),
    }
    Ok(ExitCode::SUCCESS)
}
