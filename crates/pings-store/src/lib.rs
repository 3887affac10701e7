#![doc = include_str!("../README.md")]

mod analysis;
#[cfg(feature = "clickhouse")]
mod clickhouse;
mod copy;
mod ingest;
mod migrate;
mod reader;
mod registry;
pub mod server;
mod store;

pub use analysis::attributes::{Attribute, Attributes};
pub use analysis::cohort::{Cohort, InstancesBy};
pub use analysis::doctor::{
    Break, Change, Conflict, Entry, Evidence, Findings, Observations, Silence, Symptom, Twins,
};
pub use analysis::entry::entry_name;
pub use analysis::estimate::{
    CodeGrowth, Estimate, EstimatedSeries, Growth, Matched, MeasureGrowth, Refusal, rounded,
};
pub use analysis::export::{ExportPart, Exported};
pub use analysis::fleet::{Fleet, FleetOptions, FleetWeek, OFFSETS, Retention, RetentionCohort};
pub use analysis::impact::{Curve, Impact, ImpactWeek, Milestone, Recovery, RolloutEta};
pub use analysis::left_out::LeftOut;
pub use analysis::notes::{Note, Notes};
pub use analysis::numbers::{counted, number, thousands};
pub use analysis::publish::{
    LEAST_INSTANCES, PublicNumbers, PublicWeek, Publication, PublishOptions, Withheld,
};
pub use analysis::senders::Sender;
pub use analysis::series::{Group, Instances, Per, Series, SeriesOptions, SeriesWeek, Values};
pub use analysis::trust::{Label, Versions, label};
pub use analysis::usage::{Spread, Statistic, Usage, UsageOptions, UsagePeriod, UsageWeek};
pub use analysis::watch::{Alarm, AlarmKind, Judged, Watch, WatchedCode, WatchedFleet};
#[cfg(feature = "clickhouse")]
pub use clickhouse::schema::clickhouse_ddl;
pub use copy::Copied;
pub use ingest::accept::{Accepted, Disposition, Standing};
pub use ingest::forget::Receipt;
pub use ingest::import::{Imported, Mistake};
pub use ingest::incoming::Incoming;
pub use ingest::rebuilt::{Rebuilt, Unreadable};
pub use ingest::received::{Proof, Received};
pub use pings_database::{Bind, Cell, Database, Error, Mode, Result, Transaction, Url};
pub use reader::Reader;
pub use registry::declared::Declarations;
pub use registry::fingerprints::{KnownFingerprint, WaitingFingerprint};
pub use registry::measures::{Together, dimensions, measures};
pub use registry::origin::{UNKNOWN, canonical, canonical_exact, version_key};
pub use registry::registrations::{GoesBy, Learned, ReleaseTakenBack, TakenBack};
pub use store::Store;
