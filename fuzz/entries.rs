//! The functions that read untrusted text, each as a function of bytes.
//!
//! An entry point may refuse its input. A panic, a run time of seconds, or memory usage beyond a
//! small multiple of the input is a bug. `cargo fuzz` and a test run the same functions.

#![allow(dead_code, reason = "a target of cargo-fuzz uses one of the functions")]

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, RwLock};

use pings_codegen::{Libraries, Origin};
use pings_payload::{Bundle, Payload, Signature};
use pings_registry::{Block, Levels, Source};
use pings_runtime::{Consent, EventLog, Import, Options, Outage, Recorder, Url};
use pings_store::Store;
use pings_store::server::{self, Limits, Tokens};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::{Builder, Runtime};

/// An entry point and its name.
pub type Entry = (&'static str, fn(&[u8]));

/// All entry points.
pub const ENTRIES: &[Entry] = &[
    ("registry", registry),
    ("expression", expression),
    ("insert", insert),
    ("diff", diff),
    ("payload", payload),
    ("signature", signature),
    ("bundle", bundle),
    ("store_import", store_import),
    ("event_import", event_import),
    ("spill", spill),
    ("http", http),
];

/// A time after the weeks of the examples.
const NOW: OffsetDateTime = datetime!(2026-11-29 0:00 UTC);

/// Reads a registry and runs the lints. Renders the errors, or generates all files.
pub fn registry(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let source = Source {
        name: "pings.yaml",
        text: &text,
    };
    match pings_registry::check(&text, &Levels::default()) {
        Err(mistakes) => {
            assert!(!mistakes.is_empty(), "refused without a reason");
            for mistake in &mistakes {
                let span = mistake.span;
                assert!(
                    span.start <= span.end && span.end <= text.len(),
                    "{mistake:?}"
                );
                assert!(!pings_registry::render(source, mistake, false).is_empty());
            }
        }
        Ok(checked) => {
            for finding in &checked.findings {
                assert!(!pings_registry::render_finding(source, finding, false).is_empty());
            }
            let origin = Origin {
                registry_path: "pings.yaml",
                registry_text: &text,
                values: None,
                command: "generate",
            };
            let tree = pings_codegen::standalone(&checked.registry, &origin, Libraries::Published);
            assert!(tree.files().count() > 0);
        }
    }
}

/// Reads the bytes as the condition, a dimension and the value of a capture.
pub fn expression(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let quoted = serde_json::Value::from(text.as_ref()).to_string();
    let yaml = format!(
        "format: 1\nname: a\ntitle: A\ntables:\n  a: {{ b: integer, c: text, d: timestamp }}\npings:\n  - id: a\n    \
         title: A\n    type: be_capture\n    aggregation: total\n    added: \"1\"\n    metrics:\n      \
         - {{ code: A, from: a, where: {quoted}, by: {{ x: {quoted} }} }}\n      \
         - {{ code: B, from: a, measure: sum, value: {quoted} }}\n"
    );
    registry(yaml.as_bytes());
}

/// Adds a ping to a registry.
pub fn insert(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let block = |name: &str| Block {
        lines: vec![format!("id: {name}"), "title: A".to_owned()],
        flow: format!("{{ id: {name}, title: A }}"),
    };
    if let Ok(inserted) = pings_registry::insert(&text, None, &block("added")) {
        assert!(inserted.contains("added"));
        let _ = pings_registry::parse(&inserted);
    }
}

/// Compares a registry with itself and with a version without its last lines.
pub fn diff(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(new) = pings_registry::parse(&text) else {
        return;
    };
    assert!(pings_diff::diff(&new, &new).is_empty());
    let lines: Vec<&str> = text.lines().collect();
    for kept in [lines.len() / 2, lines.len().saturating_sub(1)] {
        if let Ok(old) = pings_registry::parse(&lines[..kept].join("\n")) {
            let _ = (pings_diff::diff(&old, &new), pings_diff::diff(&new, &old));
        }
    }
}

/// Reads a payload, writes it and reads it again.
pub fn payload(bytes: &[u8]) {
    if let Ok(payload) = Payload::read(bytes) {
        let again = Payload::read(payload.json().as_bytes());
        assert!(again.is_ok_and(|again| again.says_the_same(&payload)));
    }
}

/// Reads a signature and verifies it.
pub fn signature(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(signature) = text.parse::<Signature>() {
        assert_eq!(signature.to_string().parse(), Ok(signature));
        let _ = signature.verify(b"{}");
    }
}

/// Reads a bundle.
pub fn bundle(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = (Bundle::is_one(bytes), Bundle::is_part(bytes));
    if let Ok(bundle) = Bundle::read(&text) {
        bundle.payloads.iter().for_each(|it| payload(it.as_bytes()));
    }
}

/// Imports a file with a bundle or with payloads into a store.
pub fn store_import(bytes: &[u8]) {
    let databases = databases();
    let imported = databases.store.import(bytes, NOW, |_| {});
    databases.runtime.block_on(imported).expect("it is read");
}

/// Imports events, one on each line.
pub fn event_import(bytes: &[u8]) {
    let databases = databases();
    let import = Import::new(&databases.log);
    let imported = import.read(bytes, |_| {});
    databases.runtime.block_on(imported).expect("it is read");
}

/// Logs events from spill files: the bytes as a whole file, and as the lines of an undamaged batch.
pub fn spill(bytes: &[u8]) {
    // The event log identifies the batches of a file by the name of the file.
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let databases = databases();
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = databases.folder.path().join(format!("spill-{number}"));
    fs::create_dir(&folder).expect("a folder");
    let header = format!("batch.2 1 {} {:08x}\n", bytes.len(), crc32fast::hash(bytes));
    let files = [
        ("file", bytes.to_vec()),
        ("lines", [header.as_bytes(), bytes].concat()),
    ]
    .map(|(name, content)| {
        let file = folder.join(format!("{name}-{number}.spill"));
        fs::write(&file, content).expect("a file");
        file
    });
    let options = Options {
        outage: Outage::Spill(folder.clone()),
        consent: Some(Consent::default()),
        ..Options::new("1.0.0")
    };
    let recorder = Recorder::start(&databases.log_url, options).expect("it starts");
    let flushed = databases.runtime.block_on(recorder.flush());
    flushed.expect("the database answers");
    let damages = recorder.damages().concat();
    let stopped = databases.runtime.block_on(recorder.shutdown());
    stopped.expect("the database answers");
    for file in files {
        let is_reported = damages.contains(&file.display().to_string());
        assert!(
            !file.exists() || is_reported,
            "a file is left without a message"
        );
    }
    fs::remove_dir_all(&folder).expect("a folder");
}

/// The token that the store of [`http`] requires.
pub const TOKEN: &str = "secret";

/// Sends the bytes to a store on a single connection, and reads the answers.
pub fn http(bytes: &[u8]) {
    let databases = databases();
    let options = server::Options {
        tokens: Arc::new(RwLock::new(Tokens::default().with_shared(TOKEN))),
        limits: Limits {
            decompressed: 1 << 20,
            ..Limits::default()
        },
        ..server::Options::default()
    };
    let (client, stream) = tokio::io::duplex(64 << 10);
    let (mut answers, mut requests) = tokio::io::split(client);
    let send = async {
        // The store may end the connection before it has read everything.
        let _ = requests.write_all(bytes).await;
        let _ = requests.shutdown().await;
    };
    let receive = async {
        let mut text = Vec::new();
        answers.read_to_end(&mut text).await.map(|_| text)
    };
    let peer = IpAddr::from(Ipv4Addr::LOCALHOST);
    let serve = server::serve_connection(stream, peer, Arc::clone(&databases.store), options);
    let all = async { tokio::join!(send, receive, serve) };
    let ((), answers, served) = databases.runtime.block_on(all);
    served.expect("threads");
    let answers = answers.expect("a stream in memory");
    assert!(answers.is_empty() || answers.starts_with(b"HTTP/1."));
}

/// A store and an event log that all inputs share.
struct Databases {
    runtime: Runtime,
    store: Arc<Store>,
    log: EventLog,
    log_url: Url,
    folder: TempDir,
}

fn databases() -> &'static Databases {
    static DATABASES: OnceLock<Databases> = OnceLock::new();
    DATABASES.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let url = |name: &str| -> Url {
            let file = folder.path().join(name);
            format!("sqlite://{}", file.display())
                .parse()
                .expect("a URL")
        };
        let log_url = url("pings.db");
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let opened = async {
            let store = Store::open(&url("store.db"), true).await.expect("a store");
            let log = EventLog::init(&log_url).await.expect("an event log");
            (Arc::new(store), log.0)
        };
        let (store, log) = runtime.block_on(opened);
        Databases {
            runtime,
            store,
            log,
            log_url,
            folder,
        }
    })
}
