//! Checks that the README shows the tested first program, and that the commands write its files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(path: &str) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn pings(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_command"));
    for name in ["PINGS_REGISTRY", "PINGS_DATABASE", "PINGS_CONFIG"] {
        command.env_remove(name);
    }
    let ran = command.args(arguments).current_dir(folder).output();
    ran.expect("it starts")
}

fn told(ran: &Output) -> String {
    String::from_utf8_lossy(&ran.stderr).into_owned()
}

#[test]
fn the_readme_shows_the_program_that_is_tested() {
    let readme = text("README.md");
    let program = text("tests/first-program/src/main.rs");
    let (_, program) = program.split_once("\nuse ").expect("imports");
    assert!(readme.contains(&format!("```rust,ignore\nuse {program}```")));
    assert!(readme.lines().count() < 150, "the README is short");
}

#[test]
fn the_guide_shows_the_test_that_runs() {
    let guide = text("docs/testing.md");
    let test = text("tests/first-program/tests/records.rs");
    let (_, test) = test.split_once("\nuse ").expect("imports");
    assert!(guide.contains(&format!("```rust,ignore\nuse {test}```")));
}

#[test]
fn init_and_generate_write_the_crate_of_the_first_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let notes = folder.path().join("notes");
    fs::create_dir(&notes).expect("a folder");
    let began = pings(&notes, &["init"]);
    assert!(began.status.success(), "{}", told(&began));
    assert_eq!(
        fs::read_to_string(notes.join("pings.yaml")).expect("a registry"),
        text("tests/first-program/pings.yaml")
    );
    let again = pings(&notes, &["init"]);
    assert!(told(&again).contains("Found"), "{}", told(&again));

    let stale = pings(&notes, &["generate", "--check"]);
    assert_eq!(stale.status.code(), Some(1), "{}", told(&stale));
    assert!(!notes.join("crates").exists(), "a check writes nothing");
    let generated = pings(&notes, &["generate"]);
    assert!(generated.status.success(), "{}", told(&generated));
    assert!(told(&generated).contains("notes-events = { path ="));
    assert!(pings(&notes, &["generate", "--check"]).status.success());
    let new = pings(
        &notes,
        &[
            "new",
            "--event",
            "NoteShared",
            "--title",
            "Shares",
            "--added",
            "0.2",
            "--purpose",
            "To learn how often notes are shared.",
        ],
    );
    assert!(new.status.success(), "{}", told(&new));
    let stale = pings(&notes, &["generate", "--check", "--format", "json"]);
    assert_eq!(stale.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&stale.stdout).expect("JSON");
    let updated = json["updated"].as_array().expect("a list");
    let events = "crates/notes-events/src/event.rs";
    assert!(updated.iter().any(|path| path == events), "{json}");
}

#[test]
fn what_was_generated_once_is_kept_up_to_date() {
    let folder = tempfile::tempdir().expect("a folder");
    let notes = folder.path().join("notes");
    fs::create_dir(&notes).expect("a folder");
    assert!(pings(&notes, &["init"]).status.success());
    let generated = pings(&notes, &["generate", "--captures", "--web"]);
    assert!(generated.status.success(), "{}", told(&generated));
    let check = pings(&notes, &["generate", "--check"]);
    assert!(check.status.success(), "{}", told(&check));

    let registry = notes.join("pings.yaml");
    let text = fs::read_to_string(&registry).expect("a registry");
    fs::write(&registry, text.replace("settings]", "profile]")).expect("a registry");
    assert_eq!(
        pings(&notes, &["generate", "--check"]).status.code(),
        Some(1)
    );
    assert!(pings(&notes, &["generate"]).status.success());
    let types = fs::read_to_string(notes.join("packages/notes-web/index.d.ts"));
    assert!(types.expect("declarations").contains("'profile'"));
}

#[test]
fn init_names_the_files_that_it_wrote_even_if_the_database_cannot_be_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let began = pings(
        folder.path(),
        &["init", "--database", "sqlite://missing/pings.db"],
    );
    assert_ne!(began.status.code(), Some(0));
    let told = told(&began);
    assert!(folder.path().join("pings.yaml").exists(), "{told}");
    let created = told.find("Created pings.yaml").expect("the registry");
    let failed = told.find("error: ").expect("an error");
    assert!(created < failed, "{told}");
}

#[test]
fn the_generated_crates_of_the_first_program_and_the_examples_are_fresh() {
    for folder in [
        "tests/first-program",
        "examples/cli-sqlite",
        "examples/web-axum",
    ] {
        let check = pings(&root().join(folder), &["generate", "--check"]);
        let shown = String::from_utf8_lossy(&check.stdout).into_owned();
        assert!(check.status.success(), "{folder}: {shown}{}", told(&check));
    }
}
