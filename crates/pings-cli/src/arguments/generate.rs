//! The arguments of `pings generate`.

use std::path::PathBuf;

use clap::Args;

use super::format::Output;

#[derive(Args)]
#[command(after_help = "\
Examples:
  pings generate
  pings generate --check

Writes the crate of typed events (crates/NAME-events), the documentation page
(docs/pings.md) and the schema for editors (docs/pings.schema.json). For events from other
back ends, writes the schema of a request (docs/events.schema.json) and the description of
the ingest endpoint (docs/ingest.openapi.json). The crate of captures and the web package
are updated if they exist; delete their folders to stop this. Files that were not
generated are never overwritten, and files that are no longer generated are removed.")]
pub(crate) struct Generate {
    /// Write nothing; show what would change, and exit with code 1 if anything would
    #[arg(long)]
    pub(crate) check: bool,
    /// The folder to write to [default: the folder of the registry]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// Also write the crate of captures (crates/NAME-captures): the SQL of each metric for both
    /// databases, and typed rows
    #[arg(long)]
    pub(crate) captures: bool,
    /// Also write the package for web front ends (packages/NAME-web): a typed function per event
    #[arg(long)]
    pub(crate) web: bool,
    /// The folder with the crates pings-types and pings-rows, on which the generated crates depend
    /// [default: the published crates, or the checkout that this command was built in]
    #[arg(long, value_name = "FOLDER", env = "PINGS_LIBRARIES")]
    pub(crate) libraries: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: Output,
}
