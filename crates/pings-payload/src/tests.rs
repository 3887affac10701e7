//! Tests that payloads and bundles survive a round trip and that signatures are checked.

use pings_model::Version;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{Bundle, BundleError, Payload, Signature, SignatureError, SigningKey};

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

pub(crate) fn sample() -> Json {
    json!({
        "format": 1,
        "registry": "code_insights",
        "fingerprint": "sha256:0123",
        "instance": "7f0c5b1e-8f3a-4c55-9d0e-2a4b6c8d0e1f",
        "version": "3.36.0",
        "week": "2021-W04",
        "start": "2021-01-25T00:00:00Z",
        "end": "2021-02-01T00:00:00Z",
        "revision": 2,
        "versions": { "3.9.0": 3, "3.36.0": 12 },
        "unversioned": 1,
        "metrics": {
            "A": { "count": 3, "unique_users": 2 },
            "B": { "by": ["x", "y"], "rows": [{ "x": "a", "y": null, "count": 1 }] },
            "C": { "steps": [{ "events": ["A"], "count": 5, "users": 4, "reached": 4 }] },
            "D": { "avg": -1.5, "min": null, "captured_at": "2021-01-31T00:00:00Z" },
            "E": { "error": "time_limit" },
            "F": { "by": ["x"], "rows": [] },
        },
        "took_ms": { "A": 1, "B": 0, "C": 0, "D": 0, "E": 30000, "F": 0 },
        "runtime": { "dropped": 7 },
    })
}

pub(crate) fn read(json: &Json) -> Result<Payload, String> {
    Payload::read(json.to_string().as_bytes()).map_err(|malformed| malformed.to_string())
}

#[test]
fn what_is_read_is_written_as_it_was() {
    let payload = read(&sample()).unwrap();
    assert_eq!(payload.versions.get(&version("3.36")), Some(&12));
    let written: Json = serde_json::from_str(&payload.json()).unwrap();
    assert_eq!(written, sample());
}

#[test]
fn a_mistake_has_its_place() {
    let cases = [
        (
            "/format",
            json!(2),
            "format: 2 is not a supported format: 1",
        ),
        (
            "/week",
            json!("2021-W99"),
            "week: \"2021-W99\" is not a week such as 2021-W04",
        ),
        (
            "/end",
            json!("2021-02-02T00:00:00Z"),
            "end: \"2021-02-02T00:00:00Z\" is not the end of 2021-W04, 2021-02-01T00:00:00Z",
        ),
        ("/instance", json!("me"), "instance: \"me\" is not a UUID"),
        (
            "/revision",
            json!(0),
            "revision: 0 is not a revision, from 1",
        ),
        (
            "/registry",
            json!("a b"),
            "registry: \"a b\" is not a name of letters, digits, `_`, `-`, `.` and `:`",
        ),
        (
            "/versions",
            json!({ "next": 1 }),
            "versions.next: \"next\" is not a version: `next` is not a number",
        ),
        (
            "/metrics/A/count",
            json!(-1),
            "metrics.A.count: -1 is not a whole number from 0 to 2^53 - 1",
        ),
        (
            "/metrics/A/count",
            json!(1.5),
            "metrics.A.count: 1.5 is not a whole number from 0 to 2^53 - 1",
        ),
        (
            "/metrics/A/count",
            json!("3"),
            "metrics.A.count: \"3\" is not a number",
        ),
        (
            "/metrics/A",
            json!([]),
            "metrics.A: a list is not an object",
        ),
        (
            "/metrics/A",
            json!({}),
            "metrics.A: an object is not a value: nothing is measured",
        ),
        (
            "/metrics/B/rows/0/x",
            json!({}),
            "metrics.B.rows[0].x: an object is not a value of a dimension",
        ),
        (
            "/metrics/B/rows/0/count",
            json!(1u64 << 53),
            "metrics.B.rows[0].count: 9007199254740992 is not a whole number from 0 to 2^53 - 1",
        ),
        (
            "/metrics/C/steps/0/events",
            json!("A"),
            "metrics.C.steps[0].events: \"A\" is not a list",
        ),
        (
            "/metrics/E/error",
            json!("no such table: users"),
            "metrics.E.error: \"no such table: users\" is not a kind such as schema, query, time_limit, database, not_captured, outdated, pruned, withheld, not_agreed, undeclared, not_running, absent, unsupported, not_one_row, withdrawn, other",
        ),
    ];
    for (place, value, expected) in cases {
        let mut json = sample();
        *json.pointer_mut(place).unwrap() = value;
        assert_eq!(read(&json).unwrap_err(), expected);
    }
    let mut json = sample();
    json.as_object_mut().unwrap().remove("week");
    assert_eq!(read(&json).unwrap_err(), "`week` is missing");
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let text = sample().to_string();
    let marked = format!("\u{feff}{text}");
    assert_eq!(
        Payload::read(marked.as_bytes()).unwrap(),
        Payload::read(text.as_bytes()).unwrap()
    );
}

#[test]
fn what_is_no_json_is_refused() {
    let deep = "[".repeat(10_000);
    for text in [
        "",
        "{",
        "{\"a\":NaN}",
        "{\"a\":1e999}",
        "{\"a\":1,\"a\":1}",
        "\u{feff}\u{feff}{}",
        &deep,
    ] {
        let malformed = Payload::read(text.as_bytes()).unwrap_err();
        assert!(
            malformed.reason.starts_with("this is not JSON: "),
            "{malformed}"
        );
    }
    let twice = sample()
        .to_string()
        .replacen("\"count\":3", "\"count\":3,\"count\":4", 1);
    let malformed = Payload::read(twice.as_bytes()).unwrap_err();
    assert!(
        malformed.reason.contains("duplicate key \"count\""),
        "{malformed}"
    );
}

#[test]
fn a_measure_may_be_called_as_what_stands_beside_it() {
    for json in [
        json!({ "captured_at": 3 }),
        json!({ "error": 1, "rows": 2 }),
    ] {
        let mut payload = sample();
        payload["metrics"] = json!({ "A": json });
        let read = read(&payload).unwrap();
        let value = read.metrics["A"].outcome.as_ref().unwrap();
        assert_eq!(serde_json::to_value(value).unwrap(), json);
    }
}

#[test]
fn a_bundle_is_what_was_signed() {
    let key = SigningKey::from_seed(&[7; 32]);
    let instance = Uuid::from_u128(1);
    let text = Bundle::sign(&key, instance, ["{\"a\":1}", "{\"b\":2}"]);
    let bundle = Bundle::read(&text).unwrap();
    assert_eq!(bundle.payloads, ["{\"a\":1}", "{\"b\":2}"]);
    assert_eq!((bundle.instance, bundle.key), (instance, key.public()));
    let changed = text.replace("\"a\":1", "\"a\":2");
    assert_eq!(Bundle::read(&changed), Err(BundleError::Signature));
    let cut = &text[..text.len() - 3];
    assert_eq!(Bundle::read(cut), Err(BundleError::Signature));
    assert_eq!(Bundle::read("{\"a\":1}\n"), Err(BundleError::NotABundle));
    for format in ["1", "3", "\"2\""] {
        let other = text.replace("\"bundle\":2", &format!("\"bundle\":{format}"));
        assert_eq!(Bundle::read(&other), Err(BundleError::Format));
    }
}

#[test]
fn the_first_line_of_a_bundle_is_signed() {
    let key = SigningKey::from_seed(&[7; 32]);
    let other = SigningKey::from_seed(&[8; 32]);
    let instance = Uuid::from_u128(1);
    let text = Bundle::sign(&key, instance, ["{\"a\":1}"]);
    let (head, body) = text.split_once('\n').unwrap();
    for (from, to) in [
        (instance.to_string(), Uuid::from_u128(2).to_string()),
        (key.public().to_string(), other.public().to_string()),
    ] {
        let forged = text.replace(&from, &to);
        assert_eq!(Bundle::read(&forged), Err(BundleError::Signature), "{to}");
    }
    // A signature of a payload is not valid for a bundle.
    let signature = key.sign(format!("{instance}\n{body}").as_bytes());
    let forged = format!(
        "{{\"bundle\":2,\"instance\":\"{instance}\",\"signature\":\"{signature}\"}}\n{body}"
    );
    assert_eq!(Bundle::read(&forged), Err(BundleError::Signature));
    // Case of hexadecimal digits and whitespace are not signed and do not change the meaning.
    let public = key.public().to_string();
    let upper = text
        .replace(&public, &public.to_uppercase())
        .replace(":2,", " : 2 ,");
    assert_eq!(Bundle::read(&upper).unwrap().key, key.public());
    assert!(Bundle::is_one(head.as_bytes()));
    assert!(!Bundle::is_one(body.as_bytes()));
    assert!(Bundle::is_part(body.as_bytes()));
    assert!(Payload::read(body.trim().as_bytes()).is_err());
}

#[test]
fn every_change_of_a_bundle_is_noticed() {
    let key = SigningKey::from_seed(&[7; 32]);
    let instance = Uuid::from_u128(1);
    let text = Bundle::sign(&key, instance, ["{\"a\":1}", "{\"b\":2}"]);
    let whole = Bundle::read(&text).unwrap();
    for place in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[place] ^= 1 << bit;
            let Ok(changed) = String::from_utf8(bytes) else {
                continue;
            };
            // A changed byte may only have changed the case of a digit of the key or signature.
            if let Ok(read) = Bundle::read(&changed) {
                assert_eq!(read, whole, "bit {bit} of byte {place}");
            }
        }
        assert!(Bundle::read(&text[..place]).is_err(), "{place}");
    }
}

#[test]
fn a_signature_is_of_one_payload_and_one_key() {
    let key = SigningKey::from_seed(&[7; 32]);
    let text = key.sign(b"{}").to_string();
    let signature: Signature = text.parse().unwrap();
    assert_eq!(signature.verify(b"{}"), Ok(key.public()));
    assert_eq!(signature.verify(b"{ }"), Err(SignatureError::Wrong));
    for malformed in [
        "",
        "ed25519",
        "rsa a b",
        &text[..text.len() - 1],
        &format!("{text} x"),
    ] {
        let read: Result<Signature, _> = malformed.parse();
        assert_eq!(read, Err(SignatureError::Malformed), "{malformed}");
    }
    // Under lax rules, points of small order verify any message.
    for key in ["00", "01"] {
        let weak = format!("ed25519 {key}{} {key}{}", "00".repeat(31), "00".repeat(63));
        let signature: Signature = weak.parse().unwrap();
        assert_eq!(signature.verify(b"{}"), Err(SignatureError::Wrong));
    }
}
