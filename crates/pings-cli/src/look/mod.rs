//! How answers look: in colour where there is any and nobody minds, and as well without.

mod numbers;
mod spark;
mod table;

use std::io::Write;

use anstyle::{AnsiColor, Style};
use serde_json::Value as Json;

pub(crate) use numbers::{change, number, seconds};
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

/// What was asked for. Whoever stops reading it, as `head` does, has had enough.
pub(crate) fn say(text: &str) {
    let _ = writeln!(anstream::stdout(), "{text}");
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

/// What is no answer.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}
