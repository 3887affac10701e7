//! Recording events: handed over in an instant, written in the background.

mod counters;
mod entry;
mod event;
mod options;
mod spill;
mod store;
mod writer;

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

pub use counters::Counters;
pub use event::{Actor, Event};
pub use options::{Options, Outage};

use counters::SharedCounters;
use entry::Entry;
use spill::Spill;
use writer::Writer;

/// Records events. Its clones record to the same event log.
///
/// A thread of its own writes them in batches. While the database does not
/// take them they go to a file, from which they are written in order, each
/// once, when it does; also when the process has died in between.
#[derive(Clone)]
pub struct Recorder {
    shared: Arc<Shared>,
    control: mpsc::Sender<Control>,
}

/// What those who record and the thread that writes have in common.
struct Shared {
    /// Whether gathering is switched off, so that nothing is recorded.
    is_off: bool,
    queue: ArrayQueue<Entry>,
    counters: SharedCounters,
    /// Whether the thread sleeps until it is woken.
    sleeps: AtomicBool,
    wake: Notify,
    last_error: Mutex<Option<String>>,
    /// Messages about damaged or unreadable spill files.
    damages: Mutex<Vec<String>>,
    /// Events of spill files that the database refused.
    rejected: Mutex<Vec<Rejected>>,
    clock: Option<fn() -> time::OffsetDateTime>,
}

/// What the thread is asked for.
enum Control {
    Record(Box<Entry>, oneshot::Sender<Result<Kept>>),
    Flush(oneshot::Sender<Result<Kept>>),
    Stop(oneshot::Sender<Result<Kept>>),
}

/// Where events are that survive the end of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// In the event log.
    Logged,
    /// In the file, until the database answers.
    Spilled,
    /// Nowhere: gathering is switched off, so the event was not recorded.
    SwitchedOff,
}

/// Events of spill files that the database refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// How many.
    pub events: usize,
    /// The file that keeps them.
    pub file: PathBuf,
    /// The message of the database for the last of them.
    pub reason: String,
    /// Whether this recorder recorded them; if not, a process that ended before did.
    pub is_own: bool,
}

/// How many requests wait in memory; whoever makes one more waits too.
const REQUESTS: usize = 1024;

impl Recorder {
    /// How many bytes an event takes in the queue, apart from long texts.
    pub const EVENT_SIZE: usize = size_of::<Entry>();

    /// Starts to record to an event log. Its database may be down.
    ///
    /// If gathering is switched off, by [`Options::consent`] or else by
    /// [`Settings::load`], the recorder opens nothing and records nothing.
    ///
    /// # Errors
    ///
    /// Where the configuration cannot be read, the folder for what the database does not take cannot be made, or
    /// nobody said where it is, or there can be no further thread.
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
                        "cannot keep events in {}: {error}",
                        folder.display()
                    ))
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
            .map_err(|error| Error::failure(format!("cannot start the recorder: {error}")))?;
        thread::Builder::new()
            .name("pings-recorder".to_owned())
            .spawn(move || runtime.block_on(writer.run()))
            .map_err(|error| Error::failure(format!("cannot start the recorder: {error}")))?;
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

    /// Records an event. It never waits and never fails: an event that cannot
    /// be kept is counted as dropped.
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

    /// Records an event, and returns once it survives the end of the process,
    /// however that comes.
    ///
    /// # Errors
    ///
    /// Where neither the database nor the disk takes it.
    pub async fn record_durable<E: Event>(&self, event: &E, actor: Actor<'_>) -> Result<Kept> {
        let entry = Entry::typed(event, actor, self.now());
        let entry = entry.ok_or_else(|| Error::input("the event cannot be written as JSON"))?;
        self.ask(|done| Control::Record(Box::new(entry), done))
            .await
    }

    /// As [`Recorder::record_durable`], of an event that is known by its name
    /// only. Its argument is a JSON object; `at` is when it happened, or now.
    ///
    /// # Errors
    ///
    /// Where the argument is no JSON object, or neither the database nor the disk takes it.
    pub async fn record_named(
        &self,
        name: &str,
        argument: &str,
        actor: Actor<'_>,
        at: Option<time::OffsetDateTime>,
    ) -> Result<Kept> {
        let is_object = serde_json::from_str::<serde_json::Map<_, serde_json::Value>>(argument);
        if let Err(error) = is_object {
            return Err(Error::input(format!(
                "the argument of {name} is no JSON object: {error}"
            )));
        }
        let at = at.map_or_else(|| self.now(), milliseconds);
        let entry = Entry::named(name, argument, actor, at);
        self.ask(|done| Control::Record(Box::new(entry), done))
            .await
    }

    /// Returns once all that was recorded before survives the end of the process.
    ///
    /// # Errors
    ///
    /// Where neither the database nor the disk takes it.
    pub async fn flush(&self) -> Result<Kept> {
        self.ask(Control::Flush).await
    }

    /// Writes what waits, and stops. Events that are recorded later are dropped.
    ///
    /// Without it, what was recorded a moment before the process ends may be lost.
    ///
    /// # Errors
    ///
    /// Where neither the database nor the disk takes what waits.
    pub async fn shutdown(self) -> Result<Kept> {
        self.ask(Control::Stop).await
    }

    /// What became of events so far, in this process.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.shared.counters.now()
    }

    /// What the database said when it last did not take a batch.
    #[must_use]
    pub fn last_error(&self) -> Option<String> {
        self.shared
            .last_error
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns messages about spill files that could not be read, and about where damaged events
    /// are kept.
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
        // The thread looks at the queue once more after it has said that it sleeps.
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
        control: impl FnOnce(oneshot::Sender<Result<Kept>>) -> Control,
    ) -> Result<Kept> {
        if self.shared.is_off {
            return Ok(Kept::SwitchedOff);
        }
        let stopped = || Error::failure("the recorder has stopped");
        let (done, answer) = oneshot::channel();
        let sent = self.control.send(control(done)).await;
        sent.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

/// The clock of the system, without the calendar.
fn system_milliseconds() -> i64 {
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |it| -it),
    }
}

/// The folder beside the file of an SQLite database.
fn beside(url: &Url) -> Result<PathBuf> {
    let file = url.file().ok_or_else(|| {
        Error::input(
            "nobody said where events wait while the database is down\n\
             help: name a folder, or say that they are dropped",
        )
    })?;
    let mut folder = file.into_os_string();
    folder.push("-spill");
    Ok(folder.into())
}
