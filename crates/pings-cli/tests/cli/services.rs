//! Services, and the service manager that they report to.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use time::OffsetDateTime;

pub(crate) const REGISTRY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pings.yaml");

/// How long a test waits for something.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something is so.
pub(crate) fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

pub(crate) fn pings(folder: &Path) -> Command {
    let mut pings = Command::new(env!("CARGO_BIN_EXE_pings"));
    pings.current_dir(folder).env("PINGS_REGISTRY", REGISTRY);
    for name in [
        "PINGS_CONFIG",
        "PINGS_DATABASE",
        "PINGS_STORE",
        "PINGS_STORE_TOKEN",
        "PINGS_GATHER",
        "PINGS_SEND",
    ] {
        pings.env_remove(name);
    }
    pings
}

/// A service manager, which a service reports to.
pub(crate) struct Manager {
    socket: UnixDatagram,
    pub(crate) path: PathBuf,
}

impl Manager {
    pub(crate) fn new(folder: &Path) -> Self {
        let path = folder.join("notify.socket");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { socket, path }
    }

    /// Waits for a message with this line.
    pub(crate) fn wait(&self, line: &str) {
        let mut bytes = [0; 4096];
        loop {
            let size = self.socket.recv(&mut bytes).unwrap();
            let message = std::str::from_utf8(&bytes[..size]).unwrap();
            if message.lines().any(|it| it == line) {
                return;
            }
        }
    }
}

/// A running service, whose output is collected.
pub(crate) struct Service {
    pub(crate) process: Child,
    told: Arc<Mutex<String>>,
}

impl Service {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let told = Arc::new(Mutex::new(String::new()));
        fn collect(from: impl Read + Send + 'static, told: Arc<Mutex<String>>) {
            std::thread::spawn(move || {
                for line in BufReader::new(from).lines().map_while(Result::ok) {
                    told.lock().unwrap().push_str(&format!("{line}\n"));
                }
            });
        }
        collect(process.stdout.take().unwrap(), Arc::clone(&told));
        collect(process.stderr.take().unwrap(), Arc::clone(&told));
        Self { process, told }
    }

    pub(crate) fn told(&self) -> String {
        self.told.lock().unwrap().clone()
    }

    /// Returns the address that the service listens on.
    pub(crate) fn address(&self) -> String {
        until("the address", || {
            let told = self.told();
            let listening = "Listening on http://";
            let from = told.find(listening)? + listening.len();
            let address: String = told[from..]
                .chars()
                .take_while(|c| c.is_ascii_digit() || ".:".contains(*c))
                .collect();
            Some(address)
        })
    }

    /// Waits until the service has said something.
    pub(crate) fn says(&self, text: &str) {
        until(text, || self.told().contains(text).then_some(()));
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").args([name, &id]).status();
        assert!(sent.unwrap().success());
    }

    pub(crate) fn stop(mut self) {
        self.signal("-TERM");
        assert!(self.process.wait().unwrap().success(), "{}", self.told());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Sends a request, and returns the status and the body.
pub(crate) fn request(address: &str, head: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{head}\r\nhost: a\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

pub(crate) fn get(address: &str, path: &str) -> (u16, String) {
    request(address, &format!("GET {path} HTTP/1.1"), "")
}

/// Creates an instance with two weeks.
pub(crate) fn instance(folder: &Path) {
    assert!(pings(folder).arg("init").output().unwrap().status.success());
    // The week must be old enough for every send slot.
    record(folder, 3);
}

pub(crate) fn record(folder: &Path, weeks_back: i64) {
    let at = OffsetDateTime::now_utc() - time::Duration::weeks(weeks_back);
    let recorded = pings(folder)
        .args(["record", "InsightHover", "--user", "7"])
        .args(["--arg", "insightType=searchInsights"])
        .args(["--product-version", "3.36.0", "--at"])
        .arg(format!("{}T12:00:00Z", at.date()))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&recorded.stderr);
    assert!(recorded.status.success(), "{told}");
}
