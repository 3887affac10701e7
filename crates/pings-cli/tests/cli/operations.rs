//! Tests what an operator does with services: reload, rotate tokens, monitor and stop.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

use std::path::Path;

use serde_json::{Value as Json, json};
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

use crate::services::{Manager, REGISTRY, Service, get, instance, pings, request, until};

const INSTANCE: &str = "00000000-0000-4000-8000-000000000001";

fn post(address: &str, token: &str) -> u16 {
    let payload = json!({
        "format": 1, "registry": "help_desk", "fingerprint": "sha256:1",
        "instance": INSTANCE,
        "week": "2021-W04", "start": "2021-01-25T00:00:00Z", "end": "2021-02-01T00:00:00Z",
        "revision": 1, "versions": { "2.4.0": 1 }, "metrics": { "A": { "count": 3 } },
    });
    let head = format!("POST /v1/payloads HTTP/1.1\r\nauthorization: Bearer {token}");
    request(address, &head, &payload.to_string()).0
}

fn health(folder: &Path) -> Json {
    let text = std::fs::read_to_string(folder.join("health.json")).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

#[test]
fn registries_are_read_again_for_answers() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let text = std::fs::read_to_string(REGISTRY).unwrap();
    let file = folder.join("served.yaml");
    std::fs::write(&file, &text).unwrap();
    let manager = Manager::new(folder);
    let store = Service::start(
        pings(folder)
            .args(["store", "serve", "--listen", "127.0.0.1:0"])
            .args(["--registry", "served.yaml", "--read-token", "reader"])
            .env("NOTIFY_SOCKET", &manager.path),
    );
    manager.wait("READY=1");
    let address = store.address();
    let status = |registry: &str| {
        let path = format!("GET /v1/fleet?registry={registry}");
        let head = format!("{path} HTTP/1.1\r\nauthorization: Bearer reader");
        request(&address, &head, "").0
    };
    assert_eq!((status("code_insights"), status("other")), (200, 404));
    let reload = |text: &str| {
        std::fs::write(&file, text).unwrap();
        store.signal("-HUP");
        manager.wait("RELOADING=1");
        manager.wait("READY=1");
    };
    // A file with a mistake changes nothing.
    reload("format: 0");
    assert_eq!((status("code_insights"), status("other")), (200, 404));
    reload(&text.replacen("name: code_insights", "name: other", 1));
    assert_eq!((status("code_insights"), status("other")), (404, 200));
    store.stop();
}

#[test]
fn tokens_are_rotated_without_a_gap() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let tokens = |text: &str| std::fs::write(folder.join("tokens"), text).unwrap();
    tokens(&format!("{INSTANCE} first name=2025\n"));
    let manager = Manager::new(folder);
    let store = Service::start(
        pings(folder)
            .args(["store", "serve", "--listen", "127.0.0.1:0"])
            .args(["--registry", REGISTRY, "--tokens", "tokens"])
            .env("NOTIFY_SOCKET", &manager.path)
            .env("WATCHDOG_USEC", "200000"),
    );
    manager.wait("READY=1");
    manager.wait("WATCHDOG=1");
    let address = store.address();
    let reload = || {
        store.signal("-HUP");
        manager.wait("RELOADING=1");
        manager.wait("READY=1");
    };
    assert_eq!(post(&address, "first"), 200);
    assert_eq!(post(&address, "second"), 401);
    // Both tokens are valid while the senders change.
    tokens(&format!(
        "{INSTANCE} first name=2025\n{INSTANCE} second name=2026 from=2026-01-01\n"
    ));
    reload();
    assert_eq!(post(&address, "first"), 200);
    assert_eq!(post(&address, "second"), 200);
    // The old token is no longer used.
    let (_, metrics) = get(&address, "/metrics");
    for line in [
        "pings_store_token_requests_total{token=\"2025\"} 2",
        "pings_store_token_requests_total{token=\"2026\"} 1",
    ] {
        assert!(metrics.lines().any(|it| it == line), "{metrics}");
    }
    // A file with a mistake changes nothing.
    tokens("second\n");
    reload();
    store.says("note: the tokens were not changed");
    assert_eq!(post(&address, "second"), 200);
    tokens(&format!(
        "{INSTANCE} first name=2025 until=2026-01-31\n{INSTANCE} second name=2026\n"
    ));
    reload();
    assert_eq!(post(&address, "first"), 401);
    assert_eq!(post(&address, "second"), 200);
    store.stop();
    manager.wait("STOPPING=1");
}

#[test]
fn a_running_instance_reloads_and_shows_its_health() {
    let (folder, vendor) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let folder = folder.path();
    instance(folder);
    let store = Service::start(
        pings(vendor.path())
            .args(["store", "serve", "--listen", "127.0.0.1:0"])
            .args(["--registry", REGISTRY])
            .env("PINGS_STORE_TOKEN", "right"),
    );
    let config = |token: &str| {
        let text = format!("store: http://{}\ntoken: {token}\n", store.address());
        std::fs::write(folder.join("pings-config.yaml"), text).unwrap();
    };
    config("wrong");
    let manager = Manager::new(folder);
    let mut command = pings(folder);
    command
        .args(["run", "--health-file", "health.json"])
        .args(["--listen", "127.0.0.1:0"])
        .env("NOTIFY_SOCKET", &manager.path);
    let service = Service::start(&mut command);
    manager.wait("READY=1");
    let parked = until("parked weeks", || {
        let health = health(folder);
        (health["weeks"]["parked"].as_u64() > Some(1)).then_some(health)
    });
    assert_eq!(parked["ok"], json!(true), "{parked}");
    assert_eq!(parked["last_sent"], Json::Null, "{parked}");
    let address = service.address();
    assert_eq!(
        get(&address, "/healthz"),
        (200, r#"{"ok":true}"#.to_owned())
    );
    let (_, metrics) = get(&address, "/metrics");
    assert!(metrics.contains("pings_run_up 1\n"), "{metrics}");
    let parked = parked["weeks"]["parked"].as_u64().unwrap();
    let line = format!("pings_run_weeks{{state=\"parked\"}} {parked}\n");
    assert!(metrics.contains(&line), "{metrics}");
    assert!(metrics.contains("{outcome=\"dropped\"} 0\n") || !metrics.contains("dropped"));
    // A mistake in the file changes nothing.
    std::fs::write(folder.join("pings-config.yaml"), "sent: true\n").unwrap();
    service.signal("-HUP");
    manager.wait("RELOADING=1");
    manager.wait("READY=1");
    service.says("the configuration was not changed");
    // With another token, the parked weeks are sent again without a command.
    config("right");
    service.signal("-HUP");
    manager.wait("RELOADING=1");
    manager.wait("READY=1");
    let sent = until("sent weeks", || {
        let health = health(folder);
        (health["weeks"] == json!({ "waiting": 0, "parked": 0 })).then_some(health)
    });
    assert!(sent["last_sent"]["week"].is_string(), "{sent}");
    service.says("weeks are sent again, because");
    // A process that was killed leaves the file with an old time, and the next one works.
    service.signal("-KILL");
    drop(service);
    let service = Service::start(&mut command);
    manager.wait("READY=1");
    // The signal may come while the database is read for the health file.
    service.stop();
    assert_eq!(health(folder)["running"], json!(false));
}

#[test]
fn an_outage_and_the_recovery_are_told() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    instance(folder);
    let service = Service::start(pings(folder).args(["run", "--listen", "127.0.0.1:0"]));
    let address = service.address();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    // Another process holds the lock for writing.
    let locked = runtime.block_on(async {
        let url = format!("sqlite://{}", folder.join("pings.db").display());
        let mut database = SqliteConnection::connect(&url).await.unwrap();
        let begin = sqlx::query("BEGIN IMMEDIATE");
        begin.execute(&mut database).await.unwrap();
        database
    });
    until("the outage", || {
        (get(&address, "/healthz").0 == 503).then_some(())
    });
    service.says("will be retried");
    let told = service.told();
    let failed = told.lines().find(|line| line.contains("will be retried"));
    let failed = failed.unwrap_or_else(|| panic!("{told}"));
    assert!(
        failed.contains("failed to ") && failed.contains("pings.db"),
        "{failed}"
    );
    runtime.block_on(async { locked.close().await.unwrap() });
    service.says("pings.db works again after failing since");
    assert_eq!(get(&address, "/healthz").0, 200);
    service.stop();
}

#[test]
fn parked_weeks_have_their_own_exit_code() {
    let (folder, vendor) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let folder = folder.path();
    instance(folder);
    let store = Service::start(
        pings(vendor.path())
            .args(["store", "serve", "--listen", "127.0.0.1:0"])
            .args(["--registry", REGISTRY])
            .env("PINGS_STORE_TOKEN", "right"),
    );
    let url = format!("http://{}", store.address());
    let send = |token: &str, more: &[&str]| {
        let sent = pings(folder)
            .args(["send", "--once", "--store", &url])
            .args(more)
            .env("PINGS_STORE_TOKEN", token)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (sent.status.code(), text(sent.stdout), text(sent.stderr))
    };
    let (code, _, told) = send("wrong", &[]);
    assert_eq!(code, Some(3), "{told}");
    let (code, said, _) = send("wrong", &["--format", "json"]);
    let said: Json = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &said["tried"]), (Some(3), &json!([])));
    assert_eq!(said["parked_weeks"][0]["status"], json!(401), "{said}");
    // The reason is shown, although nothing was tried.
    let (_, _, told) = send("wrong", &[]);
    assert!(
        told.contains("weeks are parked") && told.contains("revision 1: 401 the token is missing"),
        "{told}"
    );
    let (code, _, told) = send("right", &[]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("Released"), "{told}");
}

/// The options in the units for systemd exist, and both services report to systemd.
#[test]
fn the_units_start_what_exists() {
    let units = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/systemd");
    for name in ["pings-store.service", "pings-run.service"] {
        let unit = std::fs::read_to_string(units.join(name)).unwrap();
        for line in [
            "Type=notify",
            "WatchdogSec=60",
            "ExecReload=/bin/kill -HUP $MAINPID",
        ] {
            assert!(unit.lines().any(|it| it == line), "{name}: {line}");
        }
        let start = unit.lines().find_map(|it| it.strip_prefix("ExecStart="));
        let mut words = start.unwrap().split_whitespace();
        assert_eq!(words.next(), Some("/usr/local/bin/pings"));
        let folder = TempDir::new().unwrap();
        let help = pings(folder.path()).args(words).arg("--help").output();
        let help = help.unwrap();
        let told = String::from_utf8_lossy(&help.stderr);
        assert!(help.status.success(), "{name}: {told}");
    }
}

/// The commands in the blocks of the page exist, with their options.
#[test]
fn the_commands_of_the_page_exist() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operations.md");
    let page = std::fs::read_to_string(page).unwrap();
    let folder = TempDir::new().unwrap();
    let commands = page.lines().filter_map(|line| line.strip_prefix("pings "));
    let commands: Vec<&str> = commands.filter(|line| line.contains(" -")).collect();
    assert!(!commands.is_empty());
    for command in commands {
        let words = command.split_whitespace();
        let help = pings(folder.path()).args(words).arg("--help").output();
        let help = help.unwrap();
        let told = String::from_utf8_lossy(&help.stderr);
        assert!(help.status.success(), "{command}: {told}");
    }
}
