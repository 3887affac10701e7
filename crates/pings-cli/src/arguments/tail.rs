//! The arguments of `pings tail`.

use clap::Args;

use super::format::Output;

#[derive(Args)]
#[command(after_help = "\
Examples:
  pings tail --event InsightHover --event InsightAddition
  pings tail --ingest http://127.0.0.1:8091/-/pings --token TOKEN

The database is only read. Ids of users are not read. Values of arguments are shown,
although users may have typed them.")]
pub(crate) struct Tail {
    /// Follow a running endpoint instead of the event log: also what it refuses, but not the values
    /// of metrics
    #[arg(long, value_name = "URL", requires = "token", conflicts_with_all = ["last", "no_follow"])]
    pub(crate) ingest: Option<String>,
    /// The token of the endpoint
    #[arg(
        long,
        value_name = "TOKEN",
        env = "PINGS_TAIL_TOKEN",
        hide_env_values = true
    )]
    pub(crate) token: Option<String>,
    /// The number of existing events to show first
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub(crate) last: u32,
    /// Show only this event; can be repeated
    #[arg(long = "event", value_name = "NAME")]
    pub(crate) events: Vec<String>,
    /// Stop after the existing events
    #[arg(long)]
    pub(crate) no_follow: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}
