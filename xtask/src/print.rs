//! Words on the terminal, in colour where it has any and nobody minds.

use std::io::Write;
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice, eprintln};
use anstyle::{AnsiColor, Style};
use pings_build::Failure;
use pings_registry::{Finding, Source, render_finding};

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// What was asked for. Whoever stops reading it, as `head` does, has had enough.
pub(crate) fn text(text: &str) {
    let _ = writeln!(anstream::stdout(), "{text}");
}

/// A verb and what it was done to, as cargo prints it.
pub(crate) fn done(verb: &str, what: &str) {
    eprintln!("{GOOD}{verb:>12}{GOOD:#} {what}");
}

/// An error that the person at the keyboard can mend.
pub(crate) fn mistake(message: &str) -> ExitCode {
    eprintln!("{BAD}error{BAD:#}: {message}");
    ExitCode::from(1)
}

/// An error that is none of theirs.
pub(crate) fn failure(message: &str) -> ExitCode {
    eprintln!("{BAD}error{BAD:#}: {message}");
    ExitCode::from(2)
}

/// Flags that make no sense, or the help that was asked for.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    // Where even that cannot be printed, there is nobody to tell.
    let _ = error.print();
    ExitCode::from(u8::from(error.use_stderr()))
}

/// A registry that cannot be read.
pub(crate) fn no_registry(failure: &Failure) -> ExitCode {
    let colour = AutoStream::choice(&std::io::stderr()) != ColorChoice::Never;
    eprintln!("{}", failure.message(colour));
    ExitCode::from(1)
}

/// What a lint found.
pub(crate) fn finding(source: Source<'_>, finding: &Finding) {
    let colour = AutoStream::choice(&std::io::stderr()) != ColorChoice::Never;
    eprintln!("{}\n", render_finding(source, finding, colour));
}
