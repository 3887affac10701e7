//! `pings migrate`

use std::process::ExitCode;

use pings_runtime::{EventLog, Migration, Moving};
use serde_json::json;

use crate::arguments::{Common, Migrate};
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::output::counted;
use crate::progress;

pub(crate) async fn run(common: &Common, migrate: &Migrate) -> Outcome {
    let (from, to) = (migrate.from.database()?, migrate.to.database()?);
    let (source, target) = (from.to_string(), to.to_string());
    if migrate.from == migrate.to {
        return Err(Failure::Input(format!(
            "{source} cannot be migrated to itself\nhelp: set the new database with --to"
        )));
    }
    let source_log = EventLog::open(&from).await?;
    let (target_log, _) = EventLog::init_like(&to, &source_log).await?;
    let bar = progress::bar("Migrating");
    let migration = Migration {
        from: &source_log,
        source: &source,
        to: &target_log,
        target: &target,
        without: &migrate.without,
    };
    let moved = migration
        .run(&mut |moving| match moving {
            Moving::Events { done, total } => {
                bar.set_length(total);
                bar.set_position(done);
            }
            Moving::Table(_) => bar.set_message("Copying"),
            Moving::Comparing => bar.set_message("Comparing"),
        })
        .await;
    bar.finish_and_clear();
    let moved = moved?;
    source_log.close().await;
    target_log.close().await;
    if common.is_json() {
        output::say_json(&json!({
            "from": source,
            "to": target,
            "instance": moved.instance.to_string(),
            "events": moved.events,
            "rows": moved.rows,
            "was_complete": moved.was_complete,
        }));
        return Ok(ExitCode::SUCCESS);
    }
    let events = counted(moved.events, "event", "events");
    if moved.was_complete {
        output::done(
            "Migrated",
            &format!("{events} logged to {source} since then"),
        );
    } else {
        output::done(
            "Migrated",
            &format!("{events} of instance {} to {target}", moved.instance),
        );
    }
    output::complain(&format!(
        "note: {source} no longer sends anything\n\
         help: set PINGS_DATABASE to {target} wherever the product and `pings` run"
    ));
    Ok(ExitCode::SUCCESS)
}
