//! `cargo xtask diff`

use std::path::Path;
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;
use pings_findings::diff::{Accept, Diff, Form};
use pings_findings::failure;
use pings_registry::Source;

use crate::print;

/// The output format of the changes.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for a terminal
    Human,
    /// JSON for programs
    Json,
    /// Markdown for a pull request
    Markdown,
    /// Workflow commands, which GitHub shows as annotations
    Github,
}

pub(crate) fn run(path: &Path, base: Option<&str>, format: Format, accept: &[Accept]) -> ExitCode {
    let new = match pings_build::load(path) {
        Ok(new) => new,
        Err(failure) => {
            show(format, &failure.reason(), &failure.message(false));
            return print::no_registry(&failure);
        }
    };
    let (revision, text) = match pings_build::at_revision(path, base) {
        Ok(found) => found,
        Err(message) => {
            show(format, &message, &message);
            return print::failure(&message);
        }
    };
    let name = path.display().to_string();
    let old_name = format!("{name} at {revision}");
    let files = |file: &str| pings_build::file_at_revision(path, &revision, file);
    let old = match pings_build::read_with(&old_name, text, &files) {
        Ok(old) => old,
        Err(failure) => {
            show(format, &failure.reason(), &failure.message(false));
            print::no_registry(&failure);
            return print::mistake(&format!(
                "the registry of {revision} does not pass the current rules, so it cannot be compared\n\
                 help: compare with a newer revision: --base REV"
            ));
        }
    };
    let changes = pings_diff::diff(&old.registry, &new.registry);
    let place = match format {
        // GitHub expects paths relative to the root of the repository.
        Format::Github => pings_build::from_root(path),
        _ => name.clone(),
    };
    let source = Source {
        name: &place,
        text: &new.text,
    };
    let mut diff = Diff::new(&old_name, source, &changes);
    if let [unused, ..] = diff.accept(accept).as_slice() {
        return print::mistake(&unused.unused());
    }
    let form = match format {
        Format::Human => Form::Human {
            colour: AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
        },
        Format::Json => Form::Json,
        Format::Markdown => Form::Markdown,
        Format::Github => Form::Github,
    };
    let text = diff.write(form);
    if !text.is_empty() {
        print::text(&text);
    }
    print::done(
        "Compared",
        &format!("{name} with {revision}: {}", diff.summary()),
    );
    ExitCode::from(u8::from(diff.is_breaking()))
}

/// Reports to other programs why the registries cannot be compared.
fn show(format: Format, reason: &str, message: &str) {
    match format {
        Format::Github => print::text(&failure::github(reason)),
        Format::Markdown => print::text(&failure::markdown(message)),
        Format::Human | Format::Json => {}
    }
}
