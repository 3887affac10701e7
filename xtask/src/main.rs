//! `cargo xtask`: a thin shell over the crates of this workspace.

mod bench;
mod cargo;
mod catalogue;
mod check;
mod demo;
mod diff;
mod generate;
mod print;
mod test;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Generate, check and compare everything that depends on the registry of pings
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    after_help = "Exit codes: 0 success, 1 invalid input or a failed check, 2 internal or environment failure."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write all generated files: the crates of events and captures, the docs pages and the JSON
    /// Schema
    Generate {
        /// Write nothing; show what would change, and fail if anything would
        #[arg(long)]
        check: bool,
        /// A registry other than this workspace's `pings.yaml`; requires --out
        #[arg(long, value_name = "FILE", requires = "out")]
        registry: Option<PathBuf>,
        /// Generate into this folder as a separate workspace
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
    /// Check a registry without writing anything
    Check {
        /// A registry other than this workspace's `pings.yaml`
        #[arg(long, value_name = "FILE")]
        registry: Option<PathBuf>,
    },
    /// Show how a change of the registry affects its numbers, and fail if a series breaks
    Diff {
        /// The git revision to compare with [default: the merge base with main; on main, the
        /// previous commit]
        #[arg(long, value_name = "REV")]
        base: Option<String>,
        /// A registry other than this workspace's `pings.yaml`
        #[arg(long, value_name = "FILE")]
        registry: Option<PathBuf>,
        /// The output format of the changes
        #[arg(long, value_enum, default_value_t = diff::Format::Human)]
        format: diff::Format,
        /// Accept a breaking change of KIND, optionally only for NAME; can be repeated
        #[arg(long, value_name = "KIND[=NAME]")]
        accept: Vec<pings_findings::diff::Accept>,
    },
    /// Write the catalogue of this workspace's registry
    Catalogue {
        /// The folder to write to [default: target/catalogue]
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
        /// Write nothing; serve the pages until the command is stopped
        #[arg(long, conflicts_with = "out")]
        serve: bool,
    },
    /// Create a sample product with eight weeks of events, and report the last week
    Demo {
        /// The time to use as now, for reproducible output
        #[arg(long, value_name = "TIME", hide = true)]
        now: Option<String>,
        /// Serve a web page that fires events of the product, and show them as they arrive
        #[arg(long)]
        page: bool,
        /// Serve the dashboard of the fleet's store, and the catalogue, until Ctrl-C
        #[arg(long, conflicts_with = "page")]
        serve: bool,
    },
    /// Run all checks that must pass before a change is merged
    ///
    /// The tests need PostgreSQL, PgBouncer and ClickHouse. Missing services are fetched into
    /// `target/services`. PINGS_TEST_POSTGRES_URL names another PostgreSQL server, and
    /// PINGS_TEST_POSTGRES_BIN the folder of its programs.
    Test {
        /// Fetch nothing, and skip tests that need a missing service
        #[arg(long)]
        offline: bool,
    },
    /// Run the benchmarks, print their figures beside what is wanted, and write them to
    /// `docs/benchmarks.md`
    Bench {
        /// Run only these benchmarks, and write no page
        names: Vec<String>,
    },
    /// Fetch the pinned PostgreSQL into `target/services`, and print the folder of its programs
    Postgres,
    /// Fetch the pinned ClickHouse into `target/services`, and print its folder
    Clickhouse,
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
        Command::Catalogue { out, serve } => catalogue::run(&root, out.as_deref(), serve),
        Command::Demo { page: true, .. } => demo::page(&root),
        Command::Demo { serve: true, .. } => demo::serve(&root),
        Command::Demo { now, .. } => demo::run(&root, now.as_deref()),
        Command::Bench { names } => bench::run(&root, &names),
        Command::Test { offline } => test::run(&root, offline),
        Command::Postgres => test::fetch("PostgreSQL", &root),
        Command::Clickhouse => test::fetch("ClickHouse", &root),
    }
}

/// Returns the folder of this workspace, relative to the current folder if possible.
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
