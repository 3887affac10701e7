//! A pooled connection that returns to its pool only if no exchange is in progress.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use sqlx::Pool;
use sqlx::pool::PoolConnection;
use tokio::time::timeout;

/// The maximum time for the check of a connection that returns to its pool.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection that is closed when it is dropped, unless [`Exclusive::release`] returned it to the
/// pool.
///
/// If a future is dropped in the middle of an exchange, by a time limit or a `select!`, the next
/// answer on the connection belongs to an earlier query. The driver returns such a connection to
/// its pool, but this type closes it. The server then rolls back uncommitted changes.
#[derive(Debug)]
pub struct Exclusive<DB: sqlx::Database>(PoolConnection<DB>);

impl<DB: sqlx::Database> Exclusive<DB> {
    /// Takes a connection from a pool.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not respond in time.
    pub async fn acquire(pool: &Pool<DB>) -> sqlx::Result<Self> {
        Ok(Self(pool.acquire().await?))
    }

    /// Returns the connection to its pool. No exchange may be in progress.
    pub fn release(mut self) {
        // The driver sends one more request to the server. Without a limit, a server that no longer
        // responds would occupy the connection's slot in the pool forever.
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
        // This future owns the connection, unless `release` took it before. Dropping the future
        // closes the socket immediately. A graceful close would first send the buffered data, such
        // as a COMMIT whose caller no longer exists.
        drop(self.0.return_to_pool());
    }
}
