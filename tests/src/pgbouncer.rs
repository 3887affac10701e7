//! PgBouncer in front of a server, as Debian installs it.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::postgres::{command_in, hand_over, write_private};

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A pooler of one test.
pub struct PgBouncer {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl PgBouncer {
    /// A pooler in transaction mode with two connections to the server at that socket; none
    /// where PgBouncer is not installed, which is said loudly.
    ///
    /// # Panics
    ///
    /// Where it cannot be started, or is not installed where `CI` is set.
    #[must_use]
    pub fn start(socket: &Path) -> Option<Self> {
        let Some(program) = program() else {
            assert!(
                std::env::var_os("CI").is_none(),
                "no PgBouncer, which CI must have"
            );
            let skipped = b"\nSKIPPED with PgBouncer: it is not installed\n\n";
            let _ = std::io::Write::write_all(&mut std::io::stderr(), skipped);
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

    /// The address of the database behind it.
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

/// A port that is free at this moment.
///
/// # Panics
///
/// Where there is none.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

/// Debian installs it where only root looks.
fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    let mut programs = folders.map(|folder| folder.join("pgbouncer"));
    programs.find(|program| program.exists())
}
