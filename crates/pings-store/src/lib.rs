#![doc = include_str!("../README.md")]

mod accept;
mod consistent;
mod declarations;
mod declared;
mod doctor;
mod erase;
mod forget;
mod impact;
mod import;
mod incoming;
mod known;
mod learn;
mod measures;
mod migrate;
mod names;
mod origin;
mod place;
mod rebuild;
mod received;
mod retain;
mod rows;
mod senders;
mod series;
pub mod server;
mod statistics;
mod store;
mod trust;

pub use accept::{Accepted, How, Standing};
pub use declared::Declarations;
pub use doctor::{
    Break, Change, Conflict, Entry, Evidence, Findings, Observations, Silence, Symptom, Twins,
};
pub use forget::Receipt;
pub use impact::{Curve, Healing, Impact, ImpactWeek, Milestone, Reached};
pub use import::{Imported, Mistake};
pub use incoming::Incoming;
pub use known::{KnownFingerprint, WaitingFingerprint};
pub use learn::{GoesBy, Learned, ReleaseTakenBack, TakenBack};
pub use measures::{Together, dimensions, measures};
pub use origin::{UNKNOWN, canonical, version_key};
pub use pings_database::{Bind, Cell, Database, Error, Mode, Result, Transaction, Url};
pub use rebuild::{Rebuilt, Unreadable};
pub use received::{Proof, Received};
pub use senders::Sender;
pub use series::{Group, Instances, Series, SeriesOptions, SeriesWeek, Values};
pub use store::Store;
pub use trust::{Label, Versions, label};
