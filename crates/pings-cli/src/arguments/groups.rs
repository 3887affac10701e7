//! A group of commands that was called without a subcommand.

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::output::{Align, Table};

/// Returns a message with the subcommands of a group, if the error is a missing subcommand.
pub(super) fn missing_subcommand(command: &Command, error: &clap::Error) -> Option<String> {
    let is_missing = error.kind() == ErrorKind::MissingSubcommand;
    let Some(ContextValue::String(name)) = error.get(ContextKind::InvalidSubcommand) else {
        return None;
    };
    let mut words = name.split(' ').skip(1);
    let group = words.try_fold(command, |group, word| group.find_subcommand(word))?;
    let mut table = Table::new(&[Align::Left, Align::Left], 2);
    for subcommand in group.get_subcommands() {
        let about = subcommand.get_about().map(ToString::to_string);
        let about = about.unwrap_or_default();
        table.row(vec![subcommand.get_name().to_owned(), about]);
    }
    is_missing.then(|| {
        format!(
            "`{name}` needs a subcommand:\n{}\nhelp: `{name} --help` shows the options too",
            table.lines().join("\n")
        )
    })
}

/// Lets a group that is called alone fail with [`missing_subcommand`] instead of its help.
pub(super) fn without_help(command: Command) -> Command {
    command.mut_subcommands(|subcommand| {
        let subcommand = match subcommand.is_subcommand_required_set() {
            true => subcommand.arg_required_else_help(false),
            false => subcommand,
        };
        without_help(subcommand)
    })
}
