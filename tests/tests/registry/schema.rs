//! Validates registries against the JSON Schema with an independent validator.

use std::fs;
use std::path::Path;

use jsonschema::Validator;
use pings_tests::fixture::Fixture;
use serde_json::Value;

fn validator() -> Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pings.schema.json");
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(path).expect("the schema")).expect("JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("a schema of its draft");
    jsonschema::validator_for(&schema).expect("a schema")
}

fn complaints(validator: &Validator, yaml: &str) -> Vec<String> {
    let value: Value = serde_yaml::from_str(yaml).expect("YAML");
    validator
        .iter_errors(&value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn every_registry_that_passes_is_valid() {
    let validator = validator();
    for fixture in Fixture::all() {
        let complaints = complaints(&validator, &fixture.registry());
        assert!(complaints.is_empty(), "{}: {complaints:#?}", fixture.name);
    }
    for name in [
        "evolution/old.yaml",
        "evolution/features/old.yaml",
        "mutations/desk/pings.yaml",
        "mutations/shop/pings.yaml",
        "registries/differential/pings.yaml",
    ] {
        let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
        let registry = fs::read_to_string(path).expect("a registry");
        let complaints = complaints(&validator, &registry);
        assert!(complaints.is_empty(), "{name}: {complaints:#?}");
    }
}

/// Mistakes that JSON Schema cannot detect, by the missing information.
const UNSEEN: [(&str, &[&str]); 4] = [
    (
        "another place of the file",
        &[
            "arguments-that-differ",
            "capture-called-as-an-event",
            "duplicate-code",
            "duplicate-id",
            "joined-twice",
            "names-that-become-one",
            "similar-code",
            "unknown-argument",
            "unknown-enum-value",
            "unknown-event",
            "unknown-event-by-its-old-name",
            "unknown-table",
            "unlisted-function",
            "unused-function",
        ],
    ),
    (
        "the order of versions",
        &[
            "broken-after-removed",
            "broken-before-added",
            "overlapping-ranges",
            "removed-before-added",
            "reversed-range",
        ],
    ),
    (
        "SQL and the types of columns",
        &[
            "ambiguous-column",
            "functions",
            "measure-of-text",
            "now-in-a-weekly-capture",
            "raw-sql-missing-comma",
            "raw-sql-of-the-server",
            "raw-sql-selects-others",
            "sql-aggregates",
            "sql-not-portable",
            "sql-statement",
            "sql-syntax",
            "sql-too-deep",
            "sql-types",
            "unknown-column",
            "versions-compared",
            "window-of-a-total",
            "window-that-is-none",
        ],
    ),
    (
        "YAML, which the editor reads itself or allows",
        &[
            "duplicate-key",
            "yaml-alias",
            "yaml-control-character",
            "yaml-tab",
            "yaml-tab-after-a-key",
            "yaml-tag",
        ],
    ),
];

#[test]
fn an_editor_shows_every_mistake_that_needs_no_other_place() {
    let validator = validator();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("registries/err");
    let mut unseen = Vec::new();
    for entry in fs::read_dir(folder).expect("the fixtures") {
        let path = entry.expect("a fixture").path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let yaml = fs::read_to_string(&path).expect("a fixture");
        // A file that is not YAML has no value to validate.
        let Ok(value) = serde_yaml::from_str::<Value>(&yaml) else {
            continue;
        };
        if validator.is_valid(&value) {
            let name = path.file_stem().and_then(|name| name.to_str());
            unseen.push(name.expect("a name").to_owned());
        }
    }
    let mut known: Vec<&str> = UNSEEN
        .iter()
        .flat_map(|(_, names)| *names)
        .copied()
        .collect();
    known.retain(|name| {
        let path = format!("{}/registries/err/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
        let yaml = fs::read_to_string(path).expect("the fixture of a known mistake");
        serde_yaml::from_str::<Value>(&yaml).is_ok()
    });
    known.sort_unstable();
    unseen.sort_unstable();
    assert_eq!(unseen, known);
}

/// An editor shows `errorMessage` if a text does not match, or else the regular expression.
#[test]
fn every_pattern_has_a_message() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pings.schema.json");
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(path).expect("the schema")).expect("JSON");
    let mut patterns = 0;
    let mut left = vec![&schema];
    while let Some(value) = left.pop() {
        if let Some(pattern) = value.get("pattern").filter(|pattern| pattern.is_string()) {
            patterns += 1;
            assert!(value.get("errorMessage").is_some(), "{pattern}: {value:#}");
        }
        match value {
            Value::Array(items) => left.extend(items),
            Value::Object(members) => left.extend(members.values()),
            _ => {}
        }
    }
    assert!(patterns > 10, "{patterns}");
}

#[test]
fn pings_yaml_names_its_schema_in_its_first_line() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pings.yaml");
    let yaml = fs::read_to_string(path).expect("the registry");
    assert_eq!(
        yaml.lines().next(),
        Some("# yaml-language-server: $schema=docs/pings.schema.json")
    );
}
