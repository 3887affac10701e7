//! How answers look: in colour where there is any and nobody minds, and as well without.

mod github;
mod numbers;
mod spark;
mod table;

use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anstyle::{AnsiColor, Style};
use pings_runtime::Database;
use serde_json::Value as Json;

pub(crate) use github::annotation;
pub(crate) use numbers::{change, measure, number, seconds};
pub(crate) use spark::{bar, sparkline};
pub(crate) use table::{Align, Table};

/// Headings.
pub(crate) const BOLD: Style = Style::new().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();
/// What is well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What is not.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// What to be careful with.
pub(crate) const CAREFUL: Style = AnsiColor::Yellow.on_default();

/// A text in a style.
pub(crate) fn styled(style: Style, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("{style}{text}{style:#}")
}

/// Whether an answer could not be written.
static IS_LOST: AtomicBool = AtomicBool::new(false);

/// What was asked for. Whoever stops reading it, as `head` does, has had enough.
pub(crate) fn say(text: &str) {
    let mut out = anstream::stdout();
    let written = writeln!(out, "{text}").and_then(|()| out.flush());
    if written.is_err_and(|error| error.kind() != ErrorKind::BrokenPipe) {
        IS_LOST.store(true, Ordering::Relaxed);
    }
}

/// Bytes that were asked for, as they are.
pub(crate) fn say_bytes(bytes: &[u8]) {
    let mut out = std::io::stdout();
    let written = out.write_all(bytes).and_then(|()| out.flush());
    if written.is_err_and(|error| error.kind() != ErrorKind::BrokenPipe) {
        IS_LOST.store(true, Ordering::Relaxed);
    }
}

/// Whether an answer could not be written, as on a disk that is full.
pub(crate) fn is_lost() -> bool {
    IS_LOST.load(Ordering::Relaxed)
}

/// A text that came from elsewhere, without what would steer a terminal or break a line.
pub(crate) fn plain(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| if steers(c) { '\u{fffd}' } else { c })
        .collect()
}

/// What was asked for, as JSON.
pub(crate) fn say_json(json: &Json) {
    say(&format!("{json:#}"));
}

/// A verb and what it was done to, as cargo prints it.
pub(crate) fn done(verb: &str, what: &str) {
    complain(&format!(
        "{} {what}",
        styled(GOOD.bold(), &format!("{verb:>12}"))
    ));
}

/// An error.
pub(crate) fn error(message: &str) {
    complain(&format!("{}: {message}", styled(BAD.bold(), "error")));
}

/// Writes the warning about the connection to a database, if there is one.
pub(crate) fn warn_of(database: &Database) {
    if let Some(warning) = database.warning() {
        complain(&format!("warning: {warning}"));
    }
}

/// What is no answer.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn no_text_steers_the_terminal() {
        assert_eq!(
            plain("a\u{1b}[31m\n\u{202e}b é"),
            "a\u{fffd}[31m\u{fffd}\u{fffd}b é"
        );
    }
}
