//! `pings diff`

use std::path::Path;
use std::process::ExitCode;
use std::thread;

use anstream::{AutoStream, ColorChoice};
use pings_build::{Failure as NoRegistry, Loaded};
use pings_findings::diff::{Diff, Form};
use pings_registry::Source;

use crate::arguments::{Common, Diff as Arguments, DiffFormat};
use crate::failure::{Failure, Outcome};
use crate::output;

/// The two registries to compare, with their display names.
struct Sides {
    old: Loaded,
    old_name: String,
    new: Loaded,
    name: String,
}

pub(crate) fn run(common: &Common, arguments: &Arguments) -> Outcome {
    let Sides {
        old,
        old_name,
        new,
        name,
    } = match (&arguments.old, &arguments.new) {
        (Some(old), Some(new)) => files(old, new)?,
        _ => in_git(&common.registry, arguments.base.as_deref())?,
    };
    let changes = pings_diff::diff(&old.registry, &new.registry);
    let place = match arguments.format {
        // GitHub expects paths relative to the root of the repository.
        DiffFormat::Github => pings_build::from_root(Path::new(&name)),
        DiffFormat::Human | DiffFormat::Json | DiffFormat::Markdown => name.clone(),
    };
    let source = Source {
        name: &place,
        text: &new.text,
    };
    let mut diff = Diff::new(&old_name, source, &changes);
    if let [unused, ..] = diff.accept(&arguments.accept).as_slice() {
        return Err(Failure::Input(unused.unused()));
    }
    let form = match arguments.format {
        DiffFormat::Human => Form::Human {
            colour: AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
        },
        DiffFormat::Json => Form::Json,
        DiffFormat::Github => Form::Github,
        DiffFormat::Markdown => Form::Markdown,
    };
    let text = diff.write(form);
    if !text.is_empty() {
        output::say(&text);
    }
    if matches!(arguments.format, DiffFormat::Human) {
        output::done(
            "Compared",
            &format!("{name} with {old_name}: {}", diff.summary()),
        );
    }
    Ok(ExitCode::from(u8::from(diff.is_breaking())))
}

/// Loads two files in parallel.
fn files(old: &Path, new: &Path) -> Result<Sides, Failure> {
    let (loaded, new_loaded) = thread::scope(|scope| {
        let loaded = scope.spawn(|| pings_build::load(old));
        let new_loaded = pings_build::load(new);
        (loaded.join(), new_loaded)
    });
    let Ok(loaded) = loaded else {
        return Err(Failure::Ours(
            "reading the old registry failed unexpectedly".to_owned(),
        ));
    };
    Ok(Sides {
        old: loaded.map_err(of_old)?,
        old_name: old.display().to_string(),
        new: new_loaded.map_err(|failure| Failure::Registry(Box::new(failure)))?,
        name: new.display().to_string(),
    })
}

/// Loads a file as it is now and as it was at a revision.
fn in_git(path: &Path, base: Option<&str>) -> Result<Sides, Failure> {
    let name = path.display().to_string();
    let new = pings_build::load(path).map_err(|failure| Failure::Registry(Box::new(failure)))?;
    let (revision, text) = pings_build::at_revision(path, base).map_err(Failure::Input)?;
    let old_name = format!("{name} at {revision}");
    let files = |file: &str| pings_build::file_at_revision(path, &revision, file);
    Ok(Sides {
        old: pings_build::read_with(&old_name, text, &files).map_err(of_old)?,
        old_name,
        new,
        name,
    })
}

fn of_old(failure: NoRegistry) -> Failure {
    match failure {
        NoRegistry::Mistakes { .. } => Failure::OldRegistry(Box::new(failure)),
        _ => Failure::Registry(Box::new(failure)),
    }
}
