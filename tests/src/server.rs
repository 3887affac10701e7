//! A PostgreSQL server that tests can stop, kill and restart.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tempfile::TempDir;

use crate::pgbouncer::free_port;
use crate::postgres::{binaries, command_in, init, missing, write_private};

/// The maximum time that the server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server for a single test.
pub struct Server {
    binaries: PathBuf,
    folder: TempDir,
    process: Option<Child>,
    /// Additional settings, as `name=value`.
    settings: Vec<String>,
    port: u16,
}

impl Server {
    /// Starts a new server. Returns `None` if PostgreSQL is not installed.
    ///
    /// # Panics
    ///
    /// Panics if the server cannot be started, or if PostgreSQL is not installed and tests must
    /// not be skipped.
    pub async fn start_new() -> Option<Self> {
        Self::start_with(&[], &[]).await
    }

    /// Starts a new server that also listens on TCP, and returns its TCP address.
    ///
    /// # Panics
    ///
    /// Panics like [`Self::start_new`].
    pub async fn start_on_tcp() -> Option<(Self, String)> {
        let port = free_port();
        let listen = "listen_addresses=127.0.0.1".to_owned();
        let server = Self::start_with(&[], &[listen, format!("port={port}")]).await?;
        let address = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        Some((server, address))
    }

    /// Starts a new server with additional files in its data folder and additional settings,
    /// `name=value`.
    ///
    /// # Panics
    ///
    /// Panics like [`Self::start_new`].
    pub async fn start_with(files: &[(&str, &str)], settings: &[String]) -> Option<Self> {
        let Some(binaries) = binaries() else {
            missing();
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

    /// Starts the server, and returns once it answers.
    ///
    /// # Panics
    ///
    /// Panics if the server does not answer within a minute.
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

    /// Stops the server with a signal. `-9` simulates a crash.
    ///
    /// # Panics
    ///
    /// Panics if the server is not running.
    pub fn stop(&mut self, signal: &str) {
        let mut process = self.process.take().expect("it runs");
        let id = process.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("kill").success());
        process.wait().expect("it ends");
        // After `kill -9`, the child processes take a moment to notice that their parent is gone.
        let start = Instant::now();
        while self.folder.path().join("data/postmaster.pid").exists()
            && start.elapsed() < Duration::from_secs(2)
        {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Returns the folder of the server's socket.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Returns the address of the server.
    #[must_use]
    pub fn address(&self) -> String {
        self.options().to_url_lossy().to_string()
    }

    /// Returns the socket on which the server listens.
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
