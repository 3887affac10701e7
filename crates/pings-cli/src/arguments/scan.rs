//! The arguments of `pings scan`.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use super::format::ScanFormat;

#[derive(Args)]
#[command(after_help = "\
Examples:
  pings scan client/ --ci
  pings scan --tags 'v3.*'

A call site is the name of an event as a string, as a variant of the generated enum, or
as a function of the generated web package, in production code. Comments, tests, prose,
data and generated code do not count.")]
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
    #[arg(long = "enum", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
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
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ScanFormat,
}

/// Additional kinds of call sites.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Counted {
    /// Tests
    Tests,
    /// Comments
    Comments,
}
