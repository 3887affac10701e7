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
    let mut build = cargo(root);
    build.args(["build", "--quiet", "--locked"]);
    build.args(PACKAGES.iter().flat_map(|package| ["-p", package]));
    finish(build)?;

    print::done(
        "Making",
        &format!(
            "a product and eight weeks of events in {}",
            folder.display()
        ),
    );
    let mut make = Command::new(target.join("debug/code-insights-demo"));
    make.arg(&folder).args(now);
    finish(make)?;

    let database = format!("sqlite://{}", folder.join("pings.db").display());
    print::done("Reporting", "the last complete week\n");
    let mut report = Command::new(target.join("debug/pings"));
    report.arg("report").args(["--weeks", "8"]);
    if let Some(now) = now {
        report.args(["--now", now]);
    }
    report.arg("--registry").arg(root.join("pings.yaml"));
    report.args(["--database", &database]);
    finish(report)?;
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

fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(Path::new(".").join(root));
    cargo
}

fn finish(mut command: Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{name} failed: {status}")),
        Err(error) => Err(format!("cannot run {name}: {error}")),
    }
}
