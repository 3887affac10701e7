//! `cargo xtask bench`

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::thread;
use std::time::Instant;

use time::OffsetDateTime;

use crate::{cargo, print};

/// The page with the figures of the last run.
const PAGE: &str = "docs/benchmarks.md";

const BENCHES: &str = "tests/benches";

/// The sizes of the data, with which all benchmarks take less than ten minutes on two cores.
const SIZES: [(&str, &str); 3] = [
    ("PINGS_BENCH_ROWS", "300000"),
    ("PINGS_BENCH_INSTANCES", "1000"),
    ("PINGS_BENCH_PAYLOADS", "2000"),
];

const INTRODUCTION: &str = "\
# Benchmarks

`cargo xtask bench` runs the benchmarks and writes this page. Each figure is the median of several
runs, beside a baseline of the same run: the ratio is the figure divided by its baseline. Times and
rates depend on the machine; ratios show a regression on any machine.
";

const HEAD: &str = "\
| What | Measured | Baseline | Ratio | Wanted | |
| --- | --- | --- | --- | --- | --- |
";

/// A benchmark with its source.
struct Bench {
    name: String,
    source: PathBuf,
}

pub(crate) fn run(root: &Path, only: &[String]) -> ExitCode {
    let benches = match benches(root) {
        Ok(benches) => benches,
        Err(error) => return print::failure(&format!("{BENCHES}: {error}")),
    };
    let names: Vec<&str> = benches.iter().map(|bench| bench.name.as_str()).collect();
    if let Some(unknown) = only.iter().find(|name| !names.contains(&name.as_str())) {
        return print::mistake(&format!(
            "there is no benchmark `{unknown}`\nhelp: the benchmarks are {}",
            names.join(", ")
        ));
    }
    let machine = machine();
    let start = Instant::now();
    let mut sections = String::new();
    for bench in &benches {
        if !only.is_empty() && !only.contains(&bench.name) {
            continue;
        }
        print::done("Running", &bench.name);
        match section(root, bench) {
            Ok(section) => sections.push_str(&section),
            Err(message) => return print::mistake(&message),
        }
    }
    print::text(&sections);
    let missed = sections.matches("| missed |").count();
    let minutes = start.elapsed().as_secs_f64() / 60.0;
    print::done(
        "Measured",
        &format!("in {minutes:.1} minutes, {missed} figures missed"),
    );
    if only.is_empty() {
        let page = format!("{INTRODUCTION}\n{machine}\n{sections}");
        if let Err(error) = fs::write(root.join(PAGE), page) {
            return print::failure(&format!("{PAGE}: {error}"));
        }
        print::done("Wrote", PAGE);
    }
    ExitCode::SUCCESS
}

/// Returns the benchmarks by name.
fn benches(root: &Path) -> io::Result<Vec<Bench>> {
    let mut benches = Vec::new();
    for entry in fs::read_dir(root.join(BENCHES))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let source = match path.is_dir() {
            true => path.join("main.rs"),
            false => path,
        };
        benches.push(Bench { name, source });
    }
    benches.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(benches)
}

/// Runs a benchmark, and returns its section of the page.
fn section(root: &Path, bench: &Bench) -> Result<String, String> {
    let Bench { name, source } = bench;
    let source = fs::read_to_string(source);
    let source = source.map_err(|error| format!("{}: {error}", bench.source.display()))?;
    let about = source.lines().map_while(|line| line.strip_prefix("//! "));
    let about: Vec<&str> = about.collect();
    let mut command = cargo::cargo(root, "bench");
    command.args(["-p", "pings-tests", "--bench", name]);
    for (size, value) in SIZES {
        if env::var_os(size).is_none() {
            command.env(size, value);
        }
    }
    let failed = |error: io::Error| format!("{name}: {error}");
    let mut running = command.stdout(Stdio::piped()).spawn().map_err(failed)?;
    let mut rows = String::new();
    let output = running.stdout.take().map(BufReader::new);
    for line in output.into_iter().flat_map(BufRead::lines) {
        let line = line.map_err(failed)?;
        print::text(&line);
        if line.starts_with("| ") {
            rows.push_str(&line);
            rows.push('\n');
        }
    }
    let status = running.wait().map_err(failed)?;
    match status.success() {
        true => Ok(format!(
            "## {name}\n\n{}\n\n{HEAD}{rows}\n",
            about.join("\n")
        )),
        false => Err(format!("the benchmark `{name}` failed: {status}")),
    }
}

/// Describes the machine, the day and the load.
fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpus = read("/proc/cpuinfo");
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.map(|it| it.trim_start_matches(['\t', ' ', ':']));
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().filter(|load| !load.is_empty());
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    format!(
        "The last run was on {}, on {cores} cores ({}, {}). The load average before it was {}.\n",
        OffsetDateTime::now_utc().date(),
        model.unwrap_or(env::consts::ARCH),
        env::consts::OS,
        load.unwrap_or("unknown"),
    )
}
