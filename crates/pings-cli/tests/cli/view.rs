//! Tests `pings view` as a person uses it.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

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
        .env_remove("PINGS_STORE")
        .env_remove("DO_NOT_TRACK");
    command
}

/// Sends a request, and returns the status and the rest of the answer.
fn get(address: &str, path: &str, cookie: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}");
    write!(stream, "{head}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer)
}

#[test]
fn the_printed_address_opens_the_pages_once() {
    let folder = tempfile::tempdir().unwrap();
    let created = command(folder.path(), &["init"]).output().unwrap();
    assert!(created.status.success(), "{created:?}");
    let mut process = command(folder.path(), &["view"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let told = process.stdout.as_mut().unwrap();
    BufReader::new(told).read_line(&mut line).unwrap();
    let rest = line.trim().strip_prefix("http://127.0.0.1:").unwrap();
    let (port, path) = rest.split_once('/').unwrap();
    let (address, path) = (format!("127.0.0.1:{port}"), format!("/{path}"));
    assert_eq!(get(&address, "/", "").0, 401);
    let (status, answer) = get(&address, &path, "");
    assert_eq!(status, 303, "{answer}");
    assert_eq!(get(&address, &path, "").0, 401);
    let (_, cookie) = answer.split_once("set-cookie: ").unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let (status, page) = get(&address, "/", cookie);
    assert_eq!(status, 200, "{page}");
    assert!(
        page.contains("Nothing leaves this instance: no store is configured"),
        "{page}"
    );
    process.kill().unwrap();
    process.wait().unwrap();
}
