//! Tests `pings store` as a vendor uses it.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// A folder with a registry, in which commands run.
struct Vendor(TempDir);

impl Vendor {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let registry = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/help_desk/pings.yaml");
        std::fs::copy(registry, folder.path().join("pings.yaml")).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pings"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .env_remove("PINGS_STORE_DATABASE")
            .env_remove("PINGS_STORE_TOKEN");
        command
    }

    /// Returns the exit code, standard output and standard error.
    fn call(&self, arguments: &str) -> (i32, String, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = self.command(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }
}

fn payload(fingerprint: &str, instance: u32, count: i32) -> Json {
    json!({
        "format": 1, "registry": "help_desk", "fingerprint": fingerprint,
        "instance": format!("00000000-0000-4000-8000-{instance:012}"),
        "week": "2021-W04", "start": "2021-01-25T00:00:00Z", "end": "2021-02-01T00:00:00Z",
        "revision": 1, "versions": { "2.4.0": 1 },
        "metrics": { "TicketOpened": { "count": count } },
    })
}

#[test]
fn files_are_imported_and_registries_learned() {
    let vendor = Vendor::new();
    let (code, _, told) = vendor.call("store rebuild");
    assert_eq!(code, 1);
    assert!(
        told.contains("there is no store sqlite://store.db\nhelp: "),
        "{told}"
    );

    let lines = [
        payload("sha256:1", 1, 3).to_string(),
        payload("sha256:1", 2, -1).to_string(),
        String::new(),
        "{".to_owned(),
        payload("sha256:1", 3, 3).to_string(),
    ];
    std::fs::write(vendor.path("lines.ndjson"), lines.join("\n")).unwrap();
    let pretty = format!("{:#}", payload("sha256:1", 4, 3));
    std::fs::write(vendor.path("one.json"), pretty).unwrap();
    let (code, _, told) = vendor.call("store import lines.ndjson one.json");
    assert_eq!(code, 1);
    assert_eq!(
        told,
        "error: lines.ndjson:2: metrics.TicketOpened.count: -1 is not a whole number from 0 to 2^53 - 1\n\
         error: lines.ndjson:4: this is not JSON: EOF while parsing an object at line 1 column 1\n    \
             Imported 3 payloads, 2 are invalid\n"
    );
    let (code, said, _) = vendor.call("store import lines.ndjson one.json --format json");
    let files: Json = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (code, &files["files"][0]["repeated"]),
        (1, &json!(2)),
        "{said}"
    );
    assert_eq!(
        files["files"][1],
        json!({
            "file": "one.json", "kept": 0, "repeated": 1, "conflicts": 0, "bad": 0, "mistakes": [],
        })
    );

    let (code, said, told) = vendor.call("store registry");
    assert_eq!(code, 0);
    assert_eq!(
        said,
        "help_desk sha256:1  unknown: 3 payloads of 3 instances\n"
    );
    assert!(told.contains("note: "), "{told}");
    let (code, said, _) = vendor.call("store registry pings.yaml --format json");
    let json: Json = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &json["learned"][0]["new"]), (0, &json!(true)));
    assert_eq!(json["waiting"][0]["payloads"], json!(3));
    let print = json["learned"][0]["fingerprint"].as_str().unwrap();
    std::fs::write(vendor.path("known.json"), payload(print, 5, 3).to_string()).unwrap();
    assert_eq!(vendor.call("store import known.json").0, 0);
    let (_, said, _) = vendor.call("store registry --format json");
    let json: Json = serde_json::from_str(&said).unwrap();
    assert_eq!(json["known"][0]["payloads"], json!(1));

    let (code, _, told) = vendor.call("store rebuild");
    assert_eq!(
        (code, told.as_str()),
        (0, "     Rebuilt 4 numbers from 4 payloads\n")
    );
    let (code, _, told) = vendor.call("store import nowhere.json");
    assert_eq!(code, 1);
    assert!(
        told.starts_with("error: cannot read nowhere.json: "),
        "{told}"
    );
}

#[test]
fn bundles_are_checked() {
    use pings_payload::{Bundle, SigningKey};
    let vendor = Vendor::new();
    let instance = "00000000-0000-4000-8000-000000000001".parse().unwrap();
    let texts = [1, 1, 2].map(|instance| payload("sha256:1", instance, 3).to_string());
    let write = |seed: u8, damage: &str| {
        let key = SigningKey::from_seed(&[seed; 32]);
        let bundle = Bundle::sign(&key, instance, texts.iter().map(String::as_str));
        std::fs::write(vendor.path("a.bundle"), bundle.replacen(":3", damage, 1)).unwrap();
        vendor.call("store import a.bundle")
    };
    let (code, _, told) = write(1, ":4");
    assert_eq!(code, 1);
    assert!(
        told.contains("a.bundle:1: the signature is wrong"),
        "{told}"
    );
    let (code, _, told) = write(1, ":3");
    assert_eq!(code, 1);
    assert_eq!(
        told,
        "error: a.bundle:4: the payload belongs to 00000000-0000-4000-8000-000000000002, but is signed by \
         00000000-0000-4000-8000-000000000001\n    Imported 1 payload, 1 was imported before, 1 is invalid\n"
    );
    let (code, _, told) = write(2, ":3");
    assert_eq!(code, 1);
    assert!(
        told.contains(
            "a.bundle:2: 00000000-0000-4000-8000-000000000001: the payload is signed with another key"
        ),
        "{told}"
    );
}

#[test]
fn payloads_are_served_until_it_is_asked_to_stop() {
    let vendor = Vendor::new();
    let tokens = "# ours\n00000000-0000-4000-8000-000000000001 own\n";
    std::fs::write(vendor.path("tokens"), tokens).unwrap();
    let serve =
        "store serve --listen 127.0.0.1:0 --registry pings.yaml --token all --tokens tokens";
    let mut process = vendor
        .command(serve)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(process.stderr.take().unwrap());
    let mut line = String::new();
    told.read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("Listening on http://").unwrap();
    let post = |token: &str, instance| {
        let body = payload("sha256:1", instance, 3).to_string();
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "POST /v1/payloads HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
             authorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer[9..12].to_owned()
    };
    assert_eq!(post("all", 2), "200");
    assert_eq!(post("own", 1), "200");
    assert_eq!(post("own", 2), "403");
    assert_eq!(post("other", 1), "401");
    let id = process.id().to_string();
    Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(process.wait().unwrap().success());
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    let refused = rest
        .lines()
        .filter(|line| line.contains("refused a payload"));
    assert_eq!(refused.count(), 2, "{rest}");
    let stopped = "     Stopped all received payloads are stored\n";
    assert!(rest.ends_with(stopped), "{rest}");

    let (code, _, told) = vendor.call("store serve --tokens pings.yaml");
    assert_eq!(code, 1);
    assert!(told.starts_with("error: pings.yaml:1: "), "{told}");
}

const GREETINGS: &str = r#"format: 1
name: demo
title: Demo
events:
  hello: { description: Hello., args: { kind: { enum: [o, p] }, words: integer } }
pings:
  - id: a
    section: A
    title: Hellos
    type: fe_event
    purpose: p
    aggregation: weekly
    added: "1.0"
    broken:
      - { versions: "1.2", reason: too low, fix: 7 }
    metrics:
      - { code: hello, measure: [count, unique_users] }
      - { code: by_kind, of: hello, by: [kind] }
      - { code: words, of: hello, measure: { stats: words } }
"#;

impl Vendor {
    /// Returns a store that has learned [`GREETINGS`], with the fingerprint.
    fn greeted() -> (Self, String) {
        let vendor = Self::new();
        let text = GREETINGS.replace(
            ", measure: { stats: words }",
            ", measure: stats, value: words",
        );
        std::fs::write(vendor.path("demo.yaml"), text).unwrap();
        let (code, said, told) = vendor.call("store registry demo.yaml --format json");
        assert_eq!(code, 0, "{told}");
        let json: Json = serde_json::from_str(&said).unwrap();
        let print = json["learned"][0]["fingerprint"].as_str().unwrap();
        (vendor, print.to_owned())
    }

    /// Imports payloads, and returns the exit code and standard error.
    fn import(&self, payloads: &[Json]) -> (i32, String) {
        let lines: Vec<String> = payloads.iter().map(Json::to_string).collect();
        std::fs::write(self.path("payloads.ndjson"), lines.join("\n")).unwrap();
        let (code, _, told) = self.call("store import payloads.ndjson");
        (code, told)
    }

    /// Returns the output of a command as JSON.
    fn json(&self, arguments: &str) -> Json {
        let (code, said, told) = self.call(&format!("{arguments} --format json"));
        assert_eq!(code, 0, "{told}");
        serde_json::from_str(&said).unwrap()
    }
}

fn greeting(print: &str, instance: u32, week: u32, version: &str, metrics: &Json) -> Json {
    let first: pings_payload::Week = "2026-W01".parse().unwrap();
    let week = first.forward(week);
    json!({
        "format": 1, "registry": "demo", "fingerprint": print,
        "instance": format!("00000000-0000-4000-8000-{instance:012}"), "version": version,
        "week": week.to_string(), "start": pings_payload::rfc3339(week.start()),
        "end": pings_payload::rfc3339(week.end()), "revision": 1, "versions": { version: 10 },
        "metrics": metrics, "took_ms": {}, "runtime": { "dropped": 0 },
    })
}

#[test]
fn an_older_registry_is_recognized_and_not_registered() {
    let (vendor, _) = Vendor::greeted();
    let text = std::fs::read_to_string(vendor.path("demo.yaml")).unwrap();
    for (name, released) in [("high.yaml", "1.3"), ("low.yaml", "1.2")] {
        let text = format!("{text}released: \"{released}\"\n");
        std::fs::write(vendor.path(name), text).unwrap();
    }
    let (_, _, told) = vendor.call("store registry high.yaml");
    assert!(told.contains("  Registered demo "), "{told}");
    let (code, _, told) = vendor.call("store registry low.yaml");
    assert!(told.contains("is older than the registry"), "{told}");
    assert!(
        told.contains("  Recognized demo ") && !told.contains("Registered"),
        "{told}"
    );
    assert_eq!(code, 0);
    let json = vendor.json("store registry low.yaml");
    assert_eq!(json["learned"][0]["newest"], json!(false));
    let json = vendor.json("store registry low.yaml --older");
    assert_eq!(json["learned"][0]["newest"], json!(true));
}

#[test]
fn the_newest_week_is_incomplete_until_the_fleet_has_sent_it() {
    let (vendor, print) = Vendor::greeted();
    let mut payloads = Vec::new();
    for instance in 0..10 {
        for week in 0..10 {
            // Only one instance, which still has the broken version, reported the last week.
            let version = match (week, instance) {
                (9, 1..) => continue,
                (0..3, _) => "1.1",
                (0..6, _) | (_, 0) => "1.2",
                _ => "1.3",
            };
            let metrics = json!({ "hello": { "count": 10, "unique_users": 4 } });
            payloads.push(greeting(&print, instance, week, version, &metrics));
        }
    }
    assert_eq!(vendor.import(&payloads).0, 0);
    let impact = vendor.json("store impact hello --registry demo.yaml");
    let breakage = &impact["breakages"][0];
    assert_eq!(breakage["healing"]["share"], json!(0.9));
    assert_eq!(breakage["incomplete"], json!(["2026-W10"]));
    let reached = &breakage["healing"]["reached"][1];
    assert_eq!(
        (&reached["part"], &reached["observed"]),
        (&json!(0.9), &json!(true))
    );
    let (_, said, _) = vendor.call("store impact hello --registry demo.yaml");
    assert!(
        said.contains("90 % of the instances have this or a newer version"),
        "{said}"
    );
    assert!(said.contains("2026-W10: left out"), "{said}");

    let series = vendor.json("store series hello --registry demo.yaml");
    let complete = |place: usize| series["weeks"][place]["complete"].clone();
    assert_eq!((complete(8), complete(9)), (json!(true), json!(false)));
    let (_, said, _) = vendor.call("store series hello --registry demo.yaml --plot a.svg");
    let last = said.lines().find(|line| line.contains("2026-W10")).unwrap();
    assert!(
        last.contains("incomplete, 1 broken") || last.contains("incomplete"),
        "{said}"
    );
    let picture = std::fs::read_to_string(vendor.path("a.svg")).unwrap();
    assert!(picture.contains("incomplete from 2026-W10, not drawn"));
    let (_, csv, _) = vendor.call("store series hello --registry demo.yaml --format csv");
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].ends_with(",complete"), "{csv}");
    assert!(
        lines[9].ends_with(",true") && lines[10].ends_with(",false"),
        "{csv}"
    );
}

#[test]
fn numbers_that_contradict_each_other_are_refused() {
    let (vendor, print) = Vendor::greeted();
    let stats = |avg: f64| json!({ "min": 1, "max": 3, "avg": avg, "median": 2, "stddev": 0.5 });
    for (metrics, place) in [
        (
            json!({ "hello": { "count": 5, "unique_users": 7 } }),
            "metrics.hello: `unique_users` is 7",
        ),
        (
            json!({ "by_kind": { "by": ["kind"], "rows": [
                { "kind": "o", "count": 3, "first_time_users": 4 } ] } }),
            "metrics.by_kind.rows[0]: `first_time_users` is 4",
        ),
        (
            json!({ "words": stats(3.5) }),
            "metrics.words: `avg` is 3.5",
        ),
    ] {
        let (code, told) = vendor.import(&[greeting(&print, 1, 1, "1.1", &metrics)]);
        assert!(code == 1 && told.contains(place), "{told}");
    }
    // A mean may be rounded, and the columns of hand-written SQL have no fixed meaning.
    let third = 0.1 + 0.2;
    let rounded = json!({ "min": third, "max": third, "avg": 0.3, "median": third, "stddev": 0 });
    let mut captured = json!({ "count": 1, "unique_users": 7 });
    captured["captured_at"] = "2026-01-11T00:00:00Z".into();
    let metrics = json!({ "words": rounded, "other": captured });
    let (code, told) = vendor.import(&[greeting(&print, 1, 1, "1.1", &metrics)]);
    assert_eq!(code, 0, "{told}");
}

#[test]
fn an_older_registry_does_not_replace_a_newer_one() {
    let (vendor, print) = Vendor::greeted();
    let newer = std::fs::read_to_string(vendor.path("demo.yaml")).unwrap();
    let begin = newer.find("    broken:").unwrap();
    let end = newer.find("    metrics:").unwrap();
    std::fs::write(
        vendor.path("old.yaml"),
        newer[..begin].to_owned() + &newer[end..],
    )
    .unwrap();
    let metrics = json!({ "hello": { "count": 10, "unique_users": 4 } });
    vendor.import(&[greeting(&print, 1, 1, "1.2", &metrics)]);
    let goes_by_newer = || {
        let (code, _, told) = vendor.call("store series hello --registry demo.yaml");
        code == 0 && !told.contains("views use another registry")
    };
    assert!(goes_by_newer());

    // Without `--registry`, the variable and ./pings.yaml must not make the server learn one.
    std::fs::copy(vendor.path("old.yaml"), vendor.path("pings.yaml")).unwrap();
    for (arguments, note) in [
        ("", ""),
        (
            "--registry old.yaml",
            "old.yaml is older than the registry that the store uses",
        ),
    ] {
        let serve = format!("store serve --listen 127.0.0.1:0 {arguments}");
        let mut process = vendor
            .command(&serve)
            .env("PINGS_REGISTRY", "old.yaml")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let told: Vec<String> = lines
            .by_ref()
            .map(Result::unwrap)
            .take_while(|line| !line.contains("Listening"))
            .collect();
        process.kill().unwrap();
        process.wait().unwrap();
        assert_eq!(told.is_empty(), note.is_empty(), "{told:?}");
        assert!(told.join("\n").contains(note), "{told:?}");
        assert!(goes_by_newer(), "{arguments}");
    }
    let (code, _, told) = vendor.call("store registry old.yaml");
    assert!(
        code == 0 && told.contains("broken versions of by_kind, hello"),
        "{told}"
    );
    assert!(goes_by_newer());
    let (code, _, told) = vendor.call("store registry old.yaml --older");
    assert!(
        code == 0 && told.contains("reverts declarations in the store"),
        "{told}"
    );
    assert!(!goes_by_newer());
}

#[test]
fn an_empty_variable_is_none_and_an_empty_token_is_refused() {
    let (vendor, _) = Vendor::greeted();
    let call = |arguments: &str, name: &str| {
        let output = vendor.command(arguments).env(name, "").output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), told)
    };
    for name in [
        "PINGS_REGISTRY",
        "PINGS_DATABASE",
        "PINGS_CONFIG",
        "PINGS_PRODUCT_VERSION",
    ] {
        let (code, told) = call("check", name);
        assert_eq!(code, 0, "{name}: {told}");
        let (code, told) = call("init", name);
        assert_eq!(code, 0, "{name}: {told}");
    }
    let (code, told) = call("store registry", "PINGS_STORE_DATABASE");
    assert_eq!(code, 0, "{told}");
    let (code, told) = call("store serve --listen 127.0.0.1:0", "PINGS_STORE_TOKEN");
    assert!(code == 1 && told.contains("the token is empty"), "{told}");
    let send = "send --store http://127.0.0.1:1 --product-version 2.4.0";
    let (code, told) = call(send, "PINGS_STORE_TOKEN");
    assert!(code == 1 && told.contains("the token is empty"), "{told}");
}

#[test]
fn the_doctor_fails_where_the_store_does_not_know_the_registry() {
    let (vendor, print) = Vendor::greeted();
    let metrics = json!({ "hello": { "count": 10, "unique_users": 4 } });
    vendor.import(&[greeting(&print, 1, 1, "1.1", &metrics)]);
    let doctor = "store doctor --registry demo.yaml --ci";
    let (code, _, told) = vendor.call(doctor);
    assert_eq!(code, 0, "{told}");
    vendor.import(&[greeting("sha256:0", 2, 1, "1.1", &metrics)]);
    let (code, _, told) = vendor.call(doctor);
    assert!(
        code == 1 && told.contains("did not check 1 payload of unknown registries"),
        "{told}"
    );
    // The store never learned the registry of the help desk.
    let (code, _, told) = vendor.call("store doctor --registry pings.yaml --ci");
    assert!(
        code == 1 && told.contains("the store has no registry of"),
        "{told}"
    );
    assert_eq!(vendor.call("store doctor --registry pings.yaml").0, 0);
}

#[test]
fn the_tables_of_a_cluster_are_printed() {
    let vendor = Vendor::new();
    let (code, said, _) = vendor.call("store ddl --cluster main --replicated");
    assert_eq!(code, 0, "{said}");
    for statement in [
        "CREATE TABLE IF NOT EXISTS kept_payloads_local (",
        "ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)",
        "ENGINE = Distributed('main', currentDatabase(), 'kept_payloads_local', cityHash64(instance));",
    ] {
        assert!(said.contains(statement), "{said}");
    }
    let (_, said, _) = vendor.call("store ddl --format json");
    let json: Json = serde_json::from_str(&said).unwrap();
    let statements = json["statements"].as_array().unwrap();
    assert!(
        statements
            .iter()
            .all(|it| !it.as_str().unwrap().contains("Distributed"))
    );
    let (code, _, told) = vendor.call("store ddl --cluster a'b");
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("letters, digits"), "{told}");
}

#[test]
fn an_event_log_is_never_on_clickhouse() {
    let vendor = Vendor::new();
    let (code, _, told) = vendor.call("init --database clickhouse://h/d");
    assert_ne!(code, 0, "{told}");
    assert!(
        told.contains("only the store of a vendor can be on ClickHouse"),
        "{told}"
    );
}
