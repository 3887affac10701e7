//! Writing a batch: to the database, or else to the file.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::{sleep, sleep_until, timeout};

use super::pending::Pending;
use super::{DatabaseState, GLANCE, Writer};
use crate::event_log::row::Row;
use crate::recorder::Durability;
use crate::recorder::counters::SharedCounters;
use crate::recorder::store::{self, Batch, Terms, Written};
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
        let pending = if self.is_refused {
            Pending::default()
        } else {
            self.batch += 1;
            self.due()
        };
        let waiting = std::mem::take(&mut self.waiting);
        let version = self.options.version.clone();
        let rows = waiting.iter().map(|entry| entry.row(&version));
        let rows: Vec<Row<'_>> = rows.chain(pending.rows(&version)).collect();
        let logged = if self.must_spill() {
            None
        } else {
            self.log_rows(&rows, pending.len()).await.ok()
        };
        let (kept, written) = match logged {
            Some(written) => (Ok(Durability::Logged), written),
            None => (self.spill_rows(&rows), Written::default()),
        };
        // Without a spill file the events are dropped, so that the batch is done either way.
        let is_done = kept.is_ok() || self.spill.is_none();
        pending.answer(waiting.len(), &kept, written);
        self.is_refused = !is_done && !waiting.is_empty();
        if self.is_refused {
            self.waiting = waiting;
            // Callers that wait for an acknowledgement get an error now instead of waiting for the
            // end of the outage.
            std::mem::take(&mut self.pending).answer(0, &kept, Written::default());
        }
        is_done
    }

    /// Returns the durable events to write now. Durable events are written after the events that
    /// were recorded before them, but do not wait indefinitely while further events are recorded.
    fn due(&mut self) -> Pending {
        let queue = &self.shared.queue;
        let rounds = queue.capacity().div_ceil(self.options.batch);
        if self.is_drained() || self.held >= rounds {
            self.held = 0;
            std::mem::take(&mut self.pending)
        } else {
            self.held += 1;
            Pending::default()
        }
    }

    /// Returns whether the batch must go to the file: earlier batches wait there, or the database
    /// just failed.
    pub(super) fn must_spill(&self) -> bool {
        let waits = self.spill.as_ref().is_some_and(|spill| !spill.is_empty());
        waits || self.database.is_paused()
    }

    /// Writes rows to the database. If that takes long while the queue fills
    /// up, it is given up: whether they were written shows when they are read back.
    pub(super) async fn log_rows(&mut self, rows: &[Row<'_>], durable: usize) -> Result<Written> {
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

    pub(super) async fn log_batch(&mut self, batch: Batch<'_>) -> Result<Written> {
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
            Ok(written) => {
                if self.database.paused_until().is_some() {
                    tracing::info!("the database accepts events again");
                }
                self.database = DatabaseState::Accepts;
                Ok(written)
            }
            Err(Failed { error, timed_out }) => {
                self.failed(error.to_string(), timed_out);
                Err(error)
            }
        }
    }

    async fn try_log(&mut self, batch: Batch<'_>) -> std::result::Result<Written, Failed> {
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
        let counted = counters.since(self.counted);
        let terms = Terms {
            counted: &counted,
            now: self.options.clock.unwrap_or(OffsetDateTime::now_utc)(),
            folder: self.folder.as_deref(),
            limit,
        };
        let written = store::write(log, batch, terms).await;
        let written = written.map_err(|error| Failed {
            error: Error::failure(reason(&error)),
            timed_out: is_timeout(&error),
        })?;
        self.counted = counters;
        SharedCounters::add(&self.shared.counters.rejected, written.refused.len());
        tracing::debug!(
            events = batch.rows.len(),
            number = batch.number,
            "wrote a batch"
        );
        if !written.refused.is_empty() {
            let (events, file) = (written.refused.len(), written.file.as_deref());
            tracing::warn!(
                events,
                ?file,
                "the database rejected events, which are kept in a file"
            );
        }
        Ok(written)
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
