//! `pings set`

use std::process::ExitCode;

use pings_model::{Registry, Source};
use pings_runtime::{EventLog, SetValue, checked_value};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;

use crate::arguments::{Common, Set};
use crate::commands::inputs::{event_log, registry, unknown};
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::output::{self, Align, BOLD, DIM, Table, styled};

pub(crate) async fn run(common: &Common, set: &Set) -> Outcome {
    let registry = registry(common)?;
    let (Some(code), Some(value)) = (&set.code, &set.value) else {
        let log = event_log(common).await?;
        let values = log.values().await?;
        log.close().await;
        list(common, &registry, &values);
        return Ok(ExitCode::SUCCESS);
    };
    if registry.metric(code).is_none() {
        return Err(unknown("value", code, codes(&registry)));
    }
    let value = checked_value(&registry, code, value)?;
    let config = Config::load(common)?;
    if !config.gathers(common).await {
        return Ok(ExitCode::SUCCESS);
    }
    let log: EventLog = event_log(common).await?;
    config.observe(&log, &registry).await?;
    let done = log.set_value(&registry, code, &value, OffsetDateTime::now_utc());
    let done = done.await.map_err(Failure::from);
    log.close().await;
    done?;
    match common.is_json() {
        true => output::say_json(&json!({ "code": code, "value": value })),
        false => output::done("Set", &format!("{code} to {value}")),
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the codes of the values that can be set.
fn codes(registry: &Registry) -> impl Iterator<Item = &str> + Clone {
    registry.metrics().filter_map(|(_, metric)| {
        matches!(metric.source, Source::Value(_)).then_some(metric.code.as_str())
    })
}

/// Shows the current value of each code of the registry.
fn list(common: &Common, registry: &Registry, values: &[SetValue]) {
    let of = |code: &str| values.iter().find(|it| it.code == code);
    if common.is_json() {
        let values = codes(registry).map(|code| {
            let set = of(code);
            json!({
                "code": code,
                "value": set.map(|it| it.value.as_str()),
                "set_at": set.map(|it| it.set_at.as_str()),
            })
        });
        output::say_json(&values.collect::<Json>());
        return;
    }
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Left], 0);
    for code in codes(registry) {
        let row = match of(code) {
            Some(set) => [
                styled(BOLD, code),
                output::plain(&set.value),
                styled(DIM, &format!("since {}", set.set_at)),
            ],
            None => [styled(BOLD, code), styled(DIM, "never set"), String::new()],
        };
        table.row(row.to_vec());
    }
    let lines = table.lines();
    match lines.is_empty() {
        true => output::say("The registry has no values."),
        false => output::say(&lines.join("\n")),
    }
}
