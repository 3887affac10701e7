//! `pings diff`

use std::process::ExitCode;
use std::thread;

use anstream::{AutoStream, ColorChoice};
use pings_build::{Failure as NoRegistry, Loaded};
use pings_findings::diff::{Diff, Form};
use pings_registry::Source;

use crate::arguments::{Common, Diff as Arguments, Format};
use crate::failure::{Failure, Outcome};
use crate::look;

pub(crate) fn run(common: &Common, arguments: &Arguments) -> Outcome {
    let (old, new) = both(arguments)?;
    let changes = pings_diff::diff(&old.registry, &new.registry);
    let (old_name, name) = (
        arguments.old.display().to_string(),
        arguments.new.display().to_string(),
    );
    let source = Source {
        name: &name,
        text: &new.text,
    };
    let mut diff = Diff::new(&old_name, source, &changes);
    if let [unused, ..] = diff.accept(&arguments.accept).as_slice() {
        return Err(Failure::Input(unused.unused()));
    }
    let form = match common.format {
        Format::Human | Format::Csv | Format::Sarif => Form::Human {
            colour: AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
        },
        Format::Json => Form::Json,
        Format::Github => Form::Github,
        Format::Markdown => Form::Markdown,
    };
    let text = diff.write(form);
    if !text.is_empty() {
        look::say(&text);
    }
    if common.format == Format::Human {
        look::done(
            "Compared",
            &format!("{name} with {old_name}: {}", diff.summary()),
        );
    }
    Ok(ExitCode::from(u8::from(diff.is_breaking())))
}

/// Both registries, read at the same time.
fn both(arguments: &Arguments) -> Result<(Loaded, Loaded), Failure> {
    let (old, new) = thread::scope(|scope| {
        let old = scope.spawn(|| pings_build::load(&arguments.old));
        let new = pings_build::load(&arguments.new);
        (old.join(), new)
    });
    let Ok(old) = old else {
        return Err(Failure::Ours(
            "reading the old registry was cut short".to_owned(),
        ));
    };
    let old = old.map_err(|failure| match failure {
        NoRegistry::Mistakes { .. } => Failure::OldRegistry(Box::new(failure)),
        _ => Failure::Registry(Box::new(failure)),
    })?;
    let new = new.map_err(|failure| Failure::Registry(Box::new(failure)))?;
    Ok((old, new))
}
