//! Temporary ClickHouse servers, which are removed after the tests.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use xtask::services::clickhouse::package;

use crate::skipped::skip_unless_in_ci;

/// The program that starts a server.
const PROGRAM: &str = include_str!("clickhouse.py");

/// The server for all tests of a process.
static SERVER: OnceLock<Option<Server>> = OnceLock::new();

/// Returns the address of a new, empty database. Returns `None` and prints a message if ClickHouse is
/// not available.
///
/// # Panics
///
/// Panics if ClickHouse fails, or if it is not available in CI.
pub fn database() -> Option<String> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let server = SERVER.get_or_init(|| {
        let package = package(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))?;
        let folder = TempDir::with_prefix("pings-clickhouse-").expect("a folder");
        // The keeper removes the folder.
        Some(Server::start(&package, &folder.keep(), None, true).expect("a ClickHouse server"))
    });
    let server = server.as_ref().or_else(|| {
        missing();
        None
    })?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    Some(format!(
        "clickhouse://127.0.0.1:{}/pings_test_{number}",
        server.port
    ))
}

/// Returns the folder of the package with the server. Returns `None` and prints a message if it is
/// missing.
///
/// # Panics
///
/// Panics if the package is missing in CI.
#[must_use]
pub fn packages() -> Option<PathBuf> {
    let found = package(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    if found.is_none() {
        missing();
    }
    found
}

fn missing() {
    skip_unless_in_ci("ClickHouse", "run `cargo xtask clickhouse`");
}

/// A server in a folder.
///
/// A shell process keeps the server, which ends when the input of the shell does, because this process
/// ends for any reason.
pub struct Server {
    /// The port of the HTTP interface.
    pub port: u16,
    folder: PathBuf,
    keeper: Child,
    input: Option<ChildStdin>,
}

const KEEPER: &str = r#"
python3 "$1/clickhouse.py" "$1" $2 2>"$1/log"
[ "$3" = temporary ] && rm -rf "$1"
"#;

impl Server {
    /// Starts a server with its data in a folder. A temporary folder is removed at the end.
    ///
    /// # Errors
    ///
    /// Returns an error if the server does not start.
    pub fn start(
        package: &Path,
        folder: &Path,
        configuration: Option<&Path>,
        is_temporary: bool,
    ) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("clickhouse.py"), PROGRAM)?;
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", KEEPER, "keeper"])
            .arg(folder)
            .arg(configuration.unwrap_or(Path::new("")))
            .arg(if is_temporary { "temporary" } else { "" })
            .env("PYTHONPATH", package)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut keeper = command.spawn()?;
        let input = keeper.stdin.take();
        let mut line = String::new();
        if let Some(output) = keeper.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let port = line.trim().parse().map_err(|_| {
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            io::Error::other(format!("ClickHouse does not start: {line}{log}"))
        })?;
        Ok(Self {
            port,
            folder: folder.to_owned(),
            keeper,
            input,
        })
    }
}

/// Returns the configuration of a server that listens on these ports of this machine.
#[must_use]
pub fn configuration([http, tcp]: [u16; 2], more: &str) -> String {
    format!(
        "<clickhouse><listen_host>127.0.0.1</listen_host><http_port>{http}</http_port>\
         <tcp_port>{tcp}</tcp_port><logger><level>warning</level></logger>\
         <max_server_memory_usage>2000000000</max_server_memory_usage>\
         <background_pool_size>2</background_pool_size>{more}</clickhouse>"
    )
}

/// Returns free ports for servers, two for each.
///
/// # Panics
///
/// Panics if there are none.
#[must_use]
pub fn ports(servers: usize) -> Vec<[u16; 2]> {
    let listen = || TcpListener::bind("127.0.0.1:0").expect("a port");
    let listeners: Vec<[TcpListener; 2]> = (0..servers).map(|_| [listen(), listen()]).collect();
    let port = |it: &TcpListener| it.local_addr().expect("a port").port();
    listeners
        .iter()
        .map(|[one, other]| [port(one), port(other)])
        .collect()
}

impl Server {
    /// Runs a statement in a database.
    ///
    /// # Panics
    ///
    /// Panics if the statement fails.
    pub fn run(&self, database: &str, sql: &str) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        let head = format!(
            "POST /?database={database} HTTP/1.0\r\nhost: clickhouse\r\ncontent-length: {}\r\n\r\n",
            sql.len()
        );
        stream.write_all(head.as_bytes()).expect("a request");
        stream.write_all(sql.as_bytes()).expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let status = answer.split(' ').nth(1);
        assert_eq!(status, Some("200"), "{sql}: {answer}");
    }

    /// Kills the server with `kill -9`.
    ///
    /// # Panics
    ///
    /// Panics if it cannot be killed.
    pub fn kill(&mut self) {
        let id = std::fs::read_to_string(self.folder.join("id")).expect("the id of the process");
        let killed = Command::new("kill").args(["-9", id.trim()]).status();
        assert!(killed.expect("kill").success());
        self.keeper.wait().expect("the keeper ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.keeper.wait();
    }
}
