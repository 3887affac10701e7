//! Describes the columns of a table, and selects their values as texts that both databases accept.

use std::collections::BTreeMap;

use pings_database::{Cell, Error, Mode, Result, Transaction};
use pings_model::ValueType;
use pings_sql::Dialect;

use crate::event_log::user_id::{UserIdColumn, words};
use crate::event_log::{COLUMNS, EventLog};

/// A column as the database describes it.
pub(super) struct Column {
    pub(super) name: String,
    ty: String,
    /// The position in the primary key, starting at 1; 0 if the column is not part of the key.
    pub(super) key: i64,
}

/// Returns the columns of a table, without generated columns.
pub(super) async fn columns(tx: &mut Transaction, table: &str) -> Result<Vec<Column>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            format!("SELECT name, lower(type), pk FROM pragma_table_info('{table}')")
        }
        Dialect::Postgres => format!(
            "SELECT attname::text, format_type(atttypid, NULL), \
               coalesce((SELECT array_position(indkey::int2[], attnum) + 1 FROM pg_index \
                 WHERE indrelid = attrelid AND indisprimary), 0)::bigint \
             FROM pg_attribute WHERE attrelid = to_regclass('{table}') \
               AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
        ),
    };
    let types = [ValueType::Text, ValueType::Text, ValueType::Integer];
    let rows = tx.rows(&sql, &[], &types).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| match <[Cell; 3]>::try_from(row) {
            Ok([Cell::Text(name), Cell::Text(ty), Cell::Integer(key)]) => {
                Some(Column { name, ty, key })
            }
            _ => None,
        })
        .collect())
}

impl Column {
    /// Returns the quoted name.
    pub(super) fn quoted(&self) -> String {
        format!("\"{}\"", self.name.replace('"', "\"\""))
    }

    fn is_binary(&self) -> bool {
        matches!(self.ty.as_str(), "bytea" | "blob")
    }

    /// Returns an SQL expression for the value as a text, without loss.
    pub(super) fn text(&self, dialect: Dialect) -> String {
        let column = self.quoted();
        match dialect {
            Dialect::Sqlite => format!(
                "CASE typeof({column}) WHEN 'real' THEN printf('%!.17g', {column}) \
                 ELSE CAST({column} AS TEXT) END"
            ),
            Dialect::Postgres if self.ty.starts_with("timestamp") => format!(
                "regexp_replace(to_char({column} AT TIME ZONE 'UTC', \
                   'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), '\\.000000Z$', 'Z')"
            ),
            Dialect::Postgres => format!("{column}::text"),
        }
    }

    /// Returns an SQL expression for the time of an event as a text.
    fn event_time(&self, from: Dialect, to: Dialect) -> String {
        let column = self.quoted();
        match (from, to) {
            (Dialect::Sqlite, Dialect::Sqlite) => self.text(from),
            // PostgreSQL parses dates that are texts. SQLite may also store times as numbers, which
            // are converted.
            (Dialect::Sqlite, Dialect::Postgres) => format!(
                "CASE WHEN {column} LIKE '____-__-__%' THEN {column} ELSE \
                 coalesce(strftime('%Y-%m-%dT%H:%M:%fZ', {column}, 'auto'), {column}) END"
            ),
            // Events are logged to the millisecond.
            (Dialect::Postgres, _) => format!(
                "regexp_replace(to_char({column} AT TIME ZONE 'UTC', \
                   'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), '000Z$', 'Z')"
            ),
        }
    }
}

/// Returns an SQL expression for the user id as a text, with the target's value for an event
/// without a user.
fn user(text: &str, to: UserIdColumn) -> String {
    format!("coalesce(nullif({text}, ''), {})", to.nobody_literal())
}

/// The columns of `event_logs` that are copied.
pub(super) struct Columns {
    pub(super) names: Vec<String>,
    /// The expression that is selected for each column.
    pub(super) selected: Vec<String>,
}

impl Columns {
    /// Returns the columns of the source, without those that are left behind.
    ///
    /// # Errors
    ///
    /// Returns an error if the target cannot store the source's user ids, if it does not have one
    /// of the columns, or if a column holds binary data.
    pub(super) async fn shared(from: &EventLog, to: &EventLog, without: &[String]) -> Result<Self> {
        let (users, target_users) = (from.shape().users, to.shape().users);
        if !target_users.takes(users) {
            return Err(Error::input(format!(
                "the column `user_id` of event_logs contains {} in the source, but {} in the target\n\
                 help: change the column in the target to text, or drop event_logs there so that the migration creates it",
                words(users.ty),
                words(target_users.ty)
            )));
        }
        let mut source = from.begin(Mode::Read).await?;
        let mut target = to.begin(Mode::Read).await?;
        let known: BTreeMap<String, Column> = columns(&mut target, "event_logs")
            .await?
            .into_iter()
            .map(|column| (column.name.clone(), column))
            .collect();
        let mut all = columns(&mut source, "event_logs").await?;
        source.rollback().await?;
        target.rollback().await?;
        if let Some(unknown) = without.iter().find(|name| {
            COLUMNS.contains(&name.as_str()) || all.iter().all(|column| column.name != **name)
        }) {
            return Err(Error::input(format!(
                "`{unknown}` is not a column that the product added to event_logs\n\
                 help: only added columns can be left out"
            )));
        }
        all.retain(|column| !without.contains(&column.name));
        let lost: Vec<&str> = all
            .iter()
            .filter(|it| {
                let target = known.get(&it.name);
                target.is_none_or(|target| it.is_binary() || target.is_binary())
            })
            .map(|column| column.name.as_str())
            .collect();
        if !lost.is_empty() {
            return Err(Error::input(format!(
                "event_logs has columns that cannot be migrated: `{}`; the target does not have these columns, or they contain binary data\n\
                 help: create event_logs with these columns in the target first, or leave the columns out",
                lost.join("`, `")
            )));
        }
        let (dialect, target) = (from.dialect(), to.dialect());
        let selected = all.iter().map(|column| match column.name.as_str() {
            "timestamp" => column.event_time(dialect, target),
            "user_id" => user(&column.text(dialect), target_users),
            _ => column.text(dialect),
        });
        Ok(Self {
            selected: selected.collect(),
            names: all.iter().map(Column::quoted).collect(),
        })
    }
}
