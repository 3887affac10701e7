//! `pings init`

mod starter;

use std::process::ExitCode;

use pings_runtime::{EventLog, Initialized, UserIdType};
use serde_json::json;

use crate::arguments::{Common, Init, UserIds};
use crate::commands::inputs::{registry, url};
use crate::config::Config;
use crate::failure::Outcome;
use crate::output;
use crate::progress;

pub(crate) async fn run(common: &Common, init: &Init) -> Outcome {
    let mut written = match common.names_registry {
        true => Vec::new(),
        false => starter::write(&common.registry)?,
    };
    // The files exist, whether or not the database can be opened.
    if !common.is_json() {
        written
            .iter()
            .for_each(|path| output::done("Created", path));
    }
    let url = url(common)?;
    let config = Config::load(common)?;
    let users = init.user_id.map(|users| match users {
        UserIds::Integer => UserIdType::Integer,
        UserIds::Text => UserIdType::Text,
        UserIds::Uuid => UserIdType::Uuid,
    });
    let (mut log, done) = match users {
        users if init.by_month => EventLog::init_by_month(&url, users).await?,
        None => EventLog::init(&url).await?,
        Some(users) => EventLog::init_with(&url, users).await?,
    };
    output::warn_of(log.database());
    output::note_migration(log.database(), log.migrated());
    if init.index && !log.shape().is_indexed {
        let spinner = progress::spinner("Indexing");
        log.add_index().await?;
        spinner.finish_and_clear();
    }
    // If the registry cannot be read, the first command that needs it reports that.
    if let Ok(registry) = registry(common) {
        config.observe(&log, &registry).await?;
    }
    let is_indexed = log.shape().is_indexed;
    log.close().await;
    if !written.is_empty() {
        let ignored = starter::ignore(&url)?;
        if !common.is_json() {
            ignored
                .iter()
                .for_each(|path| output::done("Created", path));
        }
        written.extend(ignored);
    }
    if common.is_json() {
        output::say_json(&json!({
            "written": written,
            "database": url.to_string(),
            "event_logs": match done { Initialized::Created => "created", Initialized::Found => "found" },
            "indexed": is_indexed,
        }));
        return Ok(ExitCode::SUCCESS);
    }
    match done {
        Initialized::Created => output::done("Created", &format!("the event log in {url}")),
        Initialized::Found => output::done(
            "Found",
            &format!("an event log in {url}; it is used unchanged"),
        ),
    }
    if !is_indexed {
        output::complain(
            "note: event_logs has no index on name and timestamp, so each report reads the whole table\n\
             help: add an index with `pings init --index`",
        );
    }
    Ok(ExitCode::SUCCESS)
}
