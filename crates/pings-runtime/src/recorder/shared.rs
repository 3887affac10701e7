//! State that the callers of a recorder share with its background thread.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use crossbeam_queue::ArrayQueue;
use pings_database::Result;
use tokio::sync::{Notify, oneshot};

use super::counters::SharedCounters;
use super::entry::Entry;
use super::received::Receipt;
use crate::event_log::row::OwnedRow;

/// State that is shared between the callers and the background thread.
pub(super) struct Shared {
    /// Whether gathering is switched off, so that nothing is recorded.
    pub(super) is_off: bool,
    pub(super) queue: ArrayQueue<Entry>,
    pub(super) counters: SharedCounters,
    /// Whether the thread sleeps until `wake` is notified.
    pub(super) sleeps: AtomicBool,
    pub(super) wake: Notify,
    pub(super) last_error: Mutex<Option<String>>,
    /// Messages about damaged or unreadable spill files.
    pub(super) damages: Mutex<Vec<String>>,
    /// Events of spill files that the database refused.
    pub(super) rejected: Mutex<Vec<Rejected>>,
    pub(super) clock: Option<fn() -> time::OffsetDateTime>,
}

/// A request to the background thread.
pub(super) enum Control {
    Record(Box<Entry>, oneshot::Sender<Result<Durability>>),
    Receive(Vec<OwnedRow>, oneshot::Sender<Result<Vec<Receipt>>>),
    Flush(oneshot::Sender<Result<Durability>>),
    Stop(oneshot::Sender<Result<Durability>>),
}

/// Where recorded events are stored, so that they survive the end of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// In the event log.
    Logged,
    /// In the spill file, until the database answers.
    Spilled,
    /// Nowhere, because gathering is switched off and the event was not recorded.
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
