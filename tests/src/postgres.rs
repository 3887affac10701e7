//! A temporary PostgreSQL cluster that listens on a socket only, and is removed after the tests.

use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use xtask::services::postgres::{ADDRESS, programs};

use crate::skipped::skip;

/// The server for all tests of a process.
enum Server {
    /// An external server.
    Given(Box<PgConnectOptions>),
    /// A temporary cluster.
    Own(Cluster),
    /// No server.
    Missing,
}

static SERVER: OnceLock<Server> = OnceLock::new();

/// Creates an empty database. Returns `None` and prints a message if PostgreSQL is not available.
///
/// # Panics
///
/// Panics if PostgreSQL fails, or if it is not available and tests must not be skipped.
pub async fn database() -> Option<PgConnectOptions> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let server = match SERVER.get_or_init(server) {
        Server::Given(options) => PgConnectOptions::clone(options),
        Server::Own(cluster) => cluster.options(),
        Server::Missing => {
            missing();
            return None;
        }
    };
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let ours = format!("pings_test_{}_", std::process::id());
    let name = format!("{ours}{number}");
    let mut connection = connected(&server).await;
    let mut drop = Vec::new();
    if number == 0 {
        drop = abandoned(&mut connection).await;
        drop.retain(|name| !name.starts_with(&ours));
    }
    for sql in drop
        .into_iter()
        .map(|name| format!("DROP DATABASE IF EXISTS {name}"))
        .chain([format!("CREATE DATABASE {name}")])
    {
        sqlx::query(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .expect("a new database");
    }
    Some(server.database(&name))
}

/// Returns databases that earlier runs left on an external server.
async fn abandoned(connection: &mut PgConnection) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT datname::text FROM pg_database WHERE datname ~ '^pings_test_[0-9]+_[0-9]+$' \
         AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE pg_stat_activity.datname = pg_database.datname)",
    )
    .fetch_all(connection)
    .await
    .expect("the server's databases")
}

/// Connects to a server. A server that has just started may refuse connections at first.
async fn connected(server: &PgConnectOptions) -> PgConnection {
    let start = Instant::now();
    loop {
        match PgConnection::connect_with(server).await {
            Ok(connection) => return connection,
            Err(error) if start.elapsed() > PATIENCE => {
                panic!("PostgreSQL does not answer: {error}")
            }
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// The maximum time that a server may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

fn server() -> Server {
    if let Ok(url) = env::var(ADDRESS) {
        return Server::Given(Box::new(
            url.parse().expect("PINGS_TEST_POSTGRES_URL is an address"),
        ));
    }
    match binaries() {
        Some(binaries) => Server::Own(Cluster::start(&binaries).expect("a PostgreSQL cluster")),
        None => Server::Missing,
    }
}

/// Skips a test, because PostgreSQL is not available.
pub(crate) fn missing() {
    skip(
        "PostgreSQL",
        "install the server, run `cargo xtask postgres`, or set PINGS_TEST_POSTGRES_URL",
    );
}

/// Returns the folder with `initdb` and `postgres`.
pub(crate) fn binaries() -> Option<PathBuf> {
    programs(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
}

/// A cluster in a temporary folder.
///
/// A shell process keeps the server. The shell waits for the end of its input, which occurs when
/// this process ends for any reason, and then stops the server and removes the folder.
struct Cluster {
    socket: PathBuf,
    _keeper: Child,
    _alive: ChildStdin,
}

const KEEPER: &str = r#"
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c synchronous_commit=off \
    -c full_page_writes=off -c max_connections=40 -c shared_buffers=64MB >"$2/log" 2>&1 &
server=$!
echo started
cat >/dev/null
kill -INT "$server"
wait "$server"
rm -rf "$2"
"#;

impl Cluster {
    fn start(binaries: &Path) -> io::Result<Self> {
        // The keeper removes the folder.
        let folder = TempDir::with_prefix("pings-postgres-")?.keep();
        init(binaries, &folder)?;
        let mut keeper = command_in(&folder, Path::new("/bin/sh"))
            .args(["-c", KEEPER, "keeper"])
            .arg(binaries)
            .arg(&folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let alive = keeper
            .stdin
            .take()
            .ok_or_else(|| io::Error::other("no input"))?;
        let output = keeper
            .stdout
            .take()
            .ok_or_else(|| io::Error::other("no output"))?;
        BufReader::new(output).read_line(&mut String::new())?;
        Ok(Self {
            socket: folder,
            _keeper: keeper,
            _alive: alive,
        })
    }

    fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new()
            .socket(&self.socket)
            .port(5432)
            .username("postgres")
            .database("postgres")
    }
}

/// Initializes a cluster in an empty folder.
pub(crate) fn init(binaries: &Path, folder: &Path) -> io::Result<()> {
    hand_over(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    let made = command_in(folder, &binaries.join("initdb"))
        .args([
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
            "-D",
        ])
        .arg(folder.join("data"))
        .output()?;
    if made.status.success() {
        return Ok(());
    }
    Err(io::Error::other(
        String::from_utf8_lossy(&made.stderr).into_owned(),
    ))
}

/// Writes a file that only the server's user can read.
pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    hand_over(path)
}

/// Changes the owner of a file or folder to the server's user.
pub(crate) fn hand_over(path: &Path) -> io::Result<()> {
    match unprivileged_user() {
        Some((uid, gid)) => chown(path, Some(uid), Some(gid)),
        None => Ok(()),
    }
}

/// Returns a command that runs in a folder as a user other than root.
#[must_use]
pub fn command_in(folder: &Path, program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    if let Some((uid, gid)) = unprivileged_user() {
        command.uid(uid).gid(gid);
    }
    command
}

/// Returns the user for the server, because PostgreSQL refuses to run as root: `postgres`, or else
/// `nobody`.
fn unprivileged_user() -> Option<(u32, u32)> {
    let root =
        fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    if root {
        find("postgres").or_else(|| find("nobody"))
    } else {
        None
    }
}
