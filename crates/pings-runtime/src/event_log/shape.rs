//! Inspects the shape of an existing `event_logs` table.

use std::collections::BTreeMap;

use pings_model::ValueType;
use pings_sql::{Dialect, UserIdType};

use pings_database::{Cell, Transaction};
use pings_database::{Error, Result};

use super::user_id::UserIdColumn;

/// The columns that each event log must have.
pub(crate) const COLUMNS: [&str; 9] = [
    "id",
    "name",
    "url",
    "user_id",
    "anonymous_user_id",
    "source",
    "argument",
    "version",
    "timestamp",
];

/// The columns that are written, in the order of the insert statements.
pub(crate) const WRITTEN: [&str; 8] = [
    "name",
    "url",
    "user_id",
    "anonymous_user_id",
    "source",
    "argument",
    "version",
    "timestamp",
];

/// The name of the index that the report reads: event names with their times, users and versions.
pub const INDEX: &str = "event_logs_name_timestamp_user";

/// The columns of the index, in order.
pub(super) const INDEXED: &str = "name, timestamp, user_id, anonymous_user_id, version";

/// The properties of an `event_logs` table that differ between products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The type of `argument` in the words of the database, such as `jsonb` or `text`.
    pub argument: String,
    /// How `user_id` stores the ids of users.
    pub users: UserIdColumn,
    /// Whether there is an index whose first columns are the name and the time.
    pub is_indexed: bool,
    /// The PostgreSQL statement that inserts rows from one text array per column.
    pub(crate) insertion: String,
}

/// A column as the database describes it.
struct Column {
    ty: String,
    /// The type to which PostgreSQL casts a text. For a domain this is the domain itself. The type
    /// has no length modifier, because a cast with a length would truncate the text.
    cast: String,
    must_be_given: bool,
    is_nullable: bool,
}

/// Inspects `event_logs`. Returns `None` if the table does not exist.
pub(crate) async fn inspect(tx: &mut Transaction) -> Result<Option<Shape>> {
    let columns = columns(tx).await?;
    if columns.is_empty() {
        return Ok(None);
    }
    let missing: Vec<&str> = COLUMNS
        .into_iter()
        .filter(|name| !columns.contains_key(*name))
        .collect();
    if !missing.is_empty() {
        return Err(Error::input(format!(
            "the table event_logs has no column `{}`\n\
             help: an event log has the columns {}",
            missing.join("`, `"),
            COLUMNS.join(", ")
        )));
    }
    let unknown: Vec<&str> = columns
        .iter()
        .filter(|(name, column)| column.must_be_given && !COLUMNS.contains(&name.as_str()))
        .map(|(name, _)| name.as_str())
        .collect();
    if !unknown.is_empty() {
        return Err(Error::input(format!(
            "the column `{}` of event_logs is NOT NULL without a default, so no event can be logged\n\
             help: add a default",
            unknown.join("`, `"),
        )));
    }
    let ty = |name: &str| columns.get(name).map_or("", |column| column.ty.as_str());
    if !ty("id").to_ascii_lowercase().contains("int") || !fills_itself(tx).await? {
        return Err(Error::input(format!(
            "the column `id` of event_logs has the type {}, but must be an auto-incrementing integer\n\
             help: make it an INTEGER PRIMARY KEY in SQLite, an identity or bigserial in PostgreSQL",
            ty("id")
        )));
    }
    let users = UserIdColumn {
        ty: user_id_type(tx.dialect(), ty("user_id"))?,
        is_nullable: columns.get("user_id").is_some_and(|it| it.is_nullable),
    };
    Ok(Some(Shape {
        argument: ty("argument").to_ascii_lowercase(),
        users,
        is_indexed: is_indexed(tx).await?,
        insertion: insertion(&columns),
    }))
}

/// Builds the insert statement for PostgreSQL. Texts are cast to the types of the columns: json or
/// text, timestamp with or without a time zone.
fn insertion(columns: &BTreeMap<String, Column>) -> String {
    let cast = |name: &str| columns.get(name).map_or("text", |it| it.cast.as_str());
    let selected: Vec<String> = WRITTEN
        .iter()
        .map(|name| format!("added.{name}::{}", cast(name)))
        .collect();
    let taken: Vec<String> = (1..=WRITTEN.len())
        .map(|place| format!("${place}::text[]"))
        .collect();
    let names = WRITTEN.join(", ");
    format!(
        "INSERT INTO event_logs ({names}) SELECT {} FROM unnest({}) AS added ({names})",
        selected.join(", "),
        taken.join(", "),
    )
}

/// Returns the kind of user ids that a column of the declared type holds.
fn user_id_type(dialect: Dialect, declared: &str) -> Result<UserIdType> {
    let ty = declared.to_ascii_lowercase();
    let has = |part: &str| ty.contains(part);
    match dialect {
        Dialect::Postgres => match ty.as_str() {
            "smallint" | "integer" | "bigint" | "numeric" => return Ok(UserIdType::Integer),
            "text" | "character varying" | "character" | "citext" => return Ok(UserIdType::Text),
            "uuid" => return Ok(UserIdType::Uuid),
            _ => {}
        },
        // The rules of SQLite's type affinity, in the documented order.
        Dialect::Sqlite => {
            if has("int") {
                return Ok(UserIdType::Integer);
            }
            if has("char") || has("clob") || has("text") || has("uuid") || ty.is_empty() {
                return Ok(UserIdType::Text);
            }
            if !has("blob") {
                return Ok(UserIdType::Integer);
            }
        }
    }
    Err(Error::input(format!(
        "the column `user_id` of event_logs has the type {declared}, but must be an integer, text or uuid\n\
         help: make it bigint, text or uuid in PostgreSQL, INTEGER or TEXT in SQLite"
    )))
}

async fn columns(tx: &mut Transaction) -> Result<BTreeMap<String, Column>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT name, type, type, \"notnull\" = 1 AND dflt_value IS NULL AND pk = 0, \"notnull\" = 0 \
             FROM pragma_table_info('event_logs')"
        }
        Dialect::Postgres => {
            "SELECT attname::text, format_type(CASE typtype WHEN 'd' THEN typbasetype ELSE atttypid END, NULL), format_type(atttypid, -1), \
               attnotnull AND NOT atthasdef AND attidentity = '', NOT (attnotnull OR typnotnull) \
             FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid \
             WHERE attrelid = to_regclass('event_logs') AND attnum > 0 AND NOT attisdropped"
        }
    };
    let types = [
        ValueType::Text,
        ValueType::Text,
        ValueType::Text,
        ValueType::Boolean,
        ValueType::Boolean,
    ];
    let rows = tx.rows(sql, &[], &types).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| match <[Cell; 5]>::try_from(row) {
            Ok(
                [
                    Cell::Text(name),
                    Cell::Text(ty),
                    Cell::Text(cast),
                    Cell::Boolean(must_be_given),
                    Cell::Boolean(is_nullable),
                ],
            ) => {
                let column = Column {
                    ty,
                    cast,
                    must_be_given,
                    is_nullable,
                };
                Some((name, column))
            }
            _ => None,
        })
        .collect())
}

/// Returns whether the database assigns an id to each row. The report uses the id to track which
/// rows it has read.
async fn fills_itself(tx: &mut Transaction) -> Result<bool> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT EXISTS (SELECT 1 FROM pragma_table_info('event_logs') \
             WHERE name = 'id' AND pk = 1 AND upper(type) = 'INTEGER')"
        }
        Dialect::Postgres => {
            "SELECT EXISTS (SELECT 1 FROM pg_attribute \
             WHERE attrelid = to_regclass('event_logs') AND attname = 'id' \
               AND (atthasdef OR attidentity <> ''))"
        }
    };
    let answer = tx.value(sql, &[], ValueType::Boolean).await?;
    Ok(answer == Some(Cell::Boolean(true)))
}

async fn is_indexed(tx: &mut Transaction) -> Result<bool> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT EXISTS (SELECT 1 FROM pragma_index_list('event_logs') AS list \
             WHERE list.partial = 0 \
               AND (SELECT name FROM pragma_index_info(list.name) WHERE seqno = 0) = 'name' \
               AND (SELECT name FROM pragma_index_info(list.name) WHERE seqno = 1) = 'timestamp')"
        }
        Dialect::Postgres => {
            "SELECT EXISTS (SELECT 1 FROM pg_index \
             WHERE indrelid = to_regclass('event_logs') AND indisvalid AND indpred IS NULL \
               AND pg_get_indexdef(indexrelid, 1, true) = 'name' \
               AND pg_get_indexdef(indexrelid, 2, true) IN ('\"timestamp\"', 'timestamp'))"
        }
    };
    let answer = tx.value(sql, &[], ValueType::Boolean).await?;
    Ok(answer == Some(Cell::Boolean(true)))
}

/// Returns the statement that creates the index, optionally without blocking writers.
pub(super) fn index_statement(concurrently: bool) -> String {
    let how = if concurrently { "CONCURRENTLY " } else { "" };
    format!("CREATE INDEX {how}IF NOT EXISTS {INDEX} ON event_logs ({INDEXED})")
}
