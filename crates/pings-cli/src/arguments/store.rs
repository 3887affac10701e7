//! The arguments of `pings store`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use pings_payload::Uuid;
use pings_runtime::Address;

use super::format::{FailureFormat, Output, SeriesFormat, WatchFormat};
use super::publish::Publish;
use super::quotas::Quotas;
use super::reading::{Attributes, Export, Fleet, Note, Usage};

#[derive(Args)]
#[command(after_help = "\
A first look:
  pings store serve --registry pings.yaml
  curl --data-binary @payload.json http://127.0.0.1:8090/v1/payloads

The store has its own database. docs/store.md documents its tables and views.")]
pub(crate) struct Store {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// The database of the store: sqlite://FILE, postgres://USER@HOST/NAME or
    /// clickhouse://USER@HOST:8123/NAME
    #[arg(
        long,
        global = true,
        value_name = "URL",
        default_value = "sqlite://store.db",
        env = "PINGS_STORE_DATABASE",
        hide_env_values = true
    )]
    pub(crate) database: Address,
}

impl Store {
    /// Clears the registries that the server learns, if they were not given on the command line.
    pub(crate) fn forget_registries(&mut self) {
        if let Command::Serve(serve) = &mut self.command {
            serve.registries.clear();
        }
    }

    /// Returns whether the command is `pings store serve`.
    pub(crate) fn is_server(&self) -> bool {
        matches!(self.command, Command::Serve(_))
    }

    /// Returns the format of failures.
    pub(super) fn failure_format(&self) -> FailureFormat {
        let output = match &self.command {
            Command::Series(series) => return series.format.into(),
            Command::Usage(usage) => return usage.format.into(),
            Command::Fleet(fleet) => return fleet.format.into(),
            Command::Attributes(attributes) => &attributes.output,
            Command::Watch(watch) => return watch.format.into(),
            Command::Growth(growth) => return growth.format.into(),
            Command::Export(export) => &export.output,
            Command::Publish(publish) => &publish.output,
            Command::Note(note) => &note.output,
            Command::Serve(serve) => &serve.output,
            Command::Import(import) => &import.output,
            Command::Instances(instances) => &instances.output,
            Command::Rebuild(rebuild) => &rebuild.output,
            Command::Registry(registry) => &registry.output,
            Command::Impact(impact) => &impact.output,
            Command::Doctor(doctor) => &doctor.output,
            Command::Forget(forget) => &forget.output,
            Command::Migrate(migrate) => &migrate.output,
            #[cfg(feature = "clickhouse")]
            Command::Ddl(ddl) => &ddl.output,
        };
        output.format.into()
    }
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Receive payloads over HTTP
    Serve(Serve),
    /// Import payloads from files: bundles, or one payload per line
    Import(Import),
    /// List the instances that sent payloads, and unpin keys
    Instances(Instances),
    /// Rebuild all rows from the stored payloads
    Rebuild(Rebuild),
    /// Register registries as the newest of their names, and list the known ones
    Registry(Registry),
    /// Show a metric week by week, with the number of trusted instances
    Series(Series),
    /// Show how instances use a metric: total, percentiles, and the share that uses it
    Usage(Usage),
    /// Show how many instances are active, new and gone, and their retention
    Fleet(Fleet),
    /// Import attributes of instances, such as the plan, and list them
    Attributes(Attributes),
    /// Estimate the growth of a metric between two weeks, with an interval
    Growth(Growth),
    /// Export all numbers or payloads as CSV or Parquet files, one for each registry and week
    Export(Export),
    /// Write a public page with numbers that tell nothing about few instances
    Publish(Publish),
    /// Add a note about a week, and list the notes
    Note(Note),
    /// Show the weeks and instances that a broken range affects, and the estimated recovery
    Impact(Impact),
    /// Look for broken metrics that are not declared as broken
    Doctor(Doctor),
    /// Report what went wrong in the newest week: falls, failures, and what is no longer counted
    Watch(Watch),
    /// Erase an instance everywhere, and print a receipt
    Forget(Forget),
    /// Copy a store to another database
    Migrate(Migrate),
    /// Print the statements that create the tables of a store on ClickHouse
    #[cfg(feature = "clickhouse")]
    Ddl(Ddl),
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store serve --listen 127.0.0.1:8090 --registry pings.yaml

Without a token, anyone who can reach the address can send new payloads. The first
signed payload of an instance pins its key, and later payloads of that instance need
its signature. Run the server behind a proxy that terminates TLS.")]
pub(crate) struct Serve {
    /// The address to listen on; port 0 selects a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    pub(crate) listen: SocketAddr,
    /// Register this registry as the newest of its name, unless the store knows a newer one; can be
    /// repeated. Without this option, the store keeps its registries
    #[arg(id = "registry", long = "registry", value_name = "FILE")]
    pub(crate) registries: Vec<PathBuf>,
    /// The token that all instances can use
    #[arg(
        long,
        value_name = "TOKEN",
        env = "PINGS_STORE_TOKEN",
        hide_env_values = true
    )]
    pub(crate) token: Option<String>,
    /// Refuse unsigned payloads, unless they are sent with the token of their instance
    #[arg(long)]
    pub(crate) require_signatures: bool,
    /// A file with an instance's UUID and its token on each line
    #[arg(long, value_name = "FILE")]
    pub(crate) tokens: Option<PathBuf>,
    /// The maximum size of a request body in bytes; decompressed, eight times as much
    #[arg(long, value_name = "N", default_value_t = 1 << 20, value_parser = clap::value_parser!(u32).range(1..=1 << 30))]
    pub(crate) max_bytes: u32,
    /// The token for `GET /metrics`; without a token, only this machine can read the metrics
    #[arg(
        long,
        value_name = "TOKEN",
        env = "PINGS_STORE_METRICS_TOKEN",
        hide_env_values = true
    )]
    pub(crate) metrics_token: Option<String>,
    /// The token for the dashboard in a browser and for answers at `GET /v1/series/CODE` and others;
    /// needs --registry
    #[arg(
        long,
        value_name = "TOKEN",
        env = "PINGS_STORE_READ_TOKEN",
        hide_env_values = true
    )]
    pub(crate) read_token: Option<String>,
    /// Keep the payloads of the last WEEKS weeks, and erase older payloads [default: keep all]
    #[arg(long, value_name = "WEEKS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) retain: Option<u32>,
    #[command(flatten)]
    pub(crate) quotas: Quotas,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args)]
pub(crate) struct Import {
    /// The files to import, or - for standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store instances --unpin 7f0c5b1e-8f3a-4c55-9d0e-2a4b6c8d0e1f

Each instance signs its payloads with its own key. The store pins the key of the first
signed payload that it keeps, and refuses payloads without a signature by that key.
Unpin the key if an instance was set up again under its old id.

The numbers of an instance count once it reported in the number of different weeks that
--confirm-after set. Its payloads are kept in any case.")]
pub(crate) struct Instances {
    /// Unpin the key of this instance; its next signed payload pins a new key
    #[arg(long, value_name = "INSTANCE")]
    pub(crate) unpin: Option<Uuid>,
    /// Leave the numbers of these instances out of all answers
    #[arg(
        long,
        value_name = "INSTANCE",
        requires = "reason",
        conflicts_with = "unpin",
        num_args = 1..
    )]
    pub(crate) leave_out: Vec<Uuid>,
    /// Why the instances are left out, such as test, clone or throw-away
    #[arg(long, value_name = "TEXT", requires = "leave_out")]
    pub(crate) reason: Option<String>,
    /// Count the numbers of instances that were left out
    #[arg(long, value_name = "INSTANCE", conflicts_with_all = ["unpin", "leave_out"], num_args = 1..)]
    pub(crate) count: Vec<Uuid>,
    /// Count the numbers of an instance once it reported in this number of different weeks, and
    /// rebuild all rows
    #[arg(long, value_name = "WEEKS", conflicts_with_all = ["unpin", "leave_out", "count"], value_parser = clap::value_parser!(u32).range(1..=52))]
    pub(crate) confirm_after: Option<u32>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args)]
pub(crate) struct Rebuild {
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store migrate --from sqlite://store.db --to clickhouse://pings@localhost:8123/pings

Stop the server of the store first. The command copies the registries, payloads, keys of
instances, attributes and notes, and compares the payloads of both stores at the end. After
an interruption, run it again.")]
pub(crate) struct Migrate {
    /// The store to copy
    #[arg(long, value_name = "URL")]
    pub(crate) from: Address,
    /// The store to copy to. A missing store is created
    #[arg(long, value_name = "URL")]
    pub(crate) to: Address,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[cfg(feature = "clickhouse")]
#[derive(Args)]
#[command(after_help = "\
Example: pings store ddl --cluster main | clickhouse-client --database pings --multiquery

Without options, the tables are those that the store creates by itself on a single server.
Run the statements for a cluster on each of its servers, in the database of the store.")]
pub(crate) struct Ddl {
    /// Distribute the tables over the shards of this cluster
    #[arg(long, value_name = "NAME", value_parser = cluster)]
    pub(crate) cluster: Option<String>,
    /// Replicate the tables by ClickHouse Keeper, with the macros `{shard}` and `{replica}`
    #[arg(long)]
    pub(crate) replicated: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Parses the name of a cluster.
#[cfg(feature = "clickhouse")]
fn cluster(name: &str) -> Result<String, String> {
    let is_name = |it: char| it.is_ascii_alphanumeric() || "_-".contains(it);
    match !name.is_empty() && name.chars().all(is_name) {
        true => Ok(name.to_owned()),
        false => Err("the name must consist of letters, digits, `_` and `-`".to_owned()),
    }
}

#[derive(Args)]
pub(crate) struct Registry {
    /// The registries, with the newest of each name last
    pub(crate) files: Vec<PathBuf>,
    /// Register a registry as the newest even if the store knows a newer one
    #[arg(long)]
    pub(crate) older: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store series InsightAddition --by insightType --weeks 52 --plot additions.svg

A week without trusted instances has no value; it is not shown as zero. A sum falls when
instances drop out, for example because of a broken range. Use --mean to distinguish
this from lower usage.")]
pub(crate) struct Series {
    /// The code, as it is in the payload
    pub(crate) code: String,
    /// Group the metric by a dimension
    #[arg(long, value_name = "DIMENSION")]
    pub(crate) by: Option<String>,
    /// The window of the values: day, week, days_28, month or all_time [default: week, if the metric has it]
    #[arg(long, value_name = "WINDOW")]
    pub(crate) window: Option<String>,
    /// The number of weeks
    #[arg(long, value_name = "N", default_value_t = 26, value_parser = clap::value_parser!(u32).range(1..=520))]
    pub(crate) weeks: u32,
    /// The last week [default: the newest week in the store]
    #[arg(long, value_name = "WEEK")]
    pub(crate) until: Option<String>,
    /// Use only the payloads that were received until the end of this day (UTC)
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Also show the values of all instances, including untrusted ones
    #[arg(long)]
    pub(crate) all: bool,
    /// Show sums per trusted instance, so that the series does not fall when instances drop out
    #[arg(long, conflicts_with = "all")]
    pub(crate) mean: bool,
    /// Show the share of the users of the first step who reached each step of a funnel
    #[arg(long, conflicts_with = "mean")]
    pub(crate) conversion: bool,
    /// Also estimate the total of all instances that reported, with an interval of 95 %
    #[arg(long, conflicts_with_all = ["all", "mean", "by", "conversion"])]
    pub(crate) estimate: bool,
    /// Draw the series as an SVG file; the file name must end in .svg
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: SeriesFormat,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store growth InsightAddition --from 2026-W02 --to 2026-W27

Instances that are not trusted in one of the weeks are estimated from their other weeks
and from the instances that are trusted. docs/estimates.md explains the method. The exit
code is 1 if no growth can be estimated.")]
pub(crate) struct Growth {
    /// The code, as it is in the payload
    pub(crate) code: String,
    /// The first week [default: 25 weeks before the last week]
    #[arg(long, value_name = "WEEK")]
    pub(crate) from: Option<String>,
    /// The last week [default: the newest complete week in the store]
    #[arg(long, value_name = "WEEK")]
    pub(crate) to: Option<String>,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: SeriesFormat,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store impact InsightAddition --versions 3.36+")]
pub(crate) struct Impact {
    /// The code, as it is in the payload
    pub(crate) code: String,
    /// Assume that these versions are broken, instead of the versions that the registry declares
    #[arg(long, value_name = "RANGE")]
    pub(crate) versions: Option<String>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args)]
#[command(after_help = "\
A version is judged by the instances that adopted it: each is compared with its own
earlier weeks and with the changes of its other metrics. docs/trust.md explains what
this finds.")]
pub(crate) struct Doctor {
    /// Exit with code 1 if there are findings or the store does not know the registry
    #[arg(long)]
    pub(crate) ci: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store watch --webhook https://chat.example.com/hooks/pings

Each instance is compared with itself in the four weeks before. Run the command daily. Exit
codes: 0 no alarm, 3 alarms. docs/operations.md lists the kinds of alarms.")]
pub(crate) struct Watch {
    /// The week to examine [default: the newest week that all instances had time to send]
    #[arg(long, value_name = "WEEK")]
    pub(crate) week: Option<String>,
    /// Post alarms as JSON to this address
    #[arg(
        long,
        value_name = "URL",
        env = "PINGS_WATCH_WEBHOOK",
        hide_env_values = true
    )]
    pub(crate) webhook: Option<Address>,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: WatchFormat,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store forget 7f0c5b1e-8f3a-4c55-9d0e-2a4b6c8d0e1f --format json > receipt.json

The store does not keep the instance's id. Withdraw consent on the instance first,
because a later payload is stored as one of a new instance. Backups of the database are
not changed.")]
pub(crate) struct Forget {
    /// The UUID of the instance
    pub(crate) instance: Uuid,
    #[command(flatten)]
    pub(crate) output: Output,
}
