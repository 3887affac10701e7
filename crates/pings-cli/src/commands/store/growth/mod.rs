//! `pings store growth`

mod export;
mod table;

use std::process::ExitCode;

use time::OffsetDateTime;

use super::entry;
use super::opened::open_by;
use super::remarks::{self, complain_left_out};
use crate::arguments::store::Growth as Arguments;
use crate::arguments::{Common, SeriesFormat};
use crate::commands::inputs::{metric, registry};
use crate::failure::Outcome;
use crate::output;

pub(crate) async fn run(common: &Common, database: &str, arguments: &Arguments) -> Outcome {
    let registry = registry(common)?;
    let (ping, metric) = metric(&registry, &arguments.code)?;
    let [from, to] = [&arguments.from, &arguments.to].map(|week| entry::until(week.as_deref()));
    let weeks = (from?, to?);
    let now = Some(OffsetDateTime::now_utc());
    let store = open_by(database, &registry).await?;
    let growth = store.growth(&registry, &metric.code, weeks, now).await?;
    let growth = growth.ok_or_else(|| entry::no_payloads(registry.name()))?;
    let weeks = Some((growth.from, growth.to));
    let left_out = store.left_out(Some(&registry), weeks).await?;
    store.close().await;
    let title = metric.title.as_deref().unwrap_or(&ping.title);
    match arguments.format {
        SeriesFormat::Json => {
            let mut json = growth.json();
            left_out.add_to(&mut json);
            output::say_json(&json);
        }
        SeriesFormat::Csv => {
            output::say(&export::csv(&growth));
            complain_left_out(&left_out);
        }
        SeriesFormat::Human => {
            let mut lines = table::lines(&growth, title);
            lines.extend(remarks::left_out(&left_out));
            output::say(&lines.join("\n"));
        }
    }
    // A script that asks for a number learns that there is none.
    let has_answer = growth.measures.iter().any(|measure| measure.growth.is_ok());
    Ok(ExitCode::from(u8::from(!has_answer)))
}
