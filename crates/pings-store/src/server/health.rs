//! Whether the database can be written to.

use std::time::{Duration, Instant};

use pings_database::{Bind, Mode, Result};
use pings_payload::rfc3339;
use time::OffsetDateTime;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::store::{Backend, Store};

/// How long the database may take for a health check.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// How long the result of a health check is reused.
const FRESH: Duration = Duration::from_millis(250);

/// Whether the database could be written to, and when that was checked.
#[derive(Default)]
pub(super) struct Health(Mutex<Option<(Instant, bool)>>);

impl Health {
    pub(super) async fn is_well(&self, store: &Store) -> bool {
        // Concurrent requests wait for the same check.
        let mut last = self.0.lock().await;
        if let Some((when, is_well)) = *last
            && when.elapsed() < FRESH
        {
            return is_well;
        }
        let is_well = matches!(timeout(PATIENCE, write(store)).await, Ok(Ok(())));
        *last = Some((Instant::now(), is_well));
        is_well
    }
}

/// Writes to the database, because a locked or full database can still be read.
async fn write(store: &Store) -> Result<()> {
    let now = rfc3339(OffsetDateTime::now_utc());
    match &store.backend {
        Backend::Sql(database) => {
            let mut tx = database.begin(Mode::Write).await?;
            let sql = "UPDATE store_state SET checked_at = $1 WHERE id = 1";
            tx.run(sql, &[Bind::Text(&now)]).await?;
            Ok(tx.commit().await?)
        }
        #[cfg(feature = "clickhouse")]
        Backend::ClickHouse(connection) => connection.check(now).await,
    }
}
