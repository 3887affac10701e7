//! The arguments of `pings view`.

use clap::Args;
use pings_runtime::Address;

use super::format::Output;

#[derive(Args)]
#[command(after_help = "\
Example: pings view --open

The pages are served to this machine only. The printed address has a token that works once.
Products in Rust mount the same pages behind their own sign-in: see `Pings::admin` of the
crate pings.")]
pub(crate) struct View {
    /// Open the pages in the browser
    #[arg(long)]
    pub(crate) open: bool,
    /// The port to listen on [default: any free port]
    #[arg(
        long,
        value_name = "PORT",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub(crate) port: u16,
    /// Do not offer to change switches or to agree to metrics
    #[arg(long)]
    pub(crate) read_only: bool,
    /// The version of the product
    #[arg(long, value_name = "VERSION", env = "PINGS_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
    /// The address of the store [default: `store` in the settings file]
    #[arg(long, value_name = "URL", env = "PINGS_STORE", hide_env_values = true)]
    pub(crate) store: Option<Address>,
    #[command(flatten)]
    pub(crate) output: Output,
}
