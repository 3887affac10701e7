//! Records events. Callers only add to a queue; a background thread writes.

mod added;
mod counters;
mod entry;
mod event;
mod options;
mod received;
mod seen;
mod shared;
mod spill;
mod store;
mod writer;

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::SystemTime;

use crossbeam_queue::ArrayQueue;
use tokio::sync::{Notify, mpsc, oneshot};

use crate::consent::Settings;
use crate::event_log::row::milliseconds;
use pings_database::Url;
use pings_database::{Error, Result};

pub use added::Added;
pub use counters::{ClientCounters, Counters};
pub use event::Actor;
pub use options::{MissingLog, Options, Outage};
pub use pings_types::Event;
pub use received::{Losses, Receipt, Received, ReceivedEvent};
pub use shared::{Durability, Rejected};

use counters::SharedCounters;
use entry::Entry;
use shared::{Control, Shared};
use spill::Spill;
use writer::Writer;

/// Records events. Clones of a recorder share its queue and write to the same event log.
///
/// A background thread writes the events in batches. While the database does not accept events,
/// batches are written to a spill file. Once the database answers again, the batches are written to
/// it in order, each exactly once, even if the process died in between.
#[derive(Clone)]
pub struct Recorder {
    shared: Arc<Shared>,
    control: mpsc::Sender<Control>,
}

/// The number of requests that wait in memory. Further callers wait until there is room.
const REQUESTS: usize = 1024;

impl Recorder {
    /// The size of an event in the queue in bytes, without long texts.
    pub const EVENT_SIZE: usize = size_of::<Entry>();

    /// Starts to record to an event log. The database may be down.
    ///
    /// If gathering is switched off, by [`Options::consent`] or else by [`Settings::load`], the
    /// recorder opens nothing and records nothing.
    ///
    /// # Errors
    ///
    /// Returns an error if the configuration cannot be read, if the spill folder is not specified
    /// or cannot be created, or if the background thread cannot be started.
    pub fn start(url: &Url, options: Options) -> Result<Self> {
        let consent = match options.consent {
            Some(consent) => consent,
            None => Settings::load(None)?.consent,
        };
        if !consent.gather {
            return Ok(Self::switched_off(options.clock));
        }
        let folder = match &options.outage {
            Outage::Drop => None,
            Outage::Spill(folder) => Some(folder.clone()),
            Outage::SpillBeside => Some(beside(url)?),
        };
        let id = uuid::Uuid::new_v4().simple().to_string();
        let spill = folder
            .map(|folder| {
                let spill = Spill::create(&folder, &id).map_err(|error| {
                    Error::input(format!(
                        "cannot store events in {}: {error}",
                        folder.display()
                    ))
                    .caused_by(error)
                })?;
                Ok::<_, Error>((folder, spill))
            })
            .transpose()?;
        let shared = Arc::new(Shared {
            is_off: false,
            queue: ArrayQueue::new(options.queue.max(1)),
            counters: SharedCounters::default(),
            sleeps: AtomicBool::new(false),
            wake: Notify::new(),
            last_error: Mutex::new(None),
            damages: Mutex::new(Vec::new()),
            rejected: Mutex::new(Vec::new()),
            clock: options.clock,
        });
        let (control, requests) = mpsc::channel(REQUESTS);
        let writer = Writer::new(
            Arc::clone(&shared),
            requests,
            url.clone(),
            options,
            id,
            spill,
        );
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(cannot_start)?;
        thread::Builder::new()
            .name("pings-recorder".to_owned())
            .spawn(move || runtime.block_on(writer.run()))
            .map_err(cannot_start)?;
        Ok(Self { shared, control })
    }

    /// Returns a recorder that discards all events.
    fn switched_off(clock: Option<fn() -> time::OffsetDateTime>) -> Self {
        let shared = Shared {
            is_off: true,
            queue: ArrayQueue::new(1),
            counters: SharedCounters::default(),
            sleeps: AtomicBool::new(false),
            wake: Notify::new(),
            last_error: Mutex::new(None),
            damages: Mutex::new(Vec::new()),
            rejected: Mutex::new(Vec::new()),
            clock,
        };
        Self {
            shared: Arc::new(shared),
            // The channel has no receiver, because this recorder has no writer.
            control: mpsc::channel(1).0,
        }
    }

    /// Records an event. The call never waits and never fails: an event that cannot be kept is
    /// counted as dropped.
    #[inline]
    pub fn record<E: Event>(&self, event: &E, actor: Actor<'_>) {
        if self.shared.is_off {
            return;
        }
        match Entry::typed(event, actor, self.now()) {
            Some(entry) => self.push(entry),
            None => self.count_dropped(),
        }
    }

    /// Records an event that adds `amount` to a counter. The event is logged with `amount` in the
    /// argument `amount`, which the event declares as an integer. A metric with `measure: sum` and
    /// `value: amount` adds the amounts of a window.
    pub fn add<E: Event>(&self, event: &E, amount: u64, actor: Actor<'_>) {
        self.record(&Added { event, amount }, actor);
    }

    /// Records an event, and returns once the event survives the end of the process, even by
    /// `kill -9`.
    ///
    /// # Errors
    ///
    /// Returns an error if neither the database nor the disk accepts the event, or if the database
    /// rejects it.
    pub async fn record_durable<E: Event>(
        &self,
        event: &E,
        actor: Actor<'_>,
    ) -> Result<Durability> {
        let entry = Entry::typed(event, actor, self.now());
        let entry = entry.ok_or_else(|| Error::input("the event cannot be written as JSON"))?;
        self.ask(|done| Control::Record(Box::new(entry), done))
            .await
    }

    /// Like [`Recorder::record_durable`], for an event that is given by its name. `argument` is a
    /// JSON object; `at` is the time of the event and defaults to now.
    ///
    /// # Errors
    ///
    /// Returns an error if the argument is not a JSON object, if neither the database nor the disk
    /// accepts the event, or if the database rejects it.
    pub async fn record_named(
        &self,
        name: &str,
        argument: &str,
        actor: Actor<'_>,
        at: Option<time::OffsetDateTime>,
    ) -> Result<Durability> {
        let is_object = serde_json::from_str::<serde_json::Map<_, serde_json::Value>>(argument);
        if let Err(error) = is_object {
            return Err(Error::input(format!(
                "the argument of {name} is not a JSON object: {error}"
            ))
            .caused_by(error));
        }
        let at = at.map_or_else(|| self.now(), milliseconds);
        let entry = Entry::named(name, argument, actor, at);
        self.ask(|done| Control::Record(Box::new(entry), done))
            .await
    }

    /// Records what a client sent, and returns once it survives the end of the process. The result
    /// says for each event what became of it.
    ///
    /// An event whose id arrived before is not logged again, also if it arrived at another
    /// process with the same event log.
    ///
    /// # Errors
    ///
    /// Returns an error if an argument is not a JSON object, or if neither the database nor the
    /// disk accepts the events.
    pub async fn record_received(&self, received: &[Received<'_>]) -> Result<Vec<Receipt>> {
        let rows = received.iter().map(Received::row);
        let rows = rows.collect::<Result<Vec<_>>>()?;
        if self.shared.is_off {
            return Ok(vec![Receipt::SwitchedOff; rows.len()]);
        }
        let receipts = self.answer(|done| Control::Receive(rows, done)).await?;
        let is_new = |receipt: &Receipt| matches!(receipt, Receipt::Logged | Receipt::Spilled);
        let new = receipts.iter().zip(received).filter(|it| is_new(it.0));
        let is_corrected =
            |it: &Received<'_>| matches!(it, Received::Event(event) if event.is_corrected);
        let corrected = new.filter(|(_, it)| is_corrected(it)).count();
        SharedCounters::add(&self.shared.counters.client_corrected, corrected);
        Ok(receipts)
    }

    /// Counts events of clients that were refused before they reached the recorder.
    pub fn count_refused(&self, events: usize) {
        SharedCounters::add(&self.shared.counters.client_refused, events);
    }

    /// Returns whether gathering is switched off, so that nothing is recorded.
    #[must_use]
    pub fn is_switched_off(&self) -> bool {
        self.shared.is_off
    }

    /// Returns once all events that were recorded before survive the end of the process.
    ///
    /// # Errors
    ///
    /// Returns an error if neither the database nor the disk accepts the events.
    pub async fn flush(&self) -> Result<Durability> {
        self.ask(Control::Flush).await
    }

    /// Writes the queued events, and stops. Events that are recorded later are dropped.
    ///
    /// Without this call, events that were recorded shortly before the process ends may be lost.
    ///
    /// # Errors
    ///
    /// Returns an error if neither the database nor the disk accepts the queued events.
    pub async fn shutdown(self) -> Result<Durability> {
        self.ask(Control::Stop).await
    }

    /// Returns the counters of this process.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.shared.counters.now()
    }

    /// Returns the message of the last failure to write a batch.
    #[must_use]
    pub fn last_error(&self) -> Option<String> {
        self.shared
            .last_error
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns messages about spill files that could not be read, and about the files in which
    /// damaged events are kept.
    #[must_use]
    pub fn damages(&self) -> Vec<String> {
        let damages = self.shared.damages.lock();
        damages.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the events of spill files that the database refused, by the file that keeps them.
    #[must_use]
    pub fn rejected(&self) -> Vec<Rejected> {
        let rejected = self.shared.rejected.lock();
        rejected.unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[inline]
    fn now(&self) -> i64 {
        match self.shared.clock {
            Some(clock) => milliseconds(clock()),
            None => system_milliseconds(),
        }
    }

    #[inline]
    fn push(&self, entry: Entry) {
        if self.shared.queue.push(entry).is_err() {
            self.count_dropped();
        }
        // No wake-up is lost: the thread checks the queue again after it has set `sleeps`.
        if self.shared.sleeps.load(Ordering::SeqCst)
            && self.shared.sleeps.swap(false, Ordering::SeqCst)
        {
            self.shared.wake.notify_one();
        }
    }

    #[cold]
    fn count_dropped(&self) {
        SharedCounters::add(&self.shared.counters.dropped, 1);
    }

    async fn ask(
        &self,
        control: impl FnOnce(oneshot::Sender<Result<Durability>>) -> Control,
    ) -> Result<Durability> {
        if self.shared.is_off {
            return Ok(Durability::SwitchedOff);
        }
        self.answer(control).await
    }

    async fn answer<T>(
        &self,
        control: impl FnOnce(oneshot::Sender<Result<T>>) -> Control,
    ) -> Result<T> {
        let stopped = || Error::failure("the recorder has stopped");
        let (done, answer) = oneshot::channel();
        let sent = self.control.send(control(done)).await;
        sent.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

fn cannot_start(error: io::Error) -> Error {
    Error::failure(format!("cannot start the recorder: {error}")).caused_by(error)
}

/// Returns the system time. Without a conversion to a calendar date this is faster.
fn system_milliseconds() -> i64 {
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |it| -it),
    }
}

/// Returns the default spill folder, next to the file of an SQLite database.
fn beside(url: &Url) -> Result<PathBuf> {
    let file = url.file().ok_or_else(|| {
        Error::input(
            "no spill folder is configured for database outages\n\
             help: set a folder, or choose to drop the events",
        )
    })?;
    let mut folder = file.into_os_string();
    folder.push("-spill");
    Ok(folder.into())
}
