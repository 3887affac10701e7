//! Tests `pings serve --ingest` as a product that is not written in Rust uses it.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const REGISTRY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tests/conformance/pings.yaml"
);

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pings"));
    command
        .args(arguments)
        .args(["--registry", REGISTRY])
        .current_dir(folder)
        .env_remove("PINGS_DATABASE")
        .env_remove("PINGS_CONFIG")
        .env_remove("DO_NOT_TRACK");
    command
}

/// A server, which a signal ends.
struct Server {
    process: Child,
    address: String,
    /// The element for pages.
    script: String,
}

impl Server {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let fixed = ["serve", "--ingest", "--format", "json"];
        let listen = match arguments.contains(&"--listen") {
            true => &[][..],
            false => &["--listen", "127.0.0.1:0"],
        };
        let arguments = [&fixed[..], listen, arguments].concat();
        let mut process = command(folder, &arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let told = process.stdout.as_mut().unwrap();
        BufReader::new(told).read_line(&mut line).unwrap();
        let told: Json = serde_json::from_str(&line).unwrap();
        let url = told["listening"].as_str().unwrap();
        let address = url
            .strip_prefix("http://")
            .unwrap()
            .split('/')
            .next()
            .unwrap();
        Self {
            process,
            address: address.to_owned(),
            script: told["script"].as_str().unwrap().to_owned(),
        }
    }

    /// Sends a request, and returns the status and the body.
    fn request(&self, head: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "{head}\r\nhost: a\r\nconnection: close\r\ncontent-type: text/plain\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), body.to_owned())
    }

    /// Sends an event with headers, and returns the answer.
    fn send(&self, headers: &str, number: u32, name: &str) -> Json {
        let (status, answer) = self.request(
            &format!("POST /-/pings HTTP/1.1{headers}"),
            &batch(number, name),
        );
        assert_eq!(status, 200, "{answer}");
        serde_json::from_str(&answer).unwrap()
    }

    fn stop(mut self) {
        let id = self.process.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(self.process.wait().unwrap().success());
    }
}

fn batch(number: u32, name: &str) -> String {
    let now = OffsetDateTime::now_utc();
    let at = now.format(&Rfc3339).unwrap();
    let milliseconds = now.unix_timestamp() * 1000;
    let id = format!("{milliseconds:012x}70008000{number:012x}");
    let id = [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-");
    json!({
        "v": 1, "sent_at": at,
        "events": [{
            "id": id, "name": name, "at": at, "version": "5.2.1",
            "anonymous_id": "2970-00000000-0000-7abc-8def-0123456789ab",
        }],
    })
    .to_string()
}

/// Returns the user, the visitor and the source of each row.
async fn rows(folder: &Path) -> Vec<(i64, String, String)> {
    use sqlx::{Connection, SqliteConnection};
    let path = folder.join("pings.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let mut db = SqliteConnection::connect_with(&options).await.unwrap();
    let sql = "SELECT user_id, anonymous_user_id, source FROM event_logs ORDER BY id";
    sqlx::query_as(sql).fetch_all(&mut db).await.unwrap()
}

fn init(folder: &Path) {
    assert!(command(folder, &["init"]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_received_with_the_user_of_a_proxy() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let server = Server::start(
        folder.path(),
        &["--user-header", "X-User", "--source", "APP"],
    );
    assert!(
        server
            .script
            .contains(r#"{"url":"/-/pings","consent":"granted","anonymous":"week"}"#)
    );
    assert_eq!(server.send("\r\nx-user: 7", 1, "DeskViewed")["accepted"], 1);
    assert_eq!(server.send("", 2, "DeskViewed")["accepted"], 1);
    assert_eq!(
        server.send("", 3, "DeskViewd")["refused"][0]["reason"],
        "unknown-event"
    );
    let (status, _) = server.request("POST /-/pings HTTP/1.1\r\norigin: http://evil.test", "");
    assert_eq!(status, 403);
    let (status, _) = server.request("GET /-/pings/tail HTTP/1.1", "");
    assert_eq!(status, 404, "there is no feed without a token");
    server.stop();
    let visitor = "2970-00000000-0000-7abc-8def-0123456789ab";
    let expected = [
        (7, String::new(), "APP".to_owned()),
        (0, visitor.to_owned(), "APP".to_owned()),
    ];
    assert_eq!(rows(folder.path()).await, expected);
}

/// The last header counts, which the proxy added, and only plain numbers are numbers.
#[test]
fn users_are_those_that_the_proxy_names() {
    let folder = tempfile::tempdir().unwrap();
    let init = ["init", "--user-id", "text"];
    assert!(command(folder.path(), &init).status().unwrap().success());
    let server = Server::start(folder.path(), &["--user-header", "X-User"]);
    for (number, users) in (1..).zip([
        "\r\nx-user: 007",
        "\r\nx-user: evil\r\nx-user: josé",
        "\r\nx-user: ",
    ]) {
        assert_eq!(server.send(users, number, "DeskViewed")["accepted"], 1);
    }
    server.stop();
    let out = command(folder.path(), &["tail", "--no-follow", "--format", "json"])
        .output()
        .unwrap();
    let out = String::from_utf8(out.stdout).unwrap();
    let actors: Vec<String> = out
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).unwrap())
        .filter(|line| line["kind"] == "event")
        .map(|line| line["actor"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(actors, ["user", "user", "visitor"]);
}

/// If gathering is switched off, pages still get answers, so that they keep no events for later.
#[test]
fn requests_are_answered_if_gathering_is_switched_off() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pings-config.yaml"), "gather: false\n").unwrap();
    let server = Server::start(folder.path(), &[]);
    assert!(server.script.contains(r#""consent":"denied""#));
    let answer = server.send("", 1, "DeskViewed");
    assert_eq!(answer["refused"][0]["reason"], "switched-off");
    server.stop();
    assert!(!folder.path().join("pings.db").exists());
}

/// Without `--user-header`, no header makes a user.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_header_is_trusted_by_default() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let server = Server::start(folder.path(), &[]);
    server.send(
        "\r\nx-user: 7\r\nx-user-id: 7\r\nremote-user: 7",
        1,
        "DeskViewed",
    );
    server.stop();
    assert_eq!(rows(folder.path()).await[0].0, 0);
}

/// The token shows all events, also those that are refused.
#[test]
fn a_token_lets_developers_follow_the_events() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let server = Server::start(folder.path(), &["--tail-token", "secret"]);
    for authorization in [
        "",
        "\r\nauthorization: Bearer wrong",
        "\r\nauthorization: secret",
    ] {
        let head = format!("GET /-/pings/tail HTTP/1.1{authorization}");
        assert_eq!(server.request(&head, "").0, 401);
    }
    let mut stream = TcpStream::connect(&server.address).unwrap();
    write!(
        stream,
        "GET /-/pings/tail HTTP/1.1\r\nhost: a\r\nauthorization: Bearer secret\r\n\r\n"
    )
    .unwrap();
    let mut followed = BufReader::new(stream).lines().map(|line| line.unwrap());
    assert!(followed.next().unwrap().ends_with("200 OK"));
    let body = batch(1, "DeskViewed");
    server.request("POST /-/pings HTTP/1.1", &body);
    server.request("POST /-/pings HTTP/1.1", &body);
    server.send("", 2, "DeskViewd");
    let mut events = followed.filter(|line| line.starts_with('{'));
    for (outcome, reason, name) in [
        ("logged", Json::Null, "DeskViewed"),
        ("duplicate", Json::Null, "DeskViewed"),
        ("refused", json!("unknown-event"), "DeskViewd"),
    ] {
        let line: Json = serde_json::from_str(&events.next().unwrap()).unwrap();
        assert_eq!(line["outcome"], outcome, "{line}");
        assert_eq!(line["reason"], reason, "{line}");
        assert_eq!(line["event"]["name"], name, "{line}");
        assert_eq!(
            (&line["actor"], &line["source"]),
            (&json!("visitor"), &json!("WEB"))
        );
        assert!(line["event"].get("anonymous_id").is_none(), "{line}");
    }
    server.stop();
}

/// `pings tail` shows what the endpoint receives and refuses, and goes on after a restart.
#[test]
fn tail_follows_the_endpoint() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let server = Server::start(folder.path(), &["--tail-token", "secret"]);
    let url = format!("http://{}/-/pings", server.address);
    let follow = |token: &str| {
        let arguments = [
            "tail",
            "--ingest",
            &url,
            "--token",
            token,
            "--event",
            "DeskViewed",
        ];
        let mut tail = command(folder.path(), &arguments);
        tail.stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let wrong = follow("wrong").wait_with_output().unwrap();
    let told = String::from_utf8(wrong.stderr).unwrap();
    assert_eq!(wrong.status.code(), Some(1), "{told}");
    assert!(told.contains("refuses the token"), "{told}");

    let mut tail = follow("secret");
    let mut notes = BufReader::new(tail.stderr.take().unwrap()).lines();
    let mut events = BufReader::new(tail.stdout.take().unwrap()).lines();
    let mut note = || notes.next().unwrap().unwrap();
    let mut shown = || events.next().unwrap().unwrap();
    assert!(note().contains("Following"));
    server.send("", 1, "DeskViewed");
    assert!(shown().contains("DeskViewed"));
    assert!(shown().ends_with("no metric counts it"));
    // Another event is not shown.
    server.send("", 2, "DeskViewd");
    let listen = server.address.clone();
    server.stop();
    assert!(note().contains("does not answer"));
    let server = Server::start(
        folder.path(),
        &["--tail-token", "secret", "--listen", &listen],
    );
    assert!(note().contains("the endpoint answers again"));
    let body = batch(3, "DeskViewed");
    for end in ["no metric counts it", "logged before, and not again"] {
        server.request("POST /-/pings HTTP/1.1\r\nx-user: 7", &body);
        assert!(shown().contains("visitor"));
        assert!(shown().ends_with(end));
    }
    let id = tail.id().to_string();
    Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(tail.wait().unwrap().success());
    server.stop();
}

#[test]
fn mistakes_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    for (arguments, message) in [
        (&["serve"][..], "--ingest"),
        (
            &["serve", "--ingest", "--path", "pings"],
            "a path starts with one `/`",
        ),
        (
            &["serve", "--ingest", "--allow-origin", "app.example.com"],
            "an origin is a scheme and a host",
        ),
        (
            &["serve", "--ingest", "--requests-per-second", "0"],
            "requests-per-second",
        ),
        (
            &["serve", "--ingest", "--user-header", "no header"],
            "`no header` is not a valid name",
        ),
        (
            &["serve", "--ingest", "--database", "sqlite://missing.db"],
            "missing.db",
        ),
    ] {
        let output = command(folder.path(), arguments).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
        assert!(told.contains(message), "{told}");
    }
}

#[test]
fn connections_that_send_nothing_make_room_for_others() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path());
    let server = Server::start(folder.path(), &[]);
    let idle: Vec<TcpStream> = (0..520)
        .map(|_| {
            let mut stream = TcpStream::connect(&server.address).unwrap();
            stream.write_all(b"POST /-/pings HTTP/1.1\r\n").unwrap();
            stream
        })
        .collect();
    // The server accepts no further connection until it closes the first ones.
    assert_eq!(server.send("", 1, "DeskViewed")["accepted"], 1);
    let mut first = &idle[0];
    let mut answer = Vec::new();
    let _ = first.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
    server.stop();
}
