//! Snapshots of both documents. That they accept and refuse the right requests is tested in
//! `tests/tests/documents/wire_documents.rs`.

use pings_model::Registry;
use serde_json::{Map, Value};

use super::{files, openapi, schema};
use crate::events::tests::typed;
use crate::fixtures::{ORIGIN, product, registry, saying};
use crate::markdown::HOSTILE;

fn parsed(registry: &Registry, path: &str) -> Value {
    let tree = files(registry, &ORIGIN);
    serde_json::from_str(tree.file(path).expect("a document")).expect("JSON")
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}

#[test]
fn the_schema_of_events_of_any_names() {
    let tree = files(&Registry::from_checked(typed()), &ORIGIN);
    insta::assert_snapshot!(tree.file(schema::PATH).expect("a document"));
}

#[test]
fn the_description_of_the_endpoint() {
    let registry = Registry::from_checked(product());
    let mut openapi = parsed(&registry, openapi::PATH);
    let schema = parsed(&registry, schema::PATH);
    // The snapshot of the schema has the definitions, which are the same in both documents except
    // for the choice of an event.
    let schemas = openapi["components"]["schemas"].as_object_mut();
    let schemas = schemas.expect("definitions");
    for (name, definition) in object(&schema["$defs"]) {
        if name == "Event" {
            continue;
        }
        let expected = definition
            .to_string()
            .replace("#/$defs/", "#/components/schemas/");
        let found = schemas.shift_remove(name).expect("the same definition");
        assert_eq!(found.to_string(), expected);
    }
    insta::assert_snapshot!(format!("{openapi:#}"));
}

#[test]
fn an_event_that_only_removed_pings_count_is_deprecated() {
    let registry = Registry::from_checked(product());
    let schema = parsed(&registry, schema::PATH);
    let events = &schema["$defs"];
    // The ping that counts `match` is removed, and a funnel of another ping does not.
    for (name, codes, is_deprecated) in [
        (
            "CartAdd",
            &["CartAdd", "FirstBooks", "ByCart", "Quick"][..],
            false,
        ),
        ("CartView", &["Direct", "ByCart"], false),
        ("Match", &["match", "ByCart"], false),
    ] {
        assert_eq!(events[name]["x-pings"], serde_json::json!(codes), "{name}");
        assert_eq!(events[name].get("deprecated").is_some(), is_deprecated);
    }

    let mut parts = product();
    parts.pings.retain(|ping| ping.id != "checkouts");
    let schema = parsed(&Registry::from_checked(parts), schema::PATH);
    assert_eq!(schema["$defs"]["Match"]["deprecated"], true);
    assert_eq!(schema["$defs"]["CartAdd"].get("deprecated"), None);
}

#[test]
fn a_registry_without_events_has_no_documents() {
    let tree = files(&Registry::from_checked(registry("empty", "Empty")), &ORIGIN);
    assert_eq!(tree.files().count(), 0);
}

#[test]
fn no_text_is_more_than_a_string() {
    for text in HOSTILE {
        let registry = Registry::from_checked(saying(text));
        let schema = parsed(&registry, schema::PATH);
        jsonschema::draft202012::meta::validate(&schema).expect("a schema of its draft");
        let args = &schema["$defs"]["CartAdd"]["properties"]["args"]["properties"];
        assert_eq!(args["type"]["enum"][0], **text);
        let names = &schema["$defs"]["CartAdd"]["properties"]["name"]["oneOf"];
        assert_eq!(names[1]["const"], **text);
        let openapi = parsed(&registry, openapi::PATH);
        let mut names = object(&openapi["components"]["schemas"]).keys();
        let is_word = |name: &String| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        assert!(names.all(is_word), "{text:?}");
    }
}
