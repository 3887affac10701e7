//! Compares the time for checking a registry and generating code with serde_yaml parsing the same
//! text in the same run.
//!
//! Run it with `cargo bench -p pings-tests --bench registry`.

use std::fs;
use std::hint::black_box;
use std::process::Command;
use std::thread;
use std::time::Instant;

use indexmap::IndexMap;
use pings_codegen::Origin;
use pings_findings::diff::{Diff, Form};
use pings_registry::Source;
use pings_registry::syntax::{RawColumn, RawEvent, RawLinks, RawPing};
use pings_registry::{Checked, Levels};
use pings_tests::figures::{Figure, median};
use pings_tests::synthetic;
use serde::Deserialize;

/// The numbers of pings that are compared.
const SMALL: usize = 1_000;
const LARGE: usize = 10_000;

/// The number of alternating runs for each ratio.
const ROUNDS: usize = 7;

/// The argument that makes the process report its peak memory.
const MEMORY: &str = "--peak-memory";

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

/// The times of one size in seconds: reading, and what is compared with it.
struct Times {
    read: f64,
    works: [f64; 3],
}

/// The works that are compared with reading, and how many times as long each may take.
const WORKS: [(&str, f64); 3] = [("check", 4.0), ("check and generate", 20.0), ("diff", 8.0)];

/// The largest wanted growth of the time per ping.
const GROWTH: f64 = 1.2;

fn times(size: usize) -> Times {
    let text = synthetic::registry(size);
    let new = changed(&text);
    let round = |_| {
        [
            seconds(|| read(&text)),
            seconds(|| check(&text)),
            seconds(|| generate(&text)),
            seconds(|| diff(&text, &new)),
        ]
    };
    let rounds: Vec<[f64; 4]> = (0..ROUNDS).map(round).collect();
    let time = |column: usize| median(rounds.iter().map(|round| round[column]).collect());
    Times {
        read: time(0),
        works: [time(1), time(2), time(3)],
    }
}

fn main() {
    if std::env::args().any(|argument| argument == MEMORY) {
        generate(&synthetic::registry(LARGE));
        return println!("{}", peak_megabytes());
    }
    let [small, large] = [SMALL, LARGE].map(times);
    for (size, times) in [(SMALL, &small), (LARGE, &large)] {
        for ((work, limit), time) in WORKS.into_iter().zip(times.works) {
            let name = format!("{work} {size} pings");
            let figure = Figure::new(&name, time * 1e3, "ms");
            let figure = figure.beside("read them with serde_yaml", times.read * 1e3);
            println!("{}", figure.at_most(limit));
        }
    }
    let per_ping = |time: f64, size: usize| time * 1e6 / size as f64;
    for ((work, _), (time, before)) in WORKS.iter().zip(large.works.into_iter().zip(small.works)) {
        let name = format!("{work}, per ping of {LARGE}");
        let figure = Figure::new(&name, per_ping(time, LARGE), "µs");
        let figure = figure.beside("per ping of 1000", per_ping(before, SMALL));
        println!("{}", figure.at_most(GROWTH));
    }
    let memory = Command::new(std::env::current_exe().unwrap())
        .arg(MEMORY)
        .output()
        .unwrap();
    let memory = String::from_utf8(memory.stdout).unwrap();
    let name = format!("peak memory of {LARGE} pings");
    let figure = Figure::new(&name, memory.trim().parse().unwrap(), "MB");
    println!("{}", figure.at_most(400.0));
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
