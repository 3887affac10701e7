//! Reads the rows of an event log that arrive.

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::ValueType;
use pings_sql::{Dialect, actor_kind};
use serde_json::json;

use super::arrival::{ActorKind, Arrival};
use super::gaps::Snapshot;
use crate::event_log::{EventLog, time_in_postgres, time_in_sqlite};
use crate::import::line::parse_time;

/// The maximum number of rows per query.
pub(super) const PAGE: usize = 500;

/// The number of newest rows among which the last rows of some events are found.
const REACH: i64 = 200_000;

/// The queries for one event log.
#[derive(Debug)]
pub(super) struct Rows {
    dialect: Dialect,
    columns: String,
}

impl Rows {
    pub(super) fn of(log: &EventLog) -> Self {
        let dialect = log.dialect();
        let (id, argument, at) = match dialect {
            Dialect::Postgres => (
                "id::bigint",
                "argument::text",
                time_in_postgres("timestamp"),
            ),
            Dialect::Sqlite => ("id", "CAST(argument AS TEXT)", time_in_sqlite("timestamp")),
        };
        let actor = actor_kind(pings_sql::EventLog {
            user_id: Some(log.shape().users.ty),
            ..pings_sql::EventLog::any(dialect)
        });
        // The ids of users and visitors are not selected.
        let columns = format!(
            "{id}, {at}, CAST(name AS TEXT), {actor}, CAST(source AS TEXT), {argument}, \
             CAST(version AS TEXT)"
        );
        Self { dialect, columns }
    }

    /// Returns the highest id, or 0.
    pub(super) async fn newest(&self, tx: &mut Transaction) -> Result<i64> {
        let cast = match self.dialect {
            Dialect::Postgres => "::bigint",
            Dialect::Sqlite => "",
        };
        let sql = format!("SELECT coalesce(max(id), 0){cast} FROM event_logs");
        let newest = tx.value(&sql, &[], ValueType::Integer).await?;
        Ok(newest.and_then(|cell| cell.integer()).unwrap_or(0))
    }

    /// Returns the last rows up to an id, oldest first, optionally only those with these names.
    pub(super) async fn last(
        &self,
        tx: &mut Transaction,
        newest: i64,
        count: u32,
        names: Option<&[String]>,
    ) -> Result<Vec<Arrival>> {
        let names = names.map(|names| json!(names).to_string());
        let is_named = match (self.dialect, &names) {
            (_, None) => "",
            (Dialect::Postgres, _) => {
                "AND id > $3 AND name IN (SELECT json_array_elements_text($2::json))"
            }
            (Dialect::Sqlite, _) => "AND id > $3 AND name IN (SELECT value FROM json_each($2))",
        };
        let sql = format!(
            "SELECT {} FROM event_logs WHERE id <= $1 {is_named} ORDER BY id DESC LIMIT {count}",
            self.columns
        );
        let mut binds = vec![Bind::Integer(newest)];
        if let Some(names) = &names {
            binds.extend([
                Bind::Text(names),
                Bind::Integer(newest.saturating_sub(REACH)),
            ]);
        }
        let mut rows = self.read(tx, &sql, &binds).await?;
        rows.reverse();
        Ok(rows)
    }

    /// Returns the first rows after an id.
    pub(super) async fn after(&self, tx: &mut Transaction, id: i64) -> Result<Vec<Arrival>> {
        let sql = format!(
            "SELECT {} FROM event_logs WHERE id > $1 ORDER BY id LIMIT {PAGE}",
            self.columns
        );
        self.read(tx, &sql, &[Bind::Integer(id)]).await
    }

    /// Returns the first rows in ranges of ids, in PostgreSQL.
    pub(super) async fn within(
        &self,
        tx: &mut Transaction,
        ranges: impl Iterator<Item = (i64, i64)>,
    ) -> Result<Vec<Arrival>> {
        let (first, last): (Vec<_>, Vec<_>) = ranges
            .map(|(first, last)| (first.to_string(), last.to_string()))
            .unzip();
        let [first, last] = [first, last].map(|ids| format!("{{{}}}", ids.join(",")));
        // LATERAL makes each range a lookup in the primary key.
        let sql = format!(
            "SELECT {} FROM unnest($1::text::bigint[], $2::text::bigint[]) AS gap (low, high) \
             CROSS JOIN LATERAL (SELECT * FROM event_logs WHERE event_logs.id BETWEEN low AND high \
               ORDER BY event_logs.id LIMIT {PAGE}) AS event_logs \
             ORDER BY id LIMIT {PAGE}",
            self.columns
        );
        self.read(tx, &sql, &[Bind::Text(&first), Bind::Text(&last)])
            .await
    }

    async fn read(
        &self,
        tx: &mut Transaction,
        sql: &str,
        binds: &[Bind<'_>],
    ) -> Result<Vec<Arrival>> {
        let text = ValueType::Text;
        let types = [ValueType::Integer, text, text, text, text, text, text];
        let rows = tx.rows(sql, binds, &types).await?;
        Ok(rows.into_iter().filter_map(arrival).collect())
    }
}

/// Returns the ids after one and up to another, ascending.
pub(super) async fn ids(tx: &mut Transaction, after: i64, to: i64) -> Result<Vec<i64>> {
    let sql = "SELECT id::bigint FROM event_logs WHERE id > $1 AND id <= $2 ORDER BY id";
    let binds = [Bind::Integer(after), Bind::Integer(to)];
    let rows = tx.rows(sql, &binds, &[ValueType::Integer]).await?;
    let ids = rows.iter().filter_map(|row| row.first()?.integer());
    Ok(ids.collect())
}

/// Returns the transactions that this transaction of PostgreSQL sees.
pub(super) async fn snapshot(tx: &mut Transaction) -> Result<Snapshot> {
    let sql = "SELECT txid_snapshot_xmin(seen), txid_snapshot_xmax(seen) \
               FROM txid_current_snapshot() AS seen";
    let rows = tx.rows(sql, &[], &[ValueType::Integer; 2]).await?;
    let row = rows.first().map(Vec::as_slice);
    let (xmin, xmax) = match row {
        Some([Cell::Integer(xmin), Cell::Integer(xmax)]) => (*xmin, *xmax),
        _ => (0, i64::MAX),
    };
    Ok(Snapshot { xmin, xmax })
}

/// Returns whether sessions of PostgreSQL reserve several ids at once.
pub(super) async fn has_cached_ids(tx: &mut Transaction) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT FROM pg_sequence WHERE seqcache > 1 \
               AND seqrelid = to_regclass(pg_get_serial_sequence('event_logs', 'id')))";
    let answer = tx.value(sql, &[], ValueType::Boolean).await?;
    Ok(answer == Some(Cell::Boolean(true)))
}

fn arrival(row: Vec<Cell>) -> Option<Arrival> {
    let [id, at, name, actor, source, argument, version] = <[Cell; 7]>::try_from(row).ok()?;
    let text = |cell: Cell| match cell {
        Cell::Text(text) => text,
        _ => String::new(),
    };
    Some(Arrival {
        id: id.integer()?,
        at: at.text().and_then(parse_time),
        name: text(name),
        actor: match actor.text() {
            Some("user") => ActorKind::User,
            Some(_) => ActorKind::Visitor,
            None => ActorKind::Nobody,
        },
        source: text(source),
        argument: text(argument),
        version: text(version),
    })
}
