//! Tests the first commands that a new user calls: init, generate, record and report.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value as Json;

/// Runs the command in a folder, and returns its exit code, output and messages.
fn call(folder: &Path, arguments: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pings"));
    for name in ["PINGS_DATABASE", "PINGS_REGISTRY", "PINGS_LIBRARIES"] {
        command.env_remove(name);
    }
    let output = command
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

#[test]
fn the_first_report_names_the_running_week() {
    let folder = tempfile::tempdir().unwrap();
    let call = |arguments: &str| call(folder.path(), arguments);
    assert_eq!(call("init").0, 0);
    let (code, _, err) = call("report");
    assert_eq!(code, 0);
    assert!(!err.contains("--running"), "nothing was recorded: {err}");

    assert_eq!(call("record PageView --arg page=home --user 7").0, 0);
    let (code, out, err) = call("report");
    assert_eq!(code, 0);
    assert!(out.contains("the product was not running"), "{out}");
    assert!(err.contains("note: there is no data of 2"), "{err}");
    assert!(
        err.contains("help: show it with `pings report --running`"),
        "{err}"
    );
    let (_, out, err) = call("report --running");
    assert!(
        out.contains("PageView") && !err.contains("help:"),
        "{out}{err}"
    );
}

#[test]
fn init_keeps_the_event_log_out_of_git() {
    let folder = tempfile::tempdir().unwrap();
    let ignored = folder.path().join(".gitignore");
    let (code, _, err) = call(folder.path(), "init");
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("Created .gitignore"), "{err}");
    let text = fs::read_to_string(&ignored).unwrap();
    assert!(text.ends_with("\n/pings.db\n/pings.db-*\n"), "{text}");

    fs::write(&ignored, "/target\n").unwrap();
    fs::remove_file(folder.path().join("pings.yaml")).unwrap();
    let (code, _, err) = call(folder.path(), "init");
    assert_eq!(code, 0, "{err}");
    assert_eq!(fs::read_to_string(&ignored).unwrap(), "/target\n");
}

#[cfg(unix)]
#[test]
fn init_names_a_link_to_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("pings.yaml");
    std::os::unix::fs::symlink("missing/pings.yaml", link).unwrap();
    let (code, _, err) = call(folder.path(), "init");
    assert_eq!(code, 1);
    assert_eq!(
        err,
        "error: pings.yaml is a symbolic link to missing/pings.yaml, which does not exist\n\
         help: remove the link, or create the file\n"
    );
}

#[test]
fn generate_names_paths_as_the_user_does() {
    let folder = tempfile::tempdir().unwrap();
    let call = |arguments: &str| call(folder.path(), arguments);
    assert_eq!(call("init").0, 0);
    let (code, _, err) = call("generate --libraries /nonexistent/crates");
    assert_eq!(code, 1);
    assert!(err.starts_with("error: /nonexistent/crates: "), "{err}");

    let (code, out, err) = call("generate --check --web --out missing");
    assert_eq!(code, 1);
    assert!(out.contains("+++ b/missing/docs/pings.md\n"), "{out}");
    assert!(
        err.contains("run `pings generate --out missing --web`"),
        "{err}"
    );
    let (code, _, err) = call("generate --out made");
    assert_eq!(code, 0);
    assert!(err.contains("Created made/docs/pings.md\n"), "{err}");
    let (_, _, err) = call("generate");
    assert!(err.contains("Created docs/pings.md\n"), "{err}");
}

#[test]
fn generate_names_the_folders_of_a_registry_that_was_renamed() {
    let folder = tempfile::tempdir().unwrap();
    let call = |arguments: &str| call(folder.path(), arguments);
    assert_eq!(call("init").0, 0);
    let path = folder.path().join("pings.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let line = text.lines().find(|line| line.starts_with("name:")).unwrap();
    fs::write(&path, text.replace(line, "name: old_one")).unwrap();
    assert_eq!(call("generate --captures --web").0, 0);
    // A crate of another registry, and one that was not generated, stay without a word.
    fs::write(
        folder.path().join("other.yaml"),
        text.replace(line, "name: other"),
    )
    .unwrap();
    assert_eq!(call("generate --registry other.yaml").0, 0);
    fs::create_dir_all(folder.path().join("crates/my-events")).unwrap();
    fs::write(
        folder.path().join("crates/my-events/Cargo.toml"),
        "[package]\n",
    )
    .unwrap();

    fs::write(&path, text.replace(line, "name: new_one")).unwrap();
    let (code, _, err) = call("generate");
    assert_eq!(code, 0);
    let expected = "note: the registry had another name, whose generated folders are still there:\n  \
                    crates/old-one-captures\n  crates/old-one-events\n  packages/old-one-web\n\
                    help: delete these folders\n";
    assert!(err.contains(expected), "{err}");
    let (_, out, _) = call("generate --format json");
    let json: Json = serde_json::from_str(&out).unwrap();
    assert_eq!(json["of_a_previous_name"].as_array().unwrap().len(), 3);
    for path in [
        "crates/old-one-captures",
        "crates/old-one-events",
        "packages/old-one-web",
    ] {
        fs::remove_dir_all(folder.path().join(path)).unwrap();
    }
    let (_, _, err) = call("generate");
    assert!(!err.contains("note:"), "{err}");
}

#[test]
fn a_failure_outside_of_the_registry_is_no_result_in_sarif() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(call(folder.path(), "init").0, 0);
    let arguments = "check --database sqlite://pings.db --format sarif";
    let (code, out, _) = call(folder.path(), arguments);
    assert_eq!(code, 1);
    let log: Json = serde_json::from_str(&out).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["results"], Json::Array(Vec::new()));
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let message = &invocation["toolExecutionNotifications"][0]["message"]["text"];
    let expected = "the comparison with databases does not support `--format sarif`";
    assert!(message.as_str().unwrap().starts_with(expected), "{log}");
}
