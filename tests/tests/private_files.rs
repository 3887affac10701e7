//! Files with user ids and secrets are readable by their owner only, regardless of the umask.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use pings_database::Mode;
use pings_runtime::{Access, Database, Url};

/// Runs `pings` with a umask of 0.
fn pings(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("/bin/sh")
        .args([
            "-c",
            "umask 0; exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_command"),
        ])
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("a shell");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

/// Returns a day in a week that is over and therefore sent.
fn last_week() -> String {
    let at = time::OffsetDateTime::now_utc() - time::Duration::weeks(1);
    at.date().to_string()
}

fn mode(path: &Path) -> u32 {
    let metadata = fs::metadata(path);
    let metadata = metadata.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    metadata.permissions().mode() & 0o777
}

/// Returns the files and folders whose permissions differ from those of private files.
fn wide(folder: &Path) -> Vec<String> {
    let mut wide = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let private = if path.is_dir() { 0o700 } else { 0o600 };
            if mode(&path) != private && path.extension().is_none_or(|it| it != "yaml") {
                wide.push(format!("{:o} {}", mode(&path), path.display()));
            }
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    wide
}

#[tokio::test]
async fn what_is_created_is_private() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("pings.yaml"), code_insights_events::REGISTRY).unwrap();
    pings(folder, &["init"]);
    let record = [
        "record",
        "InsightsPageView",
        "--user",
        "7",
        "--product-version",
        "3.36.0",
    ];
    let at = last_week();
    pings(folder, &[&record[..], &["--at", &at]].concat());
    assert!(pings(folder, &["bundle", "a.bundle"]).contains("Bundled"));
    pings(folder, &["store", "import", "a.bundle"]);
    let series = ["store", "series", "InsightsPageView", "--plot", "a.svg"];
    assert!(pings(folder, &series).contains("Drew"));
    // The database is open and locked, so that an event goes to a file.
    let url: Url = format!("sqlite://{}", folder.join("pings.db").display())
        .parse()
        .unwrap();
    let database = Database::open(&url, Access::Write).await.unwrap();
    let tx = database.begin(Mode::Write).await.unwrap();
    assert!(pings(folder, &record).contains("Kept"));
    assert!(pings(folder, &[&record[..], &["--spill", "deep/er"]].concat()).contains("Kept"));
    for name in [
        "pings.db",
        "pings.db-wal",
        "pings.db-shm",
        "store.db",
        "a.bundle",
        "a.svg",
    ] {
        assert!(folder.join(name).exists(), "{name}");
    }
    assert_eq!(fs::read_dir(folder.join("deep/er")).unwrap().count(), 1);
    assert_eq!(wide(folder), Vec::<String>::new());
    tx.rollback().await.unwrap();
    // The database rejects an event, and a waiting event is damaged.
    let mut tx = database.begin(Mode::Write).await.unwrap();
    tx.run("CREATE TRIGGER no BEFORE INSERT ON event_logs WHEN new.user_id = 13 BEGIN SELECT raise(ABORT, 'no'); END", &[]).await.unwrap();
    tx.commit().await.unwrap();
    for entry in fs::read_dir(folder.join("deep/er")).unwrap() {
        let path = entry.unwrap().path();
        let damaged = fs::read_to_string(&path).unwrap().replace("WEB", "WEX");
        fs::write(&path, damaged).unwrap();
    }
    pings(
        folder,
        &[
            "record",
            "InsightsPageView",
            "--user",
            "13",
            "--spill",
            "deep/er",
        ],
    );
    let mut names: Vec<String> = fs::read_dir(folder.join("deep/er"))
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .path()
                .extension()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert_eq!(names, ["damaged", "ndjson"]);
    assert_eq!(wide(folder), Vec::<String>::new());
}

#[test]
fn what_exists_keeps_its_mode() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("pings.yaml"), code_insights_events::REGISTRY).unwrap();
    pings(folder, &["init"]);
    let record = [
        "record",
        "InsightsPageView",
        "--user",
        "7",
        "--product-version",
        "3.36.0",
        "--at",
        &last_week(),
    ];
    pings(folder, &record);
    assert!(pings(folder, &["bundle", "a.bundle"]).contains("Bundled"));
    fs::create_dir_all(folder.join("pings.db-spill")).unwrap();
    for (name, mode) in [
        ("pings.db", 0o664),
        ("a.bundle", 0o644),
        ("pings.db-spill", 0o770),
    ] {
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(folder.join(name), permissions).unwrap();
    }
    pings(folder, &record);
    assert!(pings(folder, &["bundle", "a.bundle"]).contains("Bundled"));
    assert_eq!(mode(&folder.join("pings.db")), 0o664);
    assert_eq!(mode(&folder.join("a.bundle")), 0o644);
    assert_eq!(mode(&folder.join("pings.db-spill")), 0o770);
}
