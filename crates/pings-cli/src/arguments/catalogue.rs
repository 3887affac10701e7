//! The arguments of `pings catalogue`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::format::Output;

#[derive(Args, Clone)]
#[command(after_help = "\
Examples:
  pings catalogue
  pings catalogue --serve
  pings catalogue --out public --base-url https://example.com/pings
  pings catalogue --tags 'v*' --scan . \\
    --source-url 'https://github.com/example/notes/blob/main/{path}#L{line}'

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
    /// Show what each release changed, from the registry in the tags that match PATTERN
    #[arg(long, value_name = "PATTERN")]
    pub(crate) tags: Option<String>,
    /// Show where this folder fires each event; with --tags, also which releases do
    #[arg(long, value_name = "FOLDER")]
    pub(crate) scan: Option<PathBuf>,
    /// The address of a call site, with {path} and {line}
    #[arg(long, value_name = "URL", value_parser = source_url, requires = "scan")]
    pub(crate) source_url: Option<String>,
    /// An additional function that logs the event whose name it is passed, as in `pings scan`
    #[arg(long = "call", value_name = "NAME", requires = "scan")]
    pub(crate) calls: Vec<String>,
    /// Exclude files and folders from the scan that match this glob
    #[arg(long, value_name = "GLOB", requires = "scan")]
    pub(crate) exclude: Vec<String>,
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

fn source_url(text: &str) -> Result<String, String> {
    match base_url(text).is_ok() && text.contains("{path}") {
        true => Ok(text.to_owned()),
        false => Err(
            "expected an address such as https://example.com/blob/main/{path}#L{line}".to_owned(),
        ),
    }
}
