//! Tests the findings that `pings check` reports in each format.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where something fails"
)]

use std::process::Command;

use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// A registry with findings at the levels warn and deny, and with a suppressed finding.
const REGISTRY: &str = r#"format: 1
name: shop
title: Shop Pings
events:
  OrderPlaced:
    args: { note: string }
  CartViewed:
pings:
  - id: orders
    title: Orders
    type: fe_event
    purpose: To see how much is sold.
    aggregation: weekly
    added: "1.0"
    allow: { missing-owner: the team is being founded }
    metrics:
      - { code: OrderPlaced, by: [note] }
lints: { unbounded-string-argument: deny }
"#;

fn folder(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pings.yaml"), text).unwrap();
    folder
}

/// Returns the exit code, standard output and standard error.
fn check(text: &str, arguments: &str) -> (i32, String, String) {
    let folder = folder(text);
    let output = Command::new(env!("CARGO_BIN_EXE_pings"))
        .args(arguments.split_whitespace())
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        said(output.stdout),
        said(output.stderr),
    )
}

#[test]
fn what_is_denied_fails_and_what_warns_does_not() {
    for (flags, code) in [
        ("", 1),
        ("-W unbounded-string-argument", 0),
        ("-A unbounded-string-argument", 0),
        ("-A unbounded-string-argument -D unused-event", 1),
        ("-A unbounded-string-argument -D warnings", 1),
        (
            "-A unbounded-string-argument -D warnings -A unused-event",
            0,
        ),
        (
            "-D unused-event -A unused-event -W unbounded-string-argument",
            0,
        ),
        (
            "-A unused-event -D unused-event -W unbounded-string-argument",
            1,
        ),
    ] {
        let (found, _, err) = check(REGISTRY, &format!("check {flags}"));
        assert_eq!(found, code, "{flags}: {err}");
    }
    let (_, out, err) = check(REGISTRY, "check");
    assert_eq!(out, "");
    assert!(
        err.contains("warning[unused-event]: no ping counts `CartViewed` by name"),
        "{err}"
    );
    assert!(
        err.contains("error: pings.yaml has 1 error and 1 warning"),
        "{err}"
    );
    let (code, _, err) = check(REGISTRY, "check -D unused-evnt");
    assert_eq!(code, 1);
    assert!(err.contains("did you mean `unused-event`?"), "{err}");
}

#[test]
fn findings_are_json() {
    let (code, out, _) = check(REGISTRY, "check --format json");
    let said: Json = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &said["ok"]), (1, &json!(false)));
    assert_eq!(said["findings"].as_array().unwrap().len(), 2);
    assert_eq!(
        said["findings"][0],
        json!({
            "rule": "unused-event", "level": "warn", "message": "no ping counts `CartViewed` by name",
            "file": "pings.yaml", "line": 7, "column": 3,
            "help": ["count it in a ping, or remove it and its call sites"],
        })
    );
}

#[test]
fn findings_and_mistakes_are_annotations() {
    let (code, out, _) = check(REGISTRY, "check --format github");
    assert_eq!((code, out.lines().count()), (1, 2));
    assert_eq!(
        out.lines().next(),
        Some(
            "::warning file=pings.yaml,line=7,col=3,endColumn=12,title=unused-event::\
             no ping counts `CartViewed` by name%0Ahelp: count it in a ping, or remove it and its call sites"
        )
    );
    let (code, out, _) = check(
        &REGISTRY.replace("[note]", "[not]"),
        "check --format github",
    );
    assert_eq!(code, 1);
    assert!(
        out.starts_with(
            "::error file=pings.yaml,line=17,col=35,endColumn=37,title=unknown-argument::"
        ),
        "{out}"
    );
}

/// Checks the requirements of the SARIF standard for the parts that this log uses.
fn assert_is_sarif(log: &Json) {
    assert_eq!(log["version"], "2.1.0");
    let runs = log["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1);
    let rules = runs[0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(runs[0]["tool"]["driver"]["name"], "pings");
    assert_eq!(runs[0]["columnKind"], "unicodeCodePoints");
    for rule in rules {
        // GitHub's code scanning requires these members of a rule.
        for key in ["shortDescription", "fullDescription", "help"] {
            assert!(!rule[key]["text"].as_str().unwrap().is_empty(), "{rule}");
        }
        assert!(rule["helpUri"].as_str().unwrap().contains(':'), "{rule}");
    }
    for result in runs[0]["results"].as_array().unwrap() {
        let hash = &result["partialFingerprints"]["primaryLocationLineHash"];
        assert!(hash.as_str().unwrap().ends_with(":1"), "{result}");
        let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[rule]["id"], result["ruleId"]);
        assert!(
            ["error", "warning"]
                .iter()
                .any(|level| result["level"] == *level)
        );
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "pings.yaml");
        let at = |key: &str| place["region"][key].as_u64().unwrap();
        assert!(at("startLine") >= 1 && at("startColumn") >= 1);
        assert!((at("startLine"), at("startColumn")) <= (at("endLine"), at("endColumn")));
    }
}

#[test]
fn findings_and_mistakes_are_sarif() {
    let (code, out, _) = check(REGISTRY, "check --format sarif");
    assert_eq!(code, 1);
    let log: Json = serde_json::from_str(&out).unwrap();
    assert_is_sarif(&log);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let told: Vec<_> = results
        .iter()
        .map(|result| {
            (
                result["ruleId"].as_str().unwrap(),
                result["level"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("unused-event", "warning"),
            ("missing-owner", "warning"),
            ("unbounded-string-argument", "error"),
        ]
    );
    assert_eq!(
        results[1]["suppressions"],
        json!([{ "kind": "inSource", "justification": "the team is being founded" }])
    );
    assert!(results[0].get("suppressions").is_none());

    let (code, out, _) = check(&REGISTRY.replace("[note]", "[not]"), "check --format sarif");
    assert_eq!(code, 1);
    let log: Json = serde_json::from_str(&out).unwrap();
    assert_is_sarif(&log);
    assert_eq!(log["runs"][0]["results"][0]["ruleId"], "unknown-argument");
}

#[test]
fn paths_are_those_from_the_root_of_the_repository() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("server/telemetry");
    std::fs::create_dir_all(root.path().join(".git")).unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("pings.yaml"), REGISTRY).unwrap();
    std::fs::write(folder.join("a.ts"), "logEvent('Nothing')").unwrap();
    let call = |arguments: &str, folder: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_pings"))
            .args(arguments.split_whitespace())
            .current_dir(root.path().join(folder))
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    for (folder, registry) in [
        ("server", "telemetry/pings.yaml"),
        ("server/telemetry", "./pings.yaml"),
        ("server/telemetry", "../telemetry/pings.yaml"),
    ] {
        let out = call(
            &format!("check --registry {registry} --format github"),
            folder,
        );
        let place = "::warning file=server/telemetry/pings.yaml,line=7,";
        assert!(out.starts_with(place), "{out}");
        let out = call(
            &format!("check --registry {registry} --format sarif"),
            folder,
        );
        let log: Json = serde_json::from_str(&out).unwrap();
        let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(
            place["artifactLocation"]["uri"],
            "server/telemetry/pings.yaml"
        );
        let out = call(
            &format!("scan --registry {registry} --format github"),
            folder,
        );
        assert!(
            out.contains("::warning file=server/telemetry/a.ts,line=1,"),
            "{out}"
        );
        assert!(
            out.contains("::warning file=server/telemetry/pings.yaml,"),
            "{out}"
        );
    }
}

#[test]
fn a_registry_that_cannot_be_read_is_told_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("latin.yaml"), b"name: caf\xe9").unwrap();
    for (file, reason) in [
        ("none.yaml", "cannot read none.yaml"),
        ("latin.yaml", "is not UTF-8"),
    ] {
        let call = |format: &str| {
            let output = Command::new(env!("CARGO_BIN_EXE_pings"))
                .args(["check", "--registry", file, "--format", format])
                .current_dir(folder.path())
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(1));
            String::from_utf8(output.stdout).unwrap()
        };
        let log: Json = serde_json::from_str(&call("sarif")).unwrap();
        let run = &log["runs"][0];
        assert_eq!(run["invocations"][0]["executionSuccessful"], false);
        let result = &run["results"][0];
        assert_eq!(result["ruleId"], run["tool"]["driver"]["rules"][0]["id"]);
        assert!(
            result["message"]["text"].as_str().unwrap().contains(reason),
            "{result}"
        );
        let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(place["uri"], file);
        let out = call("github");
        assert!(
            out.starts_with("::error title=pings::") && out.contains(reason),
            "{out}"
        );
    }
}
