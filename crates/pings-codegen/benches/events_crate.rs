//! What the crate of typed events costs those who build and use it, at 10,000 events.
//!
//! `cargo bench -p pings-codegen --bench events_crate`
//!
//! The crate is generated beside an empty one with the same dependencies, and
//! both are checked and built by turns: what is shown is the time beyond the
//! empty one. Looking up names is measured beside a hash map in the same run.

#![expect(clippy::print_stdout, reason = "a benchmark says what it measured")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use pings_codegen::{Origin, Tree, standalone};
use pings_model::{Argument, ArgumentType, Event, Links, Registry};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const EVENTS: usize = 10_000;
const ROUNDS: usize = 3;
const OWN: usize = 100_000;

const ORIGIN: Origin<'static> = Origin {
    registry_path: "pings.yaml",
    registry_text: "",
    command: "cargo bench",
};

fn main() -> Result<()> {
    let registry = registry();
    let start = Instant::now();
    let tree = standalone(&registry, &ORIGIN);
    let generated = start.elapsed();

    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("events_crate");
    write(&root, &tree)?;
    let check = beyond_empty(&root, &["check"])?;
    let build = beyond_empty(&root, &["build", "--release"])?;
    let lookups = lookups(&root)?;

    println!("{EVENTS} events                      measured      limit");
    row(
        "generating every file",
        milliseconds(generated),
        Some(500.0),
        "ms",
    );
    row("cargo check", milliseconds(check), Some(1000.0), "ms");
    row(
        "cargo build --release",
        milliseconds(build),
        Some(2000.0),
        "ms",
    );
    for (what, nanoseconds) in lookups {
        let limit = what.starts_with("EventName").then_some(40.0);
        row(&what, nanoseconds, limit, "ns");
    }
    Ok(())
}

fn row(what: &str, measured: f64, limit: Option<f64>, unit: &str) {
    let limit = limit.map_or_else(String::new, |limit| {
        let verdict = if measured <= limit { "" } else { "  EXCEEDED" };
        format!("{limit:>8.0} {unit}{verdict}")
    });
    println!("{what:<34} {measured:>6.0} {unit} {limit}");
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Writes the crate of events, and an empty one.
fn write(root: &Path, tree: &Tree) -> Result<()> {
    if root.join("crates").exists() {
        fs::remove_dir_all(root.join("crates"))?;
    }
    let file = |path: PathBuf, text: &str| -> Result<()> {
        fs::create_dir_all(path.parent().ok_or("a file without a folder")?)?;
        Ok(fs::write(path, text)?)
    };
    for (path, text) in tree.files() {
        if path == "Cargo.toml" || path.starts_with("crates/bench-events/") {
            file(root.join(path), text)?;
        }
        if path == "crates/bench-events/Cargo.toml" {
            let text = text.replace("bench-events", "empty");
            file(root.join("crates/empty/Cargo.toml"), &text)?;
        }
    }
    file(root.join("pings.yaml"), ORIGIN.registry_text)?;
    file(root.join("crates/empty/src/lib.rs"), "//! Nothing.\n")?;
    file(
        root.join("crates/bench-events/examples/lookup.rs"),
        include_str!("events_crate/lookup.rs"),
    )?;
    // The versions that this workspace is built with are there without a network.
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    fs::copy(lock, root.join("Cargo.lock"))?;
    Ok(())
}

/// The median time that Cargo takes for the crate of events more than for the empty one.
fn beyond_empty(root: &Path, command: &[&str]) -> Result<Duration> {
    let mut beyond = Vec::new();
    // The first round builds the dependencies, and does not count.
    for round in 0..=ROUNDS {
        let empty = timed(root, "empty", command)?;
        let events = timed(root, "bench-events", command)?;
        if round > 0 {
            beyond.push(events.saturating_sub(empty));
        }
    }
    beyond.sort_unstable();
    Ok(beyond[ROUNDS / 2])
}

fn timed(root: &Path, package: &str, command: &[&str]) -> Result<Duration> {
    let path = root.join(format!("crates/{package}/src/lib.rs"));
    fs::write(&path, fs::read_to_string(&path)?)?;
    let start = Instant::now();
    cargo(root, package, command)?;
    Ok(start.elapsed())
}

fn cargo(root: &Path, package: &str, command: &[&str]) -> Result<String> {
    let output = Command::new(env!("CARGO"))
        .args(command)
        .args(["--package", package, "--offline", "--quiet"])
        .current_dir(root)
        .env("CARGO_TARGET_DIR", root.join("target"))
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// What was looked up, and how long one of it took, in nanoseconds.
fn lookups(root: &Path) -> Result<Vec<(String, f64)>> {
    let command = ["run", "--release", "--example", "lookup"];
    let output = cargo(root, "bench-events", &command)?;
    let mut lookups = Vec::new();
    for line in output.lines() {
        let (what, nanoseconds) = line.rsplit_once(' ').ok_or("a line without a number")?;
        lookups.push((what.trim().to_owned(), nanoseconds.parse()?));
    }
    Ok(lookups)
}

/// As products have them: of ten events four have no arguments, four have one
/// of a few values, one has a text, one has two or three of any type. Half of
/// the values are those of 40 types that events share, half an event's own.
fn registry() -> Registry {
    let mut random = Random(1);
    let mut events = Vec::new();
    for number in 0..EVENTS {
        let words = [random.word(), random.word(), &number.to_string()].concat();
        let args = match number % 10 {
            0..4 => Vec::new(),
            4 | 5 => {
                let kind = random.below(40);
                let values = ["search", "codeStats", &format!("value{kind}")];
                vec![argument(&format!("kind{kind}"), one_of(&values))]
            }
            6 | 7 => {
                let values = ["first", "second", &format!("ofEvent{}", number / OWN)];
                vec![argument("type", one_of(&values))]
            }
            8 => vec![argument("title", ArgumentType::String)],
            _ => (0..2 + random.below(2))
                .map(|place| any(place, &mut random))
                .collect(),
        };
        events.push(Event {
            name: words,
            description: Some(format!("A user did thing number {number}.")),
            renamed_from: Vec::new(),
            args,
        });
    }
    Registry {
        name: "bench".to_owned(),
        title: "Bench".to_owned(),
        summary: None,
        links: Links::default(),
        events,
        tables: Vec::new(),
        pings: Vec::new(),
    }
}

fn any(place: usize, random: &mut Random) -> Argument {
    let name = format!("{}{place}", random.word());
    let ty = match random.below(4) {
        0 => ArgumentType::String,
        1 => ArgumentType::Integer,
        2 => ArgumentType::Number,
        _ => ArgumentType::Boolean,
    };
    Argument {
        optional: random.below(2) == 0,
        ..argument(&name, ty)
    }
}

fn argument(name: &str, ty: ArgumentType) -> Argument {
    Argument {
        name: name.to_owned(),
        description: None,
        ty,
        optional: false,
    }
}

fn one_of(values: &[&str]) -> ArgumentType {
    ArgumentType::Enum(values.iter().map(ToString::to_string).collect())
}

/// The same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % limit
    }

    fn word(&mut self) -> &'static str {
        const WORDS: [&str; 16] = [
            "Insight",
            "Search",
            "Dashboard",
            "Click",
            "Page",
            "View",
            "Template",
            "Series",
            "Code",
            "Settings",
            "Filter",
            "Started",
            "Creation",
            "Tab",
            "Repository",
            "Submit",
        ];
        WORDS[self.below(WORDS.len())]
    }
}
