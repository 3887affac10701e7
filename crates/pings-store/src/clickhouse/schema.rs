//! The tables of a store on ClickHouse, with replicas and clusters or without.

use pings_database::{Bind, Cell, ClickHouseAddress, Error, Result, SchemaVersions};
use pings_model::ValueType;
use sha2::{Digest, Sha256};

use super::connection::Connection;

/// The numbered steps. Released steps never change.
const STEPS: [&str; 1] = [include_str!("../../migrations/clickhouse/0001_store.sql")];

/// The table of the steps that were applied. On a cluster, each server has its own.
const APPLIED: &str = "CREATE TABLE IF NOT EXISTS store_migrations (step Int64, checksum String) \
    ENGINE = ReplacingMergeTree ORDER BY step";

/// Settings of each table, so that an insert is on the disk once it is answered.
const DURABLE: &str = "SETTINGS fsync_after_insert = 1, fsync_part_directory = 1";

/// How tables are distributed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Layout<'l> {
    /// The name of the cluster, if the tables are distributed over its shards.
    pub(crate) cluster: Option<&'l str>,
    /// Whether the tables are replicated by ClickHouse Keeper.
    pub(crate) is_replicated: bool,
}

/// Returns the statements that create the tables of a store on ClickHouse, in order: distributed over
/// the shards of a cluster, or replicated by ClickHouse Keeper.
#[must_use]
pub fn clickhouse_ddl(cluster: Option<&str>, is_replicated: bool) -> Vec<String> {
    statements(Layout {
        cluster,
        is_replicated,
    })
}

/// Returns all statements that create the tables, in order.
pub(crate) fn statements(layout: Layout<'_>) -> Vec<String> {
    let mut all = vec![APPLIED.to_owned()];
    for (step, sql) in (1..).zip(STEPS) {
        all.extend(rendered(sql, layout));
        let checksum = checksum(sql);
        all.push(format!(
            "INSERT INTO store_migrations (step, checksum) VALUES ({step}, '{checksum}')"
        ));
    }
    all
}

/// Connects, and creates the tables that do not exist yet. The tables of a cluster are only checked.
pub(crate) async fn open(
    address: &ClickHouseAddress,
    shown: &str,
    create: bool,
) -> Result<(Connection, SchemaVersions)> {
    let connection = Connection::open(address, shown, create).await?;
    let migrated = migrate(&connection, address.cluster.as_deref(), create).await;
    Ok((connection, migrated.map_err(|error| error.about(shown))?))
}

async fn migrate(
    connection: &Connection,
    cluster: Option<&str>,
    create: bool,
) -> Result<SchemaVersions> {
    let known = STEPS.len() as u32;
    let found = applied(connection).await?;
    if let Some(newer) = found
        .iter()
        .map(|(step, _)| *step)
        .find(|step| *step > known)
    {
        return Err(Error::input(format!(
            "the schema of the database has version {newer}, but this program supports only version {known}\n\
             help: use the newest version of the program, or restore the backup from before the upgrade"
        )));
    }
    for (step, recorded) in &found {
        let step_sql = STEPS.get(*step as usize - 1);
        if step_sql.is_some_and(|sql| checksum(sql) != *recorded) {
            return Err(Error::input(format!(
                "step {step} of the schema is another one than that of this program\n\
                 help: use the program that created the tables"
            )));
        }
    }
    let from = found.iter().map(|(step, _)| *step).max().unwrap_or(0);
    if from == known {
        return Ok(SchemaVersions { from, to: known });
    }
    if let Some(cluster) = cluster {
        return Err(Error::missing(format!(
            "the tables of the cluster `{cluster}` have version {from}, but this program needs version {known}\n\
             help: run the statements of `pings store ddl` on each server of the cluster"
        )));
    }
    if from == 0 && !create {
        return Err(Error::missing("there is no store"));
    }
    for sql in statements(Layout::default()) {
        connection.run(&sql, &[]).await?;
    }
    Ok(SchemaVersions { from, to: known })
}

/// Returns the steps that were applied, with their checksums.
async fn applied(connection: &Connection) -> Result<Vec<(u32, String)>> {
    let sql = "SELECT count() FROM system.tables \
        WHERE database = currentDatabase() AND name = $1";
    let binds = [Bind::Text("store_migrations")];
    let exists = connection.value(sql, &binds, ValueType::Integer).await?;
    if exists != Some(Cell::Integer(1)) {
        return Ok(Vec::new());
    }
    let sql = "SELECT step, checksum FROM store_migrations FINAL ORDER BY step";
    let types = [ValueType::Integer, ValueType::Text];
    let rows = connection.rows(sql, &[], &types).await?;
    let steps = rows.iter().filter_map(|row| {
        let step = row[0].integer()?.try_into().ok()?;
        Some((step, row[1].text()?.to_owned()))
    });
    Ok(steps.collect())
}

/// Returns the statements of a step, without comments.
fn rendered(sql: &str, layout: Layout<'_>) -> Vec<String> {
    let mut text = String::new();
    for line in sql.lines().filter(|line| !line.starts_with("--")) {
        let distributed = line.strip_prefix("{distributed ");
        let distributed = distributed.and_then(|rest| rest.strip_suffix('}'));
        match (distributed, layout.cluster) {
            (None, _) => text.push_str(line),
            (Some(of), Some(cluster)) => {
                let (table, key) = of.split_once(' ').unwrap_or((of, "rand()"));
                text.push_str(&format!(
                    "CREATE TABLE IF NOT EXISTS {table} AS {table}_local \
                     ENGINE = Distributed('{cluster}', currentDatabase(), '{table}_local', {key});"
                ));
            }
            (Some(_), None) => {}
        }
        text.push('\n');
    }
    let local = layout.cluster.map_or("", |_| "_local");
    let text = text
        .replace("{local}", local)
        .replace("{settings}", DURABLE);
    let text = match layout.is_replicated {
        false => text.replace("{replacing}", "ReplacingMergeTree"),
        true => replicated(&text),
    };
    let statements = text.split(";\n").map(str::trim);
    statements
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Replaces the engines with those that Keeper replicates.
fn replicated(text: &str) -> String {
    const PATH: &str = "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'";
    text.replace(
        "{replacing}()",
        &format!("ReplicatedReplacingMergeTree({PATH})"),
    )
    .replace(
        "{replacing}(",
        &format!("ReplicatedReplacingMergeTree({PATH}, "),
    )
}

fn checksum(sql: &str) -> String {
    hex::encode(Sha256::digest(sql.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::{Layout, statements};

    #[test]
    fn a_layout_decides_engines_and_distributed_tables() {
        let plain = statements(Layout::default()).join(";\n");
        assert!(plain.contains("CREATE TABLE IF NOT EXISTS kept_codes ("));
        assert!(
            !plain.contains("Distributed(") && !plain.contains('{'),
            "{plain}"
        );
        let cluster = statements(Layout {
            cluster: Some("all"),
            is_replicated: true,
        })
        .join(";\n");
        assert!(cluster.contains("CREATE TABLE IF NOT EXISTS kept_codes_local ("));
        assert!(cluster.contains(
            "CREATE TABLE IF NOT EXISTS kept_codes AS kept_codes_local \
             ENGINE = Distributed('all', currentDatabase(), 'kept_codes_local', cityHash64(id))"
        ));
        assert!(cluster.contains("'{replica}', version, is_deleted)"));
        assert!(!cluster.contains("{replacing}"));
    }
}
