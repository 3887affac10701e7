//! Terminal output in the style of xtask.

use std::process::ExitCode;

use anstream::eprintln;
use anstyle::{AnsiColor, Style};
use code_insights_demo::{Made, Sent};

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// Prints a summary of the demo, with a line for each stage.
pub(crate) fn made(made: &Made) {
    let Made {
        first,
        last,
        events,
        captures,
        insights,
        dashboards,
    } = made;
    created(&format!(
        "product.db: {insights} insights, {dashboards} dashboards"
    ));
    created(&format!("pings.db: {events} events, {first} to {last}"));
    created(&format!(
        "{captures} captures of product.db, in each week its own"
    ));
}

/// Prints the address of the page.
pub(crate) fn serving(address: std::net::SocketAddr) {
    eprintln!("{GOOD}{:>12}{GOOD:#} http://{address}", "Serving");
}

/// Prints the progress of the fleet, if standard error is a terminal.
pub(crate) fn sending(sent: Sent) {
    if std::io::IsTerminal::is_terminal(&std::io::stderr()) {
        let Sent { instances, .. } = sent;
        anstream::eprint!("\r{GOOD}{:>12}{GOOD:#} instance {instances}\r", "Sending");
    }
}

/// Prints what the fleet sent.
pub(crate) fn sent(sent: &Sent) {
    let Sent {
        instances,
        payloads,
        events,
    } = sent;
    eprintln!(
        "{GOOD}{:>12}{GOOD:#} {payloads} weeks of {instances} instances, made of {events} events",
        "Sent"
    );
}

fn created(what: &str) {
    eprintln!("{GOOD}{:>12}{GOOD:#} {what}", "Created");
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
