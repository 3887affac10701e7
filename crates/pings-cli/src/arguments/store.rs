//! The arguments of `pings store`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use pings_payload::Uuid;
use pings_runtime::Address;

use super::quotas::Quotas;

#[derive(Args)]
#[command(after_help = "\
A first look:
  pings store serve --registry pings.yaml
  curl --data-binary @payload.json http://127.0.0.1:8090/v1/payloads

The store has a database of its own; docs/store.md tells its tables and views.")]
pub(crate) struct Store {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// The database of the store: sqlite://FILE or postgres://USER@HOST/NAME
    #[arg(
        long,
        global = true,
        value_name = "URL",
        default_value = "sqlite://store.db",
        env = "PINGS_STORE_DATABASE",
        hide_env_values = true
    )]
    pub(crate) database: Address,
}

impl Store {
    /// Clears the registries that the server learns, if they were not given on the command line.
    pub(crate) fn forget_registries(&mut self) {
        if let Command::Serve(serve) = &mut self.command {
            serve.registries.clear();
        }
    }

    /// Returns whether the command is `pings store series`.
    pub(crate) fn is_series(&self) -> bool {
        matches!(self.command, Command::Series(_))
    }
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Receive payloads over HTTP
    Serve(Serve),
    /// Keep the payloads of files: bundles, or payloads one a line
    Import(Import),
    /// List the instances that sent payloads, and unpin keys
    Instances(Instances),
    /// Make all rows anew from the payloads as they came
    Rebuild,
    /// Take registries as the newest of their names, and tell which are known
    Registry(Registry),
    /// Show what a code came to, week by week, and how many instances that is to be believed of
    Series(Series),
    /// Tell which weeks and instances a breakage touched, and when the fleet will have healed
    Impact(Impact),
    /// Look for what is broken and not declared so
    Doctor(Doctor),
    /// Erase an instance everywhere, and print a receipt
    Forget(Forget),
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store serve --listen 127.0.0.1:8090 --registry pings.yaml

Without a token anybody who reaches the address can send new payloads. The first signed payload of
an instance pins its key, and payloads of that instance need its signature from then on. Run the
server behind a proxy that terminates TLS.")]
pub(crate) struct Serve {
    /// The address to listen on; port 0 is any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    pub(crate) listen: SocketAddr,
    /// Take this registry as the newest of its name, unless the store knows a newer one; may be
    /// given several times. Without it the store goes on as it is
    #[arg(id = "registry", long = "registry", value_name = "FILE")]
    pub(crate) registries: Vec<PathBuf>,
    /// The token that any instance may send with
    #[arg(
        long,
        value_name = "TOKEN",
        env = "PINGS_STORE_TOKEN",
        hide_env_values = true
    )]
    pub(crate) token: Option<String>,
    /// Refuse payloads that are not signed, unless they are sent with the token of their instance
    #[arg(long)]
    pub(crate) require_signatures: bool,
    /// A file with the UUID of an instance and its token on each line
    #[arg(long, value_name = "FILE")]
    pub(crate) tokens: Option<PathBuf>,
    /// The most bytes of a body as it comes; eight times as many decompressed
    #[arg(long, value_name = "N", default_value_t = 1 << 20, value_parser = clap::value_parser!(u32).range(1..=1 << 30))]
    pub(crate) max_bytes: u32,
    /// The token for `GET /metrics`; without it only this machine may read them
    #[arg(
        long,
        value_name = "TOKEN",
        env = "PINGS_STORE_METRICS_TOKEN",
        hide_env_values = true
    )]
    pub(crate) metrics_token: Option<String>,
    /// Keep the payloads of so many weeks, and erase older ones [default: keep all]
    #[arg(long, value_name = "WEEKS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) retain: Option<u32>,
    #[command(flatten)]
    pub(crate) quotas: Quotas,
}

#[derive(Args)]
pub(crate) struct Import {
    /// The files, or - for standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store instances --unpin 7f0c5b1e-8f3a-4c55-9d0e-2a4b6c8d0e1f

An instance signs its payloads with a key of its own. The store pins the key of the first signed
payload that it keeps, and refuses payloads without a signature of that key. Unpin the key of an
instance that was set up again under its old id.")]
pub(crate) struct Instances {
    /// Forget the key of this instance; its next signed payload pins a key again
    #[arg(long, value_name = "INSTANCE")]
    pub(crate) unpin: Option<Uuid>,
}

#[derive(Args)]
pub(crate) struct Registry {
    /// The registries, the newest of a name last
    pub(crate) files: Vec<PathBuf>,
    /// Take a registry as the newest also if the store knows a newer one
    #[arg(long)]
    pub(crate) older: bool,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store series InsightAddition --by insightType --weeks 52 --plot additions.svg

A week in which no instance is to be believed has no value. It is not zero. A sum falls where
instances drop out, as at a breakage; --mean tells that from less usage.")]
pub(crate) struct Series {
    /// The code, as it is in the payload
    pub(crate) code: String,
    /// Tell it apart by a dimension
    #[arg(long, value_name = "DIMENSION")]
    pub(crate) by: Option<String>,
    /// How many weeks
    #[arg(long, value_name = "N", default_value_t = 26, value_parser = clap::value_parser!(u32).range(1..=520))]
    pub(crate) weeks: u32,
    /// The last week [default: the newest that the store has]
    #[arg(long, value_name = "WEEK")]
    pub(crate) until: Option<String>,
    /// Add what all instances sent, to be believed or not
    #[arg(long)]
    pub(crate) all: bool,
    /// Show what adds up per trusted instance, so that it does not fall where instances drop out
    #[arg(long, conflicts_with = "all")]
    pub(crate) mean: bool,
    /// Draw it as SVG, into a file whose name ends in .svg
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store impact InsightAddition --versions 3.36+")]
pub(crate) struct Impact {
    /// The code, as it is in the payload
    pub(crate) code: String,
    /// Suppose that these versions are broken, instead of those that the registry declares
    #[arg(long, value_name = "RANGE")]
    pub(crate) versions: Option<String>,
}

#[derive(Args)]
#[command(after_help = "\
A version is judged on the instances that took it up: each against itself in the weeks before,
and against how its other codes moved meanwhile. docs/trust.md tells what that finds.")]
pub(crate) struct Doctor {
    /// Exit with 1 where anything was found, or the store does not know the registry
    #[arg(long)]
    pub(crate) ci: bool,
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store forget 7f0c5b1e-8f3a-4c55-9d0e-2a4b6c8d0e1f --format json > receipt.json

The store keeps no id of it. Withdraw the consent on the instance first: a payload that comes later
is kept as that of a new instance. Backups of the database are not touched.")]
pub(crate) struct Forget {
    /// The UUID of the instance
    pub(crate) instance: Uuid,
}
