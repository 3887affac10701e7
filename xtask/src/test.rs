//! `cargo xtask test`

use std::env;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::print;

/// The checks, ordered so that likely failures and cheap checks come first.
const STEPS: &[(&str, &[&str])] = &[
    ("formatting", &["fmt", "--all", "--check"]),
    ("freshness", &["xtask", "generate", "--check"]),
    (
        "lints",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--locked",
            "--",
            "-D",
            "warnings",
        ],
    ),
    (
        "tests",
        &["test", "--workspace", "--all-features", "--locked"],
    ),
    (
        "docs",
        &[
            "doc",
            "--workspace",
            "--all-features",
            "--no-deps",
            "--locked",
        ],
    ),
];

pub(crate) fn run(root: &Path) -> ExitCode {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let start = Instant::now();
    for (name, arguments) in STEPS {
        let step = Instant::now();
        let line = arguments.join(" ");
        print::done("Running", &format!("{name}: cargo {line}"));
        let status = Command::new(&cargo)
            .args(*arguments)
            .current_dir(Path::new(".").join(root))
            .env("RUSTDOCFLAGS", "-D warnings")
            .env("INSTA_UPDATE", "no")
            // Tests record events even if the developer has opted out of tracking.
            .env_remove("DO_NOT_TRACK")
            .status();
        match status {
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
    print::done(
        "Passed",
        &format!("everything in {} s", start.elapsed().as_secs()),
    );
    ExitCode::SUCCESS
}
