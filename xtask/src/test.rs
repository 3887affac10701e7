//! `cargo xtask test`

use std::env;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use xtask::services::{OFFLINE, chromium, clickhouse, node, pgbouncer, postgres};

use crate::print;

/// The checks, ordered so that likely failures and cheap checks come first.
const STEPS: &[(&str, &[&str])] = &[
    // Several checks read the whole dependency graph without a network.
    ("dependencies", &["fetch", "--locked"]),
    ("formatting", &["fmt", "--all", "--check"]),
    ("freshness", &["xtask", "generate", "--check"]),
    (
        "lints",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ],
    ),
    ("tests", &["test", "--workspace", "--locked"]),
    (
        "packages",
        &[
            "package",
            "--workspace",
            "--exclude",
            "bookmarks",
            "--exclude",
            "bookmarks-events",
            "--exclude",
            "code-insights-captures",
            "--exclude",
            "code-insights-demo",
            "--exclude",
            "code-insights-events",
            "--exclude",
            "first-program",
            "--exclude",
            "notes-events",
            "--exclude",
            "pings-tests",
            "--exclude",
            "todo",
            "--exclude",
            "todo-events",
            "--exclude",
            "wiki",
            "--exclude",
            "xtask",
            "--no-verify",
            "--offline",
            "--allow-dirty",
            "--quiet",
        ],
    ),
    ("docs", &["doc", "--workspace", "--no-deps", "--locked"]),
];

pub(crate) fn run(root: &Path, offline: bool) -> ExitCode {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let start = Instant::now();
    let missing = match services(root, offline) {
        Ok(missing) => missing,
        Err(message) => return print::failure(&message),
    };
    for (name, arguments) in STEPS {
        let step = Instant::now();
        let line = arguments.join(" ");
        print::done("Running", &format!("{name}: cargo {line}"));
        let mut command = Command::new(&cargo);
        command
            .args(*arguments)
            .current_dir(Path::new(".").join(root))
            .env("RUSTDOCFLAGS", "-D warnings")
            .env("INSTA_UPDATE", "no")
            .env_remove(OFFLINE)
            // Tests record events even if the developer has opted out of tracking.
            .env_remove("DO_NOT_TRACK");
        if offline {
            command.env(OFFLINE, "1").env("CARGO_NET_OFFLINE", "true");
        }
        match command.status() {
            Ok(status) if status.success() => {
                print::done(
                    "Passed",
                    &format!("{name} in {} s", step.elapsed().as_secs()),
                );
            }
            Ok(_) => return print::mistake(&format!("{name} failed: cargo {line}")),
            Err(error) => return print::failure(&format!("cannot run cargo {line}: {error}")),
        }
    }
    let without = match missing.as_slice() {
        [] => "everything".to_owned(),
        missing => format!("without {}", missing.join(" and ")),
    };
    print::done(
        "Passed",
        &format!("{without} in {} s", start.elapsed().as_secs()),
    );
    ExitCode::SUCCESS
}

/// Finds the services of the tests, or fetches them unless `offline`. Returns the missing ones.
fn services(root: &Path, offline: bool) -> Result<Vec<&'static str>, String> {
    let mut missing = Vec::new();
    if env::var_os(postgres::ADDRESS).is_some() {
        print::done("Using", &format!("the server of {}", postgres::ADDRESS));
    }
    for (name, found, fetch) in [
        (
            "PostgreSQL",
            postgres::programs(root),
            postgres::fetch as fn(&Path) -> _,
        ),
        ("PgBouncer", pgbouncer::program(root), pgbouncer::fetch),
        ("ClickHouse", clickhouse::package(root), clickhouse::fetch),
        ("Node packages", node::packages(root), node::fetch),
        ("Chromium", chromium::program(), |_| chromium::fetch()),
    ] {
        match found {
            Some(path) => print::done("Found", &format!("{name}: {}", path.display())),
            None if offline => {
                print::done("Missing", &format!("{name}; its tests will be skipped"));
                missing.push(name);
            }
            None => {
                print::done("Fetching", &format!("{name}: not installed"));
                print::done("Fetched", &fetch(root)?.display().to_string());
            }
        }
    }
    Ok(missing)
}

/// Fetches a pinned server, and prints the folder of its programs.
pub(crate) fn fetch(server: &str, root: &Path) -> ExitCode {
    let pinned = match server {
        "ClickHouse" => clickhouse::pinned(),
        _ => postgres::pinned(),
    };
    print::done("Fetching", &format!("{pinned}, if necessary"));
    let fetched = match server {
        "ClickHouse" => clickhouse::fetch(root),
        _ => postgres::fetch(root),
    };
    match fetched {
        Ok(folder) => {
            print::text(&folder.display().to_string());
            ExitCode::SUCCESS
        }
        Err(message) => print::failure(&message),
    }
}
