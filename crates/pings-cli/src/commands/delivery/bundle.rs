//! `pings bundle`

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use pings_payload::Bundle as Signed;
use pings_runtime::{Entry, Instance, State, Switch};
use serde_json::json;
use time::OffsetDateTime;

use super::Place;
use crate::arguments::{Bundle, Common};
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::output::counted;

pub(crate) async fn run(common: &Common, bundle: &Bundle) -> Outcome {
    let place = Place::open(common, bundle.product_version.as_deref()).await?;
    let agreement = place.observe().await?;
    if !place.config.consent.send {
        place.log.close().await;
        place.say_not_sent();
        return Ok(ExitCode::SUCCESS);
    }
    place.queue().await?;
    let mut all = Entry::all(&place.log).await?;
    let withheld = all.iter().filter(|it| it.state == State::Withheld).count();
    let was_assembled = !all.is_empty();
    let now = OffsetDateTime::now_utc();
    all.retain(|entry| {
        matches!(entry.state, State::Waiting | State::Parked)
            && entry.is_over(now)
            && agreement.covers(Switch::Send, entry.week)
    });
    let instance = Instance::of(&place.log).await?;
    place.log.close().await;
    if all.is_empty() {
        let why = match was_assembled {
            _ if withheld > 0 => format!(
                "{} withheld, because sending was not agreed to before they began",
                counted(withheld as u64, "week is", "weeks are")
            ),
            true => "all assembled weeks were sent".to_owned(),
            false => "no week was assembled yet, because nothing was logged in a complete week"
                .to_owned(),
        };
        output::complain(&format!(
            "note: there is nothing to bundle: {why}; no file was written"
        ));
        return Ok(ExitCode::SUCCESS);
    }
    let bodies = all.iter().map(|entry| entry.body.as_str());
    let text = Signed::sign(&instance.key, instance.id, bodies);
    if bundle.file == Path::new("-") {
        output::say_bytes(text.as_bytes());
        return Ok(ExitCode::SUCCESS);
    }
    write(&bundle.file, text.as_bytes()).map_err(|error| {
        Failure::Ours(format!("cannot write {}: {error}", bundle.file.display()))
    })?;
    if common.is_json() {
        output::say_json(&json!({
            "file": bundle.file.display().to_string(),
            "instance": instance.id.to_string(),
            "key": instance.key.public().to_string(),
            "payloads": all.len(),
        }));
    } else {
        let count = counted(all.len() as u64, "week", "weeks");
        output::done(
            "Bundled",
            &format!("{count} into {}", bundle.file.display()),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the file atomically, so that a partial file is never carried away.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    // A new file is readable only by its owner. A replaced file keeps its mode.
    if let Ok(replaced) = std::fs::metadata(path) {
        file.as_file().set_permissions(replaced.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
