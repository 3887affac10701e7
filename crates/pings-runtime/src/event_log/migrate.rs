//! The schema migrations of the runtime's tables. Each numbered step is applied once.

use pings_database::{Result, SchemaVersions, Transaction};
use pings_sql::{Dialect, UserIdType};

use super::user_id::UserIdColumn;

/// The table that records which steps were applied.
const TABLE: &str = "pings_migrations";

pub(super) async fn migrate(tx: &mut Transaction) -> Result<SchemaVersions> {
    let steps: &[&str] = match tx.dialect() {
        Dialect::Sqlite => &[
            include_str!("../../migrations/sqlite/0001_event_logs.sql"),
            include_str!("../../migrations/sqlite/0002_runtime.sql"),
            include_str!("../../migrations/sqlite/0003_home.sql"),
            include_str!("../../migrations/sqlite/0004_consent.sql"),
            include_str!("../../migrations/sqlite/0005_sighting_times.sql"),
            include_str!("../../migrations/sqlite/0006_delivery.sql"),
            include_str!("../../migrations/sqlite/0007_running.sql"),
            include_str!("../../migrations/sqlite/0008_received.sql"),
            include_str!("../../migrations/sqlite/0009_values.sql"),
            include_str!("../../migrations/sqlite/0010_parked_by.sql"),
            include_str!("../../migrations/sqlite/0011_totals.sql"),
            include_str!("../../migrations/sqlite/0012_days.sql"),
            include_str!("../../migrations/sqlite/0013_users.sql"),
        ],
        Dialect::Postgres => &[
            include_str!("../../migrations/postgres/0001_event_logs.sql"),
            include_str!("../../migrations/postgres/0002_runtime.sql"),
            include_str!("../../migrations/postgres/0003_home.sql"),
            include_str!("../../migrations/postgres/0004_consent.sql"),
            include_str!("../../migrations/postgres/0005_sighting_times.sql"),
            include_str!("../../migrations/postgres/0006_delivery.sql"),
            include_str!("../../migrations/postgres/0007_running.sql"),
            include_str!("../../migrations/postgres/0008_received.sql"),
            include_str!("../../migrations/postgres/0009_values.sql"),
            include_str!("../../migrations/postgres/0010_parked_by.sql"),
            include_str!("../../migrations/postgres/0011_totals.sql"),
            include_str!("../../migrations/postgres/0012_days.sql"),
            include_str!("../../migrations/postgres/0013_users.sql"),
        ],
    };
    pings_database::migrate(tx, TABLE, steps).await
}

/// Creates an `event_logs` table whose user ids have this type. The first migration step then finds
/// the table and keeps it.
pub(super) async fn create(tx: &mut Transaction, users: UserIdColumn) -> Result<()> {
    let table = match tx.dialect() {
        Dialect::Sqlite => include_str!("../../migrations/sqlite/0001_event_logs.sql"),
        Dialect::Postgres => include_str!("../../migrations/postgres/0001_event_logs.sql"),
    };
    let column = |ty| UserIdColumn { ty, ..users }.definition(tx.dialect());
    let sql = table.replace(column(UserIdType::Integer), column(users.ty));
    tx.script(&sql).await?;
    Ok(())
}
