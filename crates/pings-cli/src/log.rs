//! The log on standard error.

use std::env;
use std::io::{self, IsTerminal};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::arguments::Command;
use crate::failure::Failure;

/// The variable that selects what is logged, for example `info` or `pings_store=debug`.
const VARIABLE: &str = "RUST_LOG";

/// Installs the log. `verbose` is how often `-v` was given; [`VARIABLE`] overrides it.
pub(crate) fn install(verbose: u8, command: &Command) -> Result<(), Failure> {
    let filter = match env::var(VARIABLE).ok().filter(|text| !text.is_empty()) {
        Some(text) => text.parse().map_err(|error| {
            Failure::Input(format!(
                "{VARIABLE} is invalid: {error}\n\
                 help: use a level such as info, or targets such as pings_store=debug"
            ))
        })?,
        None => filter(verbose, is_server(command)),
    };
    let has_colours = io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none();
    let lines = fmt::layer().with_writer(io::stderr).with_ansi(has_colours);
    // A log that is already installed is kept.
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(filter)
        .try_init();
    Ok(())
}

/// Returns what is logged by default: warnings of a server, and nothing else, because commands
/// print what they do.
fn filter(verbose: u8, is_server: bool) -> Targets {
    let level = match verbose {
        0 if is_server => LevelFilter::WARN,
        0 => LevelFilter::OFF,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    // Only crates of this project: a database driver logs statements.
    let crates = [
        "pings",
        "pings_admin",
        "pings_cli",
        "pings_database",
        "pings_runtime",
        "pings_store",
    ];
    Targets::new().with_targets(crates.map(|name| (name, level)))
}

fn is_server(command: &Command) -> bool {
    matches!(command, Command::Store(store) if store.is_server())
}
