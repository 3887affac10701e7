//! The arguments of the commands that use the event log.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::format::Output;
use super::product::ProductDatabase;

#[derive(Args)]
#[command(after_help = "\
Example:
  pings init
  pings record PageView --user 7 --arg page=home --product-version 0.1
  pings report --running

If there is no pings.yaml, one is written with a first ping to change, and
docs/pings.schema.json, with which editors complete its keys. If --registry names a
file, no file is written. An existing event_logs table is used unchanged.")]
pub(crate) struct Init {
    /// Add the index for reports to an existing event_logs table. Meanwhile, logging continues on
    /// PostgreSQL and waits on SQLite
    #[arg(long)]
    pub(crate) index: bool,
    /// The type of user ids in a new event log: integer (default), text or uuid
    #[arg(long, value_name = "TYPE", value_enum)]
    pub(crate) user_id: Option<UserIds>,
    /// Partition a new event log on PostgreSQL by month, so that `pings prune` drops whole months
    #[arg(long)]
    pub(crate) by_month: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Types of `event_logs.user_id`.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum UserIds {
    /// Integers
    Integer,
    /// Text
    Text,
    /// UUIDs (stored as text on SQLite)
    Uuid,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings record TicketOpened --user 7 --arg channel=mail --product-version 1.4.0

If an event has no version, the instance's numbers for that week are not trusted.")]
pub(crate) struct Record {
    /// The name of the event in the registry
    pub(crate) event: String,
    /// The id of the user: a number, or a text such as a UUID
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) user: Option<String>,
    /// The id of an anonymous visitor
    #[arg(long, value_name = "ID", conflicts_with = "user")]
    pub(crate) anonymous: Option<String>,
    /// An argument of the event
    #[arg(long = "arg", value_name = "NAME=VALUE")]
    pub(crate) args: Vec<String>,
    /// The time of the event, for example 2021-01-25T12:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// The client that logged the event: WEB, CLI, IDE…
    #[arg(long, default_value = "WEB")]
    pub(crate) source: String,
    /// The address of the page
    #[arg(long, default_value = "")]
    pub(crate) url: String,
    /// The version of the product
    #[arg(long, value_name = "VERSION", env = "PINGS_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
    /// The spill folder for events while the database is down [default: next to an SQLite database,
    /// otherwise pings-spill]
    #[arg(long, value_name = "FOLDER", env = "PINGS_SPILL")]
    pub(crate) spill: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args)]
pub(crate) struct Import {
    /// The file to import, or - for standard input
    pub(crate) file: PathBuf,
    /// Import nothing if any line is invalid
    #[arg(long)]
    pub(crate) strict: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings capture --product-database postgres://reader@localhost/product --dry-run

Weekly captures measure the last complete week. Each capture runs in a read-only
transaction and is cancelled after the time limit.")]
pub(crate) struct Capture {
    /// The database of the product; with NAME, one of several
    ///
    /// Without the flag, the address is that of the variable PINGS_PRODUCT_DATABASE, or of
    /// PINGS_PRODUCT_DATABASE_NAME for the database `name` of the registry, or else in
    /// `product_databases` of the configuration file.
    #[arg(long, value_name = "[NAME=]URL")]
    pub(crate) product_database: Vec<ProductDatabase>,
    /// Only plan the queries, and log nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The week to capture [default: the last complete week]
    #[arg(long, value_name = "WEEK", conflicts_with = "running")]
    pub(crate) week: Option<String>,
    /// Capture the running week up to now
    #[arg(long)]
    pub(crate) running: bool,
    /// Repeat weekly captures that were already taken after the end of the week.
    ///
    /// Normally the first successful capture is kept, because rows may change later. A repeated
    /// capture changes a past week, and the next payload for that week reports this.
    #[arg(long, conflicts_with_all = ["running", "dry_run"])]
    pub(crate) retake: bool,
    /// The time limit for each capture, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: u64,
    /// The version of the product
    #[arg(long, value_name = "VERSION", env = "PINGS_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings report --week 2021-W04 --format json

The report keeps the events of each day and the users of each window, so that each event
is read once. If events were changed or removed by hand, --recount reads them again.")]
pub(crate) struct Report {
    /// The week to report [default: the last complete week]
    #[arg(long, value_name = "WEEK", conflicts_with = "running")]
    pub(crate) week: Option<String>,
    /// Report the running week up to now
    #[arg(long)]
    pub(crate) running: bool,
    /// The time to use as now, for tests
    #[arg(long, value_name = "TIME", hide = true)]
    pub(crate) now: Option<String>,
    /// Show the trend over N weeks
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=104))]
    pub(crate) weeks: u32,
    /// The version of the product, which determines the metrics [default: the version of the newest
    /// event]
    #[arg(long, value_name = "VERSION", env = "PINGS_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
    /// Count the rows of the event log, and use no kept values
    #[arg(long)]
    pub(crate) exact: bool,
    /// Discard the kept values, and read the rows again
    #[arg(long, conflicts_with = "exact")]
    pub(crate) recount: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings prune --before 2021-01-01

Weeks with removed events can no longer be reported. First-time users remain correct,
because they are stored before the events are removed.")]
pub(crate) struct Prune {
    /// The first date to keep
    #[arg(long, value_name = "DATE")]
    pub(crate) before: String,
    /// Prune even if captures count events of any age and can then no longer be taken
    #[arg(long)]
    pub(crate) lose_totals: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}
