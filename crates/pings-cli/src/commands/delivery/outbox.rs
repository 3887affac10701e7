//! `pings outbox`

use std::process::ExitCode;

use pings_payload::Week;
use pings_runtime::Entry;
use serde_json::{Value as Json, json};

use super::{answer, state};
use crate::arguments::{Common, OutboxCommand, OutboxShow};
use crate::commands::inputs::event_log;
use crate::failure::{Failure, Outcome};
use crate::output::{self, Align, BOLD, DIM, Table, styled};

pub(crate) async fn run(common: &Common, command: &OutboxCommand) -> Outcome {
    let log = event_log(common).await?;
    let all = Entry::all(&log).await?;
    log.close().await;
    match command {
        OutboxCommand::List => list(common, &all),
        OutboxCommand::Show(show) => self::show(common, &all, show)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(common: &Common, all: &[Entry]) {
    if common.is_json() {
        let all: Vec<Json> = all.iter().map(json).collect();
        return output::say_json(&json!({ "outbox": all }));
    }
    if all.is_empty() {
        return output::complain(
            "note: the outbox is empty\n\
             help: `pings send` and `pings run` add weeks after their end",
        );
    }
    use Align::{Left, Right};
    let mut table = Table::new(&[Left, Right, Left, Right, Left, Right, Left], 0);
    let head = [
        "week",
        "revision",
        "state",
        "bytes",
        "assembled",
        "tries",
        "last answer",
    ];
    table.row(head.iter().map(|text| styled(BOLD, text)).collect());
    for entry in all {
        table.row(vec![
            entry.week.to_string(),
            entry.revision.to_string(),
            state(entry.state),
            output::number(&entry.body.len().into()),
            entry.made_at.clone(),
            entry.attempts.to_string(),
            styled(DIM, &answer(entry)),
        ]);
    }
    output::say(&table.lines().join("\n"));
}

fn show(common: &Common, all: &[Entry], show: &OutboxShow) -> Result<(), Failure> {
    let week: Week = show.week.parse()?;
    let is_wanted = |entry: &&Entry| {
        entry.week == week && show.revision.is_none_or(|number| number == entry.revision)
    };
    let entry = all.iter().rev().find(is_wanted).ok_or_else(|| {
        Failure::Input(format!(
            "the outbox has no such revision of {week}\nhelp: `pings outbox list` shows all revisions"
        ))
    })?;
    let body: Json = serde_json::from_str(&entry.body).unwrap_or_default();
    if common.is_json() {
        let mut json = json(entry);
        json["body"] = body;
        output::say_json(&json);
        return Ok(());
    }
    let mut table = Table::new(&[Align::Left, Align::Left], 0);
    let mut row = |name: &str, text: String| table.row(vec![styled(DIM, name), text]);
    row("week", entry.week.to_string());
    row("revision", entry.revision.to_string());
    row("state", state(entry.state));
    row("assembled", entry.made_at.clone());
    row("tries", entry.attempts.to_string());
    if let Some(at) = &entry.tried_at {
        row("last try", at.clone());
        row("answer", answer(entry));
    }
    output::say(&table.lines().join("\n"));
    output::say("");
    output::say_json(&body);
    Ok(())
}

fn json(entry: &Entry) -> Json {
    json!({
        "week": entry.week.to_string(),
        "revision": entry.revision,
        "state": entry.state.name(),
        "bytes": entry.body.len(),
        "made_at": entry.made_at,
        "attempts": entry.attempts,
        "due_at": entry.due_at,
        "tried_at": entry.tried_at,
        "status": entry.status,
        "answer": entry.answer,
    })
}
