//! The JSON Schema, held against registries by a validator that is not ours.

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
}

/// The mistakes of form, which an editor can show while a person types.
#[test]
fn mistakes_of_form_are_invalid() {
    let validator = validator();
    for name in [
        "unknown-key",
        "unknown-key-at-the-top",
        "missing-key",
        "wrong-type",
        "wrong-type-of-a-list",
        "wrong-format",
        "empty-list",
        "unknown-word",
        "unquoted-version",
        "invalid-version",
    ] {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("registries/err/{name}.yaml"));
        let yaml = fs::read_to_string(path).expect("a fixture");
        assert!(
            !complaints(&validator, &yaml).is_empty(),
            "{name} passes the schema"
        );
    }
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
