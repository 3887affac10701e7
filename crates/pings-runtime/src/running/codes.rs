//! The version of the product at which each code appeared on this instance.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::{Registry, ValueType, Version};

/// Records the codes of a registry that were not seen before, with the version of the product. The
/// codes of the first registry are recorded without a version, because they may be older.
pub(crate) async fn note_codes(
    tx: &mut Transaction,
    registry: &Registry,
    version: Option<Version>,
) -> Result<()> {
    let known = "SELECT code FROM pings_codes";
    let known = tx.rows(known, &[], &[ValueType::Text]).await?;
    let version = version.filter(|_| !known.is_empty());
    let version = version.map_or(String::new(), |version| version.to_string());
    let known: BTreeSet<&str> = known.iter().filter_map(|row| row.first()?.text()).collect();
    for (_, metric) in registry.metrics() {
        if !known.contains(&*metric.code) {
            let sql =
                "INSERT INTO pings_codes (code, version) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            let binds = [Bind::Text(&metric.code), Bind::Text(&version)];
            tx.run(sql, &binds).await?;
        }
    }
    Ok(())
}

/// Returns the codes that appeared on this instance, with the version at which each appeared.
pub(crate) async fn appeared(tx: &mut Transaction) -> Result<BTreeMap<String, Version>> {
    let sql = "SELECT code, version FROM pings_codes WHERE version <> ''";
    let rows = tx.rows(sql, &[], &[ValueType::Text; 2]).await?;
    let appeared = rows.into_iter().filter_map(|row| match &row[..] {
        [Cell::Text(code), Cell::Text(version)] => Some((code.clone(), version.parse().ok()?)),
        _ => None,
    });
    Ok(appeared.collect())
}
