//! The commands, with a file for each.

pub(crate) mod capture;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod consent;
pub(crate) mod delivery;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod inputs;
pub(crate) mod man;
pub(crate) mod new;
pub(crate) mod prune;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod scan;
mod signals;
pub(crate) mod sql;
pub(crate) mod store;
pub(crate) mod text_file;

use crate::arguments::{Command, Common, Format};
use crate::failure::Failure;

/// Checks that the command supports the requested format.
pub(crate) fn check_format(common: &Common, command: &Command) -> Result<(), Failure> {
    use Format::{Csv, Github, Human, Json, Markdown, Sarif};
    let written: &[Format] = match command {
        Command::Check(check) if check::live::is_wanted(common, &check.live) => {
            &[Human, Json, Github]
        }
        Command::Check(_) => &[Human, Json, Github, Sarif],
        Command::Scan(_) => &[Human, Json, Github],
        Command::Diff(_) => &[Human, Json, Markdown, Github],
        Command::Store(store) if store.is_series() => &[Human, Json, Csv],
        Command::Completions(_) | Command::Man(_) => &[Human],
        _ => &[Human, Json],
    };
    if written.contains(&common.format) {
        return Ok(());
    }
    let names: Vec<&str> = written.iter().map(|format| format.name()).collect();
    Err(Failure::Input(format!(
        "this command does not support `--format {}`\nhelp: use one of {}",
        common.format.name(),
        names.join(", ")
    )))
}
