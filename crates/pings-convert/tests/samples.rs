//! Converts the samples: each result is a registry that passes every check.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where something fails"
)]

use std::fs;
use std::path::{Path, PathBuf};

use pings_convert::{Conversion, Format, Input, Options, Unreadable, convert};

const FORMATS: &[(&str, Format)] = &[
    ("glean", Format::Glean),
    ("gitlab", Format::Gitlab),
    ("weaver", Format::Weaver),
    ("segment", Format::Segment),
];

/// Returns the files of a folder, by their path within the samples.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    let mut folders = vec![root.join(folder)];
    let mut paths: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => paths.push(path),
            }
        }
    }
    paths.sort();
    let name = |path: &Path| path.strip_prefix(&root).unwrap().display().to_string();
    let read = |path: &PathBuf| (name(path).replace('\\', "/"), fs::read(path).unwrap());
    paths.iter().map(read).collect()
}

/// Converts files, and checks the registry.
fn converted(format: Format, files: &[(String, Vec<u8>)]) -> Result<Conversion, Unreadable> {
    let inputs: Vec<Input<'_>> = files
        .iter()
        .map(|(name, bytes)| Input { name, bytes })
        .collect();
    let options = Options {
        name: "sample",
        title: "Sample pings",
        ..Options::default()
    };
    let done = convert(format, &inputs, &options)?;
    if let Err(mistakes) = pings_registry::parse(&done.registry) {
        let source = pings_registry::Source {
            name: "converted",
            text: &done.registry,
        };
        let mistakes = mistakes.iter();
        let mistakes: Vec<String> = mistakes
            .map(|mistake| pings_registry::render(source, mistake, false))
            .collect();
        panic!("{}", mistakes.join("\n"));
    }
    Ok(done)
}

#[test]
fn the_samples_become_registries() {
    for (folder, format) in FORMATS {
        let done = converted(*format, &files(folder)).unwrap();
        let losses = done.losses.iter().map(|loss| {
            let parts = match loss.parts.join(", ") {
                parts if parts.is_empty() => parts,
                parts => format!(" ({parts})"),
            };
            let effect = loss.effect.as_str();
            format!(
                "{} {effect}: {}{parts}: {}\n",
                loss.place, loss.subject, loss.reason
            )
        });
        let losses: String = losses.collect();
        let text = format!("{:?}\n\n{losses}\n{}", done.counts, done.registry);
        insta::assert_snapshot!(*folder, text);
    }
}

/// Each line of each sample is left out once, and each file is cut at many places: the result is a
/// valid registry or an error with a place.
#[test]
fn damaged_samples_do_not_panic() {
    for (folder, format) in FORMATS {
        let files = files(folder);
        for at in 0..files.len() {
            let text = String::from_utf8(files[at].1.clone()).unwrap();
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            let mut damaged = files.clone();
            for line in 0..lines.len() {
                damaged[at].1 = [&lines[..line], &lines[line + 1..]]
                    .concat()
                    .concat()
                    .into_bytes();
                let _ = converted(*format, &damaged);
            }
            for end in (0..text.len()).step_by(37) {
                damaged[at].1 = text.as_bytes()[..end].to_vec();
                let _ = converted(*format, &damaged);
            }
        }
    }
}

/// Names and texts that are hard to write in YAML, or that no identifier can be made from.
#[test]
fn hostile_names_stay_data() {
    let long = "x".repeat(5_000);
    let names = [
        "", " ", "~", "null", "yes", "- a", "a: b", "a\nb: c", "'", "\"", "\\", "{", "*a", "&a",
        "!!str a", "#", "@event", "$lost", "день", "+++", "_", "2", "1.5", "<<", "{pr}", "`x`",
        "\u{0}", "\u{85}", "\u{2028}", "\u{feff}", "😀", "a\tb", "format", "self", &long,
    ];
    for (_, format) in FORMATS {
        for name in names {
            for other in ["a", name] {
                let files = hostile(*format, &json(name), &json(other));
                let done = converted(*format, &files).unwrap();
                let again = converted(*format, &[files.clone(), files].concat()).unwrap();
                assert!(again.counts.total() >= done.counts.total());
            }
        }
    }
}

/// Returns a text as a JSON string.
fn json(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        c if c < ' ' => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// Returns an input with the same text in every place where a text can be.
fn hostile(format: Format, name: &str, other: &str) -> Vec<(String, Vec<u8>)> {
    let text = match format {
        Format::Glean => format!(
            r#"{{? {name} : {{? {other} : {{"type": "event", "description": {name}, "extra_keys": {{
            "a": {{"description": {name}}}, ? {name} : {{"type": {name}}} }},
            "bugs": [{name}], "notification_emails": [{name}], "expires": {name},
            "metadata": {{"tags": [{name}]}} }},
            "l": {{"type": "labeled_counter", "labels": [{name}, {other}, "a"]}} }} }}"#
        ),
        Format::Gitlab => format!(
            r#"{{"key_path": {name}, "description": {name}, "product_group": {name},
            "milestone": {name}, "status": {name}, "time_frame": {name},
            "data_source": "internal_events", "introduced_by_url": {name}, "tier": [{name}],
            "events": [{{"name": {other}, "unique": {name}, "filter": {{? {name} : {other} }} }}] }}"#
        ),
        Format::Weaver => format!(
            r#"{{"groups": [
            {{"type": "event", "name": {name}, "brief": {name}, "note": {name}, "extends": {name},
              "stability": {name}, "attributes": [{{"id": {other}, "type": {{"members": [
              {{"id": {name}}}, {{"id": "a"}}]}} }}, {{"ref": {name}}}] }},
            {{"type": "metric", "metric_name": {other}, "instrument": "counter", "unit": {name},
              "attributes": [{{"ref": {other}}}, {{"id": "amount", "type": "string"}}] }},
            {{"type": "event", "name": "old", "deprecated": {{"renamed_to": {name}}} }} ] }}"#
        ),
        Format::Segment => format!(
            r#"{{"rules": [{{"key": {name}, "type": "TRACK", "labels": {{? {name} : {name} }},
            "jsonSchema": {{"description": {name}, "required": [{name}], "properties": {{
            ? {name} : {{"type": {name}, "description": {name}}},
            ? {other} : {{"enum": [{name}, {other}, "a"]}} }} }} }},
            {{"key": {other}, "type": {name}}}, {{"key": {other}, "type": "PAGE"}}] }}"#
        ),
    };
    vec![("a\nb.json".to_owned(), text.into_bytes())]
}

/// A file that cannot have metrics is named, instead of an empty registry without a word.
#[test]
fn a_file_without_keys_is_named() {
    for (folder, format) in FORMATS {
        for text in ["just a text", "[]", "- a", "5", "null", "", "# nothing"] {
            let files = [("a.yaml".to_owned(), text.as_bytes().to_vec())];
            let done = converted(*format, &files).unwrap();
            assert!(!done.losses.is_empty(), "{folder}: {text:?}");
        }
    }
}
