//! The arguments of the delivery commands.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use pings_runtime::Address;

#[derive(Args)]
#[command(after_help = "\
Example: pings preview --week 2021-W04

Prints the very bytes, before they are compressed. Nothing is queued and nothing is sent.")]
pub(crate) struct Preview {
    /// The week [default: the next that waits to be sent, or else the last complete one]
    #[arg(long, value_name = "WEEK")]
    pub(crate) week: Option<String>,
    /// The version of the product [default: that of the newest event]
    #[arg(long, value_name = "VERSION", env = "PINGS_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum Outbox {
    /// List what was put together, and what became of it
    List,
    /// Show a week: what was sent, when, and what was answered
    Show(OutboxShow),
}

#[derive(Args)]
pub(crate) struct OutboxShow {
    /// The week
    pub(crate) week: String,
    /// The revision [default: the newest]
    #[arg(long, value_name = "N")]
    pub(crate) revision: Option<u32>,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings send --store https://pings.example.com

Puts together every complete week since the last one, 26 back at most, and sends what
waits. What the store does not take now is tried again, after longer and longer pauses.
Exit codes: 0 the store has everything, 1 it refused something, which is kept, 2 it could
not be reached or does not take anything now.")]
pub(crate) struct Send {
    /// Try once, and leave what fails for the next time
    #[arg(long)]
    pub(crate) once: bool,
    /// Try again what the store refused
    #[arg(long)]
    pub(crate) parked: bool,
    /// Send weeks again that were sent, as the store lost them or holds another content
    #[arg(long, value_name = "WEEK", num_args = 1..)]
    pub(crate) again: Vec<String>,
    /// The address of the store
    #[arg(long, value_name = "URL", env = "PINGS_STORE", hide_env_values = true)]
    pub(crate) store: Option<Address>,
    /// The version of the product [default: that of the newest event]
    #[arg(long, value_name = "VERSION", env = "PINGS_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings bundle pings.bundle

Puts together every complete week since the last one, and writes all that no store has
into a signed file, to be carried to `pings store import`. It may be carried twice.")]
pub(crate) struct Bundle {
    /// The file, or - for standard output
    pub(crate) file: PathBuf,
    /// The version of the product [default: that of the newest event]
    #[arg(long, value_name = "VERSION", env = "PINGS_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings run --product-database postgres://reader@localhost/product \\
           --store https://pings.example.com --product-version 3.36.0

Captures each hour, puts a week together within two days after its end, at a time that
follows from the id of the instance, and sends it. Several may run on one database.
SIGTERM stops it, and nothing is lost.")]
pub(crate) struct Run {
    /// The database of the product, for captures
    #[arg(
        long,
        value_name = "URL",
        env = "PINGS_PRODUCT_DATABASE",
        hide_env_values = true
    )]
    pub(crate) product_database: Option<Address>,
    /// The address of the store
    #[arg(long, value_name = "URL", env = "PINGS_STORE", hide_env_values = true)]
    pub(crate) store: Option<Address>,
    /// How many seconds each capture may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: u64,
    /// The version of the product
    #[arg(long, value_name = "VERSION", env = "PINGS_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum Instance {
    /// Show the id of the instance, and the public key of its bundles
    Show,
    /// Give a copy of a database an id and a key of its own
    #[command(after_help = "\
Example: pings instance new-id --from 2026-W31

Run this on the copy, where an instance was cloned with its database and both go on. The
copy sends the weeks from WEEK on under its new id. Earlier weeks stay with the original,
and what waits to be sent under the old id is not sent from here.

WEEK is the first complete week after the copy was made: the week in which it was made
holds events of the original, which would count twice.")]
    NewId(NewId),
}

#[derive(Args)]
pub(crate) struct NewId {
    /// The first week that is sent under the new id
    #[arg(long, value_name = "WEEK")]
    pub(crate) from: String,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings migrate --from sqlite://pings.db --to postgres://pings@localhost/pings

Moves the event log, the id and key of the instance, the outbox, first-time users, imports,
counters and what was pruned. The target must be empty. The product may go on logging to
the source meanwhile; once everything is moved, both databases are compared, and nothing is
sent from the source any more. A migration that was interrupted goes on where it stopped;
one that is complete copies what was logged to the source since.")]
pub(crate) struct Migrate {
    /// The database with the instance
    #[arg(long, value_name = "URL")]
    pub(crate) from: Address,
    /// The database that it moves to
    #[arg(long, value_name = "URL")]
    pub(crate) to: Address,
    /// A column that the product added to event_logs, and that is left behind; may be given
    /// several times
    #[arg(long, value_name = "COLUMN")]
    pub(crate) without: Vec<String>,
}
