//! Measures how much time the crate of typed events costs a product with 10,000 events.
//!
//! `cargo bench -p pings-codegen --bench events_crate`
//!
//! The benchmark generates the crate next to an empty crate with the same dependencies, and checks
//! and builds them alternately. The result is the time in excess of the empty crate. The edit in
//! the benchmark changes the description of an event. Name lookups are compared with a hash map in
//! the same run.

#![expect(clippy::print_stdout, reason = "a benchmark says what it measured")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use pings_codegen::{Libraries, Origin, Tree, standalone};
use pings_model::{Argument, ArgumentType, Event, Links, Registry, RegistryParts, Terms};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const EVENTS: usize = 10_000;
const ROUNDS: usize = 3;

const ORIGIN: Origin<'static> = Origin {
    registry_path: "pings.yaml",
    registry_text: "",
    command: "cargo bench",
};

const CRATES: Libraries<'static> = Libraries::Folder(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));

fn main() -> Result<()> {
    let registry = registry();
    let start = Instant::now();
    let tree = standalone(&registry, &ORIGIN, CRATES);
    let generated = start.elapsed();

    let mut edited = registry.parts().clone();
    edited.events[EVENTS / 2].description = Some("A user did another thing.".to_owned());
    let edited = Registry::from_checked(edited);
    let crates = Crates {
        root: Path::new(env!("CARGO_TARGET_TMPDIR")).join("events_crate"),
        trees: [tree, standalone(&edited, &ORIGIN, CRATES)],
    };
    crates.write()?;
    let edit = crates.beyond_empty(&["check"], "1")?;
    let check = crates.beyond_empty(&["check"], "0")?;
    let build = crates.beyond_empty(&["build", "--release"], "0")?;
    let reader = crates.beyond_empty(&["build", "--release", "--example", "reader"], "0")?;
    let lookups = crates.lookups()?;

    println!("{EVENTS} events                         measured       limit");
    row(
        "generating every file",
        milliseconds(generated),
        500.0,
        "ms",
    );
    row(
        "cargo check after an edit",
        milliseconds(edit),
        1000.0,
        "ms",
    );
    row(
        "cargo check from nothing",
        milliseconds(check),
        1200.0,
        "ms",
    );
    row("cargo build --release", milliseconds(build), 2000.0, "ms");
    row(
        "… and what reads events back",
        milliseconds(reader),
        5000.0,
        "ms",
    );
    for (what, nanoseconds) in lookups {
        let limit = if what.starts_with("EventName") {
            40.0
        } else {
            f64::INFINITY
        };
        row(&what, nanoseconds, limit, "ns");
    }
    Ok(())
}

fn row(what: &str, measured: f64, limit: f64, unit: &str) {
    let limit = match limit {
        limit if limit.is_infinite() => String::new(),
        limit if measured > limit => format!("{limit:>8.0} {unit}  EXCEEDED"),
        limit => format!("{limit:>8.0} {unit}"),
    };
    println!("{what:<34} {measured:>7.0} {unit} {limit}");
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The events crate before and after an edit, and an empty crate.
struct Crates {
    root: PathBuf,
    trees: [Tree; 2],
}

impl Crates {
    fn write(&self) -> Result<()> {
        if self.root.join("crates").exists() {
            fs::remove_dir_all(self.root.join("crates"))?;
        }
        let tree = &self.trees[0];
        for path in [
            "Cargo.toml",
            "crates/bench-events/Cargo.toml",
            "crates/bench-events/build.rs",
            "crates/bench-events/README.md",
        ] {
            self.file(path, tree.file(path).ok_or(path)?)?;
        }
        let manifest = tree
            .file("crates/bench-events/Cargo.toml")
            .ok_or("no manifest")?;
        self.file(
            "crates/empty/Cargo.toml",
            &manifest.replace("bench-events", "empty"),
        )?;
        self.file("pings.yaml", ORIGIN.registry_text)?;
        for (name, text) in [
            ("lookup", include_str!("events_crate/lookup.rs")),
            ("reader", include_str!("events_crate/reader.rs")),
        ] {
            self.file(&format!("crates/bench-events/examples/{name}.rs"), text)?;
        }
        self.file(
            "crates/empty/examples/reader.rs",
            "//! Nothing.\n\nfn main() {}\n",
        )?;
        // The versions in this workspace's lock file are available without a network.
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
        fs::copy(lock, self.root.join("Cargo.lock"))?;
        Ok(())
    }

    fn file(&self, path: &str, text: &str) -> Result<()> {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().ok_or("a file without a folder")?)?;
        Ok(fs::write(path, text)?)
    }

    /// Returns the median time by which Cargo takes longer for the events crate than for the empty
    /// crate.
    fn beyond_empty(&self, command: &[&str], incremental: &str) -> Result<Duration> {
        let mut beyond = Vec::new();
        // The first round builds the dependencies and is not counted.
        for round in 0..=ROUNDS {
            self.file("crates/empty/src/lib.rs", "//! Nothing.\n")?;
            let empty = self.timed("empty", command, incremental)?;
            for (path, text) in self.trees[round % 2].files() {
                if path.starts_with("crates/bench-events/src/") {
                    self.file(path, text)?;
                }
            }
            let events = self.timed("bench-events", command, incremental)?;
            if round > 0 {
                beyond.push(events.saturating_sub(empty));
            }
        }
        beyond.sort_unstable();
        Ok(beyond[ROUNDS / 2])
    }

    fn timed(&self, package: &str, command: &[&str], incremental: &str) -> Result<Duration> {
        let start = Instant::now();
        self.cargo(package, command, incremental)?;
        Ok(start.elapsed())
    }

    fn cargo(&self, package: &str, command: &[&str], incremental: &str) -> Result<String> {
        let output = Command::new(env!("CARGO"))
            .args(command)
            .args(["--package", package, "--offline", "--quiet"])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            .env("CARGO_INCREMENTAL", incremental)
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Returns each kind of lookup with the time for a single lookup, in nanoseconds.
    fn lookups(&self) -> Result<Vec<(String, f64)>> {
        let command = ["run", "--release", "--example", "lookup"];
        let output = self.cargo("bench-events", &command, "0")?;
        let mut lookups = Vec::new();
        for line in output.lines() {
            let (what, nanoseconds) = line.rsplit_once(' ').ok_or("a line without a number")?;
            lookups.push((what.trim().to_owned(), nanoseconds.parse()?));
        }
        Ok(lookups)
    }
}

/// Returns a registry with realistic proportions. Of ten events, four have no arguments, four have
/// an argument with a few values (fifty types in total), one has a text argument, and one has two
/// or three arguments of other types.
fn registry() -> Registry {
    let mut random = Random(1);
    let mut events = Vec::new();
    for number in 0..EVENTS {
        let words = [random.word(), random.word(), &number.to_string()].concat();
        let args = match number % 10 {
            0..4 => Vec::new(),
            4..8 => {
                let kind = random.below(50);
                let values = ["search", "codeStats", &format!("value{kind}")];
                vec![argument(&format!("kind{kind}"), one_of(&values))]
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
            search: None,
            args,
        });
    }
    Registry::from_checked(RegistryParts {
        name: "bench".to_owned(),
        title: "Bench".to_owned(),
        summary: None,
        released: None,
        functions: Vec::new(),
        terms: Terms::default(),
        links: Links::default(),
        events,
        tables: Vec::new(),
        pings: Vec::new(),
    })
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
        renamed_from: Vec::new(),
        description: None,
        ty,
        optional: false,
    }
}

fn one_of(values: &[&str]) -> ArgumentType {
    ArgumentType::Enum(values.iter().map(ToString::to_string).collect())
}

/// A random number generator with the same sequence in every run.
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
