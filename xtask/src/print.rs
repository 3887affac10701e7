//! Terminal output, with colours where the terminal supports them.

use std::io::Write;
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice, eprintln};
use anstyle::{AnsiColor, Style};
use pings_build::Failure;
use pings_registry::{Finding, Lines, render_in};

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// Prints a result. A reader that closes the pipe, as `head` does, is not an error.
pub(crate) fn text(text: &str) {
    let _ = writeln!(anstream::stdout(), "{text}");
}

/// Prints a verb and its object in the style of Cargo.
pub(crate) fn done(verb: &str, what: &str) {
    eprintln!("{GOOD}{verb:>12}{GOOD:#} {what}");
}

/// Prints an error that the user can fix.
pub(crate) fn mistake(message: &str) -> ExitCode {
    eprintln!("{BAD}error{BAD:#}: {message}");
    ExitCode::from(1)
}

/// Prints an internal or environment error.
pub(crate) fn failure(message: &str) -> ExitCode {
    eprintln!("{BAD}error{BAD:#}: {message}");
    ExitCode::from(2)
}

/// Prints a usage error, or the requested help.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    // If even this cannot be printed, the failure cannot be reported.
    let _ = error.print();
    ExitCode::from(u8::from(error.use_stderr()))
}

/// Prints the errors of a registry that cannot be read.
pub(crate) fn no_registry(failure: &Failure) -> ExitCode {
    let colour = AutoStream::choice(&std::io::stderr()) != ColorChoice::Never;
    eprintln!("{}", failure.message(colour));
    ExitCode::from(1)
}

/// Prints the finding of a lint.
pub(crate) fn finding(name: &str, lines: &Lines<'_>, finding: &Finding) {
    let colour = AutoStream::choice(&std::io::stderr()) != ColorChoice::Never;
    eprintln!("{}\n", render_in(name, lines, &finding.into(), colour));
}
