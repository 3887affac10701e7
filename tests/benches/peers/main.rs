//! Compares `pings generate` with the generators of other systems, for as many metrics in the same
//! run: `glean_parser` 22 of Mozilla's Glean, which writes Rust and Markdown, if it is in the `PATH`
//! (`pip install glean_parser==22.0.1`).

mod glean;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use pings_tests::figures::{Figure, median};
use pings_tests::synthetic;

/// The number of pings, each with a metric.
const PINGS: usize = 10_000;

/// The number of runs of each variant.
const ROUNDS: usize = 3;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("pings.yaml"), synthetic::registry(PINGS)).unwrap();
    std::fs::write(path.join("metrics.yaml"), glean::metrics(PINGS)).unwrap();
    let has_glean = is_installed("glean_parser");
    let mut times = Times::default();
    for round in 0..ROUNDS {
        times.events.push(pings(path, "events", &[]));
        let all = pings(path, &format!("all{round}"), &["--captures", "--web"]);
        times.all.push(all);
        let unchanged = pings(path, "all0", &["--check", "--captures", "--web"]);
        times.unchanged.push(unchanged);
        if has_glean {
            let rust = glean(path, "rust");
            times.glean.push(rust + glean(path, "markdown"));
        }
    }
    print(times);
}

/// Seconds of each run.
#[derive(Default)]
struct Times {
    events: Vec<f64>,
    all: Vec<f64>,
    unchanged: Vec<f64>,
    glean: Vec<f64>,
}

fn print(times: Times) {
    let name = |what| format!("{what} of {PINGS} pings");
    let [events, all] = [
        ("events and Markdown", times.events),
        ("all files", times.all),
    ]
    .map(|(what, times)| (name(what), median(times)));
    let glean = (!times.glean.is_empty()).then(|| median(times.glean));
    for (name, time) in [&events, &all] {
        let figure = Figure::new(name, *time, "s");
        match glean {
            // Glean takes longer, so the wanted ratio is a twelfth.
            Some(glean) => println!("{}", figure.beside("glean_parser", glean).at_most(0.083)),
            None => println!("{figure}"),
        }
    }
    if glean.is_none() {
        println!("glean_parser is not installed, so there is nothing to compare with");
    }
    let name = name("check of unchanged files");
    let figure = Figure::new(&name, median(times.unchanged), "s");
    println!("{}", figure.at_most(1.0));
}

/// Returns how many seconds `pings generate` takes for the registry in `folder`.
fn pings(folder: &Path, out: &str, flags: &[&str]) -> f64 {
    let mut command = Command::new(env!("CARGO_BIN_EXE_command"));
    command.args(["generate", "--out", out]);
    command.args(flags);
    seconds(folder, command)
}

/// Returns how many seconds `glean_parser` takes to write one format.
fn glean(folder: &Path, format: &str) -> f64 {
    let mut command = Command::new("glean_parser");
    command.args(["translate", "-f", format, "-o", format, "metrics.yaml"]);
    seconds(folder, command)
}

fn seconds(folder: &Path, mut command: Command) -> f64 {
    let start = Instant::now();
    let output = command.current_dir(folder).output().unwrap();
    let time = start.elapsed().as_secs_f64();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    time
}

fn is_installed(program: &str) -> bool {
    let mut version = Command::new(program);
    version.arg("--version");
    version.stdout(Stdio::null()).stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}
