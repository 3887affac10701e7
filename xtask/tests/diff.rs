//! Tests `cargo xtask diff` in a separate repository.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

use std::path::Path;
use std::process::{Command, Output};

const OLD: &str = r#"format: 1
name: desk
title: Desk
events:
  TicketOpened: {}
pings:
  - id: tickets
    title: Tickets
    type: fe_event
    aggregation: weekly
    added: "2.0"
    metrics:
      - code: TicketOpened
"#;

/// Runs git without the user's configuration.
fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=test", "-c", "user.email=test@example.com"])
        .args([
            "-c",
            "commit.gpgsign=false",
            "-c",
            "core.hooksPath=/dev/null",
        ])
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn diff(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["diff", "--registry", "sub/pings.yaml"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

#[test]
fn a_branch_is_compared_with_where_it_left_main() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let write = |text: &str| std::fs::write(folder.join("sub/pings.yaml"), text).unwrap();
    std::fs::create_dir(folder.join("sub")).unwrap();
    git(folder, &["init", "--quiet", "--initial-branch", "main"]);
    write("format: 1\n");
    git(folder, &["add", "."]);
    git(folder, &["commit", "--quiet", "-m", "no registry yet"]);
    write(OLD);
    git(folder, &["commit", "--quiet", "-am", "first"]);
    git(folder, &["switch", "--quiet", "-c", "branch"]);

    let same = diff(folder, &[]);
    assert_eq!(same.status.code(), Some(0), "{}", said(&same));
    assert!(said(&same).contains("means the same"));

    // A later commit on main is not a change of the branch.
    git(folder, &["switch", "--quiet", "main"]);
    write(&OLD.replace("2.0", "1.0"));
    git(folder, &["commit", "--quiet", "-am", "second"]);
    git(folder, &["switch", "--quiet", "branch"]);
    write(&OLD.replace("2.0", "2.1"));
    git(folder, &["commit", "--quiet", "-am", "third"]);
    let moved = diff(folder, &["--format", "github"]);
    assert_eq!(moved.status.code(), Some(1));
    let text = said(&moved);
    assert!(
        text.starts_with("::error file=sub/pings.yaml,line=11,col=12,"),
        "{text}"
    );
    assert!(text.contains("%0Awas 2.0%0Ais 2.1"), "{text}");
    let main = said(&diff(folder, &["--base", "main"]));
    assert!(main.contains("was 1.0"), "{main}");

    let accepted = diff(folder, &["--accept", "added-moved=tickets"]);
    assert_eq!(accepted.status.code(), Some(0), "{}", said(&accepted));
    assert!(said(&accepted).contains("warning[accepted: added-moved]: "));
    assert!(said(&accepted).contains("1 change: 1 accepted"));
    let other = diff(folder, &["--accept", "added-moved=others"]);
    assert_eq!(other.status.code(), Some(1), "{}", said(&other));
    assert!(said(&other).contains("`added-moved=others` matches no change"));
    let unknown = diff(folder, &["--accept", "moved"]);
    assert!(said(&unknown).contains("there is no kind of change `moved`"));

    let older = diff(folder, &["--base", "HEAD~2"]);
    assert_eq!(older.status.code(), Some(1));
    assert!(
        said(&older).contains("HEAD~2 does not pass the current rules"),
        "{}",
        said(&older)
    );
    let nowhere = diff(folder, &["--base", "nowhere"]);
    assert_eq!(nowhere.status.code(), Some(2));
    let flag = diff(folder, &["--base=--output=x"]);
    assert_eq!(flag.status.code(), Some(2));
    assert!(said(&flag).contains("is not a revision"), "{}", said(&flag));
}
