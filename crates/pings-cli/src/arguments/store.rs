//! What may be typed after `pings store`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

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
    pub(crate) database: String,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Receive payloads over HTTP
    Serve(Serve),
    /// Keep the payloads of files: bundles, or payloads one a line
    Import(Import),
    /// Make all rows anew from the payloads as they came
    Rebuild,
    /// Take registries as the newest of their names, and tell which are known
    Registry(Registry),
}

#[derive(Args)]
#[command(after_help = "\
Example: pings store serve --listen 127.0.0.1:8090 --registry pings.yaml

Without a token anybody who reaches the address may send. TLS is what stands in front of it.")]
pub(crate) struct Serve {
    /// The address to listen on; port 0 is any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    pub(crate) listen: SocketAddr,
    /// Take this registry as the newest of its name; may be given several times
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
    /// A file with the UUID of an instance and its token on each line
    #[arg(long, value_name = "FILE")]
    pub(crate) tokens: Option<PathBuf>,
    /// The most bytes of a body as it comes; eight times as many decompressed
    #[arg(long, value_name = "N", default_value_t = 1 << 20, value_parser = clap::value_parser!(u32).range(1..=1 << 30))]
    pub(crate) max_bytes: u32,
}

#[derive(Args)]
pub(crate) struct Import {
    /// The files, or - for standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Registry {
    /// The registries, the newest of a name last
    pub(crate) files: Vec<PathBuf>,
}
