//! Tests `pings convert`: files, folders, the output and failures.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

const METRICS: &str = "\
$schema: moz://mozilla.org/schemas/glean/metrics/2-0-0
search:
  started:
    type: event
    description: A user started a search.
  note:
    type: text
    description: What the user wrote.
";

/// Runs the command in a folder, and returns its exit code, output and messages.
fn call(folder: &Path, arguments: &str) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pings"))
        .args(arguments.split_whitespace())
        .env_remove("PINGS_REGISTRY")
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

#[test]
fn a_registry_is_written_once_and_passes_the_check() {
    let folder = tempfile::tempdir().unwrap();
    let call = |arguments: &str| call(folder.path(), arguments);
    fs::create_dir_all(folder.path().join("app/deep")).unwrap();
    fs::write(folder.path().join("app/deep/metrics.yaml"), METRICS).unwrap();
    fs::write(folder.path().join("app/readme.md"), "no input").unwrap();
    let convert = "convert --from glean app --out pings.yaml --name notes --added 1.2";
    let (code, out, err) = call(convert);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(err.contains("1 native, 0 changed, 1 dropped"), "{err}");
    assert!(
        err.contains("app/deep/metrics.yaml:6:3 search.note"),
        "{err}"
    );
    let written = fs::read_to_string(folder.path().join("pings.yaml")).unwrap();
    assert!(written.contains("added: \"1.2\""), "{written}");
    assert_eq!(call("check").0, 0);
    let (code, _, err) = call(convert);
    assert_eq!(code, 1);
    assert!(err.contains("cannot write pings.yaml"), "{err}");
    let again = fs::read_to_string(folder.path().join("pings.yaml")).unwrap();
    assert_eq!(written, again);
}

#[test]
fn programs_read_the_losses_as_json() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("metrics.yaml"), METRICS).unwrap();
    let (code, out, _) = call(
        folder.path(),
        "convert --from glean metrics.yaml --format json",
    );
    assert_eq!(code, 0);
    let json: Json = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&json["native"], &json["dropped"]),
        (&Json::from(1), &Json::from(1))
    );
    let loss = &json["losses"][0];
    assert_eq!(
        (&loss["effect"], &loss["line"]),
        (&Json::from("dropped"), &Json::from(6))
    );
    assert!(
        json["registry"]
            .as_str()
            .unwrap()
            .starts_with("# Converted from Glean")
    );
}

#[test]
fn unusable_input_has_a_place_and_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let call = |arguments: &str| call(folder.path(), arguments);
    fs::write(folder.path().join("latin.json"), b"{\n  \"a\": \"\xe9\" }").unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    for (arguments, message) in [
        ("latin.json", "latin.json:2:9: the file is not valid UTF-8"),
        ("missing.json", "cannot read missing.json"),
        ("empty", "the folders contain no files"),
        ("latin.json --name Notes", "in snake_case"),
    ] {
        let (code, _, err) = call(&format!("convert --from segment {arguments}"));
        assert_eq!(code, 1);
        assert!(err.contains(message), "{err}");
    }
}
