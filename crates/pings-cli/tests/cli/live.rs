//! Tests `pings check --database` for the terminal and for programs.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where something fails"
)]

use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

fn call(folder: &Path, arguments: &str) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pings"))
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .env_remove("PINGS_DATABASE")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(!err.contains("panicked"), "{err}");
    (output.status.code().unwrap(), format!("{out}{err}"))
}

/// Returns a folder with an event log that has every kind of error, and with a product database
/// without tables.
fn desk() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let registry = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/help_desk/pings.yaml");
    std::fs::copy(registry, path.join("pings.yaml")).unwrap();
    let mut lines = String::new();
    for (name, argument) in [
        ("TicketOpened", r#"{"channel":"mail","attachments":1}"#),
        (
            "TicketOpened",
            r#"{"channel":"jane@example.com","attachments":1}"#,
        ),
        (
            "TicketOpened",
            r#"{"channel":"Mail","attachments":"two","draft":true}"#,
        ),
        ("TicketOpened", "[]"),
        ("TicketOpend", "{}"),
        ("TicketClosed", "{}"),
    ] {
        lines.push_str(&format!(
            "{{\"name\":\"{name}\",\"argument\":{argument},\"timestamp\":\"2021-01-26T10:00:00Z\",\"version\":\"2.4.0\"}}\n"
        ));
    }
    std::fs::write(path.join("events.ndjson"), lines).unwrap();
    for command in [
        "init",
        "import events.ndjson",
        "init --database sqlite://product.db",
    ] {
        assert_eq!(call(path, command).0, 0, "{command}");
    }
    folder
}

#[test]
fn what_is_wrong_is_told_without_what_users_typed() {
    let folder = desk();
    // The events are from 2021, so the check must include the last 520 weeks.
    let all = "--weeks 520 --database sqlite://pings.db --product-database sqlite://product.db";
    let (code, said) = call(folder.path(), &format!("check {all}"));
    assert_eq!(code, 1);
    assert!(!said.contains("jane"), "{said}");
    // The rest depends on the current day.
    let said: Vec<&str> = said.split(" since ").take(1).collect();
    insta::assert_snapshot!("live", said.concat());

    let (code, said) = call(folder.path(), &format!("check {all} --format json"));
    let json: Json = serde_json::from_str(&said).unwrap();
    assert_eq!(code, 1);
    assert_eq!(json["ok"], false);
    assert_eq!(json["read"]["rows"], 6);
    assert_eq!(json["findings"][0]["kind"], "unknown-event");
    assert_eq!(
        json["findings"][0]["help"][0],
        "did you mean `TicketOpened`?"
    );

    let (code, said) = call(folder.path(), &format!("check {all} --format github"));
    assert_eq!(code, 1);
    let at = "::error file=pings.yaml,line=10,col=1,title=argument-no-object::";
    assert!(said.contains(at), "{said}");
}

#[test]
fn without_a_database_on_the_command_line_none_is_looked_at() {
    let folder = desk();
    let (code, said) = call(folder.path(), "check");
    assert_eq!(code, 0);
    assert!(!said.contains("Compared"), "{said}");
    let (code, said) = call(folder.path(), "check --database sqlite://none.db");
    assert!(code == 1 && said.contains("there is no database"), "{said}");
    assert!(!folder.path().join("none.db").exists());
    let (code, said) = call(
        folder.path(),
        "check --product-database sqlite://product.db",
    );
    assert!(code == 1 && said.contains("error[missing-table]"), "{said}");
    assert!(
        !said.contains("TicketOpend"),
        "only the product was looked at: {said}"
    );
}
