//! The output of commands, with colours where the terminal supports them.

mod emoji;
mod github;
mod hanging;
mod numbers;
mod parquet_file;
mod spark;
mod table;
mod untrusted;
mod wrap;

use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anstyle::{AnsiColor, Style};
use pings_runtime::{Database, SchemaVersions, masked_in_text};
use serde_json::Value as Json;

pub(crate) use github::annotation;
pub(crate) use hanging::hanging;
pub(crate) use numbers::{change, counted, measure, number, percent, seconds};
pub(crate) use parquet_file::ParquetFile;
pub(crate) use spark::{bar, sparkline};
pub(crate) use table::{Align, Table};
pub(crate) use untrusted::{cell, plain};
use untrusted::{escaped, steady};

/// The style of headings.
pub(crate) const BOLD: Style = Style::new().bold();
/// The style of secondary information.
pub(crate) const DIM: Style = Style::new().dimmed();
/// The style of good results.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// The style of errors and bad results.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// The style of warnings.
pub(crate) const CAREFUL: Style = AnsiColor::Yellow.on_default();

/// Returns a text in a style.
pub(crate) fn styled(style: Style, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("{style}{text}{style:#}")
}

/// Returns a paragraph whose lines fit the terminal, if the output is shown on a terminal.
pub(crate) fn paragraph(text: &str) -> String {
    match table::terminal_width() {
        Some(width) => wrap::wrapped(text, width).join("\n"),
        None => text.to_owned(),
    }
}

/// Whether progress and notes are hidden.
static IS_QUIET: AtomicBool = AtomicBool::new(false);

/// Hides progress and notes, or shows them.
pub(crate) fn set_quiet(is_quiet: bool) {
    IS_QUIET.store(is_quiet, Ordering::Relaxed);
}

/// Returns whether progress and notes are hidden.
pub(crate) fn is_quiet() -> bool {
    IS_QUIET.load(Ordering::Relaxed)
}

/// Whether output could not be written.
static IS_LOST: AtomicBool = AtomicBool::new(false);

/// Whether the reader of the output closed it.
static IS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Prints a result. A reader that closes the pipe, as `head` does, is not an error.
pub(crate) fn say(text: &str) {
    say_as_it_is(&steady(text));
}

/// Prints a result without sanitizing it.
fn say_as_it_is(text: &str) {
    let mut out = anstream::stdout();
    note_failure(writeln!(out, "{text}").and_then(|()| out.flush()));
}

/// Notes whether output could not be written.
fn note_failure(written: std::io::Result<()>) {
    match written {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            IS_CLOSED.store(true, Ordering::Relaxed);
        }
        Err(_) => IS_LOST.store(true, Ordering::Relaxed),
    }
}

/// Returns whether further output would reach a reader.
pub(crate) fn has_reader() -> bool {
    !is_lost() && !IS_CLOSED.load(Ordering::Relaxed)
}

/// Prints a JSON text verbatim, or escaped on a terminal.
pub(crate) fn say_text_of_json(json: &str) {
    match std::io::stdout().is_terminal() {
        true => say_bytes(escaped(json).as_bytes()),
        false => say_bytes(json.as_bytes()),
    }
}

/// Prints bytes verbatim.
pub(crate) fn say_bytes(bytes: &[u8]) {
    let mut out = std::io::stdout();
    note_failure(out.write_all(bytes).and_then(|()| out.flush()));
}

/// Returns whether output could not be written, for example because the disk is full.
pub(crate) fn is_lost() -> bool {
    IS_LOST.load(Ordering::Relaxed)
}

/// Prints a result as JSON.
pub(crate) fn say_json(json: &Json) {
    say_as_it_is(&escaped(&format!("{json:#}")));
}

/// Prints an event as a line of JSON.
pub(crate) fn say_json_line(json: &Json) {
    say_as_it_is(&escaped(&json.to_string()));
}

/// Prints a verb and its object in the style of Cargo.
pub(crate) fn done(verb: &str, what: &str) {
    if is_quiet() {
        return;
    }
    complain(&format!(
        "{} {what}",
        styled(GOOD.bold(), &format!("{verb:>12}"))
    ));
}

/// Prints an error.
pub(crate) fn error(message: &str) {
    complain(&format!("{}: {message}", styled(BAD.bold(), "error")));
}

/// Writes the warning about the connection to a database, if there is one.
pub(crate) fn warn_of(database: &Database) {
    if let Some(warning) = database.warning() {
        complain(&format!("warning: {warning}"));
    }
}

/// Says that the tables of an earlier version were migrated, if they were.
pub(crate) fn note_migration(database: &Database, migrated: SchemaVersions) {
    if migrated.is_upgrade() {
        complain(&format!(
            "note: migrated the tables of {} from version {} to {}; earlier programs can no longer use them\n\
             help: to go back, restore the backup from before the upgrade",
            database.address(),
            migrated.from,
            migrated.to
        ));
    }
}

/// Writes a message to standard error, without the passwords of addresses. Notes are hidden if
/// [`is_quiet`].
pub(crate) fn complain(text: &str) {
    if is_quiet() && is_note(text) {
        return;
    }
    let _ = writeln!(anstream::stderr(), "{}", steady(&masked_in_text(text)));
}

/// Returns whether a message is a note, or the help for a note. The help for an error or a warning
/// is part of its message.
fn is_note(text: &str) -> bool {
    let plain = anstream::adapter::strip_str(text).to_string();
    let plain = plain.trim_start();
    ["note: ", "help: ", "= help: "]
        .iter()
        .any(|word| plain.starts_with(word))
}
