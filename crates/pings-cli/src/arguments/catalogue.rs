//! The arguments of `pings catalogue`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::format::Output;

#[derive(Args)]
#[command(after_help = "\
Examples:
  pings catalogue
  pings catalogue --serve
  pings catalogue --out public --base-url https://example.com/pings

Writes a static site: an index of all pings with a search, and pages of pings, events,
tables, owners and releases. The pages work from a folder and under any path of a server.
Files that were not generated are never overwritten, and files that are no longer
generated are removed.")]
pub(crate) struct Catalogue {
    /// The folder to write to
    #[arg(long, value_name = "FOLDER", default_value = "site")]
    pub(crate) out: PathBuf,
    /// Write nothing; show what would change, and exit with code 1 if anything would
    #[arg(long)]
    pub(crate) check: bool,
    /// The address where the site will be published, for its sitemap
    #[arg(long, value_name = "URL", value_parser = base_url)]
    pub(crate) base_url: Option<String>,
    /// Write nothing; serve the site at this address until the command is stopped. The registry is
    /// read again when it changes
    #[arg(
        long,
        value_name = "ADDRESS",
        num_args = 0..=1,
        default_missing_value = "127.0.0.1:8020",
        conflicts_with_all = ["out", "check"]
    )]
    pub(crate) serve: Option<SocketAddr>,
    #[command(flatten)]
    pub(crate) output: Output,
}

fn base_url(text: &str) -> Result<String, String> {
    match ["https://", "http://"]
        .iter()
        .any(|it| text.starts_with(it))
    {
        true => Ok(text.to_owned()),
        false => Err("expected an address such as https://example.com/pings".to_owned()),
    }
}
