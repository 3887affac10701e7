//! Connections to SQLite.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{Connection, SqlitePool};
use tokio::time::sleep;

use crate::access::{Access, CONNECTIONS, LOCK_PATIENCE};
use crate::private;

/// The time between two attempts to open a busy database.
const NAP: Duration = Duration::from_millis(20);

/// The kind of database to open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A file that does not exist yet and is created.
    New,
    /// An existing file, whose journal mode is kept.
    Found,
    /// A database without a file.
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
        .busy_timeout(LOCK_PATIENCE)
        .create_if_missing(access == Access::Create);
    if access == Access::Read {
        options = options.pragma("query_only", "ON");
    }
    if kind == Kind::New {
        // SQLite gives its additional files the same mode, and reports an invalid path.
        let file = options.get_filename();
        let _ = private::file_options()
            .write(true)
            .create_new(true)
            .open(file);
        // In WAL mode, readers do not wait for writers.
        options = options.journal_mode(SqliteJournalMode::Wal);
    }
    let mut pool = SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        // If the disk is full, SQLite rolls back on its own, but the driver still assumes that the
        // connection is in a transaction.
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
        // The database is lost when its last connection closes.
        pool = pool
            .min_connections(1)
            .max_lifetime(None)
            .idle_timeout(None);
    }
    let until = Instant::now() + LOCK_PATIENCE;
    loop {
        match pool.clone().connect_with(options.clone()).await {
            // SQLite waits for locks, but not while another process changes the journal mode of a
            // new file.
            Err(error) if is_busy(&error) && Instant::now() < until => sleep(NAP).await,
            opened => return opened,
        }
    }
}

/// Returns whether another process currently locks the database.
fn is_busy(error: &sqlx::Error) -> bool {
    // `SQLITE_BUSY` and its extended codes.
    code(error) == Some(5)
}

/// Returns the primary result code of SQLite.
fn code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// Reads the file once, because opening a database does not access its file.
pub(crate) async fn probe(pool: &SqlitePool) -> sqlx::Result<()> {
    let probe = sqlx::query("SELECT 1 FROM sqlite_schema LIMIT 1");
    probe.execute(pool).await.map(|_| ())
}

/// Returns the remedy for a file in WAL mode that cannot be read because of its folder.
pub(crate) fn help(file: &Path, error: &sqlx::Error) -> Option<String> {
    // SQLITE_READONLY, SQLITE_CANTOPEN.
    let is_refused = matches!(code(error), Some(8 | 14));
    (is_refused && is_wal(file)).then(|| {
        format!(
            "{} is in WAL mode, so even readers need write access to its folder: grant that, or read a copy; use `?immutable=true` for a file that does not change",
            file.display()
        )
    })
}

/// Returns whether the header of a database file indicates WAL mode.
fn is_wal(file: &Path) -> bool {
    let mut header = [0; 20];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut header));
    read.is_ok() && header[18..] == [2, 2]
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
            // SQLite does the same when the disk is full.
            tx.run("ROLLBACK", &[]).await.unwrap();
        }
        database.begin(Mode::Write).await.unwrap();
    }
}
