//! The arguments of the delivery commands.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use pings_runtime::Address;

use super::format::Output;
use super::product::ProductDatabase;

#[derive(Args)]
#[command(after_help = "\
Example: pings preview --week 2021-W04

Prints the exact bytes before compression. Nothing is queued or sent.")]
pub(crate) struct Preview {
    /// The week to preview [default: the next week in the outbox, or else the last complete week]
    #[arg(long, value_name = "WEEK")]
    pub(crate) week: Option<String>,
    /// The version of the product [default: the version of the newest event]
    #[arg(long, value_name = "VERSION", env = "PINGS_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// The arguments of `pings outbox`.
#[derive(Args)]
pub(crate) struct Outbox {
    #[command(subcommand)]
    pub(crate) command: OutboxCommand,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Subcommand)]
pub(crate) enum OutboxCommand {
    /// List the assembled payloads and their states
    List,
    /// Show a week: the payload, when it was sent, and the store's answer
    Show(OutboxShow),
}

#[derive(Args)]
pub(crate) struct OutboxShow {
    /// The week to show
    pub(crate) week: String,
    /// The revision [default: the newest]
    #[arg(long, value_name = "N")]
    pub(crate) revision: Option<u32>,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings send --store https://pings.example.com

Assembles the payload of every complete week since the last one, at most 26 weeks back,
and sends all waiting payloads. Failed deliveries are retried with increasing delays.
Exit codes: 0 everything was delivered, 2 the store is unreachable or temporarily
accepts nothing, 3 the store refused a payload (it is kept as parked).")]
pub(crate) struct Send {
    /// Try each payload once, and keep failed ones for the next run
    #[arg(long)]
    pub(crate) once: bool,
    /// Retry payloads that the store refused. This is done without the option if the address or the
    /// token of the store changed
    #[arg(long)]
    pub(crate) parked: bool,
    /// Send these weeks again, if the store lost them or has different contents
    #[arg(long, value_name = "WEEK", num_args = 1..)]
    pub(crate) again: Vec<String>,
    /// The address of the store
    #[arg(long, value_name = "URL", env = "PINGS_STORE", hide_env_values = true)]
    pub(crate) store: Option<Address>,
    /// The version of the product [default: the version of the newest event]
    #[arg(long, value_name = "VERSION", env = "PINGS_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings bundle pings.bundle

Assembles the payload of every complete week since the last one, and writes all
undelivered payloads to a signed file for `pings store import`. Importing the file twice
is harmless.")]
pub(crate) struct Bundle {
    /// The file to write, or - for standard output
    pub(crate) file: PathBuf,
    /// The version of the product [default: the version of the newest event]
    #[arg(long, value_name = "VERSION", env = "PINGS_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings run --product-database postgres://reader@localhost/product \\
           --store https://pings.example.com --product-version 1.4.0

Captures every hour, assembles the payload of a week within two days after its end, at a
time derived from the instance id, and sends it. Several processes can share a database.
SIGTERM stops the process without loss of data. SIGHUP reads the configuration again.")]
pub(crate) struct Run {
    /// The database of the product; with NAME, one of several
    ///
    /// Without the flag, the address is that of the variable PINGS_PRODUCT_DATABASE, or of
    /// PINGS_PRODUCT_DATABASE_NAME for the database `name` of the registry, or else in
    /// `product_databases` of the configuration file.
    #[arg(long, value_name = "[NAME=]URL")]
    pub(crate) product_database: Vec<ProductDatabase>,
    /// The address of the store
    #[arg(long, value_name = "URL", env = "PINGS_STORE", hide_env_values = true)]
    pub(crate) store: Option<Address>,
    /// The time limit for each capture, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: u64,
    /// Keep the state of the service in this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) health_file: Option<PathBuf>,
    /// Answer `GET /healthz` and `GET /metrics` at this address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// The version of the product
    #[arg(long, value_name = "VERSION", env = "PINGS_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// The arguments of `pings instance`.
#[derive(Args)]
pub(crate) struct Instance {
    #[command(subcommand)]
    pub(crate) command: InstanceCommand,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Subcommand)]
pub(crate) enum InstanceCommand {
    /// Show the instance's id and the public key of its bundles
    Show,
    /// Give a copy of a database a new id and key
    #[command(after_help = "\
Example: pings instance new-id --from 2026-W31

Run this on the copy if an instance was cloned with its database and both continue to
run. The copy sends weeks from WEEK on under its new id. Earlier weeks belong to the
original, and payloads that wait under the old id are not sent from the copy.

WEEK is the first complete week after the copy was made. The week of the copy itself
contains events of the original, which would be counted twice.")]
    NewId(NewId),
}

#[derive(Args)]
pub(crate) struct NewId {
    /// The first week to send under the new id
    #[arg(long, value_name = "WEEK")]
    pub(crate) from: String,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings migrate --from sqlite://pings.db --to postgres://pings@localhost/pings

Moves the event log, the instance's id and key, the outbox, first-time users, imports,
counters and the record of pruning. The target must be empty. The product can continue
to log to the source. At the end both databases are compared, and the source no longer
sends anything. An interrupted migration resumes where it stopped; repeating a complete
migration copies the events logged to the source since then.")]
pub(crate) struct Migrate {
    /// The database to move the instance from
    #[arg(long, value_name = "URL")]
    pub(crate) from: Address,
    /// The database to move the instance to
    #[arg(long, value_name = "URL")]
    pub(crate) to: Address,
    /// A column that the product added to event_logs and that is not copied; can be repeated
    #[arg(long, value_name = "COLUMN")]
    pub(crate) without: Vec<String>,
    #[command(flatten)]
    pub(crate) output: Output,
}
