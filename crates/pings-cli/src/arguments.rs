//! The command-line arguments.

mod check;
mod consent;
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
pub(crate) use home::{Bundle, Instance, Migrate, NewId, Outbox, OutboxShow, Preview, Run, Send};

/// Usage numbers that a self-hosted product sends home: from one registry, with trust
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

Exit codes: 0 all is well, 1 your input needs a change, 2 we could not do it."
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

/// What every command takes.
#[derive(Args)]
pub(crate) struct Common {
    /// The registry
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
    /// What may be gathered and sent, and where to [default: pings-config.yaml, if there is one]
    #[arg(long, global = true, value_name = "FILE", env = "PINGS_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// How answers are written
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Whether the database was given on the command line instead of by default or environment.
    #[arg(skip)]
    pub(crate) names_database: bool,
}

/// How answers are written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people; `table` is another word for it
    #[value(alias = "table")]
    Human,
    /// For programs
    Json,
    /// For spreadsheets: of `pings store series`
    Csv,
    /// Annotations in a workflow of GitHub: of `pings check`, `pings diff`, `pings scan`
    Github,
    /// SARIF 2.1.0, for code scanning: of `pings check`
    Sarif,
    /// For a pull request: of `pings diff`
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
    /// Check the registry, and show all mistakes and what its lints find; or compare it with what
    /// is there
    #[command(after_help = "\
Example: pings check --database sqlite://pings.db --product-database postgres://reader@localhost/product

With a database on the command line the registry is compared with what is there, too. Nothing
is written, and nothing that users typed is shown.")]
    Check(Check),
    /// Add a ping to the registry, and its event where there is none yet
    New(New),
    /// Find where each event is fired, and those that nothing fires
    Scan(Scan),
    /// Tell what a change of the registry means for its numbers
    Diff(Diff),
    /// Print the query of a code
    Sql(Sql),
    /// Tell what a code is, where it comes from, and whether to trust it
    Explain(Explain),
    /// Make the tables of the event log
    Init(Init),
    /// Record one event
    Record(Record),
    /// Import events from a file with a JSON object a line
    #[command(after_help = "\
The members of a line are the columns of event_logs: id, name, url, user_id,
anonymous_user_id, source, argument, version, timestamp. Only name and timestamp
must be there. A line with an id is imported once, however often it comes.

Example:
  {\"name\":\"InsightHover\",\"user_id\":7,\"version\":\"3.36.0\",\"timestamp\":\"2021-01-25T12:00:00Z\"}

A line without a version makes the instance's numbers of that week not to be believed.")]
    Import(Import),
    /// Capture numbers from the product's tables, and log them
    Capture(Capture),
    /// Report a week
    Report(Report),
    /// Remove events that were logged before a date
    Prune(Prune),
    /// Print exactly what would be sent, and send nothing
    Preview(Preview),
    /// Show the assembled payloads and the state of each
    #[command(subcommand)]
    Outbox(Outbox),
    /// Send every complete week that the store does not have
    Send(Send),
    /// Write what no store has into a signed file, for an instance without a network
    Bundle(Bundle),
    /// Do it all on schedule, as a service
    Run(Run),
    /// Show which instance this is, or make another one of a copy
    #[command(subcommand)]
    Instance(Instance),
    /// Move an instance to another database: SQLite to PostgreSQL, or back
    Migrate(Migrate),
    /// Show what may be gathered and sent, since when, and what decided it; or agree to new metrics
    Consent(Consent),
    /// Receive payloads and show which data to trust (the vendor's side)
    Store(store::Store),
}

#[derive(Args)]
#[command(after_help = "\
Example: pings new --event InsightShare --title 'Shares count' --added 5.2 \\
    --purpose 'To track how many users share insights.' --arg insightType=searchInsights,codeStatsInsights

What is missing is asked for where a terminal is. The registry is checked with the ping
before anything is written, and stays as it is but for what is added.")]
pub(crate) struct New {
    /// The event that is counted, by the name that code logs
    #[arg(long, value_name = "NAME")]
    pub(crate) event: Option<String>,
    /// What happened when the event is logged
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// An argument of a new event: string, integer, number, boolean, or its values, with commas
    /// between them (`a,` is one value alone); `NAME?=` where it may be missing
    #[arg(long = "arg", value_name = "NAME=TYPE")]
    pub(crate) args: Vec<String>,
    /// The heading of the ping on the page
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// Why it is gathered
    #[arg(long, value_name = "TEXT")]
    pub(crate) purpose: Option<String>,
    /// The first version that sends it
    #[arg(long, value_name = "VERSION")]
    pub(crate) added: Option<String>,
    /// Who answers for it [default: who answers for the last ping]
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: Option<String>,
    /// The id of the ping [default: the event in snake_case]
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    /// The code in the payload [default: the event]
    #[arg(long, value_name = "CODE")]
    pub(crate) code: Option<String>,
    /// The section of the page [default: that of the last ping]
    #[arg(long, value_name = "TEXT")]
    pub(crate) section: Option<String>,
    /// What is measured
    #[arg(long, value_enum, value_delimiter = ',', default_value = "count")]
    pub(crate) measure: Vec<Measured>,
    /// The arguments that it is grouped by
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) by: Vec<String>,
    /// Show what would be added, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What is measured of events.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measured {
    /// How many events
    Count,
    /// How many users
    UniqueUsers,
    /// How many users for the first time
    FirstTimeUsers,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  pings scan client/ --ci
  pings scan --tags 'v3.*'

A call site is the name of an event as a string, or as a variant of the generated enum,
in code that ships: not in a comment, a test, text for people, data, or generated code.")]
pub(crate) struct Scan {
    /// Files and folders
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// Look at the releases with these tags instead, in the Git repository that PATH is in
    #[arg(long, value_name = "PATTERN")]
    pub(crate) tags: Option<String>,
    /// Exit with 1 where anything is not as it should be
    #[arg(long)]
    pub(crate) ci: bool,
    /// A function that logs the event it is given the name of; besides logEvent, track, record…
    #[arg(long = "call", value_name = "NAME")]
    pub(crate) calls: Vec<String>,
    /// Only what --call names logs events
    #[arg(long, requires = "calls")]
    pub(crate) no_usual_calls: bool,
    /// An enum whose variants are events; instead of Event and EventName
    #[arg(long = "enum", value_name = "NAME")]
    pub(crate) enums: Vec<String>,
    /// What is a call site too
    #[arg(long, value_enum, value_name = "WHAT", value_delimiter = ',')]
    pub(crate) count: Vec<Counted>,
    /// Leave these out, as those that only list names: globs as in .gitignore
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// Read files of another extension as those of a known one: foo=js
    #[arg(long = "language", value_name = "EXT=KNOWN")]
    pub(crate) languages: Vec<String>,
    /// Scan what Git ignores too
    #[arg(long)]
    pub(crate) ignored: bool,
    /// Show all call sites of each event, rather than the first few
    #[arg(long)]
    pub(crate) all: bool,
}

/// What is a call site too.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Counted {
    /// Tests
    Tests,
    /// Comments
    Comments,
}

/// How `pings check` compares the registry with what is there.
#[derive(Args)]
pub(crate) struct Live {
    /// Compare with the database of the product as well, or alone
    #[arg(long, value_name = "URL")]
    pub(crate) product_database: Option<Address>,
    /// How many weeks of the event log are recent
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=520))]
    pub(crate) weeks: u32,
    /// How many of its newest rows are read at most
    #[arg(long, value_name = "N", default_value_t = 200_000, value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) rows: i64,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings diff --base v5.1.0 --format markdown

Without two files the registry is compared with what it was in git. The exit code is 1 where a
change breaks a series: where it ends, or goes on with another meaning.")]
pub(crate) struct Diff {
    /// The registry as it was
    #[arg(requires = "new")]
    pub(crate) old: Option<PathBuf>,
    /// The registry as it is
    pub(crate) new: Option<PathBuf>,
    /// The revision of git to compare with [default: where this branch left main, on main the commit before]
    #[arg(long, value_name = "REV", conflicts_with = "old")]
    pub(crate) base: Option<String>,
    /// Accept a breaking change; NAME is what it is about; may be given several times
    #[arg(long, value_name = "KIND[=NAME]")]
    pub(crate) accept: Vec<pings_findings::diff::Accept>,
}

#[derive(Args)]
#[command(after_help = "Example: pings sql InsightsPerDashboard --dialect postgres")]
pub(crate) struct Sql {
    /// The code, as it is in the payload
    pub(crate) code: String,
    /// For which database
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
    /// Whether to trust it from an instance of this version
    #[arg(long, value_name = "VERSION")]
    pub(crate) at: Option<String>,
}

#[derive(Args)]
pub(crate) struct Init {
    /// Add the index that the report reads to an event_logs that was there before. Those who log
    /// go on meanwhile on PostgreSQL, and wait on SQLite
    #[arg(long)]
    pub(crate) index: bool,
    /// The type of the ids of users, for an event log that is not there yet: integer (default), text
    /// or uuid
    #[arg(long, value_name = "TYPE", value_enum)]
    pub(crate) user_id: Option<UserIds>,
}

/// Types of `event_logs.user_id`.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum UserIds {
    /// Whole numbers
    Integer,
    /// Texts
    Text,
    /// UUIDs; on SQLite they are texts
    Uuid,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings record InsightHover --user 7 --arg insightType=searchInsights \\
    --product-version 3.36.0

An event without a version makes the instance's numbers of that week not to be believed.")]
pub(crate) struct Record {
    /// The event, by its name in the registry
    pub(crate) event: String,
    /// The user who did it: a number, or a text such as a UUID
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) user: Option<String>,
    /// The visitor who did it
    #[arg(long, value_name = "ID", conflicts_with = "user")]
    pub(crate) anonymous: Option<String>,
    /// An argument of the event
    #[arg(long = "arg", value_name = "NAME=VALUE")]
    pub(crate) args: Vec<String>,
    /// When it happened, if not now: 2021-01-25T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// What was used: WEB, CLI, IDE…
    #[arg(long, default_value = "WEB")]
    pub(crate) source: String,
    /// The address of the page
    #[arg(long, default_value = "")]
    pub(crate) url: String,
    /// The version of the product
    #[arg(long, value_name = "VERSION", env = "PINGS_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
    /// The folder in which events wait while the database is down [default: beside an SQLite
    /// database, else pings-spill]
    #[arg(long, value_name = "FOLDER", env = "PINGS_SPILL")]
    pub(crate) spill: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Import {
    /// The file, or - for standard input
    pub(crate) file: PathBuf,
    /// Keep no line where one is bad
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings capture --product-database postgres://reader@localhost/product --dry-run

Weekly captures tell about the last complete week. Each capture reads in a transaction
that cannot write, and is cancelled where it takes too long.")]
pub(crate) struct Capture {
    /// The database of the product
    #[arg(
        long,
        value_name = "URL",
        env = "PINGS_PRODUCT_DATABASE",
        hide_env_values = true
    )]
    pub(crate) product_database: Address,
    /// Plan each query instead, and log nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The week that weekly captures tell about [default: the last complete one]
    #[arg(long, value_name = "WEEK", conflicts_with = "running")]
    pub(crate) week: Option<String>,
    /// Weekly captures tell about the running week, as far as it went
    #[arg(long)]
    pub(crate) running: bool,
    /// Take weekly captures again although they were taken after the end of the week
    ///
    /// The first capture that succeeds stands, as rows change later. Another one changes a past
    /// week, and the next payload of that week says so.
    #[arg(long, conflicts_with_all = ["running", "dry_run"])]
    pub(crate) retake: bool,
    /// How many seconds each may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: u64,
    /// The version of the product
    #[arg(long, value_name = "VERSION", env = "PINGS_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
}

#[derive(Args)]
#[command(after_help = "Example: pings report --week 2021-W04 --format json")]
pub(crate) struct Report {
    /// The week [default: the last complete one]
    #[arg(long, value_name = "WEEK", conflicts_with = "running")]
    pub(crate) week: Option<String>,
    /// The running week, as far as it went
    #[arg(long)]
    pub(crate) running: bool,
    /// What to take for now, for tests
    #[arg(long, value_name = "TIME", hide = true)]
    pub(crate) now: Option<String>,
    /// Show the trend over so many weeks
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=104))]
    pub(crate) weeks: u32,
    /// The version of the product, which decides which metrics there are [default: that of the
    /// newest event]
    #[arg(long, value_name = "VERSION", env = "PINGS_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings prune --before 2021-01-01

Weeks that it touches can no longer be reported. First-time users stay right: who they
are is read before, and kept.")]
pub(crate) struct Prune {
    /// The first date that stays
    #[arg(long, value_name = "DATE")]
    pub(crate) before: String,
    /// Prune although captures count events of any age, and can no longer be taken
    #[arg(long)]
    pub(crate) lose_totals: bool,
}
