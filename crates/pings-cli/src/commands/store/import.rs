//! `pings store import`

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::ExitCode;

use pings_store::Imported;
use serde_json::{Value as Json, json};
use time::OffsetDateTime;

use super::opened::open;
use crate::arguments::Common;
use crate::arguments::store::Import;
use crate::failure::{Failure, Outcome};
use crate::output::counted;
use crate::output::{self, BAD, styled};
use crate::progress;

/// The maximum number of bad lines of a file that are shown.
const SHOWN: usize = 20;

pub(crate) async fn run(common: &Common, database: &str, arguments: &Import) -> Outcome {
    // A missing file is reported before anything is stored.
    let mut inputs = Vec::new();
    for file in &arguments.files {
        inputs.push((file, input(file)?));
    }
    let store = open(database, true).await?;
    let bar = progress::bar("Importing");
    bar.set_length(inputs.iter().map(|(_, (_, length))| length).sum());
    let mut done = Vec::new();
    let mut before = 0;
    for (file, (input, length)) in inputs {
        let imported = store
            .import(input, OffsetDateTime::now_utc(), |bytes| {
                bar.set_position(before + bytes);
            })
            .await?;
        before += length;
        done.push((file.as_path(), imported));
    }
    bar.finish_and_clear();
    store.close().await;
    if common.is_json() {
        output::say_json(&json!({ "files": done.iter().map(as_json).collect::<Vec<_>>() }));
    } else {
        say(&done);
    }
    let is_bad = done.iter().any(|(_, imported)| imported.bad > 0);
    Ok(ExitCode::from(u8::from(is_bad)))
}

fn input(path: &Path) -> Result<(Box<dyn BufRead>, u64), Failure> {
    if path.as_os_str() == "-" {
        return Ok((Box::new(BufReader::new(io::stdin())), 0));
    }
    let failed = |error| Failure::Input(format!("cannot read {}: {error}", path.display()));
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    Ok((
        Box::new(BufReader::with_capacity(1 << 16, file)),
        metadata.len(),
    ))
}

fn say(done: &[(&Path, Imported)]) {
    let mut all = Imported::default();
    for (file, imported) in done {
        for mistake in imported.mistakes.iter().take(SHOWN) {
            output::complain(&format!(
                "{}: {}:{}: {}",
                styled(BAD.bold(), "error"),
                file.display(),
                mistake.line,
                output::plain(&mistake.reason)
            ));
        }
        let shown = imported.mistakes.len().min(SHOWN) as u64;
        if imported.bad > shown {
            let more = counted(
                imported.bad - shown,
                "more invalid payload",
                "more invalid payloads",
            );
            output::complain(&format!("… and {more}"));
        }
        all.kept += imported.kept;
        all.repeated += imported.repeated;
        all.conflicts += imported.conflicts;
        all.bad += imported.bad;
    }
    let mut what = counted(all.kept, "payload", "payloads");
    if all.repeated > 0 {
        what += &format!(", {} imported before", counted(all.repeated, "was", "were"));
    }
    if all.conflicts > 0 {
        what += &format!(
            ", {} different contents than before",
            counted(all.conflicts, "has", "have")
        );
    }
    if all.bad > 0 {
        what += &format!(", {}", counted(all.bad, "is invalid", "are invalid"));
    }
    output::done("Imported", &what);
}

fn as_json((file, imported): &(&Path, Imported)) -> Json {
    let mistakes: Vec<Json> = imported
        .mistakes
        .iter()
        .map(|mistake| json!({ "line": mistake.line, "reason": mistake.reason }))
        .collect();
    json!({
        "file": file.display().to_string(),
        "kept": imported.kept,
        "repeated": imported.repeated,
        "conflicts": imported.conflicts,
        "bad": imported.bad,
        "mistakes": mistakes,
    })
}
