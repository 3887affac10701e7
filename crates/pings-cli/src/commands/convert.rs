//! `pings convert`

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pings_convert::{Conversion, Effect, Input, Loss, Options};
use pings_model::ident::snake_name;
use serde_json::{Value as Json, json};

use crate::arguments::{Common, Convert};
use crate::failure::{Failure, Outcome};
use crate::output::{self, BAD, CAREFUL, DIM, counted, styled};

/// The maximum size of a file, in bytes. The conversion has the same limit.
const LARGEST: u64 = 32 << 20;

/// The maximum size of all files, in bytes.
const LARGEST_SUM: usize = 256 << 20;

/// The maximum depth of folders.
const DEEPEST: usize = 32;

pub(crate) fn run(common: &Common, arguments: &Convert) -> Outcome {
    if snake_name(&arguments.name).as_deref() != Some(&*arguments.name)
        || !arguments.name.starts_with(|c: char| c.is_ascii_lowercase())
    {
        return Err(Failure::Input(format!(
            "the name of a registry is in snake_case, but `{}` is not",
            arguments.name
        )));
    }
    let files = read(&arguments.files)?;
    let inputs: Vec<Input<'_>> = files
        .iter()
        .map(|(name, bytes)| Input { name, bytes })
        .collect();
    let title = title(&arguments.name);
    let options = Options {
        name: &arguments.name,
        title: &title,
        added: arguments.added,
    };
    let done = pings_convert::convert(arguments.from.into(), &inputs, &options)
        .map_err(|unreadable| Failure::Input(unreadable.to_string()))?;
    // The text is checked before it is written: a mistake in it is a fault of the conversion.
    let checked = pings_build::read("the converted registry", done.registry.clone());
    let checked = checked.map_err(Failure::of_registry)?;
    if let Some(out) = &arguments.out {
        write(out, &done.registry)?;
    }
    if common.is_json() {
        output::say_json(&as_json(arguments, &done));
        return Ok(ExitCode::SUCCESS);
    }
    match &arguments.out {
        Some(out) => {
            let contents = pings_build::contents(&checked.registry);
            output::done("Created", &format!("{}: {contents}", out.display()));
        }
        None => output::say(done.registry.trim_end()),
    }
    show(&done);
    Ok(ExitCode::SUCCESS)
}

/// Returns the title of the page: `help_desk` becomes `Help desk pings`.
fn title(name: &str) -> String {
    let words = format!("{} pings", name.replace('_', " "));
    let mut characters = words.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

/// Reads files, and the files in folders, in the order of their names.
fn read(paths: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        find(path, &mut found, 0)?;
    }
    let mut files = Vec::new();
    let mut size = 0;
    for path in found {
        let bytes = content(&path)?;
        size += bytes.len();
        if size > LARGEST_SUM {
            return Err(Failure::Input(format!(
                "the files are larger than {} MiB together",
                LARGEST_SUM >> 20
            )));
        }
        files.push((path.display().to_string(), bytes));
    }
    if files.is_empty() {
        return Err(Failure::Input(
            "the folders contain no files that end in .yml, .yaml or .json".to_owned(),
        ));
    }
    Ok(files)
}

fn find(path: &Path, found: &mut Vec<PathBuf>, depth: usize) -> Result<(), Failure> {
    let failed = |error| Failure::Input(format!("cannot read {}: {error}", path.display()));
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        found.push(path.to_owned());
        return Ok(());
    }
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        entries.push(entry.map_err(failed)?);
    }
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        // A link to a folder may lead back, so links in folders are not followed.
        let ty = entry.file_type().map_err(failed)?;
        let path = entry.path();
        let is_input = path
            .extension()
            .is_some_and(|it| it == "yml" || it == "yaml" || it == "json");
        if ty.is_dir() && depth < DEEPEST {
            find(&path, found, depth + 1)?;
        } else if ty.is_file() && is_input {
            found.push(path);
        }
    }
    Ok(())
}

/// Reads a file. A named pipe is refused before it is opened, because opening it waits for a writer.
fn content(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = path.display();
    let failed = |error| Failure::Input(format!("cannot read {name}: {error}"));
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(Failure::Input(format!("{name} is not a regular file")));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(bytes)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        let help = match error.kind() {
            std::io::ErrorKind::AlreadyExists => "\nhelp: remove the file, or name another one",
            _ => "",
        };
        Failure::Input(format!("cannot write {}: {error}{help}", path.display()))
    };
    let mut file = File::create_new(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}

/// Lists the losses with the same reason together.
fn show(done: &Conversion) {
    let mut groups: BTreeMap<(Effect, &str), Vec<&Loss>> = BTreeMap::new();
    for loss in &done.losses {
        let reason = loss.reason.as_str();
        groups.entry((loss.effect, reason)).or_default().push(loss);
    }
    for ((effect, reason), losses) in groups {
        let word = match effect {
            Effect::Dropped => styled(BAD.bold(), effect.as_str()),
            Effect::Changed => styled(CAREFUL.bold(), effect.as_str()),
            Effect::Note => effect.as_str().to_owned(),
        };
        let lines = losses.iter().map(|loss| {
            let place = styled(DIM, &output::plain(&loss.place.to_string()));
            let subject = output::plain(&loss.subject);
            match loss.parts.join(", ") {
                parts if parts.is_empty() => format!("\n  {place} {subject}"),
                parts => format!("\n  {place} {subject}: {}", output::plain(&parts)),
            }
        });
        let lines: String = lines.collect();
        output::complain(&format!("{word}: {}{lines}", output::plain(reason)));
    }
    let counts = done.counts;
    output::done(
        "Converted",
        &format!(
            "{}: {} native, {} changed, {} dropped",
            counted(counts.total() as u64, "metric", "metrics"),
            counts.native,
            counts.changed,
            counts.dropped
        ),
    );
}

fn as_json(arguments: &Convert, done: &Conversion) -> Json {
    let losses = done.losses.iter().map(|loss| {
        json!({
            "effect": loss.effect.as_str(),
            "file": loss.place.file,
            "line": loss.place.line,
            "column": loss.place.column,
            "subject": loss.subject,
            "parts": loss.parts,
            "reason": loss.reason,
        })
    });
    let mut json = json!({
        "native": done.counts.native,
        "changed": done.counts.changed,
        "dropped": done.counts.dropped,
        "losses": losses.collect::<Vec<_>>(),
    });
    match &arguments.out {
        Some(out) => json["written"] = out.display().to_string().into(),
        None => json["registry"] = done.registry.as_str().into(),
    }
    json
}
