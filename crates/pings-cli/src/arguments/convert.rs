//! The arguments of `pings convert`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use pings_model::Version;

use super::format::Output;

#[derive(Args)]
#[command(after_help = "\
Examples:
  pings convert --from glean app/metrics.yaml app/pings.yaml --out pings.yaml --added 1.0
  pings convert --from gitlab config/metrics config/events --format json

What the registry cannot express is listed with its place and the reason; in the registry,
comments that start with `check:` are next to decisions.")]
pub(crate) struct Convert {
    /// The files to convert; of a folder, all files that end in .yml, .yaml or .json
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The format of the files
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) from: Source,
    /// The file to write, which must not exist [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The name of the registry, in snake_case
    #[arg(long, value_name = "NAME", default_value = "product")]
    pub(crate) name: String,
    /// The first version of each metric for which the files have none
    #[arg(long, value_name = "VERSION", default_value = "0")]
    pub(crate) added: Version,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// The formats that can be converted.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Source {
    /// Glean: metrics.yaml and pings.yaml
    Glean,
    /// GitLab Service Ping: config/metrics and config/events
    Gitlab,
    /// OpenTelemetry's semantic conventions, as Weaver reads them
    Weaver,
    /// Tracking plans in JSON Schema, such as Segment's
    Segment,
}

impl From<Source> for pings_convert::Format {
    fn from(source: Source) -> Self {
        match source {
            Source::Glean => Self::Glean,
            Source::Gitlab => Self::Gitlab,
            Source::Weaver => Self::Weaver,
            Source::Segment => Self::Segment,
        }
    }
}
