//! The arguments of the commands with which a vendor reads a store.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use pings_store::{Exported, Statistic};

use super::format::{Output, SeriesFormat};

#[derive(Args)]
#[command(after_help = "\
Example: pings store usage InsightHover --by plan --show share

Each trusted instance has one value. `using` is the share of instances whose value is
greater than 0. Instances are grouped by `version`, by `size` (the number of their events
in the week, in powers of ten), or by an attribute that was imported with
`pings store attributes`.")]
pub(crate) struct Usage {
    /// The code, as it is in the payload
    pub(crate) code: String,
    /// The measure [default: the first one of the metric]
    #[arg(long, value_name = "MEASURE")]
    pub(crate) measure: Option<String>,
    /// Group the instances by version, size or an attribute
    #[arg(long, value_name = "PROPERTY")]
    pub(crate) by: Option<String>,
    /// The statistic in the columns of groups and in the plot [default: total, or else mean]
    #[arg(long, value_enum, value_name = "STATISTIC")]
    pub(crate) show: Option<Show>,
    /// The window of the values: day, week, days_28, month, all_time, or quarter, which adds what
    /// adds up [default: week, if the metric has it]
    #[arg(long, value_name = "WINDOW")]
    pub(crate) window: Option<String>,
    #[command(flatten)]
    pub(crate) weeks: Weeks,
    /// Draw the statistic as an SVG file; the file name must end in .svg
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: SeriesFormat,
}

/// The weeks that are shown.
#[derive(Args)]
pub(crate) struct Weeks {
    /// The number of weeks [default: 26; with --retention or quarters 104]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=520))]
    pub(crate) weeks: Option<u32>,
    /// The last week [default: the newest week in the store]
    #[arg(long, value_name = "WEEK")]
    pub(crate) until: Option<String>,
    /// Use only the payloads that were received until the end of this day (UTC)
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store note 2026-W14 \"price change\"

Tables, pictures, JSON and CSV show the notes beside their weeks. Without arguments, the
command lists them.")]
pub(crate) struct Note {
    /// The week
    #[arg(requires = "text")]
    pub(crate) week: Option<String>,
    /// The text, at most 200 bytes
    pub(crate) text: Option<String>,
    /// Delete the note with this number
    #[arg(long, value_name = "ID", conflicts_with = "week")]
    pub(crate) delete: Option<i64>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store export exports --what labelled

The files are exports/labelled/registry=NAME/week=WEEK/part.csv, or part.parquet. The next export
to the same folder writes only the weeks that changed, and removes weeks that were erased and
files of the other format.")]
pub(crate) struct Export {
    /// The folder
    pub(crate) folder: PathBuf,
    /// What to export
    #[arg(long, value_enum, value_name = "WHAT", default_value = "trusted")]
    pub(crate) what: What,
    /// The format of the files
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "csv")]
    pub(crate) files: Files,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// The format of exported files.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Files {
    /// Text, with empty cells for missing values
    Csv,
    /// Columns with types, compressed with Gzip
    Parquet,
}

/// The numbers that are exported.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum What {
    /// The trusted numbers, as in the view `measurements_trusted`
    Trusted,
    /// All numbers with their trust, as in the view `measurements_labelled`
    Labelled,
    /// The payloads as they were received, with all revisions
    Raw,
}

impl From<What> for Exported {
    fn from(what: What) -> Self {
        match what {
            What::Trusted => Self::Trusted,
            What::Labelled => Self::Labelled,
            What::Raw => Self::Raw,
        }
    }
}

/// A statistic over instances.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Show {
    /// The sum
    Total,
    /// The mean
    Mean,
    /// The median
    P50,
    /// The 90th percentile
    P90,
    /// The 99th percentile
    P99,
    /// The share of instances whose value is greater than 0
    Share,
}

impl From<Show> for Statistic {
    fn from(show: Show) -> Self {
        match show {
            Show::Total => Self::Total,
            Show::Mean => Self::Mean,
            Show::P50 => Self::P50,
            Show::P90 => Self::P90,
            Show::P99 => Self::P99,
            Show::Share => Self::Share,
        }
    }
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store fleet --by plan --weeks 52

An instance is active in a week if it logged an event. With --retention, the rows are the
months in which instances were first active, or the groups of --by, and the columns show
the share that is active that many weeks later.")]
pub(crate) struct Fleet {
    /// Group the instances by version, size or an attribute
    #[arg(long, value_name = "PROPERTY")]
    pub(crate) by: Option<String>,
    /// Show how many instances are still active some weeks after their first one
    #[arg(long, conflicts_with = "plot")]
    pub(crate) retention: bool,
    #[command(flatten)]
    pub(crate) weeks: Weeks,
    /// Draw the active instances as an SVG file; the file name must end in .svg
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: SeriesFormat,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store attributes licences.csv

  instance,plan,region
  7f0c5b1e-8f3a-4c55-9d0e-2a4b6c8d0e1f,enterprise,eu

The file replaces these attributes of its instances; an empty cell removes one. Attributes
stay in the store and are never sent to instances. Without a file, the command lists the
attributes.")]
pub(crate) struct Attributes {
    /// A CSV file with the columns `instance` and one for each attribute, or - for standard input
    pub(crate) file: Option<PathBuf>,
    /// Remove this attribute of all instances
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    pub(crate) remove: Option<String>,
    #[command(flatten)]
    pub(crate) output: Output,
}
