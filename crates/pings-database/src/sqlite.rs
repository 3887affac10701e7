//! Opening SQLite.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{Connection, SqlitePool};
use tokio::time::sleep;

use crate::{Access, CONNECTIONS};

/// How long one process waits for another that writes.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long it waits before it asks again.
const NAP: Duration = Duration::from_millis(20);

/// What there is to be opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No file: it is made.
    New,
    /// A file, which stays what it is.
    Found,
    /// What needs no file.
    InMemory,
}

pub(crate) async fn open(
    options: &SqliteConnectOptions,
    access: Access,
    kind: Kind,
    attached: Vec<(String, PathBuf)>,
) -> sqlx::Result<SqlitePool> {
    let mut options = options
        .clone()
        .busy_timeout(PATIENCE)
        .create_if_missing(access == Access::Create);
    if access == Access::Read {
        options = options.pragma("query_only", "ON");
    }
    if kind == Kind::New {
        // Who reads does not wait for who writes.
        options = options.journal_mode(SqliteJournalMode::Wal);
    }
    let mut pool = SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        // Where a disk is full SQLite rolls back by itself, and the driver
        // believes for ever that the connection is in a transaction.
        .before_acquire(|db, _| Box::pin(async { Ok(!db.is_in_transaction()) }));
    if !attached.is_empty() {
        let attached = Arc::new(attached);
        pool = pool.after_connect(move |db, _| {
            let attached = attached.clone();
            Box::pin(async move {
                for (name, file) in attached.iter() {
                    sqlx::query("ATTACH DATABASE ? AS ?")
                        .bind(file.to_string_lossy().into_owned())
                        .bind(name)
                        .execute(&mut *db)
                        .await?;
                }
                Ok(())
            })
        });
    }
    if kind == Kind::InMemory {
        // It is gone with its last connection.
        pool = pool
            .min_connections(1)
            .max_lifetime(None)
            .idle_timeout(None);
    }
    let until = Instant::now() + PATIENCE;
    loop {
        match pool.clone().connect_with(options.clone()).await {
            // SQLite waits for others, but not where they change the journal of a new file.
            Err(error) if is_busy(&error) && Instant::now() < until => sleep(NAP).await,
            opened => return opened,
        }
    }
}

/// Whether another process has the database at this moment.
fn is_busy(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else {
        return false;
    };
    let code = error.code().unwrap_or_default();
    // SQLITE_BUSY, and what extends it.
    code.parse().is_ok_and(|code: i32| code & 0xff == 5)
}

#[cfg(test)]
mod tests {
    use crate::{Access, Database, Mode};

    #[tokio::test]
    async fn a_transaction_that_sqlite_ended_is_no_burden_to_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let database = Database::open(&url.parse().unwrap(), Access::Create)
            .await
            .unwrap();
        for _ in 0..3 {
            let mut tx = database.begin(Mode::Write).await.unwrap();
            // As SQLite does it where the disk is full.
            tx.run("ROLLBACK", &[]).await.unwrap();
        }
        database.begin(Mode::Write).await.unwrap();
    }
}
