//! Compares the time for checking a registry and generating code with serde_yaml parsing the same
//! text in the same run.
//!
//! Run it with `cargo bench -p pings-tests --bench registry`.

use std::fs;
use std::hint::black_box;
use std::process::Command;
use std::thread;
use std::time::Instant;

use divan::Bencher;
use indexmap::IndexMap;
use pings_codegen::Origin;
use pings_findings::diff::{Diff, Form};
use pings_registry::Source;
use pings_registry::syntax::{RawColumn, RawEvent, RawLinks, RawPing};
use pings_registry::{Checked, Levels};
use pings_tests::synthetic;
use serde::Deserialize;

const SIZES: [usize; 3] = [100, 1_000, 10_000];

/// The number of alternating runs for each ratio.
const ROUNDS: usize = 7;

/// The argument that makes the process report its peak memory.
const MEMORY: &str = "--peak-memory";

fn main() {
    if std::env::args().any(|argument| argument == MEMORY) {
        generate(&synthetic::registry(10_000));
        return println!("{}", peak_megabytes());
    }
    ratios();
    divan::main();
}

/// The baseline: the raw types of the whole registry, parsed by serde_yaml alone.
#[derive(Deserialize)]
#[allow(dead_code, reason = "they are read, which is what is measured")]
struct Plain {
    format: u64,
    name: String,
    title: String,
    summary: Option<String>,
    links: RawLinks,
    events: IndexMap<String, Option<RawEvent>>,
    tables: IndexMap<String, IndexMap<String, RawColumn>>,
    pings: Vec<RawPing>,
}

fn read(text: &str) -> Plain {
    serde_yaml::from_str(text).unwrap()
}

/// Checks a registry with all lints.
fn check(text: &str) -> Checked {
    pings_registry::check(text, &Levels::default()).unwrap()
}

/// Parses two registries in parallel and compares them, like `pings diff`.
fn diff(old: &str, text: &str) -> usize {
    let (old, new) = thread::scope(|scope| {
        let old = scope.spawn(|| check(old));
        let new = check(text);
        (old.join().unwrap(), new)
    });
    let changes = pings_diff::diff(&old.registry, &new.registry);
    let source = Source {
        name: "new.yaml",
        text,
    };
    changes.len()
        + Diff::new("old.yaml", source, &changes)
            .write(Form::Json)
            .len()
}

fn generate(text: &str) -> usize {
    let registry = pings_registry::parse(text).unwrap();
    let origin = Origin {
        registry_path: "pings.yaml",
        registry_text: text,
        values: None,
        command: "cargo xtask generate",
    };
    pings_codegen::generate(&registry, &origin)
        .files()
        .map(|(_, text)| text.len())
        .sum()
}

/// Returns the registry with a change in about every tenth ping.
fn changed(text: &str) -> String {
    text.replace("    owner: team/number-3\n", "    owner: team/number-4\n")
        .replace("amount > 10\n", "amount > 11\n")
}

/// Returns how many seconds a function takes. Dropping its result is not included.
fn seconds<T>(run: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    let result = black_box(run());
    let took = start.elapsed().as_secs_f64();
    drop(result);
    took
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn ratios() {
    println!("pings   read (serde_yaml)   check             check and generate   diff");
    let mut before: Option<[f64; 4]> = None;
    for size in SIZES {
        let text = synthetic::registry(size);
        let new = changed(&text);
        let rounds: Vec<[f64; 4]> = (0..ROUNDS)
            .map(|_| {
                [
                    seconds(|| read(&text)),
                    seconds(|| check(&text)),
                    seconds(|| generate(&text)),
                    seconds(|| diff(&text, &new)),
                ]
            })
            .collect();
        let time = |column: usize| median(rounds.iter().map(|round| round[column]).collect());
        let ratio = |column: usize| {
            median(
                rounds
                    .iter()
                    .map(|round| round[column] / round[0])
                    .collect(),
            )
        };
        let times = [time(0), time(1), time(2), time(3)];
        println!(
            "{size:>6}  {:>9.2} ms        {:>8.2} ms {:>4.1}×   {:>8.2} ms {:>5.1}×   {:>8.2} ms {:>4.1}×",
            times[0] * 1e3,
            times[1] * 1e3,
            ratio(1),
            times[2] * 1e3,
            ratio(2),
            times[3] * 1e3,
            ratio(3),
        );
        if let Some(before) = before {
            let growth = |column: usize| times[column] / before[column] / 10.0;
            println!(
                "        per ping, beside a tenth of the size: read {:.2}, check {:.2}, check and generate {:.2}, diff {:.2}",
                growth(0),
                growth(1),
                growth(2),
                growth(3),
            );
        }
        before = Some(times);
    }
    println!(
        "wanted  check within 4×, check and generate within 20×, diff within 8×, growth within 1.2"
    );
    let memory = Command::new(std::env::current_exe().unwrap())
        .arg(MEMORY)
        .output()
        .unwrap();
    println!(
        "peak memory of 10,000 pings: {} MB, wanted under 400\n",
        String::from_utf8_lossy(&memory.stdout).trim()
    );
}

/// Returns the peak memory of this process from Linux.
fn peak_megabytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        / 1024
}

#[divan::bench(args = SIZES, max_time = 3)]
fn read_raw(bencher: Bencher<'_, '_>, size: usize) {
    let text = synthetic::registry(size);
    bencher.bench_local(|| read(black_box(&text)));
}

#[divan::bench(args = SIZES, max_time = 3)]
fn check_registry(bencher: Bencher<'_, '_>, size: usize) {
    let text = synthetic::registry(size);
    bencher.bench_local(|| check(black_box(&text)));
}

#[divan::bench(args = SIZES, max_time = 3)]
fn check_and_generate(bencher: Bencher<'_, '_>, size: usize) {
    let text = synthetic::registry(size);
    bencher.bench_local(|| generate(black_box(&text)));
}

#[divan::bench(args = SIZES, max_time = 3)]
fn diff_registries(bencher: Bencher<'_, '_>, size: usize) {
    let text = synthetic::registry(size);
    let new = changed(&text);
    bencher.bench_local(|| diff(black_box(&text), black_box(&new)));
}
