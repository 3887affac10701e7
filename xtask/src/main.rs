//! `cargo xtask`: a thin shell over the crates of this workspace.

mod check;
mod demo;
mod diff;
mod generate;
mod print;
mod test;

use std::path::{Path, PathBuf};
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
    /// Write everything that is made from the registry: the crates of events and captures, the
    /// docs page and the JSON Schema
    Generate {
        /// Write nothing; show what would change, and fail if anything would
        #[arg(long)]
        check: bool,
        /// Another registry than this workspace's `pings.yaml`; needs --out
        #[arg(long, value_name = "FILE", requires = "out")]
        registry: Option<PathBuf>,
        /// Generate into this folder instead, as a workspace of its own
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
    /// Check a registry, and write nothing
    Check {
        /// Another registry than this workspace's `pings.yaml`
        #[arg(long, value_name = "FILE")]
        registry: Option<PathBuf>,
    },
    /// Tell what a change of the registry means for its numbers; fail where a series breaks
    Diff {
        /// The revision of git to compare with [default: where this branch left main, on main the commit before]
        #[arg(long, value_name = "REV")]
        base: Option<String>,
        /// Another registry than this workspace's `pings.yaml`
        #[arg(long, value_name = "FILE")]
        registry: Option<PathBuf>,
        /// How the changes are written
        #[arg(long, value_enum, default_value_t = diff::Format::Human)]
        format: diff::Format,
        /// Accept a breaking change; NAME is what it is about; may be given several times
        #[arg(long, value_name = "KIND[=NAME]")]
        accept: Vec<pings_findings::diff::Accept>,
    },
    /// Make a sample product with eight weeks of events, and report the last of them
    Demo {
        /// What to take for now, so that it is the same each time
        #[arg(long, value_name = "TIME", hide = true)]
        now: Option<String>,
    },
    /// Run everything that must pass before a change lands
    Test,
}

fn main() -> ExitCode {
    let command = match Arguments::try_parse() {
        Ok(arguments) => arguments.command,
        Err(error) => return print::usage(&error),
    };
    let root = workspace_root();
    match command {
        Command::Generate {
            check,
            registry,
            out,
        } => generate::run(
            &registry_path(registry, &root),
            out.as_deref(),
            &root,
            check,
        ),
        Command::Check { registry } => check::run(&registry_path(registry, &root)),
        Command::Diff {
            base,
            registry,
            format,
            accept,
        } => diff::run(
            &registry_path(registry, &root),
            base.as_deref(),
            format,
            &accept,
        ),
        Command::Demo { now } => demo::run(&root, now.as_deref()),
        Command::Test => test::run(&root),
    }
}

/// The folder of this workspace, as seen from where the command was run.
fn workspace_root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."));
    let here = std::env::current_dir().ok();
    match here.and_then(|here| root.strip_prefix(here).map(Path::to_owned).ok()) {
        Some(below) => below,
        None => root.to_owned(),
    }
}

fn registry_path(given: Option<PathBuf>, root: &Path) -> PathBuf {
    given.unwrap_or_else(|| root.join("pings.yaml"))
}
