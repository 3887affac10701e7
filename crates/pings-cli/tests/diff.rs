//! `pings diff`, against git and between files.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

use std::path::Path;
use std::process::Command;

fn git(folder: &Path, arguments: &[&str]) {
    let who = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(who).args(arguments);
    assert!(git.output().unwrap().status.success(), "{arguments:?}");
}

/// The exit code, and all that is said.
fn diff(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pings"));
    command
        .arg("diff")
        .args(arguments)
        .env_remove("PINGS_REGISTRY")
        .current_dir(folder);
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code().unwrap(),
        text(&output.stdout) + &text(&output.stderr),
    )
}

#[test]
fn a_registry_is_compared_with_what_it_was_in_git_or_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let old = include_str!("help_desk/pings.yaml");
    let new = old.replacen("added: \"2.0\"", "added: \"2.1\"", 1);
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write("pings.yaml", old);
    write("old.yaml", old);
    let (code, told) = diff(folder, &[]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("error: "), "{told}");

    git(folder, &["init", "--quiet", "--initial-branch", "main"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "-m", "first"]);
    git(folder, &["tag", "v1"]);
    let (code, told) = diff(folder, &[]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("means the same"), "{told}");
    write("pings.yaml", &new);
    for arguments in [&[][..], &["--base", "v1"], &["old.yaml", "pings.yaml"]] {
        let (code, told) = diff(folder, arguments);
        assert_eq!(code, 1, "{told}");
        assert!(told.contains("error[breaking: added-moved]"), "{told}");
    }
    let (code, told) = diff(folder, &["--base", "v1", "--accept", "added-moved"]);
    assert_eq!(code, 0, "{told}");

    for wrong in [
        &["old.yaml"][..],
        &["old.yaml", "pings.yaml", "--base", "v1"],
    ] {
        let (code, told) = diff(folder, wrong);
        assert_eq!(code, 1, "{told}");
        assert!(told.contains("Usage: pings diff"), "{told}");
    }
}
