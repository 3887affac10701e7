//! The arguments of `pings consent`.

use clap::{Args, Subcommand};

use super::format::Output;

#[derive(Args)]
#[command(after_help = "\
Example: pings consent agree InsightShare

Shows each switch with its value, the setting that decided it, and its start time; the
metrics that wait for consent; and the weeks that were sent. A week is collected and
sent only if the switches were on before it began.")]
pub(crate) struct Consent {
    #[command(subcommand)]
    pub(crate) command: Option<ConsentCommand>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Subcommand)]
pub(crate) enum ConsentCommand {
    /// Agree to new metrics of the registry, from the next week on
    Agree(Agree),
}

#[derive(Args)]
pub(crate) struct Agree {
    /// The codes of the metrics
    #[arg(value_name = "CODE", required_unless_present = "all")]
    pub(crate) codes: Vec<String>,
    /// Agree to all waiting metrics
    #[arg(long, conflicts_with = "codes")]
    pub(crate) all: bool,
}
