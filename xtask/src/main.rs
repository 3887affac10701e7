//! `cargo xtask`: a thin shell over the crates of this workspace.

mod check;
mod generate;
mod print;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// One registry of pings, from which everything else is made or checked.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    after_help = "Exit codes: 0 all is well, 1 your input needs a change, 2 we could not do it."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write everything that is made from the registry: the event and capture crates, the docs
    /// page and the JSON Schema
    Generate {
        /// Write nothing; show what would change, and fail if anything would
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        registry: Registry,
        /// Generate into this folder instead, as a workspace of its own
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
    /// Check the registry, and write nothing
    Check {
        #[command(flatten)]
        registry: Registry,
    },
    /// Run everything that must pass before a change lands
    Test,
}

#[derive(clap::Args)]
struct Registry {
    /// The registry
    #[arg(
        long = "registry",
        value_name = "FILE",
        env = "PINGS_REGISTRY",
        default_value = "pings.yaml"
    )]
    path: PathBuf,
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Generate {
            check,
            registry,
            out,
        } => generate::run(&registry.path, out.as_deref(), check),
        Command::Check { registry } => check::run(&registry.path),
        Command::Test => test::run(),
    }
}
