//! What the event log contains.

use axum::Json;
use axum::extract::State;
use pings_tests::databases::Database;
use serde::Serialize;
use serde_json::Value;
use sqlx::AssertSqlSafe;

use crate::Product;

/// A row of the event log.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    name: String,
    args: Value,
    user: i64,
    visitor: String,
    version: String,
    /// Milliseconds since 1970.
    at: i64,
}

/// Returns all rows of the event log.
pub(crate) async fn rows(State(product): State<Product>) -> Json<Vec<Row>> {
    type Columns = (String, String, i64, String, String, i64);
    let select = |at: &str| {
        AssertSqlSafe(format!(
            "SELECT name, CAST(argument AS text), CAST(user_id AS bigint), anonymous_user_id, \
             version, CAST({at} AS bigint) FROM event_logs ORDER BY id"
        ))
    };
    let rows: Vec<Columns> = match &mut *product.database.lock().await {
        Database::Postgres(db) => {
            let sql = select("extract(epoch FROM timestamp) * 1000");
            sqlx::query_as(sql).fetch_all(db).await
        }
        Database::Sqlite(db) => {
            let sql = select("round((julianday(timestamp) - 2440587.5) * 86400000)");
            sqlx::query_as(sql).fetch_all(db).await
        }
    }
    .expect("the event log");
    let row = |(name, args, user, visitor, version, at): Columns| Row {
        name,
        args: serde_json::from_str(&args).expect("JSON"),
        user,
        visitor,
        version,
        at,
    };
    Json(rows.into_iter().map(row).collect())
}
