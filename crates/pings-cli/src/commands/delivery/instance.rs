//! `pings instance`

use std::process::ExitCode;

use pings_payload::Week;
use pings_runtime::{Entry, EventLog, Instance, State};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;

use crate::arguments::{Common, InstanceCommand as Command, NewId};
use crate::commands::inputs::event_log;
use crate::failure::{Failure, Outcome};
use crate::output::{self, Align, DIM, Table, styled};

pub(crate) async fn run(common: &Common, command: &Command) -> Outcome {
    let log = event_log(common).await?;
    match command {
        Command::Show => show(common, &Instance::kept(&log).await?),
        Command::NewId(arguments) => new_id(common, &log, arguments).await?,
    }
    log.close().await;
    Ok(ExitCode::SUCCESS)
}

fn show(common: &Common, instance: &Instance) {
    if common.is_json() {
        return output::say_json(&written(instance));
    }
    let mut table = Table::new(&[Align::Left, Align::Left], 0);
    let mut row = |name: &str, text: String| table.row(vec![styled(DIM, name), text]);
    row("id", instance.id.to_string());
    row("key", instance.key.public().to_string());
    if let Some(week) = instance.first_week {
        row("sends from", week.to_string());
    }
    if let Some(to) = &instance.moved_to {
        row("migrated to", to.clone());
    }
    output::say(&table.lines().join("\n"));
}

async fn new_id(common: &Common, log: &EventLog, arguments: &NewId) -> Result<(), Failure> {
    let from: Week = arguments.from.parse()?;
    let old = Instance::kept(log).await?.id;
    let sent = Entry::all(log).await?;
    let instance = Instance::renew(log, from, OffsetDateTime::now_utc()).await?;
    if common.is_json() {
        let mut json = written(&instance);
        json["was"] = old.to_string().into();
        output::say_json(&json);
        return Ok(());
    }
    output::done("Renewed", &format!("{} (was {old})", instance.id));
    let mut weeks: Vec<String> = sent
        .iter()
        .filter(|entry| entry.week >= from && entry.state == State::Sent)
        .map(|entry| entry.week.to_string())
        .collect();
    weeks.dedup();
    if !weeks.is_empty() {
        output::complain(&format!(
            "note: this copy sent {} under the old id, so the store may count its events for the original\n\
             help: run `pings send --again {}` on the original",
            weeks.join(", "),
            weeks.join(" ")
        ));
    }
    Ok(())
}

fn written(instance: &Instance) -> Json {
    json!({
        "id": instance.id.to_string(),
        "key": instance.key.public().to_string(),
        "first_week": instance.first_week.map(|week| week.to_string()),
        "moved_to": instance.moved_to,
    })
}
