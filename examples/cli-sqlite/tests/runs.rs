//! The commands count themselves.

#![expect(clippy::expect_used, reason = "a test fails with the message")]

use std::process::{Command, Output};

use tempfile::TempDir;

fn todo(folder: &TempDir, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_todo"))
        .args(arguments)
        .env("TODO_FOLDER", folder.path())
        .env_remove("DO_NOT_TRACK")
        .current_dir(folder.path())
        .output()
        .expect("the command starts")
}

fn printed(ran: &Output) -> String {
    let told = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{told}");
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

#[test]
fn usage_shows_how_often_each_command_ran() {
    let folder = TempDir::new().expect("a folder");
    assert_eq!(printed(&todo(&folder, &["add", "call Ada"])), "added 1\n");
    assert_eq!(
        printed(&todo(&folder, &["add", "water the plants"])),
        "added 2\n"
    );
    assert_eq!(printed(&todo(&folder, &["done", "1"])), "done 1\n");
    assert_eq!(
        printed(&todo(&folder, &["list"])),
        "[x] 1 call Ada\n[ ] 2 water the plants\n"
    );
    assert!(!todo(&folder, &["done", "9"]).status.success());

    let usage = printed(&todo(&folder, &["usage"]));
    let rows = r#""rows":[{"command":"add","count":2},{"command":"done","count":1},{"command":"list","count":1}]"#;
    assert!(usage.contains(rows), "{usage}");
    assert!(
        !usage.contains("plants"),
        "no text of a user leaves: {usage}"
    );
}
