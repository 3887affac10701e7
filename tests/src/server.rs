//! A PostgreSQL that is stopped, killed and started again.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tempfile::TempDir;

use crate::postgres::{binaries, command_in, init};

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server of one test.
pub struct Server {
    binaries: PathBuf,
    folder: TempDir,
    process: Option<Child>,
}

impl Server {
    /// A new one that runs; none where PostgreSQL is not installed.
    ///
    /// # Panics
    ///
    /// Where it cannot be started, or is not installed where `CI` is set.
    pub async fn start_new() -> Option<Self> {
        let Some(binaries) = binaries() else {
            assert!(
                std::env::var_os("CI").is_none(),
                "no PostgreSQL, which CI must have"
            );
            return None;
        };
        let folder = TempDir::with_prefix("pings-server-").expect("a folder");
        init(&binaries, folder.path()).expect("a cluster");
        let mut server = Self {
            binaries,
            folder,
            process: None,
        };
        server.start().await;
        Some(server)
    }

    /// Starts it, and returns once it answers.
    ///
    /// # Panics
    ///
    /// Where it does not within a minute.
    pub async fn start(&mut self) {
        let folder = self.folder.path();
        let process = command_in(folder, &self.binaries.join("postgres"))
            .arg("-D")
            .arg(folder.join("data"))
            .arg("-k")
            .arg(folder)
            .args(["-c", "listen_addresses=", "-c", "max_connections=40"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a server");
        self.process = Some(process);
        let options = self.options();
        let start = Instant::now();
        while PgConnection::connect_with(&options).await.is_err() {
            assert!(start.elapsed() < PATIENCE, "it never answers");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Stops it at once, as a crash of the machine would: with `kill -9` if so wanted.
    ///
    /// # Panics
    ///
    /// Where it does not run.
    pub fn stop(&mut self, signal: &str) {
        let mut process = self.process.take().expect("it runs");
        let id = process.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("kill").success());
        process.wait().expect("it ends");
        // After kill -9 its children take a moment to see that they are orphans.
        let start = Instant::now();
        while self.folder.path().join("data/postmaster.pid").exists()
            && start.elapsed() < Duration::from_secs(2)
        {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Its address.
    #[must_use]
    pub fn address(&self) -> String {
        self.options().to_url_lossy().to_string()
    }

    /// The socket on which it listens.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join(".s.PGSQL.5432")
    }

    fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new()
            .socket(self.folder.path())
            .port(5432)
            .username("postgres")
            .database("postgres")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.process.is_some() {
            self.stop("-INT");
        }
    }
}
