//! A store in a separate process, and payloads to send to it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::{Value, json};

/// A running store.
pub struct Vendor {
    process: Child,
    input: Option<ChildStdin>,
    /// The address that the store listens on.
    pub address: String,
}

impl Vendor {
    /// Starts the program with a database, and returns once it listens on the given address.
    ///
    /// # Panics
    ///
    /// Panics if the store does not start.
    #[must_use]
    pub fn start(program: &Path, database: &str, listen: &str, token: Option<&str>) -> Self {
        let mut command = Command::new(program);
        command
            .args([database, listen])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if let Some(token) = token {
            command.env("TOKEN", token);
        }
        let mut process = command.spawn().expect("the store starts");
        let mut address = String::new();
        BufReader::new(process.stdout.take().expect("an output"))
            .read_line(&mut address)
            .expect("an address");
        let address = address.trim().to_owned();
        assert!(!address.is_empty(), "the store does not listen");
        Self {
            input: process.stdin.take(),
            process,
            address,
        }
    }

    /// Kills the store with `kill -9`.
    ///
    /// # Panics
    ///
    /// Panics if the store cannot be killed.
    pub fn kill(&mut self) {
        self.process.kill().expect("it is killed");
        self.process.wait().expect("it ends");
    }

    /// Asks the store to stop, and waits until it has stopped.
    ///
    /// # Panics
    ///
    /// Panics if the store fails.
    pub fn stop(mut self) {
        drop(self.input.take());
        assert!(self.process.wait().expect("it ends").success());
    }

    /// Returns the peak memory of the store in KiB.
    ///
    /// # Panics
    ///
    /// Panics if the system does not provide the value.
    #[must_use]
    pub fn most_memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(path).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        kib.expect("its memory")
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns a payload of an instance, given by its number, that contains `value` in several forms.
#[must_use]
pub fn payload(instance: u32, week: u32, revision: u32, value: u32) -> Value {
    let borders = [
        ["2021-01-04T00:00:00Z", "2021-01-11T00:00:00Z"],
        ["2021-01-11T00:00:00Z", "2021-01-18T00:00:00Z"],
        ["2021-01-18T00:00:00Z", "2021-01-25T00:00:00Z"],
        ["2021-01-25T00:00:00Z", "2021-02-01T00:00:00Z"],
    ];
    let week = week % 4;
    let [start, end] = borders[week as usize];
    json!({
        "format": 1, "registry": "code_insights", "fingerprint": "sha256:0123",
        "instance": format!("00000000-0000-4000-8000-{instance:012x}"),
        "version": "3.36.0", "week": format!("2021-W{:02}", week + 1), "start": start, "end": end,
        "revision": revision, "versions": { "3.35.1": 1, "3.36.0": 12 },
        "metrics": {
            "A": { "count": value, "unique_users": value.min(2) },
            "B": { "by": ["x"], "rows": [{ "x": "a", "count": value }, { "x": null, "count": 1 }] },
            "C": { "steps": [{ "events": ["A"], "count": 5, "users": 4, "reached": 4 }] },
            "D": { "error": "time_limit" },
        },
        "took_ms": { "A": 1 }, "runtime": { "dropped": 0 },
    })
}
