//! The command-line arguments.

mod check;
mod consent;
mod generate;
mod groups;
mod home;
mod quotas;
pub(crate) mod store;

use std::path::PathBuf;

use clap::builder::Resettable;
use clap::parser::ValueSource;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use pings_runtime::Address;

pub(crate) use check::Check;
pub(crate) use consent::{Agree, Consent, ConsentCommand};
pub(crate) use generate::Generate;
pub(crate) use home::{Bundle, Instance, Migrate, NewId, Outbox, OutboxShow, Preview, Run, Send};

/// Collect, report and deliver usage metrics of a self-hosted product
#[derive(Parser)]
#[command(
    name = "pings",
    version,
    after_help = "\
A first look:
  pings init
  pings record InsightHover --user 7 --arg insightType=searchInsights \\
    --product-version 3.36.0
  pings report --running

Exit codes: 0 success, 1 invalid input or a failed check, 2 internal or environment
failure."
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
    let is_token = |id: &str| matches!(id, "token" | "metrics_token");
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
    /// The output format
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
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

/// Output formats.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for a terminal (alias: table)
    #[value(alias = "table")]
    Human,
    /// JSON
    Json,
    /// CSV for spreadsheets (only `pings store series`)
    Csv,
    /// Annotations in a GitHub workflow (only `pings check`, `pings diff`, `pings scan`)
    Github,
    /// SARIF 2.1.0 for code scanning (only `pings check`)
    Sarif,
    /// Markdown for a pull request (only `pings diff`)
    Markdown,
}

impl Format {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Github => "github",
            Self::Sarif => "sarif",
            Self::Markdown => "markdown",
        }
    }
}

impl Common {
    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
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
    /// Write the typed events, the documentation page and the editor schema
    Generate(Generate),
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
    /// Import events from a file with one JSON object per line
    #[command(after_help = "\
The members of a line are the columns of event_logs: id, name, url, user_id,
anonymous_user_id, source, argument, version, timestamp. Only name and timestamp are
required. A line with an id is imported only once, even if the import is repeated.

Example:
  {\"name\":\"InsightHover\",\"user_id\":7,\"version\":\"3.36.0\",\"timestamp\":\"2021-01-25T12:00:00Z\"}

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
    #[command(subcommand)]
    Outbox(Outbox),
    /// Send all complete weeks that the store does not have
    Send(Send),
    /// Write all unsent payloads to a signed file, for instances without a network
    Bundle(Bundle),
    /// Run as a daemon: capture, report and send on schedule
    Run(Run),
    /// Show the instance's id and key, or give a copy a new id
    #[command(subcommand)]
    Instance(Instance),
    /// Move an instance between SQLite and PostgreSQL
    Migrate(Migrate),
    /// Show what is collected and sent and which setting decided that, or agree to new metrics
    Consent(Consent),
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

#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Args)]
pub(crate) struct Man {
    /// The folder, which is created if necessary
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings new --event InsightShare --title 'Shares count' --added 5.2 \\
    --purpose 'To track how many users share insights.' --arg insightType=searchInsights,codeStatsInsights

On a terminal, missing values are asked for interactively. The registry is checked with
the new ping before it is written, and everything else in the file is kept byte for
byte.")]
pub(crate) struct New {
    /// The event to count, by the name that the code logs
    #[arg(long, value_name = "NAME")]
    pub(crate) event: Option<String>,
    /// The description of the event
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// An argument of a new event. TYPE is string, integer, number, boolean, or a comma-separated
    /// list of values (`a,` is a list with a single value). Use `NAME?=TYPE` for an optional
    /// argument
    #[arg(long = "arg", value_name = "NAME=TYPE")]
    pub(crate) args: Vec<String>,
    /// The title of the ping on the documentation page
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// The purpose of the ping
    #[arg(long, value_name = "TEXT")]
    pub(crate) purpose: Option<String>,
    /// The first version that sends the ping
    #[arg(long, value_name = "VERSION")]
    pub(crate) added: Option<String>,
    /// The owner of the ping [default: the owner of the last ping]
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: Option<String>,
    /// The id of the ping [default: the name of the event in snake_case]
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    /// The code of the metric in the payload [default: the name of the event]
    #[arg(long, value_name = "CODE")]
    pub(crate) code: Option<String>,
    /// The section of the documentation page [default: the section of the last ping]
    #[arg(long, value_name = "TEXT")]
    pub(crate) section: Option<String>,
    /// The measures of the metric
    #[arg(long, value_enum, value_delimiter = ',', default_value = "count")]
    pub(crate) measure: Vec<Measured>,
    /// The dimensions of the metric: arguments to group by
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) by: Vec<String>,
    /// Show the changes without writing them
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Measures of a metric.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measured {
    /// The number of events
    Count,
    /// The number of distinct users
    UniqueUsers,
    /// The number of users who cause the event for the first time
    FirstTimeUsers,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  pings scan client/ --ci
  pings scan --tags 'v3.*'

A call site is the name of an event as a string, as a variant of the generated enum, or
as a function of the generated TypeScript client, in production code. Comments, tests, prose, data and generated code do not count.")]
pub(crate) struct Scan {
    /// The files and folders to scan
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Scan the releases with tags that match PATTERN, in the Git repository that contains PATH
    #[arg(long, value_name = "PATTERN")]
    pub(crate) tags: Option<String>,
    /// Exit with code 1 if there are findings
    #[arg(long)]
    pub(crate) ci: bool,
    /// An additional function that logs the event whose name it is passed, besides logEvent, track,
    /// record…; trackEvent:2 takes the name as its second argument
    #[arg(long = "call", value_name = "NAME")]
    pub(crate) calls: Vec<String>,
    /// Ignore the default functions, so that only --call functions log events
    #[arg(long, requires = "calls")]
    pub(crate) no_usual_calls: bool,
    /// An enum whose variants are events, instead of Event and EventName
    #[arg(long = "enum", value_name = "NAME")]
    pub(crate) enums: Vec<String>,
    /// Places that also count as call sites
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',')]
    pub(crate) count: Vec<Counted>,
    /// Exclude files and folders that match this glob (.gitignore syntax), for example lists of
    /// names
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// Read files with the extension EXT like files with the extension KNOWN, for example foo=js
    #[arg(long = "language", value_name = "EXT=KNOWN")]
    pub(crate) languages: Vec<String>,
    /// Also scan files that Git ignores
    #[arg(long)]
    pub(crate) ignored: bool,
    /// Show all call sites of each event instead of the first few
    #[arg(long)]
    pub(crate) all: bool,
}

/// Additional kinds of call sites.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Counted {
    /// Tests
    Tests,
    /// Comments
    Comments,
}

/// Options of the comparison with databases in `pings check`.
#[derive(Args)]
pub(crate) struct Live {
    /// Compare the registry with the product's database
    #[arg(long, value_name = "URL")]
    pub(crate) product_database: Option<Address>,
    /// The number of recent weeks of the event log to check
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=520))]
    pub(crate) weeks: u32,
    /// The maximum number of rows to read from the event log, newest first
    #[arg(long, value_name = "N", default_value_t = 200_000, value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) rows: i64,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings diff --base v5.1.0 --format markdown

Without file arguments, the registry is compared with its git history. The exit code is
1 if a change breaks a series: the series ends, or continues with another meaning.")]
pub(crate) struct Diff {
    /// The old registry
    #[arg(requires = "new")]
    pub(crate) old: Option<PathBuf>,
    /// The new registry
    pub(crate) new: Option<PathBuf>,
    /// The git revision to compare with [default: the merge base with main; on main, the previous
    /// commit]
    #[arg(long, value_name = "REV", conflicts_with = "old")]
    pub(crate) base: Option<String>,
    /// Accept a breaking change of KIND, optionally only for NAME; can be repeated
    #[arg(long, value_name = "KIND[=NAME]")]
    pub(crate) accept: Vec<pings_findings::diff::Accept>,
}

#[derive(Args)]
#[command(after_help = "Example: pings sql InsightsPerDashboard --dialect postgres")]
pub(crate) struct Sql {
    /// The code of the metric
    pub(crate) code: String,
    /// The SQL dialect
    #[arg(long, value_enum)]
    pub(crate) dialect: Dialect,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

#[derive(Args)]
#[command(after_help = "Example: pings explain InsightAddition --at 3.33.2")]
pub(crate) struct Explain {
    /// The code of a metric, the id of a ping, or the name of an event
    pub(crate) code: String,
    /// Show whether the value of an instance with this version is trusted
    #[arg(long, value_name = "VERSION")]
    pub(crate) at: Option<String>,
}

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
Example: pings record InsightHover --user 7 --arg insightType=searchInsights \\
    --product-version 3.36.0

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
}

#[derive(Args)]
pub(crate) struct Import {
    /// The file to import, or - for standard input
    pub(crate) file: PathBuf,
    /// Import nothing if any line is invalid
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings capture --product-database postgres://reader@localhost/product --dry-run

Weekly captures measure the last complete week. Each capture runs in a read-only
transaction and is cancelled after the time limit.")]
pub(crate) struct Capture {
    /// The database of the product
    #[arg(
        long,
        value_name = "URL",
        env = "PINGS_PRODUCT_DATABASE",
        hide_env_values = true
    )]
    pub(crate) product_database: Address,
    /// Only plan the queries, and log nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The week to capture [default: the last complete week]
    #[arg(long, value_name = "WEEK", conflicts_with = "running")]
    pub(crate) week: Option<String>,
    /// Capture the running week up to now
    #[arg(long)]
    pub(crate) running: bool,
    /// Repeat weekly captures that were already taken after the end of the week
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
}

#[derive(Args)]
#[command(after_help = "Example: pings report --week 2021-W04 --format json")]
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
}
