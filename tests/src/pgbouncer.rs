//! Runs PgBouncer in front of a server.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use xtask::services::pgbouncer;

use crate::postgres::{command_in, hand_over, write_private};
use crate::skipped::skip;

/// The maximum time that PgBouncer may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A pooler for a single test.
pub struct PgBouncer {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl PgBouncer {
    /// Starts a pooler in transaction mode with two connections to the server at a socket. Returns
    /// `None` and prints a message if PgBouncer is not installed.
    ///
    /// # Panics
    ///
    /// Panics if PgBouncer cannot be started, or if it is not installed and tests must not be
    /// skipped.
    #[must_use]
    pub fn start(socket: &Path) -> Option<Self> {
        let Some(program) = program() else {
            skip("PgBouncer", "install it");
            return None;
        };
        let folder = TempDir::with_prefix("pings-pgbouncer-").expect("a folder");
        hand_over(folder.path()).expect("a folder of the pooler's user");
        let port = free_port();
        let settings = format!(
            "[databases]\n* = host={} port=5432 user=postgres\n\
             [pgbouncer]\npool_mode = transaction\ndefault_pool_size = 2\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = any\n",
            socket.display()
        );
        let file = folder.path().join("pgbouncer.ini");
        write_private(&file, &settings).expect("its settings");
        let process = command_in(folder.path(), &program)
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a pooler");
        let pooler = Self {
            process,
            port,
            _folder: folder,
        };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < PATIENCE, "PgBouncer never answers");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(pooler)
    }

    /// Returns the address of the database behind the pooler.
    #[must_use]
    pub fn address(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns a port that is currently free.
///
/// # Panics
///
/// Panics if no port is available.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

/// Finds the program.
fn program() -> Option<PathBuf> {
    pgbouncer::program(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
}
