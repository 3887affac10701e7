//! Mutated examples through each entry point of `fuzz/entries.rs`, with bounds for time and memory.
//!
//! `PINGS_FUZZ_RUNS` is the number of inputs for each entry point.

#![allow(
    dead_code,
    reason = "targets of cargo-fuzz use each function by its name"
)]

#[path = "../../fuzz/entries.rs"]
mod entries;

use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

use entries::ENTRIES;
use fastrand::Rng;
use pings_payload::{Bundle, SigningKey};
use pings_tests::bombs::bombs;
use pings_tests::fixture::Fixture;
use pings_tests::vendor::payload;

/// The default number of inputs for each entry point.
const RUNS: usize = 200;

/// The time limit for an input in a debug build on a busy machine.
const LONGEST: Duration = Duration::from_secs(5);

/// The maximum length of an input in bytes.
const LONGEST_INPUT: usize = 256 << 10;

/// The memory limit for an input: a fixed part, and a multiple of its length.
const MEMORY: (u64, u64) = (32 << 20, 256);

/// Pieces of valid and invalid syntax.
const PIECES: &[&[u8]] = &[
    b"\0",
    b"\t",
    b"\n",
    b"\r\n",
    b": ",
    b"- ",
    b"'",
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b"#",
    b"&a ",
    b"*a",
    b"!!str ",
    b"null",
    b"true",
    b"-1",
    b"1e400",
    b"9223372036854775808",
    b"0.1",
    b"NaN",
    b"(",
    b")",
    b"((((((((",
    b" AND ",
    b" OR ",
    b" NOT ",
    b"CASE WHEN ",
    b" END",
    b"+1",
    b"--",
    b"/*",
    b";",
    b"$1",
    b":week_start",
    b"\xc3\xa9",
    b"\xff",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"\\u0000",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    b"count",
    b"@other",
    b"{\"bundle\":2,",
    b"{\"payload\":",
    b"ed25519 ",
    b"---\n",
];

fn runs() -> usize {
    let runs = env::var("PINGS_FUZZ_RUNS").ok();
    runs.map_or(RUNS, |runs| runs.parse().expect("a number of runs"))
}

/// Returns examples that an entry point accepts, or almost accepts.
fn examples(entry: &str) -> Vec<Vec<u8>> {
    let text = |text: String| text.into_bytes();
    match entry {
        "registry" | "insert" | "diff" => {
            let registries = Path::new(env!("CARGO_MANIFEST_DIR")).join("registries/err");
            let files = fs::read_dir(registries).expect("a folder").flatten();
            let yaml = files.filter(|it| it.path().extension().is_some_and(|it| it == "yaml"));
            let wrong = yaml.filter_map(|it| fs::read(it.path()).ok());
            let right = Fixture::all().iter().map(Fixture::registry).map(text).collect::<Vec<_>>();
            right.into_iter().chain(wrong).collect()
        }
        "expression" => [
            "a.b > 3 AND (a.c LIKE 'x%' OR a.c IS NULL)",
            "CASE WHEN a.b IN (1, 2) THEN 'few' ELSE lower(a.c) END",
            "coalesce(a.b, 0) * 2 + length(a.c) % 7",
            "NOT EXISTS (a AS other ON other.b = a.b)",
            "seconds_between(a.d, TIMESTAMP '2021-01-01 00:00:00')",
            "a.d BETWEEN :week_start AND :week_end",
        ]
        .map(|it| it.as_bytes().to_vec())
        .into(),
        "payload" => payloads(),
        "signature" => vec![text(key().sign(b"{}").to_string())],
        "bundle" => vec![bundle()],
        "store_import" => payloads().into_iter().chain([bundle(), lines()]).collect(),
        "event_import" => [
            r#"{"name":"A","user_id":1,"timestamp":"2021-01-26T10:00:00Z","version":"1.2.0","argument":{"a":[1,"x"]}}"#,
            r#"{"name":"B","user_id":"2c1f1b8e-3a1b-4c1e-9d7a-0123456789ab","timestamp":"2021-01-26 10:00:00+02:00"}"#,
            r#"{"name":"C","anonymous_user_id":"x","timestamp":"2021-01-26T10:00:00.123Z","id":"1"}"#,
        ]
        .map(|line| [line, "\n", line, "\n"].concat().into_bytes())
        .into(),
        other => panic!("{other} has no examples"),
    }
}

fn key() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

fn payloads() -> Vec<Vec<u8>> {
    let valid = (1..4).map(|number| payload(number, number, 1, 7).to_string().into_bytes());
    valid.collect()
}

fn lines() -> Vec<u8> {
    payloads().join(&b'\n')
}

fn bundle() -> Vec<u8> {
    let payload = payload(1, 1, 1, 7).to_string();
    let instance = "00000000-0000-4000-8000-000000000001"
        .parse()
        .expect("an id");
    Bundle::sign(&key(), instance, [payload.as_str()]).into_bytes()
}

/// Changes an input at a random position.
fn mutate(random: &mut Rng, bytes: &mut Vec<u8>, other: &[u8]) {
    let at = random.usize(..=bytes.len());
    let length = random.usize(0..40).min(bytes.len() - at);
    match random.u8(0..7) {
        0 => drop(bytes.drain(at..at + length)),
        1 => {
            let piece = random.choice(PIECES).copied().unwrap_or_default();
            let often = if random.u8(0..20) == 0 { 2_000 } else { 1 };
            let pieces = piece.repeat(often);
            bytes.splice(at..at, pieces);
        }
        2 if at < bytes.len() => bytes[at] ^= 1 << random.u8(0..8),
        3 => {
            let copy = bytes[at..at + length].to_vec();
            let to = random.usize(..=bytes.len());
            bytes.splice(to..to, copy);
        }
        4 => bytes.truncate(at),
        5 if !other.is_empty() => {
            let from = random.usize(..other.len());
            let piece = other[from..].iter().take(200).copied().collect::<Vec<u8>>();
            bytes.splice(at..at, piece);
        }
        _ => bytes.rotate_left(at.min(3)),
    }
    bytes.truncate(LONGEST_INPUT);
}

/// Runs an input, and returns how long this took.
fn run(name: &str, entry: fn(&[u8]), bytes: &[u8]) -> Duration {
    let start = Instant::now();
    let allocated = allocation_counter::measure(|| entry(bytes));
    let took = start.elapsed();
    let (fixed, factor) = MEMORY;
    let most = fixed + factor * bytes.len() as u64;
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(2_000)]);
    assert!(took < LONGEST, "{name} took {took:?} for {shown}");
    assert!(
        allocated.bytes_max < most,
        "{name} took {} bytes for {} bytes: {shown}",
        allocated.bytes_max,
        bytes.len()
    );
    took
}

#[test]
fn mutated_examples_are_read_or_refused() {
    let seed = env::var("PINGS_FUZZ_SEED").map_or(1, |seed| seed.parse().expect("a seed"));
    for (name, entry) in ENTRIES {
        let mut random = Rng::with_seed(seed);
        let examples = examples(name);
        for example in &examples {
            run(name, *entry, example);
        }
        let mut longest = Duration::ZERO;
        for _ in 0..runs() {
            let mut pick = || random.choice(&examples).cloned().unwrap_or_default();
            let (mut input, other) = (pick(), pick());
            for _ in 0..random.usize(1..6) {
                mutate(&mut random, &mut input, &other);
            }
            longest = longest.max(run(name, *entry, &input));
        }
        // Visible with `--nocapture`.
        println!("{name}: {} inputs, longest {longest:?}", runs());
    }
}

#[test]
fn bombs_are_refused_by_each_entry_point() {
    for (_, bomb) in bombs(64 << 10) {
        for (name, entry) in ENTRIES {
            run(name, *entry, &bomb[..bomb.len().min(LONGEST_INPUT)]);
        }
    }
}
