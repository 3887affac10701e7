//! `pings store series`

mod export;
mod groups;
mod mean;
mod plot;
mod shown;
mod table;

use std::path::Path;
use std::process::ExitCode;

use pings_model::{Period, UnknownValue};
use pings_payload::Week;
use pings_store::SeriesOptions;
use time::OffsetDateTime;

use self::shown::Shown;
use super::opened::open_by;
use crate::arguments::store::Series as Arguments;
use crate::arguments::{Common, SeriesFormat};
use crate::commands::inputs::{metric, registry};
use crate::failure::{Failure, Outcome};
use crate::output;

pub(crate) async fn run(common: &Common, database: &str, arguments: &Arguments) -> Outcome {
    if let Some(path) = &arguments.plot {
        check_picture(path)?;
    }
    let registry = registry(common)?;
    let (ping, metric) = metric(&registry, &arguments.code)?;
    let until: Option<Week> = arguments.until.as_deref().map(str::parse).transpose()?;
    if let Some(week) = until.filter(|week| week.start() > OffsetDateTime::now_utc()) {
        return Err(Failure::Input(format!("{week} has not started")));
    }
    let options = SeriesOptions {
        weeks: arguments.weeks,
        until,
        by: arguments.by.clone(),
        window: window(arguments)?,
        all: arguments.all,
        now: Some(OffsetDateTime::now_utc()),
    };
    let store = open_by(database, &registry).await?;
    let series = store.series(&registry, &metric.code, &options).await?;
    store.close().await;
    if series.weeks.is_empty() {
        return Err(Failure::Input(format!(
            "the store has no payloads of {} in these weeks\nhelp: receive payloads with `pings store serve`, or read them from files with `pings store import`",
            registry.name()
        )));
    }
    let is_mean = arguments.mean;
    let shown = Shown {
        series: match is_mean {
            true => mean::per_instance(series),
            false => series,
        },
        title: metric.title.as_deref().unwrap_or(&ping.title),
        is_mean,
    };
    if let Some(path) = &arguments.plot {
        let drawn = plot::draw(path, &shown);
        drawn.map_err(|reason| Failure::Ours(format!("{}: {reason}", path.display())))?;
        output::done("Drew", &path.display().to_string());
    }
    match arguments.format {
        SeriesFormat::Json => output::say_json(&export::json(&shown)),
        SeriesFormat::Csv => output::say(&export::csv(&shown)),
        SeriesFormat::Human => output::say(&table::lines(&registry, &shown).join("\n")),
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the window of the values, if one is chosen.
fn window(arguments: &Arguments) -> Result<Option<Period>, Failure> {
    let window = arguments.window.as_deref().map(str::parse).transpose();
    window.map_err(|error: UnknownValue| Failure::Input(error.to_string()))
}

/// Checks that a picture's file name ends in `.svg`, because pictures are SVG.
fn check_picture(path: &Path) -> Result<(), Failure> {
    let is_svg = path
        .extension()
        .is_some_and(|it| it.eq_ignore_ascii_case("svg"));
    if is_svg {
        return Ok(());
    }
    Err(Failure::Input(format!(
        "`--plot {}` does not end in .svg, the only supported format\nhelp: use --plot {}",
        path.display(),
        path.with_extension("svg").display()
    )))
}
