//! The background thread that writes recorded events.
//!
//! A batch goes to the database, or to the spill file if the database does not accept it. While
//! batches wait in the file, all further batches go there too, so that the order is kept. Batches
//! are numbered, and the database stores the last number. A batch whose answer was lost is
//! therefore also in the file, and is skipped when the file is read back.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::counters::{Counters, SharedCounters};
use super::entry::Entry;
use super::options::Options;
use super::spill::{Damage, REJECTED, Spill};
use super::store::{self, Batch, Refused, Terms};
use super::{Control, Kept, Shared};
use crate::event_log::EventLog;
use crate::event_log::row::{OwnedRow, Row};
use pings_database::Url;
use pings_database::{Error, Result, reason};

/// The maximum time that the thread sleeps when nothing happens.
const NAP: Duration = Duration::from_secs(1);

/// How often the thread checks whether enough events were recorded.
const GLANCE: Duration = Duration::from_millis(5);

/// The pauses after the first failure of the database and, at most, after repeated failures.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LAST_PAUSE: Duration = Duration::from_secs(10);

/// How often the thread records that the product is running.
const NOTES: Duration = Duration::from_secs(60 * 60);

/// How long a batch may take before the thread checks whether the queue fills up.
const SLOW: Duration = Duration::from_millis(50);

/// The maximum number of messages about damaged files.
const DAMAGES: usize = 16;

/// The time limit for a batch in memory while the recorder stops.
const FAREWELL: Duration = Duration::from_secs(5);

type Done = oneshot::Sender<Result<Kept>>;

pub(super) struct Writer {
    shared: Arc<Shared>,
    requests: mpsc::Receiver<Control>,
    url: Url,
    options: Options,
    recorder: String,
    folder: Option<PathBuf>,
    /// The recorder's own file, or `None` if events are dropped instead.
    spill: Option<Spill>,
    /// Files of processes that died.
    adopted: Vec<Spill>,
    log: Option<EventLog>,
    /// The number of the last batch.
    batch: i64,
    /// The counters at the time when the last batch was written.
    counted: Counters,
    /// When the database is tried again after a failure, and the current pause.
    again: Option<(Instant, Duration)>,
    /// When the thread next records that the product is running.
    next_note: Option<Instant>,
    /// Whether the last failure was an exceeded time limit rather than an error of the database.
    gave_up: bool,
    /// The events of the next batch.
    waiting: Vec<Entry>,
    /// Whether neither the database nor the disk accepted the events in `waiting`. Nothing is added
    /// to the batch then and its number does not change, because it is unknown whether the database
    /// has written it after all.
    is_refused: bool,
    durable: Vec<(Entry, Done)>,
    /// The number of batches for which durable events have waited for the queue.
    held: usize,
    flushes: Vec<Done>,
    stops: Vec<Done>,
    has_ended: bool,
    /// Set once the recorder stops.
    end: Option<End>,
}

/// The limits for stopping a recorder.
#[derive(Clone, Copy)]
struct End {
    /// When the recorder stops trying to write to the database.
    until: Instant,
    /// The time limits of the database for a batch in memory, and for a batch in the file.
    limits: [Duration; 2],
    /// The number of events in the queue that were recorded before the stop.
    left: usize,
}

impl Writer {
    pub(super) fn new(
        shared: Arc<Shared>,
        requests: mpsc::Receiver<Control>,
        url: Url,
        options: Options,
        recorder: String,
        spill: Option<(PathBuf, Spill)>,
    ) -> Self {
        let (folder, spill) = spill.unzip();
        Self {
            shared,
            requests,
            url,
            options,
            recorder,
            folder,
            spill,
            adopted: Vec::new(),
            log: None,
            batch: 0,
            counted: Counters::default(),
            again: None,
            next_note: None,
            gave_up: false,
            waiting: Vec::new(),
            is_refused: false,
            durable: Vec::new(),
            held: 0,
            flushes: Vec::new(),
            stops: Vec::new(),
            has_ended: false,
            end: None,
        }
    }

    pub(super) async fn run(mut self) {
        self.adopt();
        loop {
            self.wait().await;
            let is_last = self.end.is_some();
            loop {
                self.drain();
                if self.waiting.is_empty() && self.durable.is_empty() {
                    break;
                }
                if !self.write().await {
                    break;
                }
            }
            self.read_back().await;
            self.note_running().await;
            let kept = self.kept();
            for done in self.flushes.drain(..) {
                answer(done, kept.clone());
            }
            if is_last {
                return self.end().await;
            }
        }
    }

    /// Records once an hour that the product is running, so that a week without events is a true 0.
    /// Events do not wait for this record: if events arrive in the meantime, the record is tried
    /// again later.
    async fn note_running(&mut self) {
        let is_due = self.next_note.is_none_or(|at| at <= Instant::now());
        let is_idle = self.waiting.is_empty() && self.durable.is_empty();
        let is_last = self.end.is_some();
        if !is_due || is_last || !is_idle || self.again.is_some() || !self.shared.queue.is_empty() {
            return;
        }
        let shared = Arc::clone(&self.shared);
        let is_busy = async {
            while shared.queue.len() < shared.queue.capacity() / 8 {
                sleep(GLANCE).await;
            }
        };
        let now = self.options.clock.unwrap_or(OffsetDateTime::now_utc)();
        let noted = async {
            let log = match &self.log {
                Some(log) => log,
                None => self.log.insert(EventLog::open(&self.url).await?),
            };
            log.note_running(&self.options.version, now).await
        };
        let is_noted = tokio::select! {
            noted = timeout(NAP, noted) => matches!(noted, Ok(Ok(()))),
            () = is_busy => false,
        };
        let pause = if is_noted { NOTES } else { LAST_PAUSE };
        self.next_note = Some(Instant::now() + pause);
    }

    /// Waits until there is something to do.
    async fn wait(&mut self) {
        let shared = Arc::clone(&self.shared);
        if self.is_refused {
            // Even if the queue is full, its events cannot be written anywhere yet.
            let again = self.again.map_or(Instant::now() + NAP, |(at, _)| at);
            tokio::select! {
                () = sleep_until(again) => {}
                request = self.requests.recv() => self.take(request),
            }
            return;
        }
        if shared.queue.is_empty() && self.waiting.is_empty() {
            shared.sleeps.store(true, Ordering::SeqCst);
            if shared.queue.is_empty() {
                let again = self.again.map_or(Instant::now() + NAP, |(at, _)| at);
                tokio::select! {
                    () = shared.wake.notified() => {}
                    () = sleep_until(again) => {}
                    request = self.requests.recv() => self.take(request),
                }
            }
            shared.sleeps.store(false, Ordering::SeqCst);
        }
        // Events that arrive soon are written in the same batch.
        let until = Instant::now() + self.options.delay;
        while !self.is_urgent() && Instant::now() < until {
            if shared.queue.is_empty() && self.waiting.is_empty() {
                return;
            }
            tokio::select! {
                () = sleep(GLANCE) => {}
                request = self.requests.recv() => self.take(request),
            }
        }
    }

    fn is_urgent(&self) -> bool {
        let asked = !(self.durable.is_empty() && self.flushes.is_empty() && self.stops.is_empty());
        let full = self.options.batch.min(self.shared.queue.capacity() / 2);
        asked || self.has_ended || self.shared.queue.len() >= full
    }

    fn take(&mut self, request: Option<Control>) {
        match request {
            Some(Control::Record(entry, done)) => self.durable.push((*entry, done)),
            Some(Control::Flush(done)) => self.flushes.push(done),
            Some(Control::Stop(done)) => {
                self.stops.push(done);
                self.begin_end();
            }
            None => {
                self.has_ended = true;
                self.begin_end();
            }
        }
    }

    /// Tries the database a last time, even during the pause after a failure. Otherwise the events
    /// in the file would wait for the next start of the product.
    fn begin_end(&mut self) {
        if self.end.is_some() {
            return;
        }
        let paused = self.again.take().is_some();
        self.end = Some(End {
            until: Instant::now() + self.options.patience,
            limits: match paused && !self.gave_up {
                true => [NAP; 2],
                false => [FAREWELL, self.options.patience],
            },
            left: self.shared.queue.len(),
        });
    }

    /// Takes the next batch from the queue, and all pending requests.
    fn drain(&mut self) {
        while !self.is_refused && !self.is_drained() && self.waiting.len() < self.options.batch {
            match self.shared.queue.pop() {
                Some(entry) => self.waiting.push(entry),
                None => break,
            }
            if let Some(end) = &mut self.end {
                end.left -= 1;
            }
        }
        while self.durable.len() < self.options.batch {
            match self.requests.try_recv() {
                Ok(request) => self.take(Some(request)),
                Err(_) => break,
            }
        }
    }

    /// Returns whether all events that must be written were taken from the queue.
    fn is_drained(&self) -> bool {
        self.end.is_some_and(|end| end.left == 0) || self.shared.queue.is_empty()
    }

    /// Writes the next batch to the database, or else to the file. Returns false if neither accepts
    /// the batch, which then stays in memory.
    async fn write(&mut self) -> bool {
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
            Some(refused) => (Ok(Kept::Logged), refused),
            None => (self.spill_rows(&rows), Refused::new()),
        };
        // Without a spill file the events are dropped, so that the batch is done either way.
        let is_done = kept.is_ok() || self.spill.is_none();
        for (place, (_, done)) in (waiting.len()..).zip(durable) {
            match refused.remove(&place) {
                Some(reason) => drop(done.send(Err(self.refusal(&reason)))),
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
        waits || self.again.is_some_and(|(at, _)| Instant::now() < at)
    }

    /// Writes rows to the database. If this takes too long while the queue fills up, the attempt is
    /// abandoned; whether the rows were written is determined when they are read back from the
    /// file.
    async fn log_rows(&mut self, rows: &[Row<'_>], durable: usize) -> Result<Refused> {
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

    async fn log_batch(&mut self, batch: Batch<'_>) -> Result<Refused> {
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
            why = given_up => {
                self.gave_up = true;
                Err(Error::failure(why))
            }
        };
        if let Err(error) = &written {
            self.failed(error.to_string());
        } else {
            self.again = None;
        }
        written
    }

    async fn try_log(&mut self, batch: Batch<'_>) -> Result<Refused> {
        let patience = self.options.patience;
        let limit = self.end.map_or(patience, |end| {
            end.limits[usize::from(batch.is_spilled)].min(patience)
        });
        self.gave_up = false;
        let log = match &self.log {
            Some(log) => log,
            None => {
                let Ok(opened) = timeout(limit, EventLog::open(&self.url)).await else {
                    self.gave_up = true;
                    return Err(Error::failure("the database does not answer in time"));
                };
                self.log.insert(opened?)
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
        let refused = store::write(log, batch, terms).await.map_err(|error| {
            self.gave_up = is_timeout(&error);
            Error::failure(reason(&error))
        })?;
        self.counted = counters;
        SharedCounters::add(&self.shared.counters.rejected, refused.len());
        Ok(refused)
    }

    /// Returns the error for a durable event that the database rejects.
    fn refusal(&self, reason: &str) -> Error {
        let help = match &self.folder {
            Some(folder) => format!(
                "\nhelp: change the constraint or trigger; the event is kept in {}",
                folder.join(REJECTED).display()
            ),
            None => String::new(),
        };
        Error::input(format!("the database rejects the event: {reason}{help}"))
    }

    fn note(&self, error: String) {
        SharedCounters::add(&self.shared.counters.write_errors, 1);
        *self
            .shared
            .last_error
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    fn failed(&mut self, error: String) {
        self.note(error);
        let pause = self
            .again
            .map_or(FIRST_PAUSE, |(_, pause)| (pause * 2).min(LAST_PAUSE));
        self.again = Some((Instant::now() + pause, pause));
    }

    fn spill_rows(&mut self, rows: &[Row<'_>]) -> Result<Kept> {
        let Some(spill) = &mut self.spill else {
            SharedCounters::add(&self.shared.counters.dropped, rows.len());
            return Err(Error::failure(
                "the database does not accept events, so they are dropped",
            ));
        };
        if let Err(error) = spill.append(self.batch, rows) {
            let message = format!("neither the database nor the disk accepts events: {error}");
            self.failed(message.clone());
            return Err(Error::failure(message));
        }
        SharedCounters::add(&self.shared.counters.spilled, rows.len());
        Ok(Kept::Spilled)
    }

    /// Writes the batches that wait in files to the database, if it answers.
    async fn read_back(&mut self) {
        if self.end.is_some() && self.gave_up {
            // The last failure was a time limit for events in memory. These events are now in the
            // file, for which the limit is longer.
            self.again = None;
        }
        if self.again.is_some_and(|(at, _)| Instant::now() < at) {
            return;
        }
        while let Some(mut spill) = self.adopted.pop() {
            match self.read_back_file(&mut spill).await {
                // If the file cannot be removed, it is at least empty.
                Ok(true) => drop(spill.remove()),
                Ok(false) => return self.adopted.push(spill),
                // The next recorder that starts retries this file, so that other files do not wait
                // for it.
                Err(error) => {
                    let file = spill.path().display();
                    self.note_damage(format!("cannot read the events in {file}: {error}"));
                }
            }
        }
        if let Some(mut spill) = self.spill.take() {
            if !spill.is_empty()
                && let Err(error) = self.read_back_file(&mut spill).await
            {
                self.failed(error.to_string());
            }
            self.spill = Some(spill);
        }
    }

    /// Writes the batches of a file to the database. Returns true if every batch was written.
    async fn read_back_file(&mut self, spill: &mut Spill) -> std::io::Result<bool> {
        let recorder = spill.recorder.clone();
        while let Some(block) = spill.next_block()? {
            let rows: Vec<Row<'_>> = block.rows.iter().map(OwnedRow::row).collect();
            let batch = Batch {
                recorder: &recorder,
                number: block.batch,
                rows: &rows,
                durable: 0,
                is_spilled: true,
            };
            if self.log_batch(batch).await.is_err() {
                return Ok(false);
            }
            spill.written(&block);
        }
        if let Some(damage) = spill.clear()? {
            self.damaged(&damage);
        }
        Ok(true)
    }

    /// Counts events that cannot be read, and reports where they are kept.
    fn damaged(&mut self, damage: &Damage) {
        SharedCounters::add(&self.shared.counters.damaged, damage.events);
        self.note_damage(format!(
            "{} is damaged; about {} of its events were not logged\n\
             help: check the disk; the damaged part is kept in {}",
            damage.file.display(),
            damage.events,
            damage.kept.display()
        ));
    }

    /// Stores a message about a spill file, which also becomes the last error.
    fn note_damage(&self, message: String) {
        let damages = self.shared.damages.lock();
        let mut damages = damages.unwrap_or_else(PoisonError::into_inner);
        if damages.len() < DAMAGES {
            damages.push(message.clone());
        }
        drop(damages);
        self.note(message);
    }

    /// Takes over the files of processes that died.
    fn adopt(&mut self) {
        if let Some(folder) = &self.folder {
            let adopted = Spill::adopt(folder);
            self.adopted = adopted.files;
            self.adopted.reverse();
            for failure in adopted.failures {
                let help = "help: let this user read and write the file, or move it away";
                self.note_damage(format!("{failure}\n{help}"));
            }
        }
    }

    /// Returns where all recorded events are stored.
    fn kept(&self) -> std::result::Result<Kept, String> {
        if !self.waiting.is_empty() {
            return Err("neither the database nor the disk accepts events".to_owned());
        }
        let waits = |spill: &Spill| !spill.is_empty();
        Ok(if self.spill.as_ref().is_some_and(waits) {
            Kept::Spilled
        } else {
            Kept::Logged
        })
    }

    async fn end(mut self) {
        let kept = self.kept();
        // The queue may hold events that were recorded after the stop began.
        let unsaved = self.waiting.len() + self.shared.queue.len();
        SharedCounters::add(&self.shared.counters.dropped, unsaved);
        let has_news = self.shared.counters.now() != self.counted;
        // An empty batch stores the last counters. The batch is not written while batches wait in
        // the file, because its higher number would mark them as written.
        if has_news && self.again.is_none() && kept == Ok(Kept::Logged) {
            self.batch += 1;
            let _ = self.log_rows(&[], 0).await;
        }
        if let Some(spill) = self.spill.take().filter(Spill::is_empty) {
            // The file is removed first: without it, the database no longer needs the last batch
            // number.
            if spill.remove().is_ok()
                && let Some(log) = &self.log
            {
                let _ = timeout(NAP, store::forget(log, &self.recorder)).await;
            }
        }
        if let Some(log) = &self.log {
            let _ = timeout(NAP, log.close()).await;
        }
        for done in self.stops.drain(..) {
            answer(done, kept.clone());
        }
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

/// Sends an answer. The receiver may be gone, which is not an error.
fn answer(done: Done, kept: std::result::Result<Kept, String>) {
    let _ = done.send(kept.map_err(Error::failure));
}
