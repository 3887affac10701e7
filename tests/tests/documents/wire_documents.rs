//! The JSON Schema of events and the OpenAPI description of the ingest endpoint, checked with
//! independent validators and with the requests of the web client.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use jsonschema::Validator;
use pings_codegen::{Extras, Libraries, Origin, product};
use pings_model::{Argument, ArgumentType, Event, Registry};
use pings_registry::parse;
use pings_tests::fixture::Fixture;
use pings_tests::skipped::skip;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use xtask::services::node;

/// A registry with names that are keywords, or that cannot be identifiers.
const NAMES: &str = include_str!("../../registries/web/names.yaml");

/// Events and arguments with older names, and a required argument of every type.
const RENAMED: &str = "\
format: 1
name: renamed
title: \"Renamed \\u202E \\\"things\\\"\"
events:
  Batch:
    description: \"Named like a definition: \\\" \\\\ */ </script> „größe“\"
    renamed_from: [batch sent, \"batch\\\"quoted\"]
    args:
      text: { type: string, renamed_from: [title, name] }
      kind: { enum: [a, \"b\\\"c\", größe], renamed_from: type }
      count: integer
      share: { type: number, renamed_from: part }
      done: boolean
      note: { type: string, optional: true, renamed_from: comment }
      view:
        object:
          kind: { enum: [a, \"b\\\"c\"], renamed_from: type }
          size: { type: integer, optional: true }
          at: { object: { zone: { type: string, optional: true } } }
  event: {}
  LostEvent: { args: { kind: { enum: [a], optional: true } } }
pings: []
";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns every registry that has events.
fn registries() -> Vec<Registry> {
    let fixtures = Fixture::all();
    let texts = fixtures.iter().map(Fixture::registry);
    let texts = texts.chain([NAMES.to_owned(), RENAMED.to_owned()]);
    let registries = texts.map(|text| parse(&text).expect("a registry"));
    registries.filter(|it| !it.events().is_empty()).collect()
}

/// Returns a generated document.
fn document(registry: &Registry, path: &str) -> String {
    let origin = Origin {
        registry_path: "pings.yaml",
        registry_text: "",
        values: None,
        command: "pings generate",
    };
    let tree = product(registry, &origin, Libraries::Published, Extras::default());
    tree.file(path).expect("a document").to_owned()
}

fn validator(registry: &Registry) -> Validator {
    let text = document(registry, "docs/events.schema.json");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("a schema of its draft");
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    options.build(&schema).expect("a schema")
}

/// Returns values that the registry allows for an argument.
fn good(argument: &Argument) -> Vec<Value> {
    let mut values = match &argument.ty {
        ArgumentType::String => vec![json!("text"), json!(""), json!("ö".repeat(1024))],
        ArgumentType::Version => vec![
            json!("v5.2.0-rc.1"),
            json!("1.0.post1"),
            json!("2024-01-15"),
            json!(" 5 "),
            json!("0!1.23rc1"),
        ],
        ArgumentType::Integer => vec![
            json!(1),
            json!(-9_007_199_254_740_991_i64),
            json!(9_007_199_254_740_991_i64),
        ],
        ArgumentType::Number => vec![json!(1.5), json!(0), json!(-1e150)],
        ArgumentType::Boolean => vec![json!(true), json!(false)],
        ArgumentType::Enum(values) => values.iter().map(|value| json!(value)).collect(),
        ArgumentType::List(values) => vec![json!(values), json!([]), json!([values[0], values[0]])],
        ArgumentType::Object(members) => {
            let required = members.iter().filter(|member| !member.optional);
            [args(members), args(required)].map(Value::Object).to_vec()
        }
    };
    if argument.optional {
        values.push(Value::Null);
    }
    values
}

fn bad(argument: &Argument) -> Vec<Value> {
    let mut values = match &argument.ty {
        ArgumentType::String => vec![json!(1), json!("ö".repeat(1025)), json!("a\0b")],
        ArgumentType::Version => [
            "",
            "3.x",
            "7f3a9c1",
            "1!2.0",
            "1.2.3.4.5",
            "5.2 beta",
            "5.2-\0",
        ]
        .map(|text| json!(text))
        .to_vec(),
        ArgumentType::Integer => vec![
            json!("1"),
            json!(1.5),
            json!(9_007_199_254_740_992_i64),
            json!(-9_007_199_254_740_992_i64),
        ],
        ArgumentType::Number => vec![json!("1.5"), json!(true), json!(1e151)],
        ArgumentType::Boolean => vec![json!("true"), json!(1)],
        ArgumentType::Enum(_) => vec![json!("undeclared value"), json!(""), json!(1)],
        ArgumentType::List(values) => vec![
            json!(values[0]),
            json!(["undeclared value"]),
            json!([values[0], null]),
            json!([[values[0]]]),
            json!([1]),
        ],
        ArgumentType::Object(members) => {
            let whole = args(members);
            let wrong = members.iter().flat_map(|member| {
                let values = bad(member).into_iter();
                values.map(|value| with(&whole, &member.name, value))
            });
            let unknown = with(&whole, "no such member", json!("text"));
            let objects: Vec<_> = wrong.chain([unknown]).map(Value::Object).collect();
            objects.into_iter().chain([json!("text")]).collect()
        }
    };
    if !matches!(argument.ty, ArgumentType::List(_)) {
        values.push(json!([]));
    }
    if !argument.optional || !matches!(argument.ty, ArgumentType::Object(_)) {
        values.push(json!({}));
    }
    if !argument.optional {
        values.push(Value::Null);
    }
    values
}

/// Returns the arguments with their first good values.
fn args<'a>(arguments: impl IntoIterator<Item = &'a Argument>) -> Map<String, Value> {
    arguments
        .into_iter()
        .map(|argument| (argument.name.clone(), good(argument).swap_remove(0)))
        .collect()
}

fn with(args: &Map<String, Value>, key: &str, value: Value) -> Map<String, Value> {
    let mut args = args.clone();
    args.insert(key.to_owned(), value);
    args
}

fn without(args: &Map<String, Value>, key: &str) -> Map<String, Value> {
    let mut args = args.clone();
    args.remove(key);
    args
}

/// Returns a batch with an event.
fn batch(name: &str, args: Option<Map<String, Value>>) -> Value {
    let mut event = json!({
        "id": "019ad3f0-1c00-7a3b-8c4d-0123456789ab",
        "name": name,
        "at": "2026-11-30T08:00:00.000Z",
        "version": "5.2.1",
    });
    if let Some(args) = args {
        event["args"] = Value::Object(args);
    }
    json!({ "v": 1, "sent_at": "2026-11-30T08:00:02.000Z", "events": [event] })
}

fn accepts(validator: &Validator, batch: &Value) {
    let errors: Vec<String> = validator
        .iter_errors(batch)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{batch}: {errors:?}");
}

fn refuses(validator: &Validator, batch: &Value) {
    assert!(!validator.is_valid(batch), "{batch}");
}

fn check_event(validator: &Validator, event: &Event) {
    let whole = args(&event.args);
    let name = &event.name;
    for name in event.wire_names() {
        accepts(validator, &batch(name, Some(whole.clone())));
    }
    let required = args(event.args.iter().filter(|argument| !argument.optional));
    accepts(validator, &batch(name, Some(required.clone())));
    match required.is_empty() {
        true => accepts(validator, &batch(name, None)),
        false => refuses(validator, &batch(name, None)),
    }
    let mut null = batch(name, None);
    null["events"][0]["args"] = Value::Null;
    assert_eq!(validator.is_valid(&null), required.is_empty(), "{null}");
    let unknown = with(&whole, "no such argument", json!("text"));
    refuses(validator, &batch(name, Some(unknown)));
    for argument in &event.args {
        let key = &argument.name;
        for value in good(argument) {
            accepts(validator, &batch(name, Some(with(&whole, key, value))));
        }
        for value in bad(argument) {
            refuses(validator, &batch(name, Some(with(&whole, key, value))));
        }
        let missing = without(&whole, key);
        match argument.optional {
            true => accepts(validator, &batch(name, Some(missing.clone()))),
            false => refuses(validator, &batch(name, Some(missing.clone()))),
        }
        for older in &argument.renamed_from {
            for value in good(argument) {
                accepts(validator, &batch(name, Some(with(&missing, older, value))));
            }
            for value in bad(argument) {
                refuses(validator, &batch(name, Some(with(&missing, older, value))));
            }
        }
    }
}

#[test]
fn events_with_good_arguments_are_valid_and_others_are_not() {
    let mut count = 0;
    for registry in registries() {
        let validator = validator(&registry);
        for event in registry.events() {
            check_event(&validator, event);
            count += 1;
        }
        refuses(&validator, &batch("No such event", None));
        refuses(&validator, &batch("", None));
    }
    assert!(count > 50, "{count}");
}

#[test]
fn the_envelope_is_checked_too() {
    let registry = parse(RENAMED).expect("a registry");
    let validator = validator(&registry);
    let whole = batch("event", None);
    accepts(&validator, &whole);
    for (key, values) in [
        (
            "id",
            vec![
                json!("019ad3f0-1c00-4a3b-8c4d-0123456789ab"),
                json!("019ad3f01c007a3b8c4d0123456789ab"),
                json!(1),
            ],
        ),
        ("name", vec![json!("Event"), json!(null)]),
        (
            "at",
            vec![
                json!("2026-11-30"),
                json!("2026-11-30 08:00:00Z"),
                json!("2026-11-30T08:00:00"),
                json!("2026-13-30T08:00:00Z"),
                json!(1),
            ],
        ),
        (
            "version",
            vec![json!(""), json!("latest"), json!("1.2.3.4.5"), json!(5)],
        ),
        (
            "anonymous_id",
            vec![
                json!(""),
                json!("alice@example.com"),
                json!("7".repeat(65)),
                json!(7),
            ],
        ),
        ("args", vec![json!([]), json!({ "a": 1 })]),
        ("anonymousId", vec![json!("x")]),
    ] {
        for value in values {
            let mut wrong = whole.clone();
            wrong["events"][0][key] = value;
            refuses(&validator, &wrong);
        }
    }
    for key in ["id", "name", "at", "version"] {
        let mut wrong = whole.clone();
        let event = wrong["events"][0].as_object_mut().expect("an event");
        event.remove(key);
        refuses(&validator, &wrong);
    }
    for version in ["5", "v5.2.1", "5.2.1-rc.1+7f3a"] {
        let mut right = whole.clone();
        right["events"][0]["version"] = json!(version);
        accepts(&validator, &right);
    }
    for (key, value) in [
        ("v", json!(2)),
        ("sent_at", json!("now")),
        ("more", json!(1)),
    ] {
        let mut wrong = whole.clone();
        wrong[key] = value;
        refuses(&validator, &wrong);
    }
    for key in ["v", "sent_at", "events"] {
        let mut wrong = whole.clone();
        wrong.as_object_mut().expect("a batch").remove(key);
        refuses(&validator, &wrong);
    }
}

#[test]
fn losses_are_counts_of_known_kinds() {
    let registry = parse(RENAMED).expect("a registry");
    let validator = validator(&registry);
    let lost = |args: Value| batch("$lost", args.as_object().cloned());
    let all = json!({ "ceiling": 201, "refused": 1, "rejected": 0, "invalid": 3 });
    accepts(&validator, &lost(all));
    accepts(&validator, &lost(json!({ "ceiling": 201 })));
    refuses(&validator, &lost(json!({ "ceiling": -1 })));
    refuses(&validator, &lost(json!({ "ceiling": 1.5 })));
    refuses(&validator, &lost(json!({ "ceiling": 1_000_000_001 })));
    refuses(&validator, &lost(json!({ "no-url": 1 })));
    refuses(&validator, &batch("$lost", None));
}

#[test]
fn older_names_and_keys_are_deprecated() {
    let registry = parse(RENAMED).expect("a registry");
    let text = document(&registry, "docs/events.schema.json");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    // `Batch` is the body of the request.
    let event = &schema["$defs"]["Batch2"]["properties"];
    assert_eq!(event["name"]["oneOf"][0], json!({ "const": "Batch" }));
    assert_eq!(event["name"]["oneOf"][1]["const"], "batch sent");
    assert_eq!(event["name"]["oneOf"][1]["deprecated"], true);
    let args = &event["args"]["properties"];
    assert_eq!(args["text"].get("deprecated"), None);
    assert_eq!(args["title"]["deprecated"], true);
    assert_eq!(args["comment"]["deprecated"], true);
}

/// Validates the documents of each registry with validators for JavaScript, and the requests that
/// the client makes with all of them.
#[test]
fn the_requests_of_the_client_are_valid() {
    if node::packages(&root()).is_none() {
        return skip(
            "a Node package",
            "install Node 20 or later, and run `npm ci` in packages/web",
        );
    }
    let folder = TempDir::with_prefix("pings-wire-").expect("a folder");
    let registries = registries();
    let mut check = Command::new("node");
    check.arg(root().join("packages/web/test/documents.mjs"));
    for (number, registry) in registries.iter().enumerate() {
        let folder = folder.path().join(number.to_string());
        fs::create_dir(&folder).expect("a folder");
        for name in ["events.schema.json", "ingest.openapi.json"] {
            let text = document(registry, &format!("docs/{name}"));
            fs::write(folder.join(name), text).expect("a file");
        }
        let events: Vec<Value> = registry.events().iter().map(fired).collect();
        fs::write(folder.join("events.json"), json!(events).to_string()).expect("a file");
        check.arg(&folder);
    }
    let ran = check.output().expect("node starts");
    let told = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{told}");

    for (number, registry) in registries.iter().enumerate() {
        let path = folder.path().join(number.to_string()).join("requests.json");
        let requests = fs::read_to_string(path).expect("the requests");
        let requests: Vec<Value> = serde_json::from_str(&requests).expect("JSON");
        let validator = validator(registry);
        let mut events = 0;
        for request in &requests {
            accepts(&validator, request);
            events += request["events"].as_array().expect("events").len();
        }
        assert_eq!(
            events,
            registry.events().len() + 1,
            "and a report of losses"
        );
    }
}

/// Returns the name and the arguments with which the client records an event.
fn fired(event: &Event) -> Value {
    match event.args.is_empty() {
        true => json!([event.name]),
        false => json!([event.name, args(&event.args)]),
    }
}
