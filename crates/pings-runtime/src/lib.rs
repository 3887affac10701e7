#![doc = include_str!("../README.md")]

mod capture;
mod consent;
mod counted;
mod delivery;
mod event_log;
mod failure;
pub mod follow;
mod import;
pub mod live_check;
mod migration;
mod product;
mod recorder;
mod report;
mod running;
mod tasks;
mod values;

pub use capture::{Captured, Captures, Planned, counts_all_events};
pub use consent::{
    AgreedMetric, Agreement, Consent, NewMetrics, Origin, Pending, Period, Settings, Switch,
    VisitorIds, agree, foresee, observe,
};
pub use counted::{LoggedEvent, metrics_of_event};
pub use delivery::{Delivery, Entry, Instance, LastSent, OutboxStatus, State, WEEKS, slot};
#[cfg(feature = "delivery")]
pub use delivery::{Service, ServiceEvent, ServiceStep, StoreAddress, next_send, send_next};
pub use event_log::{EventLog, Initialized, Pruned, Shape, UserId, UserIdColumn};
pub use import::line::parse_time;
pub use import::{Import, Imported, Mistake};
pub use migration::{Migrated, Migration, Moving};
pub use pings_database::{
    Access, Address, Cell, Database, Error, ErrorKind, Result, SchemaVersions, Url, masked_in_text,
    private,
};
pub use pings_payload::{Failure, FailureKind, Measures, Row, Step, Value, Week};
pub use pings_sql::UserIdType;
pub use product::{Product, ProductDatabases};
pub use recorder::{
    Actor, Added, ClientCounters, Counters, Durability, Event, Losses, MissingLog, Options, Outage,
    Receipt, Received, ReceivedEvent, Recorder, Rejected,
};
pub use report::{MetricReport, Progress, Report, Reporter, WindowReport};
pub use values::{SetValue, checked_value};
