//! Tests `pings tail` for the terminal.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where something fails"
)]

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use sqlx::{Connection, SqliteConnection};

fn pings(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pings"));
    command
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .env_remove("PINGS_DATABASE")
        .env_remove("PINGS_REGISTRY")
        .stdin(Stdio::null());
    command
}

fn call(folder: &Path, arguments: &str) -> (i32, String, String) {
    let output = pings(folder, arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

const EVENTS: &str = r#"{"name":"TicketOpened","user_id":7,"timestamp":"2021-01-25T09:00:00Z","argument":{"channel":"mail","attachments":2},"version":"2.4.0"}
{"name":"TicketOpened","anonymous_user_id":"x","timestamp":"2021-01-25T09:00:01Z","argument":{"channel":"Mail","attachments":"two","draft":true,"note":"a b"},"version":"2.4.0"}
{"name":"TicketOpend","user_id":7,"timestamp":"2021-01-25T09:00:02Z","source":"IDE","argument":{"channel":"chat"},"version":"2.4.0"}
{"name":"TicketClosed","user_id":7,"timestamp":"2021-01-25T09:00:03Z","version":"2.0"}
{"name":"TicketOpened","user_id":8,"timestamp":"2021-02-01T00:00:00Z","argument":{"channel":"phone","attachments":1},"version":"2.3.1"}
{"name":"TicketOpened","user_id":8,"timestamp":"2021-02-01T00:00:01Z","argument":{"channel":"\u001b]0;title\u0007\n\u202e","attachments":0},"version":"dev"}
"#;

/// Returns a folder with the registry of a help desk and an event log.
fn desk() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let registry = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/help_desk/pings.yaml");
    std::fs::copy(registry, folder.path().join("pings.yaml")).unwrap();
    std::fs::write(folder.path().join("events.ndjson"), EVENTS).unwrap();
    for command in ["init -q", "import -q events.ndjson"] {
        assert_eq!(call(folder.path(), command).0, 0, "{command}");
    }
    folder
}

#[test]
fn events_are_shown_with_their_faults_and_the_metrics_that_they_move() {
    let desk = desk();
    let (code, out, err) = call(desk.path(), "tail --no-follow");
    assert_eq!((code, err.as_str()), (0, ""));
    insta::assert_snapshot!("tail", out);
}

#[test]
fn only_the_requested_events_are_shown() {
    let desk = desk();
    let shown = |arguments: &str| {
        let (code, out, err) = call(desk.path(), &format!("tail --no-follow {arguments}"));
        assert_eq!(code, 0, "{err}");
        let events = out.lines().filter(|line| line.starts_with("2021-0"));
        let name = |line: &str| line.split_whitespace().nth(1).unwrap().to_owned();
        events.map(name).collect::<Vec<_>>()
    };
    assert_eq!(shown("--event TicketSolved"), ["TicketClosed"]);
    assert_eq!(shown("--event TicketClosed"), ["TicketClosed"]);
    assert_eq!(
        shown("--event TicketSolved --event TicketOpened --last 3"),
        ["TicketClosed", "TicketOpened", "TicketOpened"]
    );
    assert_eq!(shown("--last 0"), Vec::<String>::new());

    let (code, _, err) = call(desk.path(), "tail --event TicketOpend");
    assert_eq!(code, 1);
    assert_eq!(
        err,
        "error: the registry has no event `TicketOpend`\nhelp: did you mean `TicketOpened`?\n"
    );
}

#[test]
fn without_an_event_log_nothing_is_created() {
    let desk = tempfile::tempdir().unwrap();
    let registry = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/help_desk/pings.yaml");
    let arguments = format!("tail --registry {registry}");
    let (code, _, err) = call(desk.path(), &arguments);
    assert_eq!(code, 1);
    assert!(
        err.ends_with("help: create it with `pings init`\n"),
        "{err}"
    );
    assert_eq!(std::fs::read_dir(desk.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn an_event_with_an_unreadable_time_is_in_no_week() {
    let desk = desk();
    let url = format!("sqlite://{}", desk.path().join("pings.db").display());
    let mut database = SqliteConnection::connect(&url).await.unwrap();
    let sql = "INSERT INTO event_logs (name, source, version, timestamp) \
               VALUES ('ArticleViewed', 'WEB', '2.4.0', 'yesterday')";
    sqlx::query(sql).execute(&mut database).await.unwrap();
    let (code, out, _) = call(desk.path(), "tail --no-follow --last 1");
    assert_eq!(code, 0);
    assert_eq!(
        out,
        "–                     ArticleViewed  nobody   WEB  2.4.0\n\
         \x20                     the time is not valid: the event is not counted in any week\n\
         \x20                     moves ArticleThenTicket\n"
    );
}

#[test]
fn a_closed_pipe_ends_the_command_quietly() {
    let desk = desk();
    let mut tail = pings(desk.path(), "tail --last 1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(tail.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    assert!(
        line.starts_with("2021-02-01T00:00:01Z  TicketOpened"),
        "{line}"
    );
    let mut messages = BufReader::new(tail.stderr.take().unwrap());
    line.clear();
    messages.read_line(&mut line).unwrap();
    assert!(line.contains("Following sqlite://pings.db"), "{line}");
    drop(out);
    let record = "record -q ArticleViewed --user 7 --product-version 2.4.0";
    assert_eq!(call(desk.path(), record).0, 0);
    assert_eq!(tail.wait().unwrap().code(), Some(0));
    line.clear();
    messages.read_to_string(&mut line).unwrap();
    assert_eq!(line, "");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_command_without_an_error() {
    let desk = desk();
    let mut tail = pings(desk.path(), "tail --last 0")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut messages = BufReader::new(tail.stderr.take().unwrap());
    messages.read_line(&mut String::new()).unwrap();
    let id = tail.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
    assert_eq!(tail.wait().unwrap().code(), Some(0));
}
