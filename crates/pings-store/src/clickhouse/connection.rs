//! Queries and inserts over the HTTP interface of ClickHouse, with the official client.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use clickhouse::query::Query;
use clickhouse::{Client, Compression, RowOwned, RowWrite};
use pings_database::{Bind, Cell, ClickHouseAddress, Error, Result};
use pings_model::ValueType;
use serde_json::Value as Json;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// How long a server may take to answer a query.
const PATIENCE: Duration = Duration::from_secs(60);

/// Settings of each request, with the reason.
const SETTINGS: [(&str, &str); 13] = [
    // A join, an aggregate or a cast of nothing is NULL, as in the other databases.
    ("join_use_nulls", "1"),
    ("aggregate_functions_null_for_empty", "1"),
    ("cast_keep_nullable", "1"),
    // The name of a column is that of the column, even if an expression beside it has the same alias.
    ("prefer_column_name_to_alias", "1"),
    // All rows with the same key are in the same partition.
    ("do_not_merge_across_partitions_select_final", "1"),
    ("output_format_json_quote_64bit_integers", "0"),
    ("union_default_mode", "DISTINCT"),
    // ClickHouse 26.9 reorders joins of views and then rejects columns of their tables with one name.
    ("query_plan_optimize_join_order_limit", "1"),
    // An insert is answered once it is written, on each replica of a cluster.
    ("async_insert", "0"),
    ("distributed_foreground_insert", "1"),
    // A part of a cluster that does not answer is an error: half a sum would look like a sum.
    ("skip_unavailable_shards", "0"),
    // A subquery is about the whole cluster, and not about the shard that runs it.
    ("distributed_product_mode", "global"),
    // Rows that were erased and come again are not dropped because equal rows were written before.
    ("insert_deduplicate", "0"),
];

/// Codes of errors that pass: timeouts, connections, overload, a full disk, and replicas that are away.
const TEMPORARY: [u32; 16] = [
    159, 198, 202, 209, 210, 241, 242, 243, 244, 252, 279, 285, 319, 425, 999, 1002,
];

/// A connection to a server, or to a cluster through one of its servers. Clones share it.
#[derive(Clone)]
pub(crate) struct Connection {
    client: Client,
    shared: Arc<Shared>,
}

struct Shared {
    address: String,
    cluster: Option<String>,
    /// The names that this process has written, and the generation in which it did. The lock is held
    /// while writing.
    pub(super) writing: Mutex<Known>,
}

/// Names that are known to be in the store.
#[derive(Default)]
pub(super) struct Known {
    pub(super) generation: i64,
    pub(super) ids: HashSet<i64>,
}

impl Connection {
    /// Connects, and creates a missing database unless the store is on a cluster.
    pub(super) async fn open(
        address: &ClickHouseAddress,
        shown: &str,
        create: bool,
    ) -> Result<Self> {
        let mut client = Client::default()
            .with_url(&address.endpoint)
            .with_compression(Compression::Lz4);
        if let Some(user) = &address.user {
            client = client.with_user(user);
        }
        if let Some(password) = &address.password {
            client = client.with_password(password);
        }
        for (name, value) in SETTINGS {
            client = client.with_setting(name, value);
        }
        if create && address.cluster.is_none() {
            let sql = format!("CREATE DATABASE IF NOT EXISTS `{}`", address.database);
            let created = run(&client, &sql).await;
            created.map_err(|error| error.about(shown))?;
        }
        Ok(Self {
            client: client.with_database(&address.database),
            shared: Arc::new(Shared {
                address: shown.to_owned(),
                cluster: address.cluster.clone(),
                writing: Mutex::default(),
            }),
        })
    }

    /// Returns the address without its password.
    pub(crate) fn address(&self) -> &str {
        &self.shared.address
    }

    pub(super) fn writing(&self) -> &Mutex<Known> {
        &self.shared.writing
    }

    /// Runs a statement with the parameters `$1`, `$2` and so on.
    pub(super) async fn run(&self, sql: &str, binds: &[Bind<'_>]) -> Result<()> {
        within(self.query(sql, binds)?.execute()).await
    }

    /// Erases the rows of a table, on each server of a cluster. When this returns, no query finds them.
    pub(super) async fn delete(&self, table: &str, condition: &str) -> Result<()> {
        let table = match &self.shared.cluster {
            Some(cluster) => format!("{table}_local ON CLUSTER '{cluster}'"),
            None => table.to_owned(),
        };
        let sql =
            format!("ALTER TABLE {table} DELETE WHERE {condition} SETTINGS mutations_sync = 2");
        self.run(&sql, &[]).await
    }

    fn query(&self, sql: &str, binds: &[Bind<'_>]) -> Result<Query> {
        let mut query = self.client.query_raw(&with_parameters(sql, binds)?);
        for (place, bind) in (1..).zip(binds) {
            let name = format!("p{place}");
            query = match bind {
                Bind::Text(text) => query.param(&name, text),
                Bind::Integer(number) => query.param(&name, number),
                Bind::Number(number) => query.param(&name, number),
                Bind::Null => query.param(&name, None::<&str>),
            };
        }
        Ok(query)
    }

    /// Runs a query with columns of these types. Its parameters are `$1`, `$2` and so on.
    pub(crate) async fn rows(
        &self,
        sql: &str,
        binds: &[Bind<'_>],
        types: &[ValueType],
    ) -> Result<Vec<Vec<Cell>>> {
        let query = self.query(sql, binds)?;
        let answer = async {
            let mut cursor = query.fetch_bytes("JSONCompactEachRow")?;
            cursor.collect().await
        };
        let bytes = within(answer).await?;
        let lines = bytes.split(|byte| *byte == b'\n');
        let lines = lines.filter(|line| !line.is_empty());
        lines.map(|line| cells(line, types)).collect()
    }

    /// Returns the only value of the only row, or `None` if there is no row.
    pub(super) async fn value(
        &self,
        sql: &str,
        binds: &[Bind<'_>],
        ty: ValueType,
    ) -> Result<Option<Cell>> {
        let rows = self.rows(sql, binds, &[ty]).await?;
        let first = rows.into_iter().next();
        Ok(first.and_then(|row| row.into_iter().next()))
    }

    /// Inserts rows. When this returns, the server has written them to the disk.
    pub(super) async fn insert<R: RowOwned + RowWrite>(
        &self,
        table: &str,
        rows: &[R],
    ) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        within(async {
            let mut insert = self.client.insert::<R>(table).await?;
            for row in rows {
                insert.write(row).await?;
            }
            insert.end().await
        })
        .await
    }
}

async fn run(client: &Client, sql: &str) -> Result<()> {
    within(client.query_raw(sql).execute()).await
}

async fn within<T>(
    request: impl Future<Output = std::result::Result<T, clickhouse::error::Error>>,
) -> Result<T> {
    match timeout(PATIENCE, request).await {
        Ok(answer) => answer.map_err(error),
        Err(_) => Err(Error::temporary("ClickHouse does not answer in time")),
    }
}

/// Returns a query with the parameters of ClickHouse, `{p1:Int64}` instead of `$1`.
fn with_parameters(sql: &str, binds: &[Bind<'_>]) -> Result<String> {
    let mut parts = sql.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.find(|it: char| !it.is_ascii_digit());
        let (number, rest) = part.split_at(digits.unwrap_or(part.len()));
        let place = number.parse::<usize>().ok();
        let bind = place.and_then(|place| binds.get(place.checked_sub(1)?));
        let ty = match bind {
            Some(Bind::Text(_)) => "String",
            Some(Bind::Integer(_)) => "Int64",
            Some(Bind::Number(_)) => "Float64",
            Some(Bind::Null) => "Nullable(String)",
            None => {
                return Err(Error::failure(format!(
                    "the query has no parameter ${number}"
                )));
            }
        };
        text.push_str(&format!("{{p{number}:{ty}}}{rest}"));
    }
    Ok(text)
}

/// Reads a row, which is a JSON array.
fn cells(line: &[u8], types: &[ValueType]) -> Result<Vec<Cell>> {
    let wrong = |reason: String| Error::failure(format!("an answer of ClickHouse: {reason}"));
    let row: Vec<Json> = serde_json::from_slice(line).map_err(|error| wrong(error.to_string()))?;
    if row.len() != types.len() {
        let (found, expected) = (row.len(), types.len());
        return Err(wrong(format!("found {found} columns, expected {expected}")));
    }
    let cells = row
        .into_iter()
        .zip(types)
        .map(|(value, ty)| match (ty, value) {
            (_, Json::Null) => Ok(Cell::Null),
            (ValueType::Integer | ValueType::Null, Json::Number(number)) => number
                .as_i64()
                .map(Cell::Integer)
                .ok_or_else(|| wrong(format!("{number} is not an integer"))),
            (ValueType::Number, Json::Number(number)) => number
                .as_f64()
                .map(Cell::Number)
                .ok_or_else(|| wrong(format!("{number} is not a number"))),
            (ValueType::Boolean, Json::Bool(value)) => Ok(Cell::Boolean(value)),
            (ValueType::Text | ValueType::Timestamp | ValueType::Json, Json::String(text)) => {
                Ok(Cell::Text(text))
            }
            (ty, _) => Err(wrong(format!("a column is not of type {ty:?}"))),
        });
    cells.collect()
}

/// Converts an error of the client. The message of the server begins with its code, such as
/// `Code: 210. DB::NetException: …`.
fn error(error: clickhouse::error::Error) -> Error {
    use clickhouse::error::Error as Cause;
    let message = match &error {
        Cause::BadResponse(text) => text.trim().to_owned(),
        Cause::Network(source) => format!("ClickHouse does not answer: {source}"),
        other => other.to_string(),
    };
    let code = message
        .strip_prefix("Code: ")
        .and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
    let is_temporary = matches!(error, Cause::Network(_) | Cause::TimedOut)
        || code.is_some_and(|code| TEMPORARY.contains(&code));
    let converted = match is_temporary {
        true => Error::temporary(message),
        false => Error::failure(message),
    };
    converted.caused_by(error)
}

#[cfg(test)]
mod tests {
    use pings_database::{Bind, Cell};
    use pings_model::ValueType;

    use super::{cells, with_parameters};

    #[test]
    fn parameters_have_the_types_of_their_values() {
        let sql = "SELECT $2, $1 WHERE a = $2 AND b = $10";
        let mut binds = vec![Bind::Integer(1); 10];
        binds[1] = Bind::Text("$1");
        assert_eq!(
            with_parameters(sql, &binds).unwrap(),
            "SELECT {p2:String}, {p1:Int64} WHERE a = {p2:String} AND b = {p10:Int64}"
        );
        assert!(with_parameters(sql, &binds[..2]).is_err());
    }

    #[test]
    fn a_row_has_the_requested_types() {
        let types = [ValueType::Integer, ValueType::Number, ValueType::Text];
        assert_eq!(
            cells(b"[9223372036854775807, 1, null]", &types).unwrap(),
            [Cell::Integer(i64::MAX), Cell::Number(1.0), Cell::Null]
        );
        for wrong in [
            "[1, 1]",
            "[1.5, 1, \"\"]",
            "[1, 1, 1]",
            "[18446744073709551615, 1, \"\"]",
        ] {
            assert!(cells(wrong.as_bytes(), &types).is_err(), "{wrong}");
        }
    }
}
