//! The background thread that writes recorded events.
//!
//! A batch goes to the database, or to the spill file if the database does not accept it. While
//! batches wait in the file, all further batches go there too, so that the order is kept. Batches
//! are numbered, and the database stores the last number. A batch whose answer was lost is
//! therefore also in the file, and is skipped when the file is read back.

mod batch;
mod database_state;
mod files;
mod pending;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::counters::{Counters, SharedCounters};
use super::entry::Entry;
use super::options::{MissingLog, Options};
use super::shared::{Control, Durability, Shared};
use super::spill::Spill;
use super::store;
use crate::event_log::EventLog;
use database_state::{DatabaseState, LAST_PAUSE};
use pending::{Done, Pending, answer};
use pings_database::Url;
use pings_database::{Error, Result};

/// The maximum time that the thread sleeps when nothing happens.
const NAP: Duration = Duration::from_secs(1);

/// How often the thread checks whether enough events were recorded.
const GLANCE: Duration = Duration::from_millis(5);

/// How often the thread records that the product is running.
const NOTES: Duration = Duration::from_secs(60 * 60);

/// The time limit for a batch in memory while the recorder stops.
const FAREWELL: Duration = Duration::from_secs(5);

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
    database: DatabaseState,
    /// When the thread next records that the product is running.
    next_note: Option<Instant>,
    /// When the thread may next store counters without events.
    next_count: Option<Instant>,
    /// The events of the next batch.
    waiting: Vec<Entry>,
    /// Whether neither the database nor the disk accepted the events in `waiting`. Nothing is added
    /// to the batch then and its number does not change, because it is unknown whether the database
    /// has written it after all.
    is_refused: bool,
    pending: Pending,
    /// The number of batches for which pending events have waited for the queue.
    held: usize,
    flushes: Vec<Done>,
    stops: Vec<Done>,
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
            database: DatabaseState::Accepts,
            next_note: None,
            next_count: None,
            waiting: Vec::new(),
            is_refused: false,
            pending: Pending::default(),
            held: 0,
            flushes: Vec::new(),
            stops: Vec::new(),
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
                if self.waiting.is_empty() && self.pending.is_empty() {
                    break;
                }
                if !self.write().await {
                    break;
                }
            }
            self.read_back().await;
            self.note_running().await;
            self.note_counters().await;
            let kept = self.kept();
            for done in self.flushes.drain(..) {
                answer(done, kept.clone());
            }
            if is_last {
                return self.end().await;
            }
        }
    }

    /// Records once an hour that the product is running, so that a week without events is a true 0,
    /// and removes old ids of received events.
    /// Events do not wait for this record: if events arrive in the meantime, the record is tried
    /// again later.
    async fn note_running(&mut self) {
        let is_due = self.next_note.is_none_or(|at| at <= Instant::now());
        let is_idle = self.waiting.is_empty() && self.pending.is_empty();
        let is_last = self.end.is_some();
        let has_failed = self.database.paused_until().is_some();
        if !is_due || is_last || !is_idle || has_failed || !self.shared.queue.is_empty() {
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
                None => self.log.insert(self.open().await?),
            };
            log.note_running(&self.options.version, now).await?;
            Ok::<_, Error>(store::forget_received(log, now).await?)
        };
        let is_done = tokio::select! {
            noted = timeout(NAP, noted) => matches!(noted, Ok(Ok(false))),
            () = is_busy => false,
        };
        let pause = if is_done { NOTES } else { LAST_PAUSE };
        self.next_note = Some(Instant::now() + pause);
    }

    /// Stores the counts of clients if no batch did so for a while. Otherwise they would not show a
    /// client whose events are all refused.
    async fn note_counters(&mut self) {
        let is_idle = self.waiting.is_empty() && self.pending.is_empty();
        let has_failed = self.database.paused_until().is_some();
        let is_stored = self.shared.counters.now().client == self.counted.client;
        let is_due = self.next_count.is_none_or(|at| at <= Instant::now());
        if is_stored || !is_due || !is_idle || has_failed || self.must_spill() || self.end.is_some()
        {
            return;
        }
        self.next_count = Some(Instant::now() + LAST_PAUSE);
        self.batch += 1;
        // If this fails, the counters are stored with a later batch.
        let _ = self.log_rows(&[], 0).await;
    }

    /// Opens the event log, and creates it if that is configured.
    pub(super) async fn open(&self) -> Result<EventLog> {
        let log = match self.options.missing_log {
            MissingLog::Wait => return EventLog::open(&self.url).await,
            MissingLog::Create(None) => EventLog::init(&self.url).await,
            MissingLog::Create(Some(users)) => EventLog::init_with(&self.url, users).await,
        };
        log.map(|(log, _)| log)
    }

    /// Waits until there is something to do.
    async fn wait(&mut self) {
        let shared = Arc::clone(&self.shared);
        if self.is_refused {
            // Even if the queue is full, its events cannot be written anywhere yet.
            let again = self.next_try();
            tokio::select! {
                () = sleep_until(again) => {}
                request = self.requests.recv() => self.take(request),
            }
            return;
        }
        if shared.queue.is_empty() && self.waiting.is_empty() {
            shared.sleeps.store(true, Ordering::SeqCst);
            if shared.queue.is_empty() {
                let again = self.next_try();
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

    /// Returns when the thread looks for work again if nothing wakes it.
    fn next_try(&self) -> Instant {
        let paused_until = self.database.paused_until();
        paused_until.unwrap_or_else(|| Instant::now() + NAP)
    }

    fn is_urgent(&self) -> bool {
        let asked = !(self.pending.is_empty() && self.flushes.is_empty() && self.stops.is_empty());
        let full = self.options.batch.min(self.shared.queue.capacity() / 2);
        asked || self.end.is_some() || self.shared.queue.len() >= full
    }

    fn take(&mut self, request: Option<Control>) {
        match request {
            Some(Control::Record(entry, done)) => self.pending.record(*entry, done),
            Some(Control::Receive(rows, done)) => self.pending.receive(rows, done),
            Some(Control::Flush(done)) => self.flushes.push(done),
            Some(Control::Stop(done)) => {
                self.stops.push(done);
                self.begin_end();
            }
            None => self.begin_end(),
        }
    }

    /// Tries the database a last time, even during the pause after a failure. Otherwise the events
    /// in the file would wait for the next start of the product.
    fn begin_end(&mut self) {
        if self.end.is_some() {
            return;
        }
        let has_failed = self.database.paused_until().is_some();
        let is_refused = has_failed && !self.database.timed_out();
        self.database = self.database.tried_again();
        self.end = Some(End {
            until: Instant::now() + self.options.patience,
            limits: match is_refused {
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
        while self.pending.len() < self.options.batch {
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

    /// Returns where all recorded events are stored.
    fn kept(&self) -> std::result::Result<Durability, String> {
        if !self.waiting.is_empty() {
            return Err("neither the database nor the disk accepts events".to_owned());
        }
        let waits = |spill: &Spill| !spill.is_empty();
        Ok(if self.spill.as_ref().is_some_and(waits) {
            Durability::Spilled
        } else {
            Durability::Logged
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
        if has_news && self.database.paused_until().is_none() && kept == Ok(Durability::Logged) {
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
