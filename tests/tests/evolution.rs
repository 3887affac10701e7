//! Tests each kind of change with an edit that is of the kind and a similar edit that is not.
//!
//! A fixture `tests/evolution/KIND.edits.yaml` lists edits of `tests/evolution/old.yaml`: those
//! under `change` are of the kind, and those under `near` are not. The snapshot next to the fixture
//! contains the output for both.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use pings_diff::{Change, Class, Kind, diff};
use pings_findings::diff::{Diff, Form};
use pings_model::Registry;
use pings_registry::Source;
use pings_tests::keys;
use serde::Deserialize;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/evolution");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edits {
    /// Edits of the old registry, before the others.
    #[serde(default)]
    before: Vec<Edit>,
    change: Vec<Edit>,
    near: Vec<Edit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    from: String,
    to: String,
}

fn old() -> String {
    fs::read_to_string(format!("{FIXTURES}/old.yaml")).expect("the old registry")
}

fn parse(text: &str) -> Registry {
    pings_registry::parse(text).unwrap_or_else(|mistakes| {
        let source = Source {
            name: "new.yaml",
            text,
        };
        let messages: Vec<_> = mistakes
            .iter()
            .map(|it| pings_registry::render(source, it, false))
            .collect();
        panic!("{}", messages.join("\n\n"))
    })
}

impl Edits {
    /// Returns the old registry of the fixture, and the new one with these edits.
    fn pair(&self, name: &str, edits: &[Edit]) -> [String; 2] {
        let old = edited(name, old(), &self.before);
        let new = edited(name, old.clone(), edits);
        [old, new]
    }
}

/// Returns the registry with the edits. The text of each edit must occur exactly once.
fn edited(name: &str, mut text: String, edits: &[Edit]) -> String {
    for Edit { from, to } in edits {
        assert_eq!(text.matches(from.as_str()).count(), 1, "{name}: {from}");
        text = text.replace(from.as_str(), to);
    }
    text
}

fn fixtures() -> BTreeMap<String, Edits> {
    let mut fixtures = BTreeMap::new();
    for entry in fs::read_dir(Path::new(FIXTURES)).expect("the fixtures") {
        let path = entry.expect("a fixture").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if let Some(kind) = name.strip_suffix(".edits.yaml") {
            let text = fs::read_to_string(&path).expect("a fixture");
            let edits =
                serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            fixtures.insert(kind.to_owned(), edits);
        }
    }
    fixtures
}

fn changes([old, new]: &[String; 2]) -> Vec<Change> {
    diff(&parse(old), &parse(new))
}

fn written(pair: &[String; 2], form: Form) -> String {
    let changes = changes(pair);
    let [_, new] = pair;
    let source = Source {
        name: "new.yaml",
        text: new,
    };
    Diff::new("old.yaml", source, &changes).write(form)
}

/// Compares the output for each fixture with its snapshot.
#[test]
fn every_change_is_told_as_its_golden_has_it() {
    let form = Form::Human { colour: false };
    for (kind, edits) in fixtures() {
        let changed = written(&edits.pair(&kind, &edits.change), form);
        let near = written(&edits.pair(&kind, &edits.near), form);
        insta::with_settings!({
            snapshot_path => FIXTURES,
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!(kind, format!("{changed}\n\n======== near ========\n\n{near}"));
        });
    }
}

/// Each kind must have a fixture.
#[test]
fn every_kind_has_a_fixture_that_is_of_it_and_one_that_is_not() {
    let fixtures = fixtures();
    for kind in Kind::ALL {
        let name = kind.name();
        let edits = fixtures
            .get(name)
            .unwrap_or_else(|| panic!("no fixture for {name}"));
        let has = |some: &[Edit]| {
            let changes = changes(&edits.pair(name, some));
            changes.iter().any(|it| it.kind == *kind)
        };
        assert!(has(&edits.change), "{name}: its change is not of the kind");
        assert!(!has(&edits.near), "{name}: what is near is of the kind");
    }
    assert_eq!(fixtures.len(), Kind::ALL.len(), "a fixture of no kind");
}

/// An edit of `features/old.yaml`, with the kinds of all changes that it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Feature {
    from: String,
    to: String,
    kinds: Vec<String>,
}

fn features() -> Vec<Feature> {
    let edits = fs::read_to_string(format!("{FIXTURES}/features/edits.yaml")).expect("a fixture");
    serde_yaml::from_str(&edits).expect("edits")
}

/// Each feature of metrics changes with the kinds that a reader expects.
#[test]
fn every_feature_changes_with_the_expected_kinds() {
    let old = fs::read_to_string(format!("{FIXTURES}/features/old.yaml")).expect("a fixture");
    let mut wrong = Vec::new();
    for Feature { from, to, kinds } in features() {
        let (name, edit) = (format!("{from} -> {to}"), Edit { from, to });
        let new = edited(&name, old.clone(), &[edit]);
        let pair = [old.clone(), new];
        let found: Vec<&str> = changes(&pair).iter().map(|it| it.kind.name()).collect();
        if found != kinds {
            let shown = written(&pair, Form::Human { colour: false });
            wrong.push(format!(
                "{name}\nexpected {kinds:?}\nfound {found:?}\n{shown}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}",
        wrong.join("\n\n----------------\n\n")
    );
}

/// Each key and word must differ between the registries of an edit.
#[test]
fn every_key_and_word_changes_in_an_edit() {
    let old = fs::read_to_string(format!("{FIXTURES}/features/old.yaml")).expect("a fixture");
    let features = features().into_iter().map(|it| {
        let name = it.from.clone();
        let (from, to) = (it.from, it.to);
        let new = edited(&name, old.clone(), &[Edit { from, to }]);
        [old.clone(), new]
    });
    let kinds = fixtures();
    let kinds = kinds
        .iter()
        .flat_map(|(kind, edits)| [&edits.change, &edits.near].map(|it| edits.pair(kind, it)));
    let mut changed = BTreeSet::new();
    for [old, new] in features.chain(kinds) {
        let [old, new] = [old, new].map(|text| keys::used(&text));
        let all = old.keys().chain(new.keys());
        changed.extend(all.filter(|key| old.get(*key) != new.get(*key)).cloned());
    }
    let mut unchanged = keys::known();
    unchanged.retain(|key| !changed.contains(key));
    // There is one format, the registries of this test name no files, and funnels refuse the window.
    assert_eq!(
        unchanged,
        ["registry.format", "values.file", "funnel.window: all_time"]
    );
}

/// Each breaking change must have a help text.
#[test]
fn what_breaks_comes_with_help() {
    let mut seen = 0;
    for (kind, edits) in fixtures() {
        for change in changes(&edits.pair(&kind, &edits.change)) {
            if change.class() == Class::Breaking {
                assert!(change.help.is_some(), "{kind}: {}", change.message);
                seen += 1;
            }
        }
    }
    assert!(seen > 30, "only {seen}");
}

/// An unchanged registry, or one with another layout, has no changes.
#[test]
fn layout_is_no_change() {
    let old = old();
    assert_eq!(changes(&[old.clone(), old.clone()]), []);
    let laid_out = old
        .replace("[mail, chat, phone]", "[ 'mail', \"chat\", phone ]")
        .replace(
            "ticket.deleted_at IS NULL AND",
            "ticket.deleted_at  is null  and",
        )
        .replace("\n\n", "\n\n# A remark.\n\n");
    assert_ne!(laid_out, old);
    assert_eq!(changes(&[old, laid_out]), []);
}

/// The page must list the kinds under their classes.
#[test]
fn the_page_tells_every_kind() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/diff.md");
    let page = fs::read_to_string(page).expect("docs/diff.md");
    let mut rest = page.as_str();
    for class in Class::ALL {
        let heading = rest.to_lowercase().find(&format!("**{class}**"));
        rest = &rest[heading.unwrap_or_else(|| panic!("docs/diff.md has no {class}"))..];
        let end = rest[2..].find("\n**").map_or(rest.len(), |at| at + 2);
        let listed: Vec<&str> = rest[..end]
            .lines()
            .filter(|line| line.starts_with("- "))
            .collect();
        let kinds = Kind::ALL.iter().filter(|kind| kind.class() == *class);
        let expected: Vec<String> = kinds
            .map(|it| format!("- `{}`: {}", it.name(), it.doc()))
            .collect();
        assert_eq!(listed, expected, "docs/diff.md, {class}");
    }
}

/// Compares the other output formats with their snapshots.
#[test]
fn other_forms_tell_the_same() {
    let edits: Vec<Edit> = [
        ("added: \"2.0\"\n    removed", "added: \"2.1\"\n    removed"),
        ("\"2.6+\"", "\"2.6-2.7\""),
        ("ticket.score > 3", "ticket.score > 4"),
        ("    owner: team/desk\n", "    owner: team/phones\n"),
        (
            "summary: How the help desk is used.",
            "summary: How | *we* help, 100 %.",
        ),
    ]
    .into_iter()
    .map(|(from, to)| Edit {
        from: from.to_owned(),
        to: to.to_owned(),
    })
    .collect();
    let new = edited("forms", old(), &edits);
    let pair = [old(), new.clone()];
    insta::with_settings!({
        snapshot_path => format!("{FIXTURES}/forms"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!("json", written(&pair, Form::Json));
        insta::assert_snapshot!("markdown", written(&pair, Form::Markdown));
        insta::assert_snapshot!("github", written(&pair, Form::Github));
    });
    let place = new
        .lines()
        .position(|line| line.contains("\"2.1\""))
        .expect("the line")
        + 1;
    let expected = format!("::error file=new.yaml,line={place},col=12,");
    assert!(
        written(&pair, Form::Github).contains(&expected),
        "{expected}"
    );
}
