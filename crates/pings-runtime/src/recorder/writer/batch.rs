//! Writing a batch: to the database, or else to the file.

use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::{sleep, sleep_until, timeout};

use super::{DatabaseState, Done, GLANCE, Writer, answer};
use crate::event_log::row::Row;
use crate::recorder::Durability;
use crate::recorder::counters::SharedCounters;
use crate::recorder::entry::Entry;
use crate::recorder::store::{self, Batch, Refusals, Terms};
use pings_database::{Error, Result, reason};

/// How long a batch may take before the thread checks whether the queue fills up.
const SLOW: Duration = Duration::from_millis(50);

/// Why the database did not take a batch.
struct Failed {
    error: Error,
    /// Whether a time limit was exceeded, and the database returned no error.
    timed_out: bool,
}

impl Failed {
    fn time_limit(message: &str) -> Self {
        Self {
            error: Error::failure(message),
            timed_out: true,
        }
    }
}

impl Writer {
    /// Writes what waits to the database, or else to the file. False where
    /// neither took it: then it goes on waiting.
    pub(super) async fn write(&mut self) -> bool {
        let durable = if self.is_refused {
            Vec::new()
        } else {
            self.batch += 1;
            self.due()
        };
        let waiting = std::mem::take(&mut self.waiting);
        let version = self.options.version.clone();
        let entries = waiting.iter().chain(durable.iter().map(|(entry, _)| entry));
        let rows: Vec<Row<'_>> = entries.map(|entry| entry.row(&version)).collect();
        let logged = if self.must_spill() {
            None
        } else {
            self.log_rows(&rows, durable.len()).await.ok()
        };
        let (kept, mut refused) = match logged {
            Some(refused) => (Ok(Durability::Logged), refused),
            None => (self.spill_rows(&rows), Refusals::default()),
        };
        // Without a spill file the events are dropped, so that the batch is done either way.
        let is_done = kept.is_ok() || self.spill.is_none();
        for (place, (_, done)) in (waiting.len()..).zip(durable) {
            match refused.rows.remove(&place) {
                Some(reason) => drop(done.send(Err(refusal(&reason, refused.file.as_deref())))),
                None => answer(done, kept.as_ref().copied().map_err(ToString::to_string)),
            }
        }
        self.is_refused = !is_done && !waiting.is_empty();
        if self.is_refused {
            self.waiting = waiting;
            // Callers that wait for an acknowledgement get an error now instead of waiting for the
            // end of the outage.
            for (_, done) in self.durable.drain(..) {
                answer(done, kept.as_ref().copied().map_err(ToString::to_string));
            }
        }
        is_done
    }

    /// Returns the durable events to write now. Durable events are written after the events that
    /// were recorded before them, but do not wait indefinitely while further events are recorded.
    fn due(&mut self) -> Vec<(Entry, Done)> {
        let queue = &self.shared.queue;
        let rounds = queue.capacity().div_ceil(self.options.batch);
        if self.is_drained() || self.held >= rounds {
            self.held = 0;
            std::mem::take(&mut self.durable)
        } else {
            self.held += 1;
            Vec::new()
        }
    }

    /// Returns whether the batch must go to the file: earlier batches wait there, or the database
    /// just failed.
    fn must_spill(&self) -> bool {
        let waits = self.spill.as_ref().is_some_and(|spill| !spill.is_empty());
        waits || self.database.is_paused()
    }

    /// Writes rows to the database. If that takes long while the queue fills
    /// up, it is given up: whether they were written shows when they are read back.
    pub(super) async fn log_rows(&mut self, rows: &[Row<'_>], durable: usize) -> Result<Refusals> {
        let recorder = self.recorder.clone();
        let batch = Batch {
            recorder: &recorder,
            number: self.batch,
            rows,
            durable,
            is_spilled: false,
        };
        self.log_batch(batch).await
    }

    pub(super) async fn log_batch(&mut self, batch: Batch<'_>) -> Result<Refusals> {
        let shared = Arc::clone(&self.shared);
        let can_spill = self.spill.is_some();
        let end = self.end;
        let given_up = async {
            if let Some(end) = end {
                sleep_until(end.until).await;
                return "the database takes longer than the time limit for stopping the recorder";
            }
            sleep(SLOW).await;
            while !can_spill || shared.queue.len() < shared.queue.capacity() / 4 * 3 {
                sleep(GLANCE).await;
            }
            "the database takes longer than the queue can hold events"
        };
        let written = tokio::select! {
            written = self.try_log(batch) => written,
            why = given_up => Err(Failed::time_limit(why)),
        };
        match written {
            Ok(refusals) => {
                if self.database.paused_until().is_some() {
                    tracing::info!("the database accepts events again");
                }
                self.database = DatabaseState::Accepts;
                Ok(refusals)
            }
            Err(Failed { error, timed_out }) => {
                self.failed(error.to_string(), timed_out);
                Err(error)
            }
        }
    }

    async fn try_log(&mut self, batch: Batch<'_>) -> std::result::Result<Refusals, Failed> {
        let patience = self.options.patience;
        let limit = self.end.map_or(patience, |end| {
            end.limits[usize::from(batch.is_spilled)].min(patience)
        });
        let log = match &self.log {
            Some(log) => log,
            None => {
                let Ok(opened) = timeout(limit, self.open()).await else {
                    return Err(Failed::time_limit("the database does not answer in time"));
                };
                let opened = opened.map_err(|error| Failed {
                    error,
                    timed_out: false,
                })?;
                self.log.insert(opened)
            }
        };
        let counters = self.shared.counters.now();
        let counted = counters.since(&self.counted);
        let terms = Terms {
            counted: &counted,
            now: self.options.clock.unwrap_or(OffsetDateTime::now_utc)(),
            folder: self.folder.as_deref(),
            limit,
        };
        let written = store::write(log, batch, terms).await;
        let refused = written.map_err(|error| Failed {
            error: Error::failure(reason(&error)),
            timed_out: is_timeout(&error),
        })?;
        self.counted = counters;
        SharedCounters::add(&self.shared.counters.rejected, refused.rows.len());
        tracing::debug!(
            events = batch.rows.len(),
            number = batch.number,
            "wrote a batch"
        );
        if !refused.rows.is_empty() {
            let (events, file) = (refused.rows.len(), refused.file.as_deref());
            tracing::warn!(
                events,
                ?file,
                "the database rejected events, which are kept in a file"
            );
        }
        Ok(refused)
    }

    pub(super) fn note(&self, error: String) {
        SharedCounters::add(&self.shared.counters.write_errors, 1);
        *self
            .shared
            .last_error
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    /// Notes a failure, after which the database is not tried for a while.
    pub(super) fn failed(&mut self, error: String, timed_out: bool) {
        self.note(error);
        if self.database.paused_until().is_none() {
            let has_file = self.spill.is_some();
            tracing::warn!(has_file, "the database does not accept events");
        }
        self.database = self.database.failed(timed_out);
    }

    fn spill_rows(&mut self, rows: &[Row<'_>]) -> Result<Durability> {
        let Some(spill) = &mut self.spill else {
            SharedCounters::add(&self.shared.counters.dropped, rows.len());
            tracing::error!(events = rows.len(), "dropped events");
            return Err(Error::failure(
                "the database does not accept events, so they are dropped",
            ));
        };
        if let Err(error) = spill.append(self.batch, rows) {
            tracing::error!("cannot write to the spill file: {}", error.kind());
            let message = format!("neither the database nor the disk accepts events: {error}");
            self.failed(message.clone(), self.database.timed_out());
            return Err(Error::failure(message));
        }
        SharedCounters::add(&self.shared.counters.spilled, rows.len());
        Ok(Durability::Spilled)
    }
}

/// Returns the error for a durable event that the database refuses and that a file may keep.
fn refusal(reason: &str, file: Option<&Path>) -> Error {
    let help = match file {
        Some(file) => format!(
            "\nhelp: change the constraint or trigger; the event is kept in {}",
            file.display()
        ),
        None => String::new(),
    };
    Error::input(format!("the database rejects the event: {reason}{help}"))
}

/// The SQLSTATE of a PostgreSQL statement that exceeded its time limit.
const CANCELED: &str = "57014";

/// Returns whether the database exceeded a time limit.
fn is_timeout(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() == std::io::ErrorKind::TimedOut,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code == CANCELED),
        _ => false,
    }
}
