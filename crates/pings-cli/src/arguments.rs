//! The command-line arguments.

mod catalogue;
mod check;
mod consent;
mod convert;
mod delivery;
mod event_log;
mod format;
mod generate;
mod groups;
mod new;
mod product;
pub(crate) mod publish;
mod quotas;
pub(crate) mod reading;
mod registry;
mod scan;
mod serve;
mod set;
pub(crate) mod store;
mod tail;
mod tools;
mod view;

use std::path::PathBuf;

use clap::builder::Resettable;
use clap::parser::ValueSource;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use pings_runtime::Address;

pub(crate) use catalogue::Catalogue;
pub(crate) use check::{Check, Live};
pub(crate) use consent::{Agree, Consent, ConsentCommand};
pub(crate) use convert::Convert;
pub(crate) use delivery::{
    Bundle, Instance, InstanceCommand, Migrate, NewId, Outbox, OutboxCommand, OutboxShow, Preview,
    Run, Send,
};
pub(crate) use event_log::{Capture, Import, Init, Prune, Record, Report, UserIds};
#[cfg(test)]
pub(crate) use format::Output;
pub(crate) use format::{
    CheckFormat, DiffFormat, FailureFormat, ScanFormat, SeriesFormat, WatchFormat,
};
pub(crate) use generate::Generate;
pub(crate) use new::{Measured, New};
pub(crate) use product::ProductDatabase;
pub(crate) use registry::{Dialect, Diff, Explain, Sql};
pub(crate) use scan::{Counted, Scan};
pub(crate) use serve::Serve;
pub(crate) use set::Set;
pub(crate) use tail::Tail;
pub(crate) use tools::{Completions, Man};
pub(crate) use view::View;

/// Collect, report and deliver usage metrics of a self-hosted product
#[derive(Parser)]
#[command(
    name = "pings",
    version,
    after_help = "\
A first look:
  pings init
  pings record PageView --user 7 --arg page=home --product-version 0.1.0
  pings report --running

Exit codes: 0 success, 1 invalid input or a failed check, 2 internal or environment
failure, 3 parked weeks or alarms."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) common: Common,
}

impl Arguments {
    /// Parses the command line, and records whether it contains the database.
    pub(crate) fn read() -> clap::error::Result<Self> {
        let command = groups::without_help(without_empty(Self::command()));
        let matches = command.try_get_matches()?;
        let mut arguments = Self::from_arg_matches(&matches)?;
        let mut innermost = &matches;
        while let Some((_, matches)) = innermost.subcommand() {
            innermost = matches;
        }
        // `--registry` is a global flag with an environment variable and a default file, but the
        // store learns only registries that were named on the command line.
        if let Command::Store(store) = &mut arguments.command
            && innermost.value_source("registry") != Some(ValueSource::CommandLine)
        {
            store.forget_registries();
        }
        // A global flag is also among the matches of the subcommand.
        let of_command = matches
            .subcommand()
            .map_or(&matches, |(_, matches)| matches);
        arguments.common.names_registry = matches!(
            of_command.value_source("registry"),
            Some(ValueSource::CommandLine | ValueSource::EnvVariable)
        );
        arguments.common.names_database =
            of_command.value_source("database") == Some(ValueSource::CommandLine);
        arguments.common.failures = arguments.command.failure_format();
        Ok(arguments)
    }

    /// Returns a message with the subcommands of a group, if the error is a missing subcommand.
    pub(crate) fn missing_subcommand(error: &clap::Error) -> Option<String> {
        groups::missing_subcommand(&Self::command(), error)
    }
}

/// Returns the command with empty environment variables treated as unset. An empty token is kept
/// and rejected later, because a server without a token accepts every sender.
fn without_empty(command: clap::Command) -> clap::Command {
    let is_empty =
        |name: &std::ffi::OsStr| std::env::var_os(name).is_some_and(|text| text.is_empty());
    let is_token = |id: &str| matches!(id, "token" | "metrics_token" | "read_token");
    command
        .mut_args(|argument| match argument.get_env() {
            Some(name) if !is_token(argument.get_id().as_str()) && is_empty(name) => {
                argument.env(Resettable::Reset)
            }
            _ => argument,
        })
        .mut_subcommands(without_empty)
}

/// Options of every command.
#[derive(Args)]
pub(crate) struct Common {
    /// The registry file
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        default_value = "pings.yaml",
        env = "PINGS_REGISTRY"
    )]
    pub(crate) registry: PathBuf,
    /// The database of the event log: sqlite://FILE or postgres://USER@HOST/NAME
    #[arg(
        long,
        global = true,
        value_name = "URL",
        default_value = "sqlite://pings.db",
        env = "PINGS_DATABASE",
        hide_env_values = true
    )]
    pub(crate) database: Address,
    /// The settings file: what is collected and sent, and where to [default: pings-config.yaml, if
    /// it exists]
    #[arg(long, global = true, value_name = "FILE", env = "PINGS_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// When to use colors
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
    /// Print results, warnings and errors only: no progress and no notes
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Log what is done to standard error; repeat for more. RUST_LOG selects single parts
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Whether the registry was named, by a flag or the environment.
    #[arg(skip)]
    pub(crate) names_registry: bool,
    /// Whether the database was given on the command line instead of by default or environment.
    #[arg(skip)]
    pub(crate) names_database: bool,
    /// The format of failures, which is that of the command's results.
    #[arg(skip)]
    pub(crate) failures: FailureFormat,
}

/// Uses of colors.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

impl Common {
    /// Returns whether the command writes JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.failures == FailureFormat::Json
    }
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Check the registry for errors and lint findings, optionally against databases
    #[command(after_help = "\
Example: pings check --database sqlite://pings.db --product-database postgres://reader@localhost/product

If a database is given on the command line, its contents are compared with the registry
as well. Nothing is written, and no text that users typed is shown.")]
    Check(Check),
    /// Add a ping to the registry, and its event if necessary
    New(New),
    /// Convert metrics of Glean, GitLab, OpenTelemetry or Segment to a registry
    Convert(Convert),
    /// Write the typed events, the documentation page and the editor schema
    Generate(Generate),
    /// Write a static site about the pings, with a search and a page for each
    Catalogue(Catalogue),
    /// Find the call sites of each event, and events that are never fired
    Scan(Scan),
    /// Show how a change of the registry affects its numbers
    Diff(Diff),
    /// Print the SQL query of a metric
    Sql(Sql),
    /// Describe a metric, ping or event: its source, status and trust
    Explain(Explain),
    /// Start a registry with a first ping, if there is none, and create the event log
    Init(Init),
    /// Record an event
    Record(Record),
    /// Set a value: the state of one thing, such as a setting
    Set(Set),
    /// Receive events over HTTP from web pages and other clients
    Serve(Serve),
    /// Show events as they arrive, and the metrics that they move
    Tail(Tail),
    /// Import events from a file with one JSON object per line
    #[command(after_help = "\
The members of a line are the columns of event_logs: id, name, url, user_id,
anonymous_user_id, source, argument, version, timestamp. Only name and timestamp are
required. A line with an id is imported only once, even if the import is repeated.

Example:
  {\"name\":\"TicketOpened\",\"user_id\":7,\"version\":\"1.4.0\",\"timestamp\":\"2021-01-25T12:00:00Z\"}

If a line has no version, the instance's numbers for that week are not trusted.")]
    Import(Import),
    /// Capture metrics from the product's tables, and log them
    Capture(Capture),
    /// Show the report of a week
    Report(Report),
    /// Remove events from before a date
    Prune(Prune),
    /// Print the payload that would be sent, without sending it
    Preview(Preview),
    /// Show the assembled payloads and the state of each
    Outbox(Outbox),
    /// Send all complete weeks that the store does not have
    Send(Send),
    /// Write all unsent payloads to a signed file, for instances without a network
    Bundle(Bundle),
    /// Run as a daemon: capture, report and send on schedule
    Run(Run),
    /// Show the instance's id and key, or give a copy a new id
    Instance(Instance),
    /// Move an instance between SQLite and PostgreSQL
    Migrate(Migrate),
    /// Show what is collected and sent and which setting decided that, or agree to new metrics
    Consent(Consent),
    /// Serve pages that show what is counted, what leaves, what left, and the switches
    View(View),
    /// Receive payloads and show which data to trust (the vendor's side)
    Store(store::Store),
    /// Print the completion script for a shell
    #[command(after_help = "\
Example: pings completions bash > ~/.local/share/bash-completion/completions/pings")]
    Completions(Completions),
    /// Write the manual pages of all commands to a folder
    #[command(after_help = "Example: pings man ~/.local/share/man/man1")]
    Man(Man),
}

impl Command {
    /// Returns the format of failures, which is that of the command's results.
    fn failure_format(&self) -> FailureFormat {
        let output = match self {
            Self::Check(check) => return check.format.into(),
            Self::Scan(scan) => return scan.format.into(),
            Self::Diff(diff) => return diff.format.into(),
            Self::Store(store) => return store.failure_format(),
            Self::Completions(_) | Self::Man(_) => return FailureFormat::Human,
            Self::New(it) => &it.output,
            Self::Convert(it) => &it.output,
            Self::Generate(it) => &it.output,
            Self::Catalogue(it) => &it.output,
            Self::Sql(it) => &it.output,
            Self::Explain(it) => &it.output,
            Self::Init(it) => &it.output,
            Self::Record(it) => &it.output,
            Self::Set(it) => &it.output,
            Self::Serve(it) => &it.output,
            Self::Tail(it) => &it.output,
            Self::Import(it) => &it.output,
            Self::Capture(it) => &it.output,
            Self::Report(it) => &it.output,
            Self::Prune(it) => &it.output,
            Self::Preview(it) => &it.output,
            Self::Outbox(it) => &it.output,
            Self::Send(it) => &it.output,
            Self::Bundle(it) => &it.output,
            Self::Run(it) => &it.output,
            Self::Instance(it) => &it.output,
            Self::Migrate(it) => &it.output,
            Self::Consent(it) => &it.output,
            Self::View(it) => &it.output,
        };
        output.format.into()
    }
}
