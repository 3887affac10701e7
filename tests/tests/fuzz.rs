//! Runs mutated examples through each entry point of `fuzz/entries.rs`, with limits for time and
//! memory.
//!
//! `PINGS_FUZZ_RUNS` is the number of inputs for each entry point. `PINGS_FUZZ_ONLY` selects a
//! single entry point. On Linux the memory limit also applies to the whole process, because servers
//! and recorders use their own threads.

#[path = "../../fuzz/entries.rs"]
mod entries;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{env, fs};

use entries::{ENTRIES, TOKEN};
use fastrand::Rng;
use pings_payload::{Bundle, SigningKey};
use pings_runtime::{Actor, Consent, Durability, Options, Outage, Recorder};
use pings_tests::bombs::bombs;
use pings_tests::fixture::Fixture;
use pings_tests::http::{gzip, post};
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
    b"batch.3 1 ",
    b"GET /metrics HTTP/1.1\r\n\r\n",
    b"transfer-encoding: chunked\r\n",
    b"content-length: 9\r\n",
    b"expect: 100-continue\r\n",
    b"\r\n\r\n",
    b"0\r\n\r\n",
    b"ffffffffffffffff\r\n",
    b"\x1f\x8b\x08",
];

fn runs() -> usize {
    let runs = env::var("PINGS_FUZZ_RUNS").ok();
    runs.map_or(RUNS, |runs| runs.parse().expect("a number of runs"))
}

/// Returns examples that an entry point accepts or almost accepts.
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
        "spill" => vec![spilled(1), spilled(3), spilled_lines()],
        "http" => requests(),
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

/// Returns the spill file of a recorder with this number of batches, whose database does not
/// answer.
fn spilled(batches: usize) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = format!("sqlite://{}", folder.path().join("missing.db").display());
    let spill = folder.path().join("spill");
    let options = Options {
        outage: Outage::Spill(spill.clone()),
        consent: Some(Consent::default()),
        ..Options::new("1.2.0")
    };
    let recorder = Recorder::start(&missing.parse().expect("a URL"), options);
    let recorder = recorder.expect("it starts");
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("a runtime");
    for batch in 0..batches {
        let actor = match batch % 2 {
            0 => Actor::user(7),
            _ => Actor::anonymous("a visitor"),
        };
        let argument = r#"{"a":[1,"x\n"]}"#;
        let recorded = recorder.record_named("Opened", argument, actor, None);
        let kept = runtime.block_on(recorded).expect("the disk takes it");
        assert_eq!(kept, Durability::Spilled);
    }
    let stopped = runtime.block_on(recorder.shutdown());
    stopped.expect("the disk takes it");
    let mut files = fs::read_dir(&spill).expect("a folder").flatten();
    let file = files.next().expect("a file").path();
    fs::read(file).expect("a file")
}

/// Returns the lines of a spill file, without those that describe batches.
fn spilled_lines() -> Vec<u8> {
    let file = spilled(3);
    let lines = file.split_inclusive(|byte| *byte == b'\n');
    let events: Vec<&[u8]> = lines.filter(|line| line.starts_with(b"{")).collect();
    events.concat()
}

/// Returns requests that a store answers, and a sequence of all of them.
fn requests() -> Vec<Vec<u8>> {
    let body = payloads().swap_remove(0);
    let token = format!("authorization: Bearer {TOKEN}\r\n");
    let signature = key().sign(&body);
    let chunked = {
        let head = format!(
            "POST /v1/payloads HTTP/1.1\r\nhost: store\r\n{token}transfer-encoding: chunked\r\n\r\n"
        );
        let chunks = body.chunks(500).flat_map(|chunk| {
            let length = format!("{:x}\r\n", chunk.len()).into_bytes();
            [length, chunk.to_vec(), b"\r\n".to_vec()].concat()
        });
        let end = b"0\r\nx-sum: 1\r\n\r\n".to_vec();
        head.into_bytes()
            .into_iter()
            .chain(chunks)
            .chain(end)
            .collect()
    };
    let whole: Vec<Vec<u8>> = vec![
        post(&token, &body),
        post(&format!("{token}content-encoding: gzip\r\n"), &gzip(&body)),
        post(&format!("{token}pings-signature: {signature}\r\n"), &body),
        post(&format!("{token}expect: 100-continue\r\n"), &body),
        post("", &body),
        chunked,
        b"GET /healthz HTTP/1.1\r\nhost: store\r\n\r\n".to_vec(),
        b"GET /metrics HTTP/1.1\r\nhost: store\r\nx-forwarded-for: ::1\r\n\r\n".to_vec(),
        b"GET / HTTP/1.0\r\n\r\n".to_vec(),
    ];
    let all = whole.concat();
    whole.into_iter().chain([all]).collect()
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
    // Only one input runs at a time, because the memory of the whole process is measured.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let before = resident_from_now();
    let start = Instant::now();
    let allocated = allocation_counter::measure(|| entry(bytes));
    let took = start.elapsed();
    let grown = before.and_then(|before| Some(resident("VmHWM:")?.saturating_sub(before)));
    let (fixed, factor) = MEMORY;
    let most = fixed + factor * bytes.len() as u64;
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(2_000)]);
    assert!(took < LONGEST, "{name} took {took:?} for {shown}");
    let taken = allocated.bytes_max.max(grown.unwrap_or(0));
    assert!(
        taken < most,
        "{name} took {taken} bytes for {} bytes: {shown}",
        bytes.len()
    );
    took
}

/// Resets the peak of this process's resident memory, and returns the current value. Returns `None`
/// on systems that provide neither.
fn resident_from_now() -> Option<u64> {
    fs::write("/proc/self/clear_refs", "5").ok()?;
    resident("VmRSS:")
}

/// Returns a field of `/proc/self/status` in bytes.
fn resident(figure: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(figure))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib << 10)
}

#[test]
fn mutated_examples_are_read_or_refused() {
    let seed = env::var("PINGS_FUZZ_SEED").map_or(1, |seed| seed.parse().expect("a seed"));
    let only = env::var("PINGS_FUZZ_ONLY").ok();
    let chosen = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let known = ENTRIES.iter().any(|(name, _)| chosen(name));
    assert!(known, "PINGS_FUZZ_ONLY names no entry point: {only:?}");
    for (name, entry) in ENTRIES.iter().filter(|(name, _)| chosen(name)) {
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
        // The output is visible with `--nocapture`.
        println!("{name}: {} inputs, longest {longest:?}", runs());
    }
}

#[test]
fn bombs_are_refused_by_each_entry_point() {
    for (_, bomb) in bombs(64 << 10) {
        for (name, entry) in ENTRIES {
            let bomb = &bomb[..bomb.len().min(LONGEST_INPUT)];
            run(name, *entry, bomb);
            if *name == "http" {
                let headers =
                    format!("authorization: Bearer {TOKEN}\r\ncontent-encoding: gzip\r\n");
                run(name, *entry, &post(&headers, &gzip(bomb)));
            }
        }
    }
}

#[test]
fn each_entry_point_is_a_target_of_cargo_fuzz() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    let entries: BTreeSet<&str> = ENTRIES.iter().map(|(name, _)| *name).collect();
    assert_eq!(entries.len(), ENTRIES.len(), "a name is there twice");
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).expect("a manifest");
    let targets: Vec<(&str, &str)> = manifest
        .split("[[bin]]")
        .skip(1)
        .map(|target| {
            let value = |key: &str| {
                let line = target.lines().find_map(|line| line.strip_prefix(key));
                line.expect("a key").trim_matches('"')
            };
            (value("name = "), value("path = "))
        })
        .collect();
    let names: BTreeSet<&str> = targets.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, entries);
    let files = fs::read_dir(fuzz.join("fuzz_targets")).expect("a folder");
    let files: BTreeSet<PathBuf> = files.flatten().map(|it| it.path()).collect();
    let expected = targets.iter().map(|(_, path)| fuzz.join(path)).collect();
    assert_eq!(files, expected);
    for (name, path) in targets {
        assert_eq!(path, format!("fuzz_targets/{name}.rs"));
        let text = fs::read_to_string(fuzz.join(path)).expect("a target");
        let call = format!("fuzz_target!(|bytes: &[u8]| entries::{name}(bytes));");
        assert!(text.contains(&call), "{path}");
    }
}
