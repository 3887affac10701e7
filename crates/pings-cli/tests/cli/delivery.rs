//! Tests delivery from an instance to a store, each as a separate process.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;
use time::OffsetDateTime;

const REGISTRY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pings.yaml");

/// A process that is killed when the test ends.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn pings(folder: &Path) -> Command {
    let mut pings = Command::new(env!("CARGO_BIN_EXE_pings"));
    pings.current_dir(folder).env("PINGS_REGISTRY", REGISTRY);
    for name in [
        "PINGS_STORE",
        "PINGS_STORE_TOKEN",
        "PINGS_GATHER",
        "PINGS_SEND",
    ] {
        pings.env_remove(name);
    }
    pings
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    pings(folder).args(arguments).output().unwrap()
}

fn json(output: &Output) -> Json {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Starts a store in a folder, and returns it with its address.
fn serve(folder: &Path, listen: &str) -> (Process, String) {
    started(&mut pings(folder), listen)
}

fn started(pings: &mut Command, listen: &str) -> (Process, String) {
    let mut child = pings
        .args(["store", "serve", "--listen", listen, "--registry", REGISTRY])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut lines = lines.map_while(Result::ok);
    let address = lines.find_map(|line| {
        let from = line.find("http://")?;
        let address: String = line[from..]
            .chars()
            .take_while(|c| !c.is_whitespace())
            .collect();
        Some(address)
    });
    // The pipe must be read to the end, because a full pipe would block the store.
    std::thread::spawn(move || lines.for_each(drop));
    (Process(child), address.unwrap())
}

fn record(folder: &Path, weeks_back: i64) {
    let at = OffsetDateTime::now_utc() - time::Duration::weeks(weeks_back);
    let at = format!("{}T12:00:00Z", at.date());
    let arguments = [
        "record",
        "InsightHover",
        "--user",
        "7",
        "--arg",
        "insightType=searchInsights",
    ];
    let recorded = pings(folder)
        .args(arguments)
        .args(["--product-version", "3.36.0", "--at", &at])
        .output()
        .unwrap();
    assert!(
        recorded.status.success(),
        "{}",
        String::from_utf8_lossy(&recorded.stderr)
    );
}

fn states(folder: &Path) -> Vec<String> {
    let all = json(&run(folder, &["outbox", "list", "--format", "json"]));
    let all = all["outbox"].as_array().unwrap().iter();
    all.map(|entry| entry["state"].as_str().unwrap().to_owned())
        .collect()
}

/// The first week is due in half an hour, and the others are tried.
fn waits_until_it_is_due(instance: &Path) {
    let due = OffsetDateTime::now_utc() + time::Duration::minutes(30);
    let due = pings_payload::rfc3339(due);
    let set_due = |week: &str, due: &str| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(async {
            let url = format!("sqlite://{}", instance.join("pings.db").display());
            let mut database = SqliteConnection::connect(&url).await.unwrap();
            let sql = "UPDATE pings_outbox SET due_at = $1 WHERE $2 IN ('', week)";
            let update = sqlx::query(sql).bind(due).bind(week);
            update.execute(&mut database).await.unwrap();
            database.close().await.unwrap();
        });
    };
    let send = ["send", "--once", "--store", "http://127.0.0.1:9"];
    set_due("", &due);
    let nothing = run(instance, &send);
    assert_eq!(nothing.status.code(), Some(2));
    let said = String::from_utf8_lossy(&nothing.stderr);
    assert!(said.contains("Sent nothing: no week is due"), "{said}");
    assert!(
        said.contains("note: 3 weeks wait for the next attempt"),
        "{said}"
    );
    assert_eq!(said.matches(&format!("revision 1 until {due}")).count(), 3);
    let json = json(&run(instance, &[&send[..], &["--format", "json"]].concat()));
    assert_eq!(json["tried"], serde_json::json!([]));
    let weeks = json["not_due"].as_array().unwrap();
    let first = weeks[0]["week"].as_str().unwrap();
    assert_eq!((weeks.len(), weeks[0]["due_at"].as_str()), (3, Some(&*due)));
    // A week that was just tried is reported with its attempt only.
    let past = "2021-01-01T00:00:00Z";
    set_due(first, past);
    let some = run(instance, &send);
    let said = String::from_utf8_lossy(&some.stderr);
    assert!(
        said.contains("note: 2 weeks wait for the next attempt"),
        "{said}"
    );
    assert!(!said.contains("Sent nothing"), "{said}");
    set_due("", past);
}

#[test]
fn a_week_is_delivered() {
    let (instance, vendor) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (instance, vendor) = (instance.path(), vendor.path());
    assert!(run(instance, &["init"]).status.success());
    record(instance, 3);
    // First there is no store, then an unreachable store, then a reachable one.
    let unsaid = run(instance, &["send"]);
    assert_eq!(unsaid.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unsaid.stderr).contains("no store is configured"));
    let away = run(
        instance,
        &["send", "--once", "--store", "http://127.0.0.1:9"],
    );
    assert_eq!(away.status.code(), Some(2));
    waits_until_it_is_due(instance);
    let (store, address) = serve(vendor, "127.0.0.1:0");
    let sent = run(instance, &["send", "--store", &address]);
    assert_eq!(
        sent.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&sent.stderr)
    );
    assert_eq!(states(instance), ["sent"; 3]);
    // The weeks whose delivery failed were sent again, without duplicates.
    let preview = run(instance, &["preview"]);
    assert!(preview.stdout.starts_with(b"{\"format\":1,"));
    // A late event makes a second revision.
    record(instance, 2);
    assert_eq!(
        run(instance, &["send", "--store", &address]).status.code(),
        Some(0)
    );
    assert_eq!(states(instance), ["sent"; 4]);
    drop(store);
    // The store was killed. Everything that it acknowledged is still there, so nothing is left to
    // bundle or to send.
    let bundle = run(instance, &["bundle", "weeks.bundle"]);
    assert!(String::from_utf8_lossy(&bundle.stderr).contains("nothing to bundle"));
    let (_store, address) = serve(vendor, "127.0.0.1:0");
    assert_eq!(
        run(instance, &["send", "--store", &address]).status.code(),
        Some(0)
    );
}

#[test]
fn weeks_are_assembled_before_their_events_are_pruned() {
    let (instance, vendor) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (instance, vendor) = (instance.path(), vendor.path());
    assert!(run(instance, &["init"]).status.success());
    record(instance, 2);
    let today = OffsetDateTime::now_utc().date().to_string();
    let pruned = run(instance, &["prune", "--before", &today, "--lose-totals"]);
    assert!(
        pruned.status.success(),
        "{}",
        String::from_utf8_lossy(&pruned.stderr)
    );
    assert_eq!(states(instance), ["waiting"; 2]);
    let (_store, address) = serve(vendor, "127.0.0.1:0");
    let sent = run(instance, &["send", "--store", &address]);
    assert_eq!(sent.status.code(), Some(0));
    let listed = pings(vendor)
        .args(["store", "instances", "--format", "json"])
        .output()
        .unwrap();
    let listed = &json(&listed)["instances"];
    assert_eq!(listed[0]["payloads"], 2, "{listed}");
    let shown = json(&run(instance, &["instance", "show", "--format", "json"]));
    assert_eq!(listed[0]["key"], shown["key"]);
}

#[test]
fn refused_weeks_are_mentioned_until_they_are_sent() {
    let (instance, vendor) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (instance, vendor) = (instance.path(), vendor.path());
    assert!(run(instance, &["init"]).status.success());
    record(instance, 2);
    let (_store, address) = serve(vendor, "127.0.0.1:0");
    let wrong = format!("{address}/v1/payloads");
    let send = |store: &str, more: &[&str]| {
        let sent = run(
            instance,
            &[&["send", "--once", "--store", store], more].concat(),
        );
        let said = String::from_utf8_lossy(&sent.stderr).into_owned();
        (sent.status.code(), said)
    };
    send(&wrong, &[]);
    assert_eq!(states(instance), ["parked"; 2]);
    // The same address refuses them again only if it is asked to.
    let (code, said) = send(&wrong, &[]);
    assert_eq!(code, Some(3));
    assert!(said.contains("2 weeks are parked"), "{said}");
    // Another address may take them.
    let (code, said) = send(&address, &[]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(states(instance), ["sent"; 2]);
}

#[test]
fn a_wrong_token_is_answered_with_its_setting() {
    let (instance, vendor) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (instance, vendor) = (instance.path(), vendor.path());
    assert!(run(instance, &["init"]).status.success());
    record(instance, 2);
    let (_store, address) = started(
        pings(vendor).env("PINGS_STORE_TOKEN", "t0ken"),
        "127.0.0.1:0",
    );
    let sent = run(instance, &["send", "--once", "--store", &address]);
    let said = String::from_utf8_lossy(&sent.stderr);
    assert_eq!(sent.status.code(), Some(3), "{said}");
    assert!(
        said.contains("401 the token is missing, wrong or expired")
            && said.contains("help: set the store's token with `token:` in pings-config.yaml"),
        "{said}"
    );
    std::fs::write(instance.join("pings-config.yaml"), "token: t0ken\n").unwrap();
    let sent = run(instance, &["send", "--once", "--store", &address]);
    let said = String::from_utf8_lossy(&sent.stderr);
    assert_eq!(sent.status.code(), Some(0), "{said}");
    assert_eq!(states(instance), ["sent"; 2]);
}

#[test]
fn a_bundle_is_carried() {
    let (instance, vendor) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (instance, vendor) = (instance.path(), vendor.path());
    assert!(run(instance, &["init"]).status.success());
    record(instance, 2);
    let bundled = run(instance, &["bundle", "weeks.bundle", "--format", "json"]);
    assert_eq!(json(&bundled)["payloads"], 2);
    let file = instance.join("weeks.bundle");
    for _ in 0..2 {
        let imported = pings(vendor)
            .args(["store", "import"])
            .arg(&file)
            .output()
            .unwrap();
        assert!(
            imported.status.success(),
            "{}",
            String::from_utf8_lossy(&imported.stderr)
        );
    }
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("searchInsights", "codeStatsInsights")).unwrap();
    let imported = pings(vendor)
        .args(["store", "import"])
        .arg(&file)
        .output()
        .unwrap();
    assert_eq!(imported.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&imported.stderr).contains("signature"));
}

#[test]
fn consent_is_a_switch_each() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    assert!(run(folder, &["init"]).status.success());
    let refused = |variable: &str, arguments: &[&str]| {
        let output = pings(folder)
            .args(arguments)
            .env(variable, "off")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("is switched off"), "{said}");
    };
    refused(
        "PINGS_GATHER",
        &["record", "InsightsPageView", "--user", "1"],
    );
    refused("PINGS_SEND", &["send", "--store", "http://127.0.0.1:9"]);
    refused("PINGS_SEND", &["bundle", "a.bundle"]);
    record(folder, 1);
    std::fs::write(
        folder.join("pings-config.yaml"),
        "sensitivity: { usage: false }\n",
    )
    .unwrap();
    let preview = json(&run(folder, &["preview"]));
    assert_eq!(preview["metrics"], serde_json::json!({}));
    std::fs::write(
        folder.join("pings-config.yaml"),
        "sensitivity: { usaeg: false }\n",
    )
    .unwrap();
    let mistaken = run(folder, &["preview"]);
    assert_eq!(mistaken.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&mistaken.stderr).contains("usaeg"));
}

/// Two services on one database send each week once, and both stop on request.
#[cfg(unix)]
#[test]
fn services_double_nothing_and_stop() {
    let (instance, vendor) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (instance, vendor) = (instance.path(), vendor.path());
    assert!(run(instance, &["init"]).status.success());
    // The week must be old enough for every send slot.
    record(instance, 4);
    let (_store, address) = serve(vendor, "127.0.0.1:0");
    let service = || {
        let mut service = pings(instance);
        service.args(["run", "--store", &address, "--format", "json"]);
        Process(service.stdout(Stdio::piped()).spawn().unwrap())
    };
    let mut services = [service(), service()];
    let until = Instant::now() + Duration::from_secs(60);
    while states(instance).len() < 3 || states(instance).iter().any(|state| state != "sent") {
        assert!(Instant::now() < until, "{:?}", states(instance));
        std::thread::sleep(Duration::from_millis(200));
    }
    let mut told = Vec::new();
    for Process(child) in &mut services {
        let pid = child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(child.wait().unwrap().code(), Some(0));
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        told.extend(lines.map(|line| serde_json::from_str::<Json>(&line.unwrap()).unwrap()));
    }
    let told = |name: &str| told.iter().filter(|line| line.get(name).is_some()).count();
    assert_eq!(told("stopped"), 2);
    assert_eq!(told("queued"), 1, "one of them did it");
    assert_eq!(told("sent"), states(instance).len(), "each was sent once");
}
