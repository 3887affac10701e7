//! Tests which proxy a payload passes through, with listeners that count connections.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pings_runtime::{Consent, Delivery, EventLog, Import, Url};
use pings_tests::peer::{Peer, Reply};
use time::macros::datetime;

const REGISTRY: &str = r#"
format: 1
name: forum
title: Forum
events:
  Post:
pings:
  - id: posts
    title: Posts
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics: [{ code: Posts, of: Post }]
"#;

/// The variables that name a proxy, or addresses that need no proxy.
const VARIABLES: [&str; 8] = [
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
];

/// A listener that closes and counts connections.
struct Door {
    port: u16,
    came: Arc<AtomicUsize>,
}

impl Door {
    fn new(host: &str) -> Self {
        let listener = TcpListener::bind((host, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let came = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&came);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                counter.fetch_add(1, Ordering::SeqCst);
                drop(stream);
            }
        });
        Self { port, came }
    }

    /// Returns the number of connections since the last call.
    fn came(&self) -> usize {
        self.came.swap(0, Ordering::SeqCst)
    }
}

/// Creates a folder with a registry and an event log with a week to send.
async fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pings.yaml"), REGISTRY).unwrap();
    let url = format!("sqlite://{}", folder.path().join("log.db").display());
    let url: Url = url.parse().unwrap();
    let (log, _) = EventLog::init(&url).await.unwrap();
    let line =
        r#"{"name":"Post","user_id":1,"version":"1.2.0","timestamp":"2021-01-26T10:00:00Z"}"#;
    let done = Import::new(&log).read(line.as_bytes(), |_| {}).await;
    assert_eq!(done.unwrap().imported, 1);
    let registry = pings_registry::parse(REGISTRY).ok().unwrap();
    let home = Delivery {
        log: &log,
        registry: &registry,
        consent: Consent::default(),
        version: None,
    };
    let now = datetime!(2021-02-03 0:00 UTC);
    let queued = home.queue(time::Duration::ZERO, now, &mut |_| {}).await;
    assert!(!queued.unwrap().is_empty());
    log.close().await;
    folder
}

/// Sends with these environment variables, from a copy of the log.
fn send(folder: &Path, store: &str, environment: &[(&str, String)]) -> Output {
    let copy = folder.join("copy.db");
    for suffix in ["", "-wal", "-shm"] {
        let path = |name: &str| folder.join(format!("{name}.db{suffix}"));
        let _ = std::fs::remove_file(path("copy"));
        if path("log").exists() {
            std::fs::copy(path("log"), path("copy")).unwrap();
        }
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_command"));
    for name in VARIABLES {
        command.env_remove(name);
    }
    command
        .args(["send", "--once", "--store", store, "--database"])
        .arg(format!("sqlite://{}", copy.display()))
        .current_dir(folder)
        .env_remove("PINGS_REGISTRY")
        .env_remove("DO_NOT_TRACK")
        .env("NO_COLOR", "1")
        .envs(environment.iter().map(|(name, value)| (*name, value)))
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

#[tokio::test]
async fn a_store_on_this_machine_is_reached_past_every_proxy() {
    let folder = folder().await;
    let proxy = Door::new("127.0.0.1");
    let everywhere: Vec<(&str, String)> = VARIABLES[..6]
        .iter()
        .map(|name| (*name, format!("http://127.0.0.1:{}", proxy.port)))
        .collect();
    let peer = Peer::new(vec![Reply::Taken("")]);
    let port = peer.address().rsplit(':').next().unwrap();
    for host in ["127.0.0.1", "localhost"] {
        let output = send(folder.path(), &format!("http://{host}:{port}"), &everywhere);
        assert!(output.status.success(), "{host}: {}", said(&output));
        assert_eq!(proxy.came(), 0, "{host}");
    }
    assert!(peer.got().len() >= 2);
    // IPv6, if this machine supports it.
    if TcpListener::bind("[::1]:0").is_ok() {
        let door = Door::new("::1");
        let store = format!("http://[::1]:{}", door.port);
        let output = send(folder.path(), &store, &everywhere);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(door.came() > 0, "{}", said(&output));
        assert_eq!(proxy.came(), 0);
    }
}

#[tokio::test]
async fn another_machine_is_reached_through_the_proxy_unless_no_proxy_names_it() {
    let folder = folder().await;
    let proxy = Door::new("127.0.0.1");
    // `0.0.0.0` reaches this machine, but is not a loopback address.
    let store = Door::new("0.0.0.0");
    let at = format!("https://0.0.0.0:{}", store.port);
    let named = format!("http://127.0.0.1:{}", proxy.port);
    let this = format!("0.0.0.0:{}", store.port);
    for (no_proxy, is_direct) in [
        ("", false),
        ("example.com,10.0.0.0/8", false),
        ("0.0.0.0:1", false),
        ("0.0.0.0/8", true),
        ("0.0.0.0", true),
        (this.as_str(), true),
        ("*", true),
    ] {
        let environment = [
            ("HTTPS_PROXY", named.clone()),
            ("NO_PROXY", no_proxy.to_owned()),
        ];
        let output = send(folder.path(), &at, &environment);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{no_proxy}: {said}");
        let came = (proxy.came() > 0, store.came() > 0);
        assert_eq!(came, (!is_direct, is_direct), "{no_proxy}: {said}");
    }
    let domain = "https://pings.invalid";
    for (no_proxy, is_direct) in [("example.com", false), (".invalid", true)] {
        let environment = [
            ("ALL_PROXY", named.clone()),
            ("NO_PROXY", no_proxy.to_owned()),
        ];
        let output = send(folder.path(), domain, &environment);
        assert_eq!(
            proxy.came() > 0,
            !is_direct,
            "{no_proxy}: {}",
            said(&output)
        );
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_supported_is_an_error_and_nothing_is_sent() {
    let folder = folder().await;
    let proxy = Door::new("127.0.0.1");
    let store = Door::new("0.0.0.0");
    let at = format!("https://0.0.0.0:{}", store.port);
    for scheme in ["socks4", "socks5", "socks5h", "ftp"] {
        let named = format!("{scheme}://user:SECRET@127.0.0.1:{}", proxy.port);
        let output = send(folder.path(), &at, &[("ALL_PROXY", named)]);
        let said = said(&output);
        assert!(!output.status.success(), "{said}");
        assert!(
            said.contains("ALL_PROXY") && said.contains("help: "),
            "{said}"
        );
        assert!(!said.contains("SECRET"), "{said}");
        assert_eq!((proxy.came(), store.came()), (0, 0), "{said}");
    }
}
