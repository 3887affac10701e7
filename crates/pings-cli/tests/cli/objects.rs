//! Tests how `pings record` reads and explains arguments that are objects.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where something fails"
)]

use std::process::Command;

const REGISTRY: &str = r#"
format: 1
name: shop
title: Shop
events:
  OrderPlaced:
    args:
      device: { object: { kind: { enum: [phone, desktop] }, width: { type: integer, optional: true } } }
pings:
  - id: orders
    title: Orders
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics: [{ code: OrderPlaced, by: [device.kind] }]
"#;

#[test]
fn an_object_is_written_as_json() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pings.yaml"), REGISTRY).unwrap();
    let call = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_pings"))
            .args(arguments)
            .current_dir(folder.path())
            .env_remove("PINGS_DATABASE")
            .output()
            .unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), err)
    };
    assert_eq!(call(&["init"]).0, 0);
    let record = |arg| call(&["record", "OrderPlaced", "--user", "7", "--arg", arg]);
    let (code, err) = record(r#"device={"kind":"phone","width":3}"#);
    assert_eq!(code, 0, "{err}");
    let (code, err) = record("device.kind=phone");
    assert_eq!(code, 1);
    for part in [
        "the event has no argument `device.kind`",
        "help: `device` is an object, which is written as JSON: --arg 'device={…}'",
        "an object { kind: one of phone, desktop; width: a whole number or nothing }",
    ] {
        assert!(err.contains(part), "{part}\n{err}");
    }
}
