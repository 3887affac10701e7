//! `pings store series`

mod export;
mod groups;
mod plot;
mod shown;
mod table;

use std::process::ExitCode;

use pings_model::Source;
use pings_store::SeriesOptions;

use self::shown::Shown;
use super::entry;
use super::opened::open_to_read;
use crate::arguments::store::Series as Arguments;
use crate::arguments::{Common, SeriesFormat};
use crate::commands::inputs::{metric, registry};
use crate::failure::{Failure, Outcome};
use crate::output;

pub(crate) async fn run(common: &Common, database: &str, arguments: &Arguments) -> Outcome {
    if let Some(path) = &arguments.plot {
        entry::check_picture(path)?;
    }
    let registry = registry(common)?;
    let (ping, metric) = metric(&registry, &arguments.code)?;
    if arguments.conversion && !matches!(metric.source, Source::Funnel(_)) {
        let code = &metric.code;
        return Err(Failure::Input(format!(
            "{code} is not a funnel\nhelp: --conversion shows the steps of a funnel"
        )));
    }
    let until = entry::until(arguments.until.as_deref())?;
    let window = entry::window(arguments.window.as_deref())?;
    let mut reading = open_to_read(database, &registry, arguments.as_of.as_deref()).await?;
    let options = SeriesOptions {
        weeks: arguments.weeks,
        until,
        by: arguments.by.clone(),
        window,
        all: arguments.all,
        now: Some(reading.now),
    };
    let store = &reading.store;
    let series = store.series(&registry, &metric.code, &options).await?;
    let (estimates, warning) = match arguments.estimate {
        true => {
            let estimates = store.estimates(&registry, &metric.code, &options);
            (estimates.await?, None)
        }
        false => {
            let warning = store.coverage_warning(&registry, &series, &options);
            (Vec::new(), warning.await?)
        }
    };
    let weeks = series.weeks.iter().map(|it| it.week);
    reading.note_left_out(&registry, weeks).await?;
    reading.store.close().await;
    if series.weeks.is_empty() {
        return Err(entry::no_payloads(registry.name()));
    }
    let (is_mean, is_conversion) = (arguments.mean, arguments.conversion);
    let shown = Shown {
        warning,
        estimates,
        series: match (is_mean, is_conversion) {
            (true, _) => series.per_instance(),
            (_, true) => series.conversion(),
            _ => series,
        },
        title: metric.title.as_deref().unwrap_or(&ping.title),
        is_mean,
        is_conversion,
        remarks: reading.remarks,
    };
    if let Some(path) = &arguments.plot {
        let drawn = plot::draw(path, &shown);
        drawn.map_err(|reason| Failure::Ours(format!("{}: {reason}", path.display())))?;
        output::done("Drew", &path.display().to_string());
    }
    match arguments.format {
        SeriesFormat::Json => output::say_json(&shown.remarks.json(shown.json())),
        SeriesFormat::Csv => {
            shown.remarks.say_csv(export::csv(&shown));
            shown
                .warning
                .iter()
                .for_each(|it| output::complain(&format!("note: {it}")));
        }
        SeriesFormat::Human => output::say(&table::lines(&registry, &shown).join("\n")),
    }
    Ok(ExitCode::SUCCESS)
}
