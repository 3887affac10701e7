//! Erases payloads and all rows that were derived from them.

use pings_database::{Bind, Transaction};
use pings_model::ValueType;
use pings_sql::Dialect;

use crate::ingest::erased::Erased;

/// The tables that hold payloads, the rows derived from them, and attributes of instances.
pub(crate) const TABLES: [&str; 14] = [
    "instances",
    "payloads",
    "payload_versions",
    "conflicts",
    "measurements",
    "measured",
    "failures",
    "reports",
    "instance_spans",
    "series",
    "codes",
    "origins",
    "origin_versions",
    "attributes",
];

/// The payloads to erase: those of an instance, by its integer id, or those of the weeks before a
/// week.
#[derive(Clone, Copy)]
pub(crate) enum Which<'w> {
    Instance(i64),
    Before(&'w str),
}

impl Which<'_> {
    fn condition(&self) -> (&'static str, Bind<'_>) {
        match self {
            Self::Instance(instance) => ("instance = $1", Bind::Integer(*instance)),
            Self::Before(week) => ("week < $1", Bind::Text(week)),
        }
    }
}

/// Erases payloads, and names that are no longer used: the value of a dimension may identify the
/// sender. The caller must recount how many instances reported a week.
pub(crate) async fn erase(tx: &mut Transaction, which: Which<'_>) -> sqlx::Result<Erased> {
    let (condition, bind) = which.condition();
    let binds = [bind];
    if tx.dialect() == Dialect::Sqlite {
        // Deleted rows are overwritten immediately, and not only when the file is compacted.
        tx.script("PRAGMA secure_delete = ON").await?;
    }
    let mut erased = Erased::default();
    for table in ["conflicts", "payload_versions"] {
        let sql = format!(
            "DELETE FROM {table} WHERE payload IN (SELECT id FROM payloads WHERE {condition})"
        );
        let rows = tx.run(&sql, &binds).await?;
        if table == "conflicts" {
            erased.conflicts = rows;
        }
    }
    for table in ["measurements", "measured", "failures", "payloads"] {
        let sql = format!("DELETE FROM {table} WHERE {condition}");
        let rows = tx.run(&sql, &binds).await?;
        match table {
            "measurements" => erased.numbers = rows,
            "payloads" => erased.payloads = rows,
            _ => {}
        }
    }
    for sql in [
        "DELETE FROM instance_spans WHERE NOT EXISTS (SELECT 1 FROM payloads \
           WHERE payloads.registry = instance_spans.registry AND payloads.instance = instance_spans.instance)",
        "DELETE FROM series WHERE NOT EXISTS (SELECT 1 FROM measurements \
           WHERE measurements.series = series.id)",
        "DELETE FROM codes WHERE NOT EXISTS (SELECT 1 FROM series WHERE series.code = codes.id) \
           AND NOT EXISTS (SELECT 1 FROM measured WHERE measured.code = codes.id) \
           AND NOT EXISTS (SELECT 1 FROM failures WHERE failures.code = codes.id)",
        "UPDATE store_state SET generation = generation + 1 WHERE id = 1",
    ] {
        tx.run(sql, &[]).await?;
    }
    Ok(erased)
}

/// Erases unused origins. Reports must have been recounted before.
pub(crate) async fn erase_origins(tx: &mut Transaction) -> sqlx::Result<()> {
    let used = [
        "payloads",
        "measurements",
        "measured",
        "failures",
        "reports",
    ]
    .map(|table| format!("SELECT origin FROM {table}"))
    .join(" UNION ");
    for (table, column) in [("origin_versions", "origin"), ("origins", "id")] {
        let sql = format!("DELETE FROM {table} WHERE {column} NOT IN ({used})");
        tx.run(&sql, &[]).await?;
    }
    Ok(())
}

/// Returns the weeks that an instance reported, each with its registry.
pub(crate) async fn weeks(
    tx: &mut Transaction,
    instance: i64,
) -> sqlx::Result<Vec<(String, String)>> {
    let sql = "SELECT DISTINCT registry, week FROM payloads WHERE instance = $1";
    let types = [ValueType::Text; 2];
    let rows = tx.rows(sql, &[Bind::Integer(instance)], &types).await?;
    let weeks = rows
        .iter()
        .filter_map(|row| Some((row[0].text()?.to_owned(), row[1].text()?.to_owned())));
    Ok(weeks.collect())
}
