//! The output formats: an enum for each set of formats that a command can write.

use clap::{Args, ValueEnum};

/// The output of a command that writes text or JSON.
#[derive(Args, Clone, Default)]
pub(crate) struct Output {
    // Global, so that a group such as `pings outbox` and its subcommands accept the flag.
    /// The output format
    #[arg(long, global = true, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// The formats of most commands.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum Format {
    /// Text for a terminal (alias: table)
    #[default]
    #[value(alias = "table")]
    Human,
    /// JSON
    Json,
}

/// The formats of `pings check`.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum CheckFormat {
    /// Text for a terminal (alias: table)
    #[default]
    #[value(alias = "table")]
    Human,
    /// JSON
    Json,
    /// Annotations in a GitHub workflow
    Github,
    /// SARIF 2.1.0 for code scanning; not with databases
    Sarif,
}

/// The formats of `pings scan`.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum ScanFormat {
    /// Text for a terminal (alias: table)
    #[default]
    #[value(alias = "table")]
    Human,
    /// JSON
    Json,
    /// Annotations in a GitHub workflow
    Github,
}

/// The formats of `pings diff`.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum DiffFormat {
    /// Text for a terminal (alias: table)
    #[default]
    #[value(alias = "table")]
    Human,
    /// JSON
    Json,
    /// Annotations in a GitHub workflow
    Github,
    /// Markdown for a pull request
    Markdown,
}

/// The formats of `pings store series`.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum SeriesFormat {
    /// Text for a terminal (alias: table)
    #[default]
    #[value(alias = "table")]
    Human,
    /// JSON
    Json,
    /// CSV for spreadsheets
    Csv,
}

/// The formats of `pings store watch`.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum WatchFormat {
    /// Text for a terminal (alias: table)
    #[default]
    #[value(alias = "table")]
    Human,
    /// JSON
    Json,
    /// Metrics for the textfile collector of Prometheus
    Prometheus,
}

/// The format in which a failure is written to standard output.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum FailureFormat {
    /// Nothing: the failure is on standard error only.
    #[default]
    Human,
    Json,
    Github,
    Markdown,
    Sarif,
}

impl From<Format> for FailureFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Human => Self::Human,
            Format::Json => Self::Json,
        }
    }
}

impl From<CheckFormat> for FailureFormat {
    fn from(format: CheckFormat) -> Self {
        match format {
            CheckFormat::Human => Self::Human,
            CheckFormat::Json => Self::Json,
            CheckFormat::Github => Self::Github,
            CheckFormat::Sarif => Self::Sarif,
        }
    }
}

impl From<ScanFormat> for FailureFormat {
    fn from(format: ScanFormat) -> Self {
        match format {
            ScanFormat::Human => Self::Human,
            ScanFormat::Json => Self::Json,
            ScanFormat::Github => Self::Github,
        }
    }
}

impl From<DiffFormat> for FailureFormat {
    fn from(format: DiffFormat) -> Self {
        match format {
            DiffFormat::Human => Self::Human,
            DiffFormat::Json => Self::Json,
            DiffFormat::Github => Self::Github,
            DiffFormat::Markdown => Self::Markdown,
        }
    }
}

impl From<WatchFormat> for FailureFormat {
    fn from(format: WatchFormat) -> Self {
        match format {
            WatchFormat::Human | WatchFormat::Prometheus => Self::Human,
            WatchFormat::Json => Self::Json,
        }
    }
}

impl From<SeriesFormat> for FailureFormat {
    fn from(format: SeriesFormat) -> Self {
        match format {
            SeriesFormat::Human | SeriesFormat::Csv => Self::Human,
            SeriesFormat::Json => Self::Json,
        }
    }
}
