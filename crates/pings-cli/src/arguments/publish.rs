//! The arguments of `pings store publish`.

use std::path::PathBuf;

use clap::Args;
use pings_store::LEAST_INSTANCES;

use super::format::Output;

#[derive(Args)]
#[command(after_help = "\
Example: pings store publish --out public InsightHover 'InsightAddition by insightType'

Writes a static page, CSV and JSON of the named codes. Each number is about at least --least
trusted instances, and so is each difference of two numbers. docs/publish.md explains the rule
and what it does not hide. Files that were not generated are never overwritten.")]
pub(crate) struct Publish {
    /// What to publish: a code, as it is in the payload, with a measure and a dimension if wanted:
    /// 'CODE MEASURE by DIMENSION'
    #[arg(id = "what", value_name = "CODE", required_unless_present = "file")]
    pub(crate) codes: Vec<String>,
    /// A file with a code in each line, in the same form
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The folder to write to
    #[arg(long, value_name = "FOLDER", default_value = "public")]
    pub(crate) out: PathBuf,
    /// The minimum number of instances behind each number and each difference
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10,
        value_parser = clap::value_parser!(u32).range(i64::from(LEAST_INSTANCES)..)
    )]
    pub(crate) least: u32,
    /// The number of weeks
    #[arg(
        long,
        value_name = "N",
        default_value_t = 52,
        value_parser = clap::value_parser!(u32).range(1..=520)
    )]
    pub(crate) weeks: u32,
    /// The last week [default: the newest week that is due]
    #[arg(long, value_name = "WEEK")]
    pub(crate) until: Option<String>,
    /// The number of days after its end before a week is published, in which instances send it
    #[arg(
        long,
        value_name = "DAYS",
        default_value_t = 14,
        value_parser = clap::value_parser!(u32).range(3..=365)
    )]
    pub(crate) after: u32,
    /// Write nothing; show what would change, and exit with code 1 if anything would
    #[arg(long)]
    pub(crate) check: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}
