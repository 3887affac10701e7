//! `pings tail`
//!
//! A source delivers events, which a [`Printer`] shows. The source is the follower of an event log,
//! or a running ingest endpoint.

mod change;
mod endpoint;
mod faults;
mod json;
mod printer;
mod received;
mod text;

use std::process::ExitCode;
use std::time::Duration;

use pings_model::{Event, Registry};
use pings_runtime::EventLog;
use pings_runtime::follow::{Follow, Follower};
use time::OffsetDateTime;
use tokio::time::{sleep, timeout};

use crate::arguments::{Common, Tail};
use crate::commands::inputs::{registry, unknown, url};
use crate::commands::signals::stop;
use crate::failure::{Failure, Outcome};
use crate::output;
use printer::Printer;

/// The time between two reads of the event log.
const INTERVAL: Duration = Duration::from_millis(250);

/// The time between two attempts while the database does not answer.
const RETRY: Duration = Duration::from_secs(1);

/// The maximum time for closing the connections.
const CLOSING: Duration = Duration::from_secs(1);

pub(crate) async fn run(common: &Common, tail: &Tail) -> Outcome {
    let stop =
        stop().map_err(|error| Failure::Ours(format!("cannot listen for signals: {error}")))?;
    let registry = registry(common)?;
    let events = tail.events.iter().map(|name| event(&registry, name));
    let events = events.collect::<Result<Vec<_>, _>>()?;
    let printer = match common.is_json() {
        true => Printer::Json,
        false => Printer::human(&registry, &events),
    };
    if let (Some(endpoint), Some(token)) = (&tail.ingest, &tail.token) {
        tokio::select! {
            followed = endpoint::followed(endpoint, token, &registry, &events, &printer) => followed?,
            _ = stop => {}
        }
        return Ok(ExitCode::SUCCESS);
    }
    let log = EventLog::open_unchanged(&url(common)?).await?;
    output::warn_of(log.database());
    output::note_migration(log.database(), log.migrated());
    let follow = Follow {
        last: tail.last,
        events,
        continues: !tail.no_follow,
    };
    tokio::select! {
        followed = followed(&log, &registry, &follow, &printer) => followed?,
        _ = stop => {}
    }
    // A server that does not answer must not delay the exit.
    let _ = timeout(CLOSING, log.close()).await;
    Ok(ExitCode::SUCCESS)
}

/// Returns the event with a name, or with a name that older versions logged.
fn event<'r>(registry: &'r Registry, name: &str) -> Result<&'r Event, Failure> {
    let events = registry.events();
    let found = events
        .iter()
        .find(|event| event.wire_names().any(|it| it == name));
    found.ok_or_else(|| {
        let names = events.iter().map(|event| event.name.as_str());
        unknown("event", name, names)
    })
}

/// Prints arriving events until the reader closes the output.
async fn followed(
    log: &EventLog,
    registry: &Registry,
    follow: &Follow<'_>,
    printer: &Printer,
) -> Result<(), Failure> {
    let now = OffsetDateTime::now_utc();
    let (mut follower, batch) = Follower::start(log, registry, follow, now).await?;
    printer.show(&batch, follower.running());
    if !follow.continues {
        return Ok(());
    }
    let address = log.database().address();
    output::done("Following", &format!("{address}; stop with Ctrl-C"));
    let mut is_down = false;
    while output::has_reader() {
        match follower.poll(OffsetDateTime::now_utc()).await {
            Ok(batch) => {
                if is_down {
                    printer.recovered("the database");
                }
                is_down = false;
                printer.show(&batch, follower.running());
                if !batch.has_more {
                    sleep(INTERVAL).await;
                }
            }
            Err(error) if error.is_temporary() => {
                if !is_down {
                    printer.failed(&error.to_string());
                }
                is_down = true;
                sleep(RETRY).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
