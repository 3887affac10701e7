//! Tests `pings diff` with Git revisions and with two files.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

use std::path::Path;
use std::process::Command;

fn git(folder: &Path, arguments: &[&str]) {
    let who = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(who).args(arguments);
    assert!(git.output().unwrap().status.success(), "{arguments:?}");
}

/// Returns the exit code and the whole output.
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
    let old = include_str!("../help_desk/pings.yaml");
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

/// A repository with the registry of the help desk, in which tests change the first ping.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        git(
            repository.path(),
            &["init", "--quiet", "--initial-branch", "main"],
        );
        repository.commit("pings.yaml", OLD);
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn commit(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self.commit_all(file);
    }

    fn commit_all(&self, message: &str) {
        git(self.path(), &["add", "--all"]);
        git(self.path(), &["commit", "--quiet", "-m", message]);
    }

    /// Clones the repository as a workflow does.
    fn cloned(&self, arguments: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("file://{}", self.path().display());
        let into = folder.path().to_str().unwrap();
        let arguments = [&["clone", "--quiet"], arguments, &[&url, into]].concat();
        git(Path::new("."), &arguments);
        folder
    }
}

const OLD: &str = include_str!("../help_desk/pings.yaml");

/// Returns the registry with a breaking change.
fn changed() -> String {
    OLD.replacen("added: \"2.0\"", "added: \"2.1\"", 1)
}

#[test]
fn on_main_the_commit_before_is_compared_with() {
    let repository = Repository::new();
    // The first commit has no previous commit.
    assert_eq!(diff(repository.path(), &[]).0, 0);
    repository.commit("pings.yaml", &changed());
    let (code, told) = diff(repository.path(), &[]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("breaking: added-moved"), "{told}");
    // A branch without its own commits has no changes.
    git(repository.path(), &["switch", "--quiet", "-c", "branch"]);
    assert_eq!(diff(repository.path(), &[]).0, 0);
    // A workflow checks out a commit, often without its branch.
    git(
        repository.path(),
        &["switch", "--quiet", "--detach", "main"],
    );
    assert_eq!(diff(repository.path(), &[]).0, 1);
    git(repository.path(), &["switch", "--quiet", "main"]);
    repository.commit("README", "unrelated");
    assert_eq!(diff(repository.path(), &[]).0, 0);
    // An uncommitted change is compared with the last commit.
    std::fs::write(repository.path().join("pings.yaml"), OLD).unwrap();
    assert_eq!(diff(repository.path(), &[]).0, 1);

    repository.commit("pings.yaml", OLD);
    let shallow = repository.cloned(&["--depth", "1"]);
    let (code, told) = diff(shallow.path(), &[]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("fetch-depth: 2"), "{told}");
}

#[test]
fn without_a_common_commit_the_reason_is_said() {
    let repository = Repository::new();
    git(repository.path(), &["switch", "--quiet", "-c", "branch"]);
    repository.commit("pings.yaml", &changed());
    git(repository.path(), &["switch", "--quiet", "main"]);
    repository.commit("README", "main goes on");
    git(repository.path(), &["switch", "--quiet", "branch"]);
    let clone = repository.cloned(&["--depth", "1", "--no-single-branch"]);
    let (code, told) = diff(clone.path(), &[]);
    assert_eq!(code, 1, "{told}");
    let expected = "HEAD and origin/main have no common commit in this clone, which is shallow";
    assert!(told.contains(expected), "{told}");
    assert!(told.contains("fetch-depth: 0"), "{told}");
}

#[test]
fn a_repository_of_another_user_is_named_as_such() {
    let repository = Repository::new();
    let output = Command::new(env!("CARGO_BIN_EXE_pings"))
        .arg("diff")
        // Git's own tests use this variable.
        .env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        .env_remove("PINGS_REGISTRY")
        .current_dir(repository.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("belongs to another user"), "{told}");
    assert!(told.contains("safe.directory"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_registry_that_is_a_link_is_read_through_it() {
    let repository = Repository::new();
    git(repository.path(), &["tag", "v1"]);
    let registry = repository.path().join("pings.yaml");
    std::fs::create_dir(repository.path().join("real")).unwrap();
    std::fs::rename(&registry, repository.path().join("real/pings.yaml")).unwrap();
    std::os::unix::fs::symlink("real/pings.yaml", &registry).unwrap();
    repository.commit_all("link");
    git(repository.path(), &["tag", "v2"]);
    std::fs::write(repository.path().join("real/pings.yaml"), changed()).unwrap();
    for base in ["v1", "v2"] {
        let (code, told) = diff(repository.path(), &["--base", base]);
        assert_eq!(code, 1, "{told}");
        assert!(told.contains("breaking: added-moved"), "{told}");
    }
}

#[test]
fn a_byte_order_mark_and_line_ends_are_no_change() {
    let repository = Repository::new();
    let other = format!("\u{feff}{}", OLD.replace('\n', "\r\n"));
    std::fs::write(repository.path().join("pings.yaml"), other).unwrap();
    let (code, told) = diff(repository.path(), &[]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("means the same"), "{told}");
}

#[test]
fn a_failure_is_told_in_the_form_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("old.yaml"), OLD).unwrap();
    std::fs::write(folder.join("bad.yaml"), OLD.replacen("type: ", "typ: ", 1)).unwrap();
    let (code, told) = diff(folder, &["old.yaml", "bad.yaml", "--format", "github"]);
    assert_eq!(code, 1, "{told}");
    assert!(told.starts_with("::error file=bad.yaml,line="), "{told}");
    let (code, told) = diff(folder, &["bad.yaml", "old.yaml", "--format", "github"]);
    assert_eq!(code, 1, "{told}");
    assert!(
        told.starts_with("::error title=pings::bad.yaml has"),
        "{told}"
    );
    for files in [
        ["old.yaml", "bad.yaml"],
        ["bad.yaml", "old.yaml"],
        ["old.yaml", "none.yaml"],
    ] {
        let (code, told) = diff(folder, &[&files[..], &["--format", "markdown"]].concat());
        assert_eq!(code, 1, "{told}");
        assert!(
            told.starts_with("### The pings cannot be compared\n\n```text\n"),
            "{told}"
        );
    }
}
