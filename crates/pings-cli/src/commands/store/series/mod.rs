//! `pings store series`

mod plot;
mod table;
mod written;

use std::process::ExitCode;

use pings_store::SeriesOptions;

use super::open_by;
use crate::arguments::store::Series as Arguments;
use crate::arguments::{Common, Format};
use crate::commands::{metric, registry};
use crate::failure::{Failure, Outcome};
use crate::look;

pub(crate) async fn run(common: &Common, database: &str, arguments: &Arguments) -> Outcome {
    let registry = registry(common)?;
    let (ping, metric) = metric(&registry, &arguments.code)?;
    let until = arguments.until.as_deref().map(str::parse).transpose()?;
    let options = SeriesOptions {
        weeks: arguments.weeks,
        until,
        by: arguments.by.clone(),
        all: arguments.all,
    };
    let store = open_by(database, &registry).await?;
    let series = store.series(&registry, &metric.code, &options).await?;
    store.close().await;
    if series.weeks.is_empty() {
        return Err(Failure::Input(format!(
            "the store has no payloads of {} in these weeks\nhelp: `pings store serve` receives them, and `pings store import` reads them from files",
            registry.name
        )));
    }
    let title = metric.title.as_deref().unwrap_or(&ping.title);
    if let Some(path) = &arguments.plot {
        let drawn = plot::draw(path, &series, title);
        drawn.map_err(|reason| Failure::Ours(format!("{}: {reason}", path.display())))?;
        look::done("Drew", &path.display().to_string());
    }
    match common.format {
        Format::Json => look::say_json(&written::json(&series)),
        Format::Csv => look::say(&written::csv(&series)),
        _ => look::say(&table::lines(&registry, &series, title).join("\n")),
    }
    Ok(ExitCode::SUCCESS)
}
