//! Tests the flags of all commands, shell completions and manual pages.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where something fails"
)]

use std::path::Path;
use std::process::{Command, Stdio};

/// Runs the command in a folder, and returns its exit code, output and messages.
fn call(folder: &Path, arguments: &str, forces_color: bool) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pings"));
    command
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .env_remove("PINGS_DATABASE")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::null());
    if forces_color {
        command.env("CLICOLOR_FORCE", "1");
    }
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

/// Returns a folder with the registry of a help desk.
fn desk() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let registry = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/help_desk/pings.yaml");
    std::fs::copy(registry, folder.path().join("pings.yaml")).unwrap();
    folder
}

#[test]
fn quiet_hides_progress_and_notes_but_no_result_and_no_problem() {
    let desk = desk();
    let said = |arguments: &str| call(desk.path(), arguments, false);
    assert_eq!(said("-q init"), (0, String::new(), String::new()));
    assert_eq!(said("check --quiet"), (0, String::new(), String::new()));

    let line = r#"{"name":"TicketOpend","timestamp":"2021-01-25T00:00:00Z","version":"2.4.0"}"#;
    std::fs::write(desk.path().join("events.ndjson"), line).unwrap();
    let (code, _, loud) = said("import events.ndjson");
    assert_eq!(code, 0);
    assert!(loud.contains("note: 1 event is not counted"), "{loud}");
    assert_eq!(
        said("import events.ndjson -q"),
        (0, String::new(), String::new())
    );

    let (code, out, err) = said("report --week 2021-W04 -q");
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.starts_with("Help Desk Pings\n"), "{out}");

    std::fs::write(desk.path().join("events.ndjson"), "{").unwrap();
    let (code, _, err) = said("import events.ndjson -q");
    assert_eq!(code, 1);
    assert!(err.starts_with("error: events.ndjson:1: "), "{err}");

    let registry = std::fs::read_to_string(desk.path().join("pings.yaml")).unwrap();
    let unused = registry.replacen("events:\n", "events:\n  Unused: {}\n", 1);
    std::fs::write(desk.path().join("unused.yaml"), unused).unwrap();
    let (code, _, err) = said("check -q --registry unused.yaml");
    assert_eq!(code, 0);
    assert!(err.starts_with("warning[unused-event]"), "{err}");
    assert!(!err.contains("Checked"), "{err}");
    let (code, _, err) = said("explain Nothing -q");
    assert_eq!(code, 1);
    assert!(
        err.starts_with("error: ") && err.contains("\nhelp: "),
        "{err}"
    );
}

#[test]
fn color_overrides_what_the_terminal_and_the_environment_say() {
    let desk = desk();
    for (arguments, forces_color, is_colored) in [
        ("check", false, false),
        ("check --color auto", true, true),
        ("check --color always", false, true),
        ("--color never check", true, false),
        ("explain TicketOpened --color always", false, true),
    ] {
        let (code, out, err) = call(desk.path(), arguments, forces_color);
        assert_eq!(code, 0, "{err}");
        assert_eq!((out + &err).contains('\u{1b}'), is_colored, "{arguments}");
    }
    let (code, _, err) = call(desk.path(), "check --color blue", false);
    assert_eq!(code, 1);
    assert!(
        err.contains("[possible values: auto, always, never]"),
        "{err}"
    );
}

#[test]
fn completions_are_scripts_that_know_the_commands() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (code, script, err) = call(folder.path(), &format!("completions {shell}"), false);
        assert_eq!((code, err.as_str()), (0, ""), "{shell}");
        for word in ["pings", "doctor", "product-database"] {
            assert!(script.contains(word), "{word} in the script for {shell}");
        }
    }
    let (_, script, _) = call(folder.path(), "completions bash", false);
    let path = folder.path().join("pings.bash");
    std::fs::write(&path, script).unwrap();
    let completed = "source \"$0\" && COMP_WORDS=(pings store ser) COMP_CWORD=2 \
        && _pings pings ser store && echo \"${COMPREPLY[@]}\"";
    let output = Command::new("bash")
        .args(["-c", completed])
        .arg(&path)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "serve series\n");
    let (code, out, _) = call(folder.path(), "completions tcsh", false);
    assert_eq!((code, out.as_str()), (1, ""));
    let (code, _, err) = call(folder.path(), "completions bash --format json", false);
    assert_eq!(code, 1);
    assert!(err.contains("unexpected argument '--format'"), "{err}");
}

#[test]
fn each_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = call(folder.path(), "man share/man1", false);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    let pages = folder.path().join("share/man1");
    let names = std::fs::read_dir(&pages).unwrap();
    let mut names: Vec<_> = names
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        err,
        format!("       Wrote {} manual pages to share/man1\n", names.len())
    );
    for name in [
        "pings.1",
        "pings-check.1",
        "pings-store-serve.1",
        "pings-instance-new-id.1",
    ] {
        assert!(names.contains(&name.to_owned()), "{name} in {names:?}");
    }
    for name in &names {
        assert!(!name.contains("help"), "{name}");
        let page = std::fs::read_to_string(pages.join(name)).unwrap();
        assert!(
            page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"),
            "{name}"
        );
    }
    std::fs::write(folder.path().join("file"), "").unwrap();
    let (code, _, err) = call(folder.path(), "man file/man1", false);
    assert_eq!(code, 2);
    assert!(
        err.starts_with("error: cannot write to file/man1: "),
        "{err}"
    );
}
