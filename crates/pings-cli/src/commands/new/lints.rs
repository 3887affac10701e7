//! The lints of the registry with the new ping.

use anstream::{AutoStream, ColorChoice};
use pings_model::Lint;
use pings_registry::{Files, Finding, Levels, Source, render_finding};

use crate::failure::Failure;
use crate::output;

/// Shows the findings that the changes add, and returns an error if one of them would fail
/// `pings check`.
pub(super) fn allow(
    old: &str,
    source: Source<'_>,
    findings: &[Finding],
    files: &Files<'_>,
) -> Result<(), Failure> {
    let known = pings_registry::check_with(old, &Levels::default(), files);
    let known = known.map(|checked| checked.findings).unwrap_or_default();
    let is_same = |one: &Finding, other: &Finding| {
        let (one, other) = (&one.diagnostic, &other.diagnostic);
        (one.rule, &one.message) == (other.rule, &other.message)
    };
    let count = |all: &[Finding], one: &Finding| all.iter().filter(|it| is_same(it, one)).count();
    let new: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.suppressed.is_none())
        .filter(|finding| count(findings, finding) > count(&known, finding))
        .collect();
    let colour = AutoStream::choice(&std::io::stderr()) != ColorChoice::Never;
    for finding in &new {
        output::complain(&format!("{}\n", render_finding(source, finding, colour)));
    }
    let denied = new.iter().find(|finding| pings_build::is_denied(finding));
    match denied.map(|finding| finding.diagnostic.rule) {
        None => Ok(()),
        Some(lint) => Err(Failure::Input(format!(
            "the lint `{}` refuses the new ping; nothing was written{}",
            lint.name(),
            help(lint)
        ))),
    }
}

/// Returns what to answer instead.
fn help(lint: Lint) -> &'static str {
    match lint {
        Lint::NumberAsADimension => {
            "\nhelp: measure the number instead of grouping by it, with `--measure sum --value NAME`"
        }
        _ => "\nhelp: change the answer that the finding points at",
    }
}
