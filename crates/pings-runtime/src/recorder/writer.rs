//! The thread that writes what was recorded.
//!
//! A batch goes to the database, or else to the file. As long as batches wait
//! in the file all others go there too, so that their order is kept. Batches
//! are numbered and the database knows the last: one whose answer was lost is
//! in the file too, and is passed over when it is read back.

mod batch;
mod files;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::counters::{Counters, SharedCounters};
use super::entry::Entry;
use super::options::Options;
use super::spill::Spill;
use super::store;
use super::{Control, Kept, Shared};
use crate::event_log::EventLog;
use pings_database::Url;
use pings_database::{Error, Result};

/// How long the thread sleeps where nothing happens.
const NAP: Duration = Duration::from_secs(1);

/// How often it looks whether enough was recorded.
const GLANCE: Duration = Duration::from_millis(5);

/// How long it waits after a first failure of the database, and after many.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LAST_PAUSE: Duration = Duration::from_secs(10);

/// How often it is noted that the product runs.
const NOTES: Duration = Duration::from_secs(60 * 60);

/// How long a batch may take at most where the recorder is to stop.
const FAREWELL: Duration = Duration::from_secs(5);

type Done = oneshot::Sender<Result<Kept>>;

pub(super) struct Writer {
    shared: Arc<Shared>,
    requests: mpsc::Receiver<Control>,
    url: Url,
    options: Options,
    recorder: String,
    folder: Option<PathBuf>,
    /// The own file; none where events are dropped instead.
    spill: Option<Spill>,
    /// Files of processes that died.
    adopted: Vec<Spill>,
    log: Option<EventLog>,
    /// The number of the last batch.
    batch: i64,
    /// What was counted when a batch was last written.
    counted: Counters,
    /// When the database is asked again, after it failed.
    again: Option<(Instant, Duration)>,
    /// When it is next noted that the product runs.
    next_note: Option<Instant>,
    /// Whether it was not the database that failed last, but its time that was over.
    gave_up: bool,
    /// The next batch.
    waiting: Vec<Entry>,
    /// Whether neither the database nor the disk took it yet. Nothing is added
    /// to it then, nor is its number changed: nobody knows whether the database
    /// has it after all.
    is_refused: bool,
    durable: Vec<(Entry, Done)>,
    /// For how many batches durable events have waited for the queue.
    held: usize,
    flushes: Vec<Done>,
    stops: Vec<Done>,
    has_ended: bool,
    /// Since when it is to stop.
    end: Option<End>,
}

/// The end of a recorder.
#[derive(Clone, Copy)]
struct End {
    /// When it stops trying to write to the database.
    until: Instant,
    /// The time limits of the database for a batch in memory, and for a batch in the file.
    limits: [Duration; 2],
    /// How many of the events in the queue were recorded before.
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

    /// Notes once an hour that the product runs, so that a week without events is a true 0. Events
    /// do not wait for the note: if some arrive in the meantime, it is tried again later.
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
            // However full the queue is, there is nowhere to write it to.
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
        // What comes soon is written together with what is there.
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

    /// Asks the database a last time, also where a pause is not over: what waits in the file
    /// now waits for the next start of the product.
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

    /// Takes a batch of what was recorded, and all requests.
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

    /// Where all is that was recorded.
    fn kept(&self) -> std::result::Result<Kept, String> {
        if !self.waiting.is_empty() {
            return Err("neither the database nor the disk takes events".to_owned());
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
        // The queue has events that were recorded after the end began.
        let unsaved = self.waiting.len() + self.shared.queue.len();
        SharedCounters::add(&self.shared.counters.dropped, unsaved);
        let has_news = self.shared.counters.now() != self.counted;
        // An empty batch stores the last counters. It is not written while batches wait in the
        // file, because its number would make them count as written.
        if has_news && self.again.is_none() && kept == Ok(Kept::Logged) {
            self.batch += 1;
            let _ = self.log_rows(&[], 0).await;
        }
        if let Some(spill) = self.spill.take().filter(Spill::is_empty) {
            // First the file: without it nobody asks which of its batches are written.
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

/// Whoever asked may have gone.
fn answer(done: Done, kept: std::result::Result<Kept, String>) {
    let _ = done.send(kept.map_err(Error::failure));
}
