//! `pings store note`

use std::process::ExitCode;

use pings_payload::Week;
use serde_json::json;
use time::OffsetDateTime;

use super::opened::open;
use crate::arguments::Common;
use crate::arguments::reading::Note as Arguments;
use crate::failure::Outcome;
use crate::output::{self, Align, DIM, Table, styled};

pub(crate) async fn run(common: &Common, database: &str, arguments: &Arguments) -> Outcome {
    let week: Option<Week> = arguments.week.as_deref().map(str::parse).transpose()?;
    let store = open(database, false).await?;
    if let (Some(week), Some(text)) = (week, &arguments.text) {
        let id = store.note(week, text, OffsetDateTime::now_utc()).await?;
        output::done("Noted", &format!("{week} as note {id}"));
    }
    if let Some(id) = arguments.delete {
        let note = store.delete_note(id).await?;
        let text = output::plain(&note.text);
        output::done("Deleted", &format!("{}: {text}", note.week));
    }
    let notes = store.notes().await?;
    store.close().await;
    if common.is_json() {
        let notes = notes.iter().map(|note| {
            json!({
                "id": note.id,
                "week": note.week.to_string(),
                "text": note.text,
                "written_at": note.written_at,
            })
        });
        output::say_json(&json!({ "notes": notes.collect::<Vec<_>>() }));
    } else if notes.is_empty() {
        output::complain(
            "note: the store has no notes\nhelp: add one with `pings store note WEEK TEXT`",
        );
    } else {
        let mut table = Table::new(&[Align::Right, Align::Left, Align::Left], 0);
        let head = ["ID", "WEEK", "NOTE"];
        table.row(head.map(|name| styled(DIM, name)).to_vec());
        for note in &notes {
            let text = output::plain(&note.text);
            table.row(vec![note.id.to_string(), note.week.to_string(), text]);
        }
        output::say(&table.lines().join("\n"));
    }
    Ok(ExitCode::SUCCESS)
}
