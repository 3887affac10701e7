//! The schema migrations of the store's tables. Each numbered step is applied once.

use pings_database::{Result, SchemaVersions, Transaction};
use pings_sql::Dialect;

/// The table that records which steps were applied.
const TABLE: &str = "store_migrations";

pub(crate) async fn migrate(tx: &mut Transaction) -> Result<SchemaVersions> {
    let steps: &[&str] = match tx.dialect() {
        Dialect::Sqlite => &[
            include_str!("../migrations/sqlite/0001_store.sql"),
            include_str!("../migrations/sqlite/0002_fingerprint_codes.sql"),
            include_str!("../migrations/sqlite/0003_measures.sql"),
            include_str!("../migrations/sqlite/0004_fingerprint_declarations.sql"),
            include_str!("../migrations/sqlite/0005_state.sql"),
            include_str!("../migrations/sqlite/0006_released.sql"),
            include_str!("../migrations/sqlite/0007_attributes.sql"),
            include_str!("../migrations/sqlite/0008_notes.sql"),
            include_str!("../migrations/sqlite/0009_left_out.sql"),
            include_str!("../migrations/sqlite/0010_views.sql"),
        ],
        Dialect::Postgres => &[
            include_str!("../migrations/postgres/0001_store.sql"),
            include_str!("../migrations/postgres/0002_fingerprint_codes.sql"),
            include_str!("../migrations/postgres/0003_measures.sql"),
            include_str!("../migrations/postgres/0004_fingerprint_declarations.sql"),
            include_str!("../migrations/postgres/0005_state.sql"),
            include_str!("../migrations/postgres/0006_released.sql"),
            include_str!("../migrations/postgres/0007_attributes.sql"),
            include_str!("../migrations/postgres/0008_notes.sql"),
            include_str!("../migrations/postgres/0009_left_out.sql"),
            include_str!("../migrations/postgres/0010_views.sql"),
        ],
    };
    pings_database::migrate(tx, TABLE, steps).await
}
