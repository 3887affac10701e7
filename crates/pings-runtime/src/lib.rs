#![doc = include_str!("../README.md")]

mod capture;
mod database;
mod error;
mod event_log;
mod import;
pub mod live;
mod recorder;
mod report;
mod week;

pub use capture::{Captured, Captures, Planned};
pub use database::{Access, Cell, Database, Url};
pub use error::{Error, Result};
pub use event_log::{EventLog, Initialized, Pruned, Shape};
pub use import::line::parse_time;
pub use import::{Import, Imported, Mistake};
pub use recorder::{Actor, Counters, Event, Kept, Options, Outage, Recorder};
pub use report::{MetricReport, Progress, Report, Reporter, Value};
pub use week::Week;
