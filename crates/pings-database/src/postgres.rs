//! Connections to PostgreSQL.

pub(crate) mod address;
pub(crate) mod session;

use std::io::ErrorKind;
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::{Connection, PgConnection, PgPool, Postgres};
use tokio::time::{sleep, timeout};

use crate::access::{Access, CONNECTIONS, Mode};
use crate::exclusive::Exclusive;
use address::is_socket;

/// The maximum time to wait for a server that does not respond.
const PATIENCE: Duration = Duration::from_secs(5);

/// The time between attempts to connect to a server that is starting or has no free connection.
const NAP: Duration = Duration::from_millis(100);

/// The maximum time to determine why the pool has no connection.
const QUESTION: Duration = Duration::from_secs(1);

/// A pool of connections to PostgreSQL.
#[derive(Clone, Debug)]
pub struct PostgresPool {
    pool: PgPool,
    address: Arc<str>,
    is_plain: bool,
    access: Access,
}

impl PostgresPool {
    /// Opens a pool after a first successful connection.
    pub(crate) async fn open(
        options: &PgConnectOptions,
        access: Access,
        address: &str,
    ) -> sqlx::Result<Self> {
        let until = Instant::now() + PATIENCE;
        let options = loop {
            match reached(options).await {
                Err(error) if is_starting(&error) && Instant::now() < until => sleep(NAP).await,
                done => break done?,
            }
        };
        let may_be_plain = !is_socket(&options) && !is_loopback(options.get_host());
        let is_plain = may_be_plain && matches!(options.get_ssl_mode(), PgSslMode::Allow);
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_lazy_with(options);
        Ok(Self {
            pool,
            address: address.into(),
            is_plain,
            access,
        })
    }

    /// Returns the address without its password.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns whether the connections leave this machine unencrypted although TLS was not
    /// disabled.
    pub(crate) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// Returns the statements that begin a transaction, including the settings that affect its
    /// results. In a pool opened for reading, all transactions are read-only.
    #[must_use]
    pub fn begin_statements(&self, mode: Mode) -> &'static str {
        session::begin(match self.access {
            Access::Read => Mode::Read,
            Access::Create | Access::Write => mode,
        })
    }

    /// Takes a connection from the pool.
    ///
    /// # Errors
    ///
    /// Returns an error if the server does not respond in time, with the server's own message if
    /// there is one.
    pub async fn acquire(&self) -> sqlx::Result<Exclusive<Postgres>> {
        match Exclusive::acquire(&self.pool).await {
            Err(sqlx::Error::PoolTimedOut) => Err(self.reason().await),
            acquired => acquired,
        }
    }

    /// Returns why no connection is available. The pool retries if a server refuses the connection,
    /// and discards the error.
    async fn reason(&self) -> sqlx::Error {
        let options = self.pool.connect_options();
        match timeout(QUESTION, PgConnection::connect_with(&options)).await {
            Ok(Err(error)) => error,
            Ok(Ok(connection)) => {
                let _ = timeout(QUESTION, connection.close()).await;
                sqlx::Error::PoolTimedOut
            }
            Err(_) => sqlx::Error::PoolTimedOut,
        }
    }
}

impl Deref for PostgresPool {
    type Target = PgPool;

    fn deref(&self) -> &PgPool {
        &self.pool
    }
}

/// Connects once, and returns the options with the mode that succeeded. `Allow`, which the driver
/// treats as `Disable`, marks an unencrypted connection that was not requested.
async fn reached(options: &PgConnectOptions) -> sqlx::Result<PgConnectOptions> {
    let mode = |mode| options.clone().ssl_mode(mode);
    let (first, second) = match options.get_ssl_mode() {
        PgSslMode::Prefer => (mode(PgSslMode::Require), Some(mode(PgSslMode::Allow))),
        PgSslMode::Allow => (mode(PgSslMode::Allow), Some(mode(PgSslMode::Require))),
        _ => (options.clone(), None),
    };
    let error = match try_once(&first).await {
        Ok(()) => return Ok(first),
        Err(error) => error,
    };
    match second {
        Some(second) if is_of_transport(&error) => match try_once(&second).await {
            Ok(()) => Ok(second),
            // If a server accepts neither mode, the first error describes its requirements best.
            Err(second) if is_of_transport(&second) => Err(error),
            Err(second) => Err(second),
        },
        _ => Err(error),
    }
}

async fn try_once(options: &PgConnectOptions) -> sqlx::Result<()> {
    let connection = timeout(PATIENCE, PgConnection::connect_with(options)).await;
    let connection = connection.map_err(|_| sqlx::Error::PoolTimedOut)??;
    // The server was reached, so an error on close does not matter.
    let _ = timeout(QUESTION, connection.close()).await;
    Ok(())
}

/// Returns whether the server may accept another transport.
fn is_of_transport(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Tls(_) => true,
        // Errors of rustls, and of servers that close the connection after a TLS request.
        sqlx::Error::Io(error) => matches!(
            error.kind(),
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset
        ),
        // SQLSTATE `invalid_authorization_specification`: no line of pg_hba.conf matches.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code == "28000"),
        _ => false,
    }
}

/// Returns whether the server is starting or has no free connection.
fn is_starting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() == ErrorKind::ConnectionRefused,
        // SQLSTATE `too_many_connections` and `cannot_connect_now`.
        sqlx::Error::Database(error) => {
            let code = error.code();
            code.is_some_and(|code| matches!(&*code, "53300" | "57P03"))
        }
        _ => false,
    }
}

/// Returns whether a host is this machine.
fn is_loopback(host: &str) -> bool {
    let address = host.parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|it| it.is_loopback())
}
