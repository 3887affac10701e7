//! Tests `pings catalogue` with the releases and the source code of a small product.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where something fails"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;
use tempfile::TempDir;

const REGISTRY: &str = r#"
format: 1
name: notes
title: Notes pings
events:
  NoteEdit: { args: { kind: { enum: [text, list] } } }
  NoteShare: {}
pings:
  - id: edits
    title: Edits of notes
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics: [{ code: NoteEdit, by: [kind] }]
  - id: shares
    title: Shared notes
    type: fe_event
    aggregation: weekly
    added: "1.1"
    metrics: [{ code: NoteShare }]
"#;

/// A repository with releases of the product.
struct Notes(TempDir);

impl Notes {
    fn new() -> Self {
        let notes = Self(tempfile::tempdir().unwrap());
        notes.git(&["init", "-q"]);
        let (edits, shares) = REGISTRY.split_once("  - id: shares").unwrap();
        let calls = "logEvent('NoteEdit')\n";
        notes.release("v0.8", None, calls);
        notes.release("v0.9", Some("format: 1\nname: [\n"), calls);
        notes.release("v1.0.0", Some(edits), calls);
        notes.release("v1.0.1", Some(edits), "");
        let both = format!("{calls}\nlogEvent('NoteShare')\n");
        notes.release(
            "v1.1.0",
            Some(&format!("{edits}  - id: shares{shares}")),
            &both,
        );
        let described = REGISTRY.replace(
            "NoteShare: {}",
            "NoteShare: { description: A user shares a note. }",
        );
        notes.write("pings.yaml", &described);
        notes
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        let path = self.path().join("site").join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(["-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"])
            .args(arguments)
            .env("GIT_COMMITTER_DATE", "2026-03-04T05:06:07Z")
            .current_dir(self.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
    }

    fn release(&self, tag: &str, registry: Option<&str>, client: &str) {
        if let Some(registry) = registry {
            self.write("pings.yaml", registry);
        }
        self.write("client/notes.ts", client);
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", tag]);
        self.git(&["tag", tag]);
    }

    /// Returns the exit code and the output.
    fn call(&self, arguments: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_pings"))
            .arg("catalogue")
            .args(arguments)
            .current_dir(self.path())
            .output()
            .unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        assert!(!err.contains("panicked"), "{err}");
        (output.status.code().unwrap(), format!("{out}{err}"))
    }
}

const OPTIONS: [&str; 6] = [
    "--tags",
    "v*",
    "--scan",
    "client",
    "--source-url",
    "https://example.com/blob/main/{path}#L{line}",
];

#[test]
fn pages_show_what_each_release_changed_and_where_events_are_fired() {
    let notes = Notes::new();
    let (code, said) = notes.call(&OPTIONS);
    assert_eq!(code, 0, "{said}");
    for part in [
        "note: left out 1 release (v0.8): the registry does not exist in this release",
        "note: left out 1 release (v0.9): the registry of v0.9 has",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let release = notes.read("releases/1.1.html");
    for part in ["v1.1.0", "2026-03-04", "ping-added", "<code>shares</code>"] {
        let (html, json) = (&release, notes.read("releases/1.1.json"));
        assert!(html.contains(part) || json.contains(part), "{part}: {html}");
    }
    let unchanged = notes.read("releases/1.0.1.html");
    assert!(
        unchanged.contains("The registry did not change."),
        "{unchanged}"
    );
    let index = notes.read("releases/index.html");
    for part in ["v0.8", "v0.9", "unreleased.html"] {
        assert!(index.contains(part), "{part}: {index}");
    }
    let edits = notes.read("pings/edits.html");
    for part in [
        "https://example.com/blob/main/client/notes.ts#L1",
        "events from 1.0.1: not fired; events from 1.1.0: fired",
        "<span class=\"date\">2026-03-04</span>",
    ] {
        assert!(edits.contains(part), "{part}: {edits}");
    }
    let event: Json = serde_json::from_str(&notes.read("events/note_share.json")).unwrap();
    assert_eq!(event["fired_in"][0]["path"], "client/notes.ts");
    assert_eq!(event["fired_in"][0]["line"], 3);
    assert_eq!(event["changes"][0]["kind"], "reworded");
    assert_eq!(event["changes"][0]["release"], Json::Null);

    // Two runs over the same repository write the same site.
    let (code, said) = notes.call(&[&OPTIONS[..], &["--check"]].concat());
    assert_eq!(code, 0, "{said}");
    notes.write("client/notes.ts", "\n\nlogEvent('NoteEdit')\n");
    let (code, said) = notes.call(&[&OPTIONS[..], &["--check"]].concat());
    assert_eq!(code, 1);
    assert!(
        said.contains("run `pings catalogue --out site --tags 'v*' --source-url '"),
        "{said}"
    );
}

#[test]
fn what_cannot_be_read_is_said() {
    let notes = Notes::new();
    for (arguments, reason) in [
        (
            &["--tags", "w*"][..],
            "no tag that matches `w*` is a release",
        ),
        (&["--scan", "nowhere"], "there is no folder nowhere"),
        (&["--source-url", "https://example.com/{path}"], "--scan"),
        (
            &["--scan", "client", "--source-url", "javascript:{path}"],
            "expected an address such as",
        ),
    ] {
        let (code, said) = notes.call(arguments);
        assert!(code != 0 && said.contains(reason), "{reason}: {said}");
    }
}
