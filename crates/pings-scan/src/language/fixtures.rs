//! Tests every language with a call in each form of comment, and real calls between them.
//!
//! In `fixtures/`, every `Lit` is fired and every `Out` is commented out.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{Languages, programming, templates};
use crate::call::CALLS;
use crate::names::{ENUMS, Names};
use crate::site::Role;
use crate::text::{Content, search};

const REGISTRY: &str = r#"
format: 1
name: lamp
title: Lamp Pings
events:
  Lit: {}
  Out: {}
pings:
  - { id: lit, title: Lit, type: fe_event, aggregation: weekly, added: "1", metrics: [{ code: Lit }] }
"#;

/// Languages that only occur inside files of other languages.
const EMBEDDED: &[&str] = &["CSS", "PHP code", "unknown"];

/// Returns the line number of each occurrence of a word.
fn lines_with(text: &str, word: &str) -> Vec<usize> {
    let lines = text.lines().zip(1..);
    let of_line = |(line, number): (&str, usize)| vec![number; line.matches(word).count()];
    lines.flat_map(of_line).collect()
}

#[test]
fn a_call_in_a_comment_fires_nothing_and_one_outside_does() {
    let registry = pings_registry::parse(REGISTRY).unwrap();
    let names = Names::new(&registry, CALLS, ENUMS).unwrap();
    let languages = Languages::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = entry.file_name().into_string().unwrap();
        let text = fs::read_to_string(entry.path()).unwrap();
        let kind = languages.kind(&path);
        let Content::Source(found) = search(&names, kind, &path, text.as_bytes()) else {
            panic!("{path} is not a source file");
        };
        let lines = |event: usize, wanted: fn(Role) -> bool| -> Vec<usize> {
            let of_event = found.mentions.iter().filter(|it| it.1.0 == event);
            of_event
                .filter(|it| wanted(it.3))
                .map(|it| it.0.0)
                .collect()
        };
        let fired = lines(0, |role| role == Role::Code);
        if fired != lines_with(&text, "Lit") {
            wrong.push(format!(
                "{path}: fired in {fired:?} of {:?}",
                lines_with(&text, "Lit")
            ));
        }
        let counted = lines(1, |role| role != Role::Comment);
        if !counted.is_empty() {
            wrong.push(format!("{path}: not a comment in {counted:?}"));
        }
        seen.insert(kind.syntax(text.as_bytes(), &path).unwrap().language.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let known = programming::all().chain(templates::ALL.iter().copied());
    let names = known
        .map(|language| language.name)
        .filter(|name| !EMBEDDED.contains(name));
    let missing: Vec<_> = names.filter(|name| !seen.contains(name)).collect();
    assert!(
        missing.is_empty(),
        "no file in `fixtures` is in {missing:?}"
    );
}

#[test]
fn an_extension_is_of_one_language() {
    let mut seen = BTreeSet::new();
    let known = programming::all().chain(templates::ALL.iter().copied());
    for file in known.flat_map(|language| language.files) {
        assert!(seen.insert(*file), "{file} is of several languages");
        let languages = Languages::default();
        let kinds = [languages.kind(file), languages.kind(&format!("a.{file}"))];
        assert!(
            kinds.iter().any(|kind| kind.is_code()),
            "{file} is not code"
        );
    }
}
