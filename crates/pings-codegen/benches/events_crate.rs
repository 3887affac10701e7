//! Measures how much time the crate of typed events costs a product with 10,000 events.
//!
//! `cargo bench -p pings-codegen --bench events_crate`
//!
//! The benchmark generates the crate next to two crates with the same dependencies: an empty crate,
//! and the floor, which has the enums with their doc comments and nothing else. It checks and builds
//! them alternately. A result is the cost in excess of the empty crate, the smallest of all rounds.
//! The edit in the benchmark changes the description of an event. Name lookups are compared with a
//! hash map in the same run.
//!
//! The limits are ratios: the processor time of the crate to that of the floor. They hold on a slow
//! machine and next to other work. The times beside them are what a quiet machine should reach.

#![expect(clippy::print_stdout, reason = "a benchmark says what it measured")]

#[path = "events_crate/cost.rs"]
mod cost;
#[path = "events_crate/crates.rs"]
mod crates;
#[path = "events_crate/floor.rs"]
mod floor;
#[path = "events_crate/registry.rs"]
mod registry;

use std::error::Error;

use pings_codegen::{Libraries, Origin, standalone};
use pings_model::{Registry, RegistryParts};

use cost::Cost;
use crates::{Build, Crates};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const EVENTS: usize = 10_000;

const ORIGIN: Origin<'static> = Origin {
    registry_path: "pings.yaml",
    registry_text: "",
    values: None,
    command: "cargo bench",
};

const CRATES: Libraries<'static> = Libraries::Folder(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));

/// A build, with the limit of the ratio to the floor and the milliseconds on a quiet machine.
const BUILDS: [(&str, Build, f64, u32); 4] = [
    (
        "cargo check after an edit",
        Build {
            command: &["check"],
            is_incremental: true,
        },
        4.0,
        1000,
    ),
    (
        "cargo check from nothing",
        Build {
            command: &["check"],
            is_incremental: false,
        },
        9.0,
        1200,
    ),
    (
        "cargo build --release",
        Build {
            command: &["build", "--release"],
            is_incremental: false,
        },
        12.0,
        2000,
    ),
    (
        "… and what reads events back",
        Build {
            command: &["build", "--release", "--example", "reader"],
            is_incremental: false,
        },
        20.0,
        5000,
    ),
];

fn main() -> Result<()> {
    let registry = registry::registry(EVENTS);
    generating(&registry)?;

    let mut edited: RegistryParts = registry.parts().clone();
    edited.events[EVENTS / 2].description = Some("A user did another thing.".to_owned());
    let edited = Registry::from_checked(edited);
    let crates = Crates::new([
        standalone(&registry, &ORIGIN, CRATES),
        standalone(&edited, &ORIGIN, CRATES),
    ])?;
    println!(
        "{:<30} {:>8} {:>8} {:>8} {:>6} {:>6} {:>10}",
        "beyond an empty crate", "CPU", "wall", "floor", "ratio", "limit", "quiet"
    );
    for (what, build, limit, quiet) in BUILDS {
        let (crate_, floor) = crates.beyond_empty(build)?;
        let ratio = crate_.ratio(floor);
        println!(
            "{what:<30} {:>5} ms {:>5} ms {:>5} ms {ratio:>6.1} {limit:>6.1} {quiet:>7} ms{}",
            crate_.cpu.as_millis(),
            crate_.wall.as_millis(),
            floor.cpu.as_millis(),
            exceeded(ratio, limit),
        );
    }

    let lookups = crates.lookups()?;
    for (what, nanoseconds) in &lookups {
        println!("{what:<30} {nanoseconds:>5.0} ns");
    }
    let of = |what: &str| lookups.iter().find(|(lookup, _)| lookup.starts_with(what));
    if let (Some((_, name)), Some((_, map))) = (of("EventName"), of("HashMap")) {
        row("… to that of a hash map", name / map, 2.0, "quiet: 40 ns");
    }
    Ok(())
}

/// Measures the generator, which must take ten times as long for ten times as many events.
fn generating(registry: &Registry) -> Result<()> {
    const RUNS: u32 = 10;
    let tenth = registry::registry(EVENTS / 10);
    let measured = |registry: &Registry, runs: u32| {
        Cost::of(|| {
            (0..runs).for_each(|_| drop(standalone(registry, &ORIGIN, CRATES)));
            Ok(())
        })
    };
    // The processor time has a resolution of ten milliseconds.
    let (all, tenths) = (measured(registry, RUNS)?, measured(&tenth, 10 * RUNS)?);
    println!(
        "{EVENTS} events\n{:<30} {:>5} ms {:>5} ms",
        "generating every file",
        (all.cpu / RUNS).as_millis(),
        (all.wall / RUNS).as_millis()
    );
    row(
        "… to ten times a tenth",
        all.ratio(tenths),
        1.5,
        "quiet: 500 ms",
    );
    Ok(())
}

fn row(what: &str, ratio: f64, limit: f64, quiet: &str) {
    println!(
        "{what:<57} {ratio:>6.1} {limit:>6.1} {quiet}{}",
        exceeded(ratio, limit)
    );
}

fn exceeded(ratio: f64, limit: f64) -> &'static str {
    if ratio > limit { "  EXCEEDED" } else { "" }
}
