//! The arguments of `pings new`.

use clap::{Args, ValueEnum};

use super::format::Output;

#[derive(Args, Clone)]
#[command(after_help = "\
Example: pings new --event InsightShare --title 'Shares count' --added 5.2 \\
    --purpose 'To track how many users share insights.' --arg insightType=searchInsights,codeStatsInsights

Add --arg files=integer --measure sum --value files for the sum of an argument.

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
    /// The measures of the metric [default: count]
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) measure: Vec<Measured>,
    /// The argument whose values sum, distinct and stats measure
    #[arg(long, value_name = "NAME")]
    pub(crate) value: Option<String>,
    /// The dimensions of the metric: arguments to group by
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) by: Vec<String>,
    /// Show the changes without writing them
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Measures of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measured {
    /// The number of events
    Count,
    /// The number of distinct users
    UniqueUsers,
    /// The number of users who cause the event for the first time
    FirstTimeUsers,
    /// The number of different values of an argument
    Distinct,
    /// The sum of a numeric argument
    Sum,
    /// The average, minimum, maximum, median and standard deviation of a numeric argument
    Stats,
}

impl Measured {
    /// Returns the name of the measure in the registry.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::UniqueUsers => "unique_users",
            Self::FirstTimeUsers => "first_time_users",
            Self::Distinct => "distinct",
            Self::Sum => "sum",
            Self::Stats => "stats",
        }
    }

    /// Returns whether the measure needs the values of an argument.
    pub(crate) fn needs_value(self) -> bool {
        matches!(self, Self::Distinct | Self::Sum | Self::Stats)
    }

    /// Returns whether the measure needs numbers.
    pub(crate) fn needs_number(self) -> bool {
        matches!(self, Self::Sum | Self::Stats)
    }
}
