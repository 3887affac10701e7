//! The arguments of the commands that read a registry.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::format::{DiffFormat, Output};

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
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: DiffFormat,
}

#[derive(Args)]
#[command(after_help = "Example: pings sql InsightsPerDashboard --dialect postgres")]
pub(crate) struct Sql {
    /// The code of the metric
    pub(crate) code: String,
    /// The SQL dialect
    #[arg(long, value_enum)]
    pub(crate) dialect: Dialect,
    #[command(flatten)]
    pub(crate) output: Output,
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
    #[command(flatten)]
    pub(crate) output: Output,
}
