//! `cargo xtask demo`

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::print;

/// The programs that it runs.
const PACKAGES: [&str; 2] = ["code-insights-demo", "pings-cli"];

pub(crate) fn run(root: &Path, now: Option<&str>) -> ExitCode {
    match demonstrate(root, now) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => print::failure(&message),
    }
}

fn demonstrate(root: &Path, now: Option<&str>) -> Result<(), String> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let folder = target.join("demo");
    print::done(
        "Building",
        "the demo; the first time this takes some minutes",
    );
    let mut build = cargo(root, "build");
    build.args(PACKAGES.iter().flat_map(|package| ["-p", package]));
    finish(build, "building the demo")?;

    print::done(
        "Making",
        &format!(
            "a product and eight weeks of events in {}",
            folder.display()
        ),
    );
    let mut make = program(root, "code-insights-demo");
    make.arg(&folder).args(at(now));
    finish(make, "making the product")?;

    let database = format!("sqlite://{}", folder.join("pings.db").display());
    print::done("Reporting", "the last complete week\n");
    let mut report = program(root, "pings-cli");
    report.args(["report", "--weeks", "8"]).args(at(now));
    report.arg("--registry").arg(root.join("pings.yaml"));
    report.args(["--database", &database]);
    finish(report, "reporting")?;
    print::text(&next(&database));
    Ok(())
}

/// What to try next.
fn next(database: &str) -> String {
    format!(
        "
Try next:

  alias pings='cargo run -q -p pings-cli --'
  export PINGS_DATABASE={database}

  pings explain InsightAddition --at 3.33.2     is it to be believed?
  pings record InsightHover --user 7 --arg insightType=searchInsights
  pings report --running                        the week so far
  pings report --format json                    what programs read
  pings sql SearchInsightFunnel --dialect postgres"
    )
}

/// What both programs are told of the time.
fn at(now: Option<&str>) -> Vec<&str> {
    now.map_or_else(Vec::new, |now| vec!["--now", now])
}

/// The program of a package: where it was built to is for cargo to know.
fn program(root: &Path, package: &str) -> Command {
    let mut run = cargo(root, "run");
    run.args(["-p", package, "--"]);
    run
}

/// Runs where the caller is, so that one folder is the same for everything that runs.
fn cargo(root: &Path, subcommand: &str) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([subcommand, "--quiet", "--locked", "--manifest-path"]);
    cargo.arg(root.join("Cargo.toml"));
    cargo
}

fn finish(mut command: Command, what: &str) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{what} failed: {status}")),
        Err(error) => Err(format!("{what} failed: cannot run cargo: {error}")),
    }
}
