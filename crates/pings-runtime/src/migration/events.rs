//! Copies rows of the event log.

use std::collections::HashSet;

use pings_database::{Bind, Cell, Error, Mode, Result, Transaction, reason};
use pings_model::ValueType;
use pings_sql::Dialect;

use super::columns::Columns;
use super::mark::read_mark;
use crate::event_log::{EventLog, is_refusal};

/// The number of rows that are copied in one transaction.
const SOME: i64 = 5_000;

/// The number of ids before the last one that are checked again. PostgreSQL assigns ids before rows
/// become visible, so that rows of concurrent writers can appear out of order.
const OVERLAP: i64 = 10_000;

/// Returns the number of events.
pub(super) async fn count(log: &EventLog) -> Result<u64> {
    let mut tx = log.begin(Mode::Read).await?;
    let sql = "SELECT count(*) FROM event_logs";
    let count = tx.value(sql, &[], ValueType::Integer).await?;
    tx.rollback().await?;
    let count = count.and_then(|cell| cell.integer()).unwrap_or(0);
    Ok(count.unsigned_abs())
}

/// Copies the next rows in a separate transaction, and returns how many were copied.
pub(super) async fn copy(
    from: &EventLog,
    to: &EventLog,
    columns: &Columns,
    with_ids: bool,
) -> Result<u64> {
    let mut source = from.begin(Mode::Read).await?;
    let mut target = to.begin(Mode::Write).await?;
    let copied = copy_some(&mut source, &mut target, columns, with_ids).await?;
    source.rollback().await?;
    target.commit().await?;
    Ok(copied)
}

/// Copies the next rows after the mark, and moves the mark. Returns the number of rows.
pub(super) async fn copy_some(
    source: &mut Transaction,
    target: &mut Transaction,
    columns: &Columns,
    with_ids: bool,
) -> Result<u64> {
    let read_to = read_mark(target).await?.map_or(0, |(_, mark)| mark.read_to);
    let rows = rows(source, columns, read_to).await?;
    let Some((last, _)) = rows.last() else {
        return Ok(0);
    };
    insert(target, columns, &rows, with_ids).await?;
    let sql = "UPDATE pings_migrated SET read_to = $1";
    target.run(sql, &[Bind::Integer(*last)]).await?;
    Ok(rows.len() as u64)
}

/// Copies rows that were not yet visible when rows with higher ids were copied.
pub(super) async fn copy_passed_over(
    source: &mut Transaction,
    target: &mut Transaction,
    columns: &Columns,
) -> Result<u64> {
    if source.dialect() == Dialect::Sqlite {
        return Ok(0);
    }
    let read_to = read_mark(target).await?.map_or(0, |(_, mark)| mark.read_to);
    let mut from = read_to.saturating_sub(OVERLAP);
    let known = "SELECT id FROM event_logs WHERE id > $1";
    let known = target
        .rows(known, &[Bind::Integer(from)], &[ValueType::Integer])
        .await?;
    let known: HashSet<i64> = known
        .iter()
        .filter_map(|row| row.first()?.integer())
        .collect();
    let mut copied = 0;
    loop {
        let mut rows = rows(source, columns, from).await?;
        let Some((last, _)) = rows.last() else {
            return Ok(copied);
        };
        from = *last;
        rows.retain(|(id, _)| !known.contains(id));
        insert(target, columns, &rows, true).await?;
        copied += rows.len() as u64;
    }
}

/// Rows with their ids.
type Rows = Vec<(i64, Vec<Cell>)>;

async fn rows(source: &mut Transaction, columns: &Columns, after: i64) -> Result<Rows> {
    let selected = columns.selected.join(", ");
    let sql = format!(
        "SELECT id, {selected} FROM event_logs WHERE id > $1 \
         ORDER BY event_logs.id LIMIT {SOME}"
    );
    let mut types = vec![ValueType::Text; columns.names.len() + 1];
    types[0] = ValueType::Integer;
    let rows = source.rows(&sql, &[Bind::Integer(after)], &types).await?;
    let rows = rows.into_iter().filter_map(|mut row| {
        let id = row.first()?.integer()?;
        row.remove(0);
        Some((id, row))
    });
    Ok(rows.collect())
}

/// Inserts rows into the target.
///
/// # Errors
///
/// Returns an error that names the row if the target rejects one.
async fn insert(
    target: &mut Transaction,
    columns: &Columns,
    rows: &[(i64, Vec<Cell>)],
    with_ids: bool,
) -> Result<()> {
    let mut rejected = rows;
    loop {
        let error = match try_insert(target, columns, rejected, with_ids).await {
            Ok(()) => return Ok(()),
            Err(error) if is_refusal(&error) => error,
            Err(error) => return Err(error.into()),
        };
        if let [(id, _)] = rejected {
            return Err(Error::input(format!(
                "the target rejects the event with the id {id}: {}\n\
                 help: change or remove that event in the source, and run the migration again",
                reason(&error)
            )));
        }
        // The rows before the rejected one are inserted, because it may collide with one of them.
        let (first, second) = rejected.split_at(rejected.len() / 2);
        let first_half = try_insert(target, columns, first, with_ids).await;
        rejected = if first_half.is_ok() { second } else { first };
    }
}

/// Inserts rows. If the target rejects a row, no row is inserted, and the transaction continues.
async fn try_insert(
    target: &mut Transaction,
    columns: &Columns,
    rows: &[(i64, Vec<Cell>)],
    with_ids: bool,
) -> sqlx::Result<()> {
    let is_kept = |name: &&str| with_ids || *name != "\"id\"";
    let names: Vec<&str> = columns.names.iter().map(String::as_str).collect();
    let kept: Vec<&str> = names.iter().copied().filter(|name| is_kept(name)).collect();
    let mut values = Vec::with_capacity(rows.len() * kept.len());
    for (_, row) in rows {
        let cells = names.iter().zip(row).filter(|(name, _)| is_kept(name));
        values.extend(cells.map(|(_, cell)| cell.text().map_or(Bind::Null, Bind::Text)));
    }
    target.run("SAVEPOINT rows", &[]).await?;
    let inserted = target.load("event_logs", &kept, &values).await;
    match &inserted {
        Ok(()) => drop(target.run("RELEASE SAVEPOINT rows", &[]).await?),
        Err(error) if is_refusal(error) => {
            target.run("ROLLBACK TO SAVEPOINT rows", &[]).await?;
        }
        Err(_) => {}
    }
    inserted
}

/// Sets the sequence of PostgreSQL, so that the next event gets the next id.
pub(super) async fn set_next_id(target: &mut Transaction) -> Result<()> {
    if target.dialect() == Dialect::Postgres {
        let sql = "SELECT setval(pg_get_serial_sequence('event_logs', 'id')::regclass, max(id)) FROM event_logs \
                   HAVING max(id) IS NOT NULL AND pg_get_serial_sequence('event_logs', 'id') IS NOT NULL";
        target.rows(sql, &[], &[ValueType::Integer]).await?;
    }
    Ok(())
}
