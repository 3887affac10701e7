//! No command prints or writes the password of an address.

#![cfg(unix)]

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

/// Parts of the passwords below.
const SECRETS: [&str; 3] = ["S3CRET", "S3C", "R3T"];

/// Runs `pings` in a folder with a registry, and checks its output and all files.
fn check(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_command"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("PINGS_STORE_TOKEN")
        .envs(variables.iter().copied())
        .output()
        .expect("pings runs");
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    let is_hidden = |text: &str| SECRETS.iter().all(|secret| !text.contains(secret));
    assert!(is_hidden(&said), "{arguments:?}: {said}");
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            assert!(
                is_hidden(&path.display().to_string()),
                "{arguments:?}: {path:?}"
            );
            if path.is_dir() {
                folders.push(path);
            } else if path
                .file_name()
                .is_some_and(|name| name != "pings-config.yaml")
            {
                let content = fs::read(&path).expect("a file");
                let content = String::from_utf8_lossy(&content);
                assert!(is_hidden(&content), "{arguments:?}: {path:?}");
            }
        }
    }
    said
}

/// Starts a server that closes each connection immediately. Returns its port.
fn hangs_up() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || listener.incoming().for_each(drop));
    port
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(
        folder.path().join("pings.yaml"),
        code_insights_events::REGISTRY,
    )
    .expect("a registry");
    fs::write(folder.path().join("events.ndjson"), "").expect("a file");
    folder
}

/// Returns all commands that take the address of a database.
fn on_databases(address: &str) -> Vec<Vec<&str>> {
    let with = |flag, commands: &[&'static [&'static str]]| -> Vec<Vec<&str>> {
        let commands = commands.iter();
        commands
            .map(|it| [it, &[flag, address][..]].concat())
            .collect()
    };
    let event_log: &[&[&str]] = &[
        &["init"],
        &["record", "InsightsPageView", "--user", "7"],
        &["import", "events.ndjson"],
        &["capture"],
        &["report", "--format", "json"],
        &["prune", "--before", "2020-01-01"],
        &["preview"],
        &["outbox", "list"],
        &["send", "--once", "--store", "http://127.0.0.1:1"],
        &["instance"],
        &["bundle", "a.bundle"],
        &["run"],
        &["consent"],
        &["check"],
    ];
    let product: &[&[&str]] = &[&["capture", "--dry-run"], &["check"]];
    let store: &[&[&str]] = &[
        &["store", "serve", "--listen", "127.0.0.1:0"],
        &["store", "import", "events.ndjson"],
        &["store", "rebuild"],
        &["store", "registry"],
        &["store", "series", "InsightsPageView"],
        &["store", "impact", "InsightsPageView"],
        &["store", "doctor"],
    ];
    let mut all = with("--database", event_log);
    all.extend(with("--product-database", product));
    all.extend(with("--database", store));
    all.push(vec![
        "migrate",
        "--from",
        address,
        "--to",
        "sqlite://new.db",
    ]);
    all.push(vec![
        "migrate",
        "--from",
        "sqlite://new.db",
        "--to",
        address,
    ]);
    // The argument parser prints an argument in the wrong place.
    all.push(vec!["report", address]);
    all.push(vec!["store", "serve", "--listen", address]);
    all.push(vec![address]);
    all
}

#[test]
fn addresses_of_databases_are_shown_without_passwords() {
    let port = hangs_up();
    let at = |user: &str, rest: &str| format!("postgres://{user}127.0.0.1:{port}/{rest}");
    let well_formed = [
        at("a:S3CRET@", "d"),
        at("", "d?user=a&password=S3CRET"),
        at("a:S3C%2FR3T@", "d?sslmode=disable"),
    ];
    let malformed = [
        at("a:S3C/R3T@", "d"),
        at("a:S3C?R3T@", "d"),
        at("a:S3C#R3T@", "d"),
        at("a:1@S3C:R3T@", "d"),
        at("", "d?password=S3C&R3T"),
        at("", "d?p%61ssword=S3CRET&sslmod=x"),
        at("", "d?user=a&sslpassword=S3CRET"),
        "postgres:a:S3CRET@h/d".to_owned(),
        "postgres://a:S3CRET".to_owned(),
        "POSTGRES://a:S3CRET@h/d".to_owned(),
        "mysql://a:S3CRET@h/d".to_owned(),
        "host=127.0.0.1 user=a password=S3CRET dbname=d".to_owned(),
        "https://S3CRET@h/d".to_owned(),
        "sqlite://missing/a.db?key=S3CRET".to_owned(),
    ];
    for address in &malformed {
        let folder = folder();
        for command in on_databases(address) {
            check(folder.path(), &[], &command);
        }
    }
    std::thread::scope(|scope| {
        for address in &well_formed {
            scope.spawn(move || {
                let folder = folder();
                for command in on_databases(address) {
                    let said = check(folder.path(), &[], &command);
                    assert!(!said.is_empty(), "{command:?}");
                }
                let spilled = folder.path().join("pings-spill");
                assert!(spilled.is_dir(), "the event waits in a folder");
                check(
                    folder.path(),
                    &[("PINGS_DATABASE", address)],
                    &["report", "--help"],
                );
            });
        }
    });
}

#[test]
fn addresses_of_stores_are_shown_without_passwords() {
    let port = hangs_up();
    let folder = folder();
    let folder = folder.path();
    check(folder, &[], &["init"]);
    let events = r#"{"name":"InsightsPageView","user_id":1,"version":"3.36.0","timestamp":"2021-01-26T10:00:00Z"}"#;
    fs::write(folder.join("events.ndjson"), events).expect("events");
    check(folder, &[], &["import", "events.ndjson"]);
    for address in [
        format!("http://user:S3CRET@127.0.0.1:{port}"),
        format!("http://S3CRET@127.0.0.1:{port}"),
        format!("HTTP://S3CRET@127.0.0.1:{port}"),
        "https://user:S3CRET@127.0.0.1:1".to_owned(),
        "https://user:S3C/R3T@127.0.0.1:1".to_owned(),
        "https://127.0.0.1:1/?token=S3CRET".to_owned(),
        "http://user:S3CRET@example.com".to_owned(),
        "ftp://user:S3CRET@example.com".to_owned(),
        "user:S3CRET@example.com".to_owned(),
    ] {
        let token = [("PINGS_STORE_TOKEN", "S3CRET")];
        for command in [
            &["send", "--once", "--store", &address][..],
            &["outbox", "list"],
            &["outbox", "list", "--format", "json"],
            &["consent"],
        ] {
            check(folder, &token, command);
        }
        let config = format!("store: \"{address}\"\ntoken: S3CRET\n");
        fs::write(folder.join("pings-config.yaml"), config).expect("a configuration");
        check(folder, &[], &["send", "--once"]);
        check(
            folder,
            &[("HTTPS_PROXY", &address)],
            &["send", "--once", "--store", "https://example.com"],
        );
        // `run` continues until it is stopped.
        let mut run = Command::new("timeout");
        run.args(["-s", "TERM", "1"])
            .arg(env!("CARGO_BIN_EXE_command"));
        let output = run
            .arg("run")
            .current_dir(folder)
            .output()
            .expect("pings runs");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(SECRETS.iter().all(|it| !said.contains(it)), "{said}");
        fs::remove_file(folder.join("pings-config.yaml")).expect("a configuration");
    }
    for config in [
        "store: [\"https://user:S3CRET@h\"]",
        "token: { S3CRET: 1 }",
        "store: \"https://u:S3CRET@h",
    ] {
        fs::write(folder.join("pings-config.yaml"), config).expect("a configuration");
        check(folder, &[], &["send", "--once"]);
    }
}
