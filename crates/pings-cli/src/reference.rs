//! The reference of the command line as a Markdown page, from the definitions of the arguments.

use clap::{Arg, Command, CommandFactory};

use crate::arguments::Arguments;

/// The top of the page.
const INTRODUCTION: &str = "\
[//]: # \"Written from the definitions of the arguments by a test; not to be edited.\"

# The command line

All commands of `pings` with their arguments. `pings COMMAND --help` prints the same text, and
[The `pings` command](command.md) explains the commands with examples.
";

/// Returns the page.
#[must_use]
pub fn page() -> String {
    let defined = Arguments::command();
    // Building adds the names of the groups to the usage lines, but also repeats the global options
    // in each command.
    let mut built = Arguments::command();
    built.build();
    let mut page = INTRODUCTION.to_owned();
    push_command(&mut page, &defined, &mut built, "pings");
    page
}

/// Appends the section of a command and of its subcommands.
fn push_command(page: &mut String, defined: &Command, built: &mut Command, name: &str) {
    page.push_str(&format!("\n## {name}\n\n{}.\n\n", about(defined)));
    let usage = built.render_usage().to_string();
    page.push_str(&format!("```text\n{}\n```\n", usage.trim()));
    push_arguments(page, defined);
    let subcommands = || defined.get_subcommands().filter(|it| !it.is_hide_set());
    if subcommands().next().is_some() {
        page.push_str("\n| command | |\n| --- | --- |\n");
    }
    for subcommand in subcommands() {
        let full = format!("{name} {}", subcommand.get_name());
        let anchor = full.replace(' ', "-");
        page.push_str(&format!(
            "| [`{full}`](#{anchor}) | {} |\n",
            cell(&about(subcommand))
        ));
    }
    if let Some(after) = defined.get_after_help() {
        page.push_str(&format!("\n```text\n{}\n```\n", after.to_string().trim()));
    }
    for subcommand in subcommands() {
        let full = format!("{name} {}", subcommand.get_name());
        if let Some(built) = built.find_subcommand_mut(subcommand.get_name()) {
            push_command(page, subcommand, built, &full);
        }
    }
}

/// Returns the description of a command in one line, without a full stop.
fn about(command: &Command) -> String {
    let text = command.get_about().map(ToString::to_string);
    one_line(&text.unwrap_or_default())
}

/// Appends the tables of the arguments that are defined for a command.
fn push_arguments(page: &mut String, command: &Command) {
    let shown = || command.get_arguments().filter(|it| !it.is_hide_set());
    let positional: Vec<_> = shown().filter(|it| it.is_positional()).collect();
    let options: Vec<_> = shown().filter(|it| !it.is_positional()).collect();
    if !positional.is_empty() {
        page.push_str("\n| argument | default | |\n| --- | --- | --- |\n");
    }
    for argument in positional {
        let (text, default) = described(argument);
        page.push_str(&format!(
            "| {} | {default} | {text} |\n",
            code(&positional_name(argument))
        ));
    }
    if !options.is_empty() {
        page.push_str("\n| option | environment | default | |\n| --- | --- | --- | --- |\n");
    }
    for option in options {
        let (text, default) = described(option);
        let environment = option.get_env().map(|name| code(&name.to_string_lossy()));
        let environment = environment.unwrap_or_default();
        let name = code(&option_name(option));
        page.push_str(&format!(
            "| {name} | {environment} | {default} | {text} |\n"
        ));
    }
}

/// Returns a positional argument as the usage line shows it, such as `[PATH]...`.
fn positional_name(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let name = names
        .first()
        .map_or(argument.get_id().as_str(), |name| name.as_str());
    let name = name.to_uppercase();
    let many = if is_repeated(argument) { "..." } else { "" };
    match argument.is_required_set() {
        true => format!("<{name}>{many}"),
        false => format!("[{name}]{many}"),
    }
}

/// Returns an option with its short name and its value, such as `-D, --deny <LINT>`.
fn option_name(option: &Arg) -> String {
    let short = option.get_short().map(|short| format!("-{short}"));
    let long = option.get_long().map(|long| format!("--{long}"));
    let mut name: Vec<String> = short.into_iter().chain(long).collect();
    if let (Some(last), true) = (name.last_mut(), option.get_action().takes_values()) {
        let id = option.get_id().as_str().to_uppercase();
        let value = option.get_value_names().and_then(<[_]>::first);
        last.push_str(&format!(
            " <{}>",
            value.map_or(id.as_str(), |value| value.as_str())
        ));
    }
    name.join(", ")
}

/// Returns whether a positional argument takes several values.
fn is_repeated(argument: &Arg) -> bool {
    matches!(argument.get_action(), clap::ArgAction::Append)
}

/// Returns the description of an argument with its possible values, and its default.
fn described(argument: &Arg) -> (String, String) {
    let help = argument.get_long_help().or(argument.get_help());
    let help = one_line(&help.map(ToString::to_string).unwrap_or_default());
    // A default that is not a value is in the text, as in `[default: the last week]`.
    let (text, in_text) = match help.split_once(" [default: ") {
        Some((text, default)) => (text.to_owned(), cell(default.trim_end_matches(']'))),
        None => (help, String::new()),
    };
    let values: Vec<String> = argument
        .get_default_values()
        .iter()
        .map(|value| code(&value.to_string_lossy()))
        .collect();
    let default = match (argument.get_action().takes_values(), values.as_slice()) {
        (true, [_, ..]) => values.join(", "),
        _ => in_text,
    };
    let mut text = cell(&text);
    let possible = argument.get_possible_values();
    let possible = possible.iter().filter(|value| !value.is_hide_set());
    let possible: Vec<String> = possible
        .map(|value| match value.get_help() {
            Some(help) => format!(
                "{}: {}",
                code(value.get_name()),
                cell(&one_line(&help.to_string()))
            ),
            None => code(value.get_name()),
        })
        .collect();
    if argument.get_action().takes_values() && !possible.is_empty() {
        text.push_str(&format!("<br>{}", possible.join("<br>")));
    }
    (text, default)
}

/// Returns a text as a single line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Escapes a text for a cell of a table. Code in backticks stays as it is.
fn cell(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(number, part)| match number % 2 {
        0 => part
            .replace('<', "&lt;")
            .replace('*', "\\*")
            .replace('_', "\\_"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("`").replace('|', "\\|")
}

/// Returns a text as code in a cell of a table.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}
