//! `pings store usage`

mod export;
mod plot;
mod shown;
mod table;

use std::process::ExitCode;

use pings_store::{InstancesBy, Statistic, UsageOptions};
use time::OffsetDateTime;

use self::shown::Shown;
use super::entry;
use super::opened::open_by;
use crate::arguments::reading::Usage as Arguments;
use crate::arguments::{Common, SeriesFormat};
use crate::commands::inputs::{metric, registry};
use crate::failure::{Failure, Outcome};
use crate::output;

/// The default number of weeks.
const WEEKS: u32 = 26;

pub(crate) async fn run(common: &Common, database: &str, arguments: &Arguments) -> Outcome {
    if let Some(path) = &arguments.plot {
        entry::check_picture(path)?;
    }
    let registry = registry(common)?;
    let (ping, metric) = metric(&registry, &arguments.code)?;
    let options = UsageOptions {
        weeks: arguments.weeks.weeks.unwrap_or(WEEKS),
        until: entry::until(arguments.weeks.until.as_deref())?,
        measure: arguments.measure.clone(),
        by: arguments.by.as_deref().map(InstancesBy::of),
        window: entry::window(arguments.window.as_deref())?,
        now: Some(OffsetDateTime::now_utc()),
    };
    let store = open_by(database, &registry).await?;
    let usage = store.usage(&registry, &metric.code, &options).await?;
    store.close().await;
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
        title: metric.title.as_deref().unwrap_or(&ping.title),
        statistic,
    };
    if let Some(path) = &arguments.plot {
        let drawn = plot::draw(path, &shown);
        drawn.map_err(|reason| Failure::Ours(format!("{}: {reason}", path.display())))?;
        output::done("Drew", &path.display().to_string());
    }
    match arguments.format {
        SeriesFormat::Json => output::say_json(&shown.usage.json()),
        SeriesFormat::Csv => output::say(&export::csv(&shown.usage)),
        SeriesFormat::Human => output::say(&table::lines(&shown).join("\n")),
    }
    Ok(ExitCode::SUCCESS)
}
