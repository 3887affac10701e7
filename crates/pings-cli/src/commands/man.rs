//! `pings man`

use std::fs;
use std::process::ExitCode;

use clap::CommandFactory;

use crate::arguments::{Arguments, Man};
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::output::counted;

pub(crate) fn run(man: &Man) -> Outcome {
    let folder = man.folder.display();
    let failed = |error| Failure::Ours(format!("cannot write to {folder}: {error}"));
    fs::create_dir_all(&man.folder).map_err(failed)?;
    // The subcommand `help` of each group has nothing to describe.
    let command = Arguments::command().disable_help_subcommand(true);
    clap_mangen::generate_to(command.clone(), &man.folder).map_err(failed)?;
    let pages = counted(pages(&command), "manual page", "manual pages");
    output::done("Wrote", &format!("{pages} to {folder}"));
    Ok(ExitCode::SUCCESS)
}

/// Returns the number of commands, including the command itself.
fn pages(command: &clap::Command) -> u64 {
    1 + command.get_subcommands().map(pages).sum::<u64>()
}
