//! A pooled connection that goes back to its pool only when nothing is under way on it.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use sqlx::Pool;
use sqlx::pool::PoolConnection;
use tokio::time::timeout;

/// How long the check of a connection that goes back to its pool may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection that is closed when it is dropped, unless [`Exclusive::release`]
/// gave it back.
///
/// A future that is dropped in the middle of an exchange, by a time limit or a
/// `select!`, leaves a connection on which the next answer belongs to an earlier
/// question. The driver returns such a connection to its pool; this type closes it.
/// The server then rolls back what was not committed.
#[derive(Debug)]
pub struct Exclusive<DB: sqlx::Database>(PoolConnection<DB>);

impl<DB: sqlx::Database> Exclusive<DB> {
    /// Takes a connection from a pool.
    ///
    /// # Errors
    ///
    /// Where the database does not answer in time.
    pub async fn acquire(pool: &Pool<DB>) -> sqlx::Result<Self> {
        Ok(Self(pool.acquire().await?))
    }

    /// Gives the connection back to its pool. Every exchange on it must have ended.
    pub fn release(mut self) {
        // The driver asks the server once more. Without a limit a server that no longer
        // answers would keep the connection's place in the pool for ever.
        let returned = self.0.return_to_pool();
        tokio::spawn(async move { timeout(PATIENCE, returned).await });
    }
}

impl<DB: sqlx::Database> Deref for Exclusive<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<DB: sqlx::Database> DerefMut for Exclusive<DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<DB: sqlx::Database> Drop for Exclusive<DB> {
    fn drop(&mut self) {
        // This future owns the connection, unless `release` took it before. Dropping the
        // future closes the socket at once, where a polite close would first send what is
        // still in the buffer, such as a COMMIT whose caller has gone.
        drop(self.0.return_to_pool());
    }
}
