//! A PostgreSQL that is stopped, killed and started again.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tempfile::TempDir;

use crate::pgbouncer::free_port;
use crate::postgres::{binaries, command_in, init, write_private};

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server of one test.
pub struct Server {
    binaries: PathBuf,
    folder: TempDir,
    process: Option<Child>,
    /// Settings beside those of every server, as `name=value`.
    settings: Vec<String>,
    port: u16,
}

impl Server {
    /// A new one that runs; none where PostgreSQL is not installed.
    ///
    /// # Panics
    ///
    /// Where it cannot be started, or is not installed where `CI` is set.
    pub async fn start_new() -> Option<Self> {
        Self::start_with(&[], &[]).await
    }

    /// A new one that is also reached over TCP, and the address for that.
    ///
    /// # Panics
    ///
    /// As [`Self::start_new`].
    pub async fn start_on_tcp() -> Option<(Self, String)> {
        let port = free_port();
        let listen = "listen_addresses=127.0.0.1".to_owned();
        let server = Self::start_with(&[], &[listen, format!("port={port}")]).await?;
        let address = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        Some((server, address))
    }

    /// A new one with these files in its data folder and with these settings, `name=value`.
    ///
    /// # Panics
    ///
    /// As [`Self::start_new`].
    pub async fn start_with(files: &[(&str, &str)], settings: &[String]) -> Option<Self> {
        let Some(binaries) = binaries() else {
            assert!(
                std::env::var_os("CI").is_none(),
                "no PostgreSQL, which CI must have"
            );
            return None;
        };
        let folder = TempDir::with_prefix("pings-server-").expect("a folder");
        init(&binaries, folder.path()).expect("a cluster");
        for (name, text) in files {
            let path = folder.path().join("data").join(name);
            write_private(&path, text).expect("a file of the server");
        }
        let mut server = Self {
            binaries,
            folder,
            process: None,
            settings: settings.to_vec(),
            port: settings
                .iter()
                .find_map(|it| it.strip_prefix("port=")?.parse().ok())
                .unwrap_or(5432),
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
            .args(self.settings.iter().flat_map(|it| ["-c", it.as_str()]))
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

    /// The folder of its socket.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
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
            .port(self.port)
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
