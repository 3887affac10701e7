//! Measures the lookup of a name in comparison with a hash map.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Instant;

use bench_events::{Event, EventName};

const LOOKUPS: usize = 2_000_000;

fn main() {
    // The order defeats the prefetching of caches.
    let all: Vec<EventName> = EventName::all().collect();
    let names: Vec<String> = (0..all.len())
        .map(|n| all[n * 7919 % all.len()].to_string())
        .collect();
    let misses: Vec<String> = names.iter().map(|name| format!("{name}s")).collect();
    let map: HashMap<&str, u16> = (0..)
        .zip(&all)
        .map(|(n, name)| (name.as_str(), n))
        .collect();

    time("EventName::parse, a name", &names, |name| {
        EventName::parse(name).is_some()
    });
    time("EventName::parse, no name", &misses, |name| {
        EventName::parse(name).is_some()
    });
    time("HashMap<&str, u16>, a name", &names, |name| {
        map.contains_key(name)
    });
    time("HashMap<&str, u16>, no name", &misses, |name| {
        map.contains_key(name)
    });

    let quiet: Vec<String> = names
        .iter()
        .filter(|name| Event::from_wire(name, "").is_ok())
        .cloned()
        .collect();
    time("Event::from_wire, no arguments", &quiet, |name| {
        Event::from_wire(name, "{}").is_ok()
    });
}

/// Prints the median of nine measurements.
fn time(what: &str, names: &[String], look_up: impl Fn(&str) -> bool) {
    let mut times: Vec<f64> = (0..9)
        .map(|_| {
            let start = Instant::now();
            for name in names.iter().cycle().take(LOOKUPS / 9) {
                black_box(look_up(black_box(name)));
            }
            start.elapsed().as_nanos() as f64 / (LOOKUPS / 9) as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{what} {:.1}", times[4]);
}
