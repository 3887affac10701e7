//! The arguments of `pings consent`.

use clap::{Args, Subcommand};

#[derive(Args)]
#[command(after_help = "\
Example: pings consent agree InsightShare

Shows each switch with its value, what decided it, and since when; the metrics that wait
until somebody agrees to them; and the weeks that have left. A week is gathered and sent
only if the switches were on before it began.")]
pub(crate) struct Consent {
    #[command(subcommand)]
    pub(crate) command: Option<ConsentCommand>,
}

#[derive(Subcommand)]
pub(crate) enum ConsentCommand {
    /// Agree to metrics that the registry has gained, from the next week on
    Agree(Agree),
}

#[derive(Args)]
pub(crate) struct Agree {
    /// The codes of the metrics
    #[arg(value_name = "CODE", required_unless_present = "all")]
    pub(crate) codes: Vec<String>,
    /// Agree to all metrics that wait
    #[arg(long, conflicts_with = "codes")]
    pub(crate) all: bool,
}
