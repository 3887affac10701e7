//! The tables of the store, in numbered steps that are each taken once.

use pings_database::{Result, Transaction};
use pings_sql::Dialect;

/// Where it is noted which steps were taken.
const TABLE: &str = "store_migrations";

pub(crate) async fn migrate(tx: &mut Transaction) -> Result<()> {
    let steps: &[&str] = match tx.dialect() {
        Dialect::Sqlite => &[
            include_str!("../migrations/sqlite/0001_store.sql"),
            include_str!("../migrations/sqlite/0002_fingerprint_codes.sql"),
            include_str!("../migrations/sqlite/0003_measures.sql"),
            include_str!("../migrations/sqlite/0004_fingerprint_declarations.sql"),
            include_str!("../migrations/sqlite/0005_state.sql"),
            include_str!("../migrations/sqlite/0006_released.sql"),
        ],
        Dialect::Postgres => &[
            include_str!("../migrations/postgres/0001_store.sql"),
            include_str!("../migrations/postgres/0002_fingerprint_codes.sql"),
            include_str!("../migrations/postgres/0003_measures.sql"),
            include_str!("../migrations/postgres/0004_fingerprint_declarations.sql"),
            include_str!("../migrations/postgres/0005_state.sql"),
            include_str!("../migrations/postgres/0006_released.sql"),
        ],
    };
    pings_database::migrate(tx, TABLE, steps).await
}
