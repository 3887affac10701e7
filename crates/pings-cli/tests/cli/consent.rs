//! Tests consent with real processes and with a port that counts connections.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value as Json;
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;
use time::OffsetDateTime;

const REGISTRY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pings.yaml");

/// A registry that gains a ping with its second release.
const DESK: &str = r#"format: 1
name: desk
title: Desk
events:
  Opened: { args: { channel: { enum: [mail, chat] } } }
  Solved: {}
tables:
  ticket: { id: integer }
pings:
  - id: opened
    title: Opened
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - code: Opened
  - id: backlog
    title: Backlog
    type: be_capture
    aggregation: total
    added: "1.0"
    sensitivity: operational
    metrics:
      - { code: Backlog, measure: count, from: ticket }
"#;

const GAINED: &str = r#"  - id: solved
    title: Solved
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - code: Solved
"#;

/// The environment variables that affect consent.
const VARIABLES: [&str; 9] = [
    "DO_NOT_TRACK",
    "PINGS_CONFIG",
    "PINGS_GATHER",
    "PINGS_SEND",
    "PINGS_SENSITIVITY_USAGE",
    "PINGS_SENSITIVITY_OPERATIONAL",
    "PINGS_SENSITIVITY_IDENTIFYING",
    "PINGS_NEW_METRICS",
    "PINGS_STORE",
];

struct Instance {
    folder: TempDir,
}

impl Instance {
    fn new(registry: &str) -> Self {
        let instance = Self {
            folder: TempDir::new().unwrap(),
        };
        instance.write("pings.yaml", registry);
        instance
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.path().join(file), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut pings = Command::new(env!("CARGO_BIN_EXE_pings"));
        pings.current_dir(self.path()).args(arguments);
        for name in VARIABLES {
            pings.env_remove(name);
        }
        pings
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command, checks that it succeeds, and returns its standard error.
    fn said(&self, arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let mut command = self.command(arguments);
        let output = command.envs(variables.iter().copied()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(
            output.status.code(),
            Some(0),
            "{arguments:?} {variables:?}: {said}"
        );
        said
    }

    fn record(&self, event: &str, arguments: &[&str], weeks_back: i64) {
        let day = OffsetDateTime::now_utc() - time::Duration::weeks(weeks_back);
        let at = format!("{}T12:00:00Z", day.date());
        let always = ["--user", "7", "--product-version", "3.36.0", "--at", &at];
        let all = [&["record", event], arguments, &always].concat();
        self.said(&all, &[]);
    }

    fn consent(&self) -> Json {
        serde_json::from_slice(&self.run(&["consent", "--format", "json"]).stdout).unwrap()
    }

    fn preview(&self) -> (Json, String) {
        let output = self.run(&["preview"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (serde_json::from_slice(&output.stdout).unwrap(), said)
    }

    fn states(&self) -> Vec<String> {
        let output = self.run(&["outbox", "list", "--format", "json"]);
        let json: Json = serde_json::from_slice(&output.stdout).unwrap();
        let all = json["outbox"].as_array().unwrap().iter();
        all.map(|entry| entry["state"].as_str().unwrap().to_owned())
            .collect()
    }

    fn execute(&self, sql: &'static str) -> i64 {
        let url = format!("sqlite://{}", self.path().join("pings.db").display());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut database = SqliteConnection::connect(&url).await.unwrap();
            let found: Option<i64> = sqlx::query_scalar(sql)
                .fetch_optional(&mut database)
                .await
                .unwrap();
            database.close().await.unwrap();
            found.unwrap_or_default()
        })
    }

    fn rows(&self) -> i64 {
        self.execute("SELECT count(*) FROM event_logs")
    }

    /// Backdates the last decision of each switch by some weeks.
    fn age(&self, weeks: u32) {
        let days = 7 * i64::from(weeks);
        for table in ["pings_consent", "pings_consent_metrics"] {
            let sql = format!(
                "UPDATE {table} SET since = strftime('%Y-%m-%dT%H:%M:%SZ', since, '-{days} days') WHERE since <> ''"
            );
            self.execute(sql.leak());
        }
    }
}

/// A port that counts connections and refuses every request.
struct Port {
    address: String,
    calls: Arc<AtomicUsize>,
}

impl Port {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                counted.fetch_add(1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 1 << 16]);
                let _ = stream.write_all(
                    b"HTTP/1.1 503 Later\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                );
            }
        });
        Self { address, calls }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

#[test]
fn nobody_is_called_while_sending_is_off() {
    let instance = Instance::new(&fs::read_to_string(REGISTRY).unwrap());
    let port = Port::open();
    instance.said(&["init"], &[]);
    instance.record("InsightHover", &["--arg", "insightType=searchInsights"], 3);
    // With consent, the port is called. This shows that it counts.
    let sent = instance.run(&["send", "--once", "--store", &port.address]);
    assert_eq!(sent.status.code(), Some(2));
    let before = port.calls();
    assert!(before > 0);
    for (variable, value) in [
        ("DO_NOT_TRACK", "1"),
        ("DO_NOT_TRACK", "true"),
        ("DO_NOT_TRACK", "please"),
        ("PINGS_SEND", "off"),
        ("PINGS_CONFIG", "off.yaml"),
    ] {
        instance.write("off.yaml", "store: http://127.0.0.1:9\nsend: false\n");
        let off = [(variable, value)];
        for arguments in [
            &["send", "--store", &port.address][..],
            &["send", "--once", "--store", &port.address],
            &["send", "--parked", "--store", &port.address],
            &["bundle", "out.bundle"],
        ] {
            let said = instance.said(arguments, &off);
            assert!(said.contains("is switched off"), "{said}");
        }
        assert!(!instance.path().join("out.bundle").exists());
        let mut service = instance
            .command(&["run", "--store", &port.address])
            .envs(off)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_secs(2));
        service.kill().unwrap();
        service.wait().unwrap();
        instance.said(&["preview"], &off);
        assert_eq!(port.calls(), before, "{variable}={value}");
    }
    // Sending is on again, but weeks from before are never sent.
    let said = instance.said(&["send", "--once", "--store", &port.address], &[]);
    assert!(said.contains("no week is waiting"), "{said}");
    assert_eq!(instance.states(), ["withheld"; 3]);
    assert_eq!(port.calls(), before);
}

#[test]
fn nothing_is_logged_while_gathering_is_off() {
    let instance = Instance::new(DESK);
    instance.said(&["init"], &[]);
    instance.write(
        "events.ndjson",
        "{\"name\":\"Solved\",\"timestamp\":\"2021-01-25\"}\n",
    );
    instance.write("off.yaml", "gather: false\n");
    for off in [
        ("DO_NOT_TRACK", "1"),
        ("PINGS_GATHER", "no"),
        ("PINGS_CONFIG", "off.yaml"),
    ] {
        for arguments in [
            &["record", "Solved", "--user", "7"][..],
            &["import", "events.ndjson"],
            &["capture", "--product-database", "sqlite://pings.db"],
        ] {
            let said = instance.said(arguments, &[off]);
            assert!(said.contains("gathering is switched off"), "{said}");
        }
        let mut service = instance
            .command(&["run", "--product-database", "sqlite://pings.db"])
            .envs([off])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_secs(1));
        service.kill().unwrap();
        service.wait().unwrap();
        assert_eq!(instance.rows(), 0, "{off:?}");
        assert!(!instance.path().join("pings.db-spill").exists());
    }
    // The product itself continues to log. Gathering is on again, but those weeks are never
    // gathered.
    instance.execute(
        "INSERT INTO event_logs (name, source, version, timestamp) \
         VALUES ('Opened', 'WEB', '1.0.0', strftime('%Y-%m-%dT12:00:00Z', 'now', '-21 days'))",
    );
    instance.said(&["send", "--once", "--store", "http://127.0.0.1:9"], &[]);
    assert_eq!(instance.states(), [""; 0]);
    let (_, said) = instance.preview();
    assert!(said.contains("are not sent: "), "{said}");
}

#[test]
fn what_a_release_adds_waits_until_somebody_agrees() {
    let instance = Instance::new(DESK);
    instance.said(&["init"], &[]);
    instance.record("Opened", &["--arg", "channel=mail"], 1);
    assert_eq!(instance.consent()["waiting"], serde_json::json!([]));
    instance.write("pings.yaml", &format!("{DESK}{GAINED}"));
    instance.record("Solved", &[], 1);
    let (payload, said) = instance.preview();
    assert_eq!(
        payload["metrics"]["Opened"],
        serde_json::json!({ "count": 1 })
    );
    assert_eq!(
        payload["metrics"]["Solved"],
        serde_json::json!({ "error": "not_agreed" })
    );
    assert!(said.contains("pings consent agree"), "{said}");
    let waiting = instance.consent()["waiting"].clone();
    assert_eq!(
        waiting,
        serde_json::json!([{ "code": "Solved", "ping": "solved", "gained": null }])
    );
    let shown = instance.run(&["consent"]);
    let shown = [shown.stdout, shown.stderr].concat();
    let shown = String::from_utf8(shown).unwrap();
    assert!(shown.contains("1 metric waits for consent"), "{shown}");
    assert!(shown.contains("`pings consent agree CODE…`"), "{shown}");
    // An agreement covers only weeks that begin later.
    assert_eq!(instance.run(&["consent", "agree"]).status.code(), Some(1));
    let wrong = instance.run(&["consent", "agree", "Solvd"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("did you mean `Solved`?"));
    instance.said(&["consent", "agree", "Solved"], &[]);
    let (payload, _) = instance.preview();
    assert_eq!(payload["metrics"]["Solved"]["error"], "not_agreed");
    instance.age(3);
    let (payload, _) = instance.preview();
    assert_eq!(
        payload["metrics"]["Solved"],
        serde_json::json!({ "count": 1 })
    );
    // A metric with a new dimension sends more, so it needs a new agreement.
    instance.write(
        "pings.yaml",
        &DESK.replace("- code: Opened", "- { code: Opened, by: [channel] }"),
    );
    let waiting = instance.consent()["waiting"].clone();
    assert_eq!(
        waiting,
        serde_json::json!([{ "code": "Opened", "ping": "opened", "gained": ["by channel"] }])
    );
    instance.write("pings-config.yaml", "new_metrics: allow\n");
    assert_eq!(instance.consent()["waiting"], serde_json::json!([]));
}

#[test]
fn each_switch_says_what_decided_it_and_since_when() {
    let instance = Instance::new(DESK);
    instance.write(
        "pings-config.yaml",
        "# ours\ngather: true\nsend: false\nsensitivity:\n  usage: true\n  operational: false\n",
    );
    instance.said(&["init"], &[]);
    let switch = |consent: &Json, name: &str| -> Json {
        let all = consent["switches"].as_array().unwrap();
        all.iter().find(|it| it["switch"] == name).unwrap().clone()
    };
    let consent = instance.consent();
    for (name, value, decided_by) in [
        ("gather", "true", "pings-config.yaml:2"),
        ("send", "false", "pings-config.yaml:3"),
        ("sensitivity.usage", "true", "pings-config.yaml:5"),
        ("sensitivity.operational", "false", "pings-config.yaml:6"),
        ("sensitivity.identifying", "false", "default"),
        ("new_metrics", "ask", "default"),
    ] {
        let found = switch(&consent, name);
        assert_eq!(found["value"], value, "{found}");
        assert_eq!(found["decided_by"], decided_by, "{found}");
        assert_eq!(found["history"].as_array().unwrap().len(), 1, "{found}");
        assert!(
            found["fingerprint"]
                .as_str()
                .unwrap()
                .starts_with("sha256:")
        );
    }
    assert_eq!(consent["left"], serde_json::json!([]));
    // Switching off and on again begins a new period. A preview does not begin it.
    instance.write("pings-config.yaml", "");
    instance.said(&["preview"], &[]);
    instance.record("Solved", &[], 1);
    let consent = instance.consent();
    let send = switch(&consent, "send");
    assert_eq!(send["value"], "true");
    assert_eq!(send["history"].as_array().unwrap().len(), 2);
    assert!(send["since"].as_str().is_some(), "{send}");
    assert_eq!(switch(&consent, "gather")["since"], Json::Null);
    let shown = String::from_utf8(instance.run(&["consent"]).stdout).unwrap();
    assert!(shown.contains("Nothing was sent"), "{shown}");
    assert!(shown.contains("the beginning"), "{shown}");
    // A variable overrides the file, and `DO_NOT_TRACK` overrides everything.
    let output = instance
        .command(&["consent", "--format", "json"])
        .env("PINGS_SEND", "yes")
        .env("DO_NOT_TRACK", "1")
        .output()
        .unwrap();
    let consent: Json = serde_json::from_slice(&output.stdout).unwrap();
    for name in ["gather", "send", "sensitivity.usage"] {
        let found = switch(&consent, name);
        assert_eq!(found["value"], "false", "{found}");
        assert_eq!(found["decided_by"], "DO_NOT_TRACK", "{found}");
    }
    // An invalid value of a switch is an error.
    let output = instance
        .command(&["consent"])
        .env("PINGS_NEW_METRICS", "yes")
        .output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("set it to ask or allow"));
}

#[test]
fn the_true_cause_is_said_of_what_does_not_happen() {
    let instance = Instance::new(DESK);
    instance.said(&["init"], &[]);
    instance.record("Opened", &["--arg", "channel=mail"], 1);
    let said = instance.said(&["preview"], &[("PINGS_SEND", "false")]);
    assert!(
        said.contains("are not sent: sending is switched off (PINGS_SEND)"),
        "{said}"
    );
    let said = instance.said(&["preview"], &[("PINGS_GATHER", "false")]);
    assert!(
        said.contains("gathering is switched off (PINGS_GATHER)"),
        "{said}"
    );
    instance.write("pings-config.yaml", "sensitivity: { operational: false }\n");
    let capture = ["capture", "--product-database", "sqlite://pings.db"];
    let said = instance.said(&capture, &[]);
    assert!(
        said.contains(
            "switched off (`sensitivity.operational: false` in pings-config.yaml:1): Backlog"
        ),
        "{said}"
    );
    assert!(!said.contains("version"), "{said}");
    // If the version is the reason, the message says so.
    fs::remove_file(instance.path().join("pings-config.yaml")).unwrap();
    let early = instance.run(&[&capture[..], &["--product-version", "0.9"]].concat());
    assert_eq!(early.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&early.stderr).contains("no captures at this version"));
}
