//! `pings store`, as somebody at the vendor types it.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// A folder with a registry, in which commands are run.
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

    /// The exit code, the answer and the rest.
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
             Imported 3 payloads, 2 are bad\n"
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
        "error: a.bundle:4: it is of 00000000-0000-4000-8000-000000000002, and signed by \
         00000000-0000-4000-8000-000000000001\n    Imported 1 payload, 1 was there before, 1 is bad\n"
    );
    let (code, _, told) = write(2, ":3");
    assert_eq!(code, 1);
    assert!(
        told.contains("a.bundle:1: it is signed with another key"),
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
    assert_eq!(rest, "     Stopped all that was received is kept\n");

    let (code, _, told) = vendor.call("store serve --tokens pings.yaml");
    assert_eq!(code, 1);
    assert!(told.starts_with("error: pings.yaml:1: "), "{told}");
}
