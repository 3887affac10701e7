//! The health of `pings run`, as a file and for the endpoint.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pings_payload::{Uuid, rfc3339};
use pings_runtime::{EventLog, OutboxStatus, ServiceEvent};
use serde_json::{Value as Json, json};
use tempfile::NamedTempFile;
use time::OffsetDateTime;
use tokio::time::{sleep, timeout};

use crate::output;

/// The pause between two looks at the database.
const PAUSE: Duration = Duration::from_secs(10);

/// The time that the database has for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The health of a running service.
pub(super) struct Health {
    instance: Uuid,
    database: String,
    started_at: OffsetDateTime,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    to: String,
    last_capture: Option<Capture>,
    /// The first and the last failure since the event log worked.
    failing: Option<(OffsetDateTime, String)>,
    /// The answer of the database, or the reason why it does not answer.
    outbox: Option<Result<OutboxStatus, String>>,
}

struct Capture {
    at: OffsetDateTime,
    taken: usize,
    /// The reasons of failures by code.
    failed: BTreeMap<String, String>,
}

impl Health {
    pub(super) fn new(instance: Uuid, database: &str) -> Self {
        Self {
            instance,
            database: database.to_owned(),
            started_at: OffsetDateTime::now_utc(),
            state: Mutex::default(),
        }
    }

    /// Notes where payloads are sent.
    pub(super) fn sends_to(&self, to: &str) {
        to.clone_into(&mut self.state().to);
    }

    /// Notes an event of the service.
    pub(super) fn note(&self, event: &ServiceEvent<'_>) {
        let now = OffsetDateTime::now_utc();
        let mut state = self.state();
        match event {
            ServiceEvent::Captured(all) => {
                let failed = all.iter().filter(|it| !it.is_skipped()).filter_map(|it| {
                    let failure = it.outcome.as_ref().err()?;
                    Some((it.code.clone(), failure.message.clone()))
                });
                state.last_capture = Some(Capture {
                    at: now,
                    taken: all.len(),
                    failed: failed.collect(),
                });
            }
            ServiceEvent::Failed { step, error } => {
                let since = state.failing.as_ref().map_or(now, |(since, _)| *since);
                let reason = format!("failed to {}: {error}", step.name());
                state.failing = Some((since, reason));
            }
            ServiceEvent::Recovered(_) => state.failing = None,
            ServiceEvent::Queued(_) | ServiceEvent::Sent(_) | ServiceEvent::Released(_) => {}
        }
    }

    /// Reads the state of the outbox again and again, and writes the file.
    pub(super) async fn watch(&self, log: &EventLog, file: Option<&Path>) {
        let mut is_written = true;
        loop {
            let outbox = match timeout(PATIENCE, OutboxStatus::of(log)).await {
                Ok(read) => read.map_err(|error| error.to_string()),
                Err(_) => Err("the database does not answer in time".to_owned()),
            };
            self.state().outbox = Some(outbox);
            if let Some(file) = file {
                let written = write(file, &self.json(true));
                // A full disk is reported once, and not every few seconds.
                if let Err(error) = &written
                    && is_written
                {
                    output::complain(&format!(
                        "warning: the health file {} cannot be written: {error}",
                        file.display()
                    ));
                }
                is_written = written.is_ok();
            }
            sleep(PAUSE).await;
        }
    }

    /// Writes into the file that the service stopped.
    pub(super) fn stopped(&self, file: Option<&Path>) {
        if let Some(file) = file {
            // A reader also sees that the time in the file is old.
            let _ = write(file, &self.json(false));
        }
    }

    /// Returns whether the event log works.
    pub(super) fn is_well(&self) -> bool {
        is_well(&self.state())
    }

    fn json(&self, is_running: bool) -> Json {
        let state = self.state();
        let outbox = state.outbox.as_ref().and_then(|it| it.as_ref().ok());
        let unanswered = state.outbox.as_ref().and_then(|it| it.as_ref().err());
        let failure = state.failing.as_ref().map(|(_, reason)| reason);
        json!({
            "ok": is_running && is_well(&state),
            "running": is_running,
            "at": rfc3339(OffsetDateTime::now_utc()),
            "started_at": rfc3339(self.started_at),
            "instance": self.instance.to_string(),
            "database": self.database,
            "sends_to": state.to,
            "failing_since": state.failing.as_ref().map(|(since, _)| rfc3339(*since)),
            "failure": failure.or(unanswered),
            "last_capture": state.last_capture.as_ref().map(|capture| json!({
                "at": rfc3339(capture.at), "taken": capture.taken, "failed": capture.failed,
            })),
            "last_sent": outbox.and_then(|it| it.last_sent.as_ref()).map(|sent| json!({
                "week": sent.week.to_string(), "at": sent.at,
            })),
            "weeks": outbox.map(|it| json!({ "waiting": it.waiting, "parked": it.parked })),
            "events": outbox.map(|it| it.counters.by_name().into_iter().collect::<BTreeMap<_, _>>()),
        })
    }

    /// Returns the metrics as a text for Prometheus. They have numbers only, and no reasons.
    pub(super) fn metrics(&self) -> String {
        let state = self.state();
        let mut out = String::new();
        let mut family = |name: &str, kind: &str, help: &str, lines: &[(String, String)]| {
            out.push_str(&format!(
                "# HELP pings_run_{name} {help}\n# TYPE pings_run_{name} {kind}\n"
            ));
            for (labels, value) in lines {
                out.push_str(&format!("pings_run_{name}{labels} {value}\n"));
            }
        };
        let plain = |value: String| [(String::new(), value)];
        let seconds = |at: OffsetDateTime| at.unix_timestamp().to_string();
        let well = u8::from(is_well(&state)).to_string();
        family("up", "gauge", "Whether the event log works.", &plain(well));
        let started = plain(seconds(self.started_at));
        let help = "When the process started.";
        family("started_timestamp_seconds", "gauge", help, &started);
        if let Some(capture) = &state.last_capture {
            let help = "When this process last took captures.";
            let at = plain(seconds(capture.at));
            family("last_capture_timestamp_seconds", "gauge", help, &at);
            let failed = plain(capture.failed.len().to_string());
            let help = "Captures that failed at that time.";
            family("last_capture_failed", "gauge", help, &failed);
        }
        if let Some(Ok(outbox)) = &state.outbox {
            let sent = outbox.last_sent.as_ref();
            if let Some(at) = sent.and_then(|it| pings_runtime::parse_time(&it.at)) {
                let help = "When a week was last sent.";
                let at = plain(seconds(at));
                family("last_sent_timestamp_seconds", "gauge", help, &at);
            }
            let weeks = [("waiting", outbox.waiting), ("parked", outbox.parked)];
            let weeks =
                weeks.map(|(state, count)| (format!("{{state=\"{state}\"}}"), count.to_string()));
            let help = "Weeks in the outbox that no store has.";
            family("weeks", "gauge", help, &weeks);
            let events = outbox.counters.by_name().into_iter();
            let events: Vec<_> = events
                .map(|(name, count)| (format!("{{outcome=\"{name}\"}}"), count.to_string()))
                .collect();
            let help = "Events that were not simply logged, as the event log counts them.";
            family("events_total", "counter", help, &events);
        }
        out
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_well(state: &State) -> bool {
    state.failing.is_none() && !matches!(state.outbox, Some(Err(_)))
}

/// Replaces the file at once, so that a reader never sees a part of it.
fn write(path: &Path, json: &Json) -> std::io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    writeln!(file, "{json:#}")?;
    // Others on the machine, such as a monitoring agent, read the file.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let permissions = std::fs::Permissions::from_mode(0o644);
        file.as_file().set_permissions(permissions)?;
    }
    file.persist(path)?;
    Ok(())
}
