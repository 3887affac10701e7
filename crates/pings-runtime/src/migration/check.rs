//! Compares both databases after a migration.

use std::collections::BTreeMap;

use pings_database::{Cell, Error, Result, Transaction};
use pings_model::ValueType;
use pings_sql::Dialect;

use super::tables::names;

/// The sums to compare, keyed by a description of the rows that they cover: the events of a name
/// and day, or a table.
type Sums = BTreeMap<String, Vec<Cell>>;

/// Compares the sums for the events of each name and day, and the row count of each other table.
pub(super) async fn compare(source: &mut Transaction, target: &mut Transaction) -> Result<()> {
    let (there, here) = (sums(source).await?, sums(target).await?);
    let differs = there
        .iter()
        .find(|(of, cells)| here.get(*of) != Some(cells))
        .or_else(|| here.iter().find(|(of, _)| !there.contains_key(*of)));
    match differs {
        None => Ok(()),
        Some((of, _)) => Err(Error::failure(format!(
            "the copy differs from the source in {of}: was the event log pruned or changed during the migration?\n\
             help: empty the target, and run the migration again"
        ))),
    }
}

async fn sums(tx: &mut Transaction) -> Result<Sums> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT name, date(timestamp, 'auto'), CAST(count(*) AS TEXT), CAST(sum(id) AS TEXT), \
               CAST(sum(length(version)) AS TEXT), CAST(sum(length(anonymous_user_id)) AS TEXT), \
               CAST(count(nullif(nullif(CAST(user_id AS TEXT), ''), '0')) AS TEXT) \
             FROM event_logs GROUP BY 1, 2"
        }
        Dialect::Postgres => {
            "SELECT name::text, to_char(timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD'), count(*)::text, \
               sum(id)::text, sum(length(version))::text, sum(length(anonymous_user_id))::text, \
               count(nullif(nullif(user_id::text, ''), '0'))::text \
             FROM event_logs GROUP BY 1, 2"
        }
    };
    let mut sums = Sums::new();
    for mut row in tx.rows(sql, &[], &[ValueType::Text; 7]).await? {
        let rest = row.split_off(2);
        let mut of = row.iter().map(|cell| cell.text().unwrap_or("unknown"));
        let (name, day) = (of.next().unwrap_or_default(), of.next().unwrap_or_default());
        sums.insert(format!("the events `{name}` of {day}"), rest);
    }
    for table in names(tx).await? {
        let sql = format!("SELECT count(*) FROM {table}");
        let count = tx.value(&sql, &[], ValueType::Integer).await?;
        sums.insert(format!("the table {table}"), count.into_iter().collect());
    }
    Ok(sums)
}
