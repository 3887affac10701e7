#![doc = include_str!("../README.md")]

mod database;
mod error;
mod event_log;
mod recorder;
mod week;

pub use database::{Access, Cell, Database, Url};
pub use error::{Error, Result};
pub use event_log::{EventLog, Initialized, Pruned, Shape};
pub use recorder::{Actor, Counters, Event, Kept, Options, Outage, Recorder};
pub use week::Week;
