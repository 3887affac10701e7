//! Decides which instances count: those that are confirmed and not left out.
//!
//! The payloads of other instances are kept, but no rows of numbers are derived from them, so that no
//! answer needs to know about them.

use std::collections::BTreeSet;

use pings_database::{Bind, Result, Transaction};
use pings_model::ValueType;

use crate::reader::Rows;
use crate::store::UNCONFIRMED;

/// The number of instances per statement.
const AT_ONCE: usize = 256;

/// The instances of a batch whose numbers do not count, or did not count before the batch.
#[derive(Debug, Default)]
pub(crate) struct LeftOut {
    /// The instances without rows.
    pub(crate) left_out: BTreeSet<i64>,
    /// The instances that this batch confirms. Their rows are rebuilt.
    pub(crate) confirmed: BTreeSet<i64>,
}

impl LeftOut {
    /// Returns whether rows are written for an instance.
    pub(crate) fn has_rows(&self, instance: i64) -> bool {
        !self.left_out.contains(&instance)
    }
}

/// The number of different weeks of an instance, over all registries.
const WEEKS: &str =
    "(SELECT count(DISTINCT payloads.week) FROM payloads WHERE payloads.instance = instances.id)";

/// Decides about the instances of a batch, whose payloads have been stored. `new` are those that
/// sent nothing before the batch.
pub(crate) async fn decide(
    tx: &mut Transaction,
    instances: &BTreeSet<i64>,
    new: &BTreeSet<i64>,
) -> Result<LeftOut> {
    let mut standing = LeftOut::default();
    let all: Vec<i64> = instances.iter().copied().collect();
    let needed = confirmed_after(tx).await?;
    for some in all.chunks(AT_ONCE) {
        let ids = list(some.iter());
        let unknown = list(some.iter().filter(|id| new.contains(id)));
        if needed > 1 && !unknown.is_empty() {
            let sql = format!(
                "UPDATE instances SET left_out = $1 \
                 WHERE id IN ({unknown}) AND left_out IS NULL AND {WEEKS} < $2"
            );
            let binds = [Bind::Text(UNCONFIRMED), Bind::Integer(needed)];
            tx.run(&sql, &binds).await?;
        }
        let sql = format!(
            "SELECT id, CAST(CASE WHEN left_out = $1 AND {WEEKS} >= $2 THEN 1 ELSE 0 END AS bigint) \
             FROM instances WHERE id IN ({ids}) AND left_out IS NOT NULL"
        );
        let binds = [Bind::Text(UNCONFIRMED), Bind::Integer(needed)];
        let types = [ValueType::Integer, ValueType::Integer];
        for row in tx.rows(&sql, &binds, &types).await? {
            if let (Some(id), Some(is_confirmed)) = (row[0].integer(), row[1].integer()) {
                standing.left_out.insert(id);
                if is_confirmed == 1 {
                    standing.confirmed.insert(id);
                }
            }
        }
        let ids = list(some.iter().filter(|id| standing.confirmed.contains(id)));
        if !ids.is_empty() {
            let sql = format!("UPDATE instances SET left_out = NULL WHERE id IN ({ids})");
            tx.run(&sql, &[]).await?;
        }
    }
    Ok(standing)
}

fn list<'i>(ids: impl Iterator<Item = &'i i64>) -> String {
    let ids: Vec<String> = ids.map(i64::to_string).collect();
    ids.join(", ")
}

/// Returns in how many weeks an instance must have reported.
pub(crate) async fn confirmed_after(tx: &mut impl Rows) -> Result<i64> {
    let sql = "SELECT confirmed_after FROM store_state WHERE id = 1";
    let weeks = tx.value(sql, &[], ValueType::Integer).await?;
    Ok(weeks.and_then(|weeks| weeks.integer()).unwrap_or(1))
}

/// Sets in how many weeks an instance must have reported, and decides about all instances. The rows
/// must be rebuilt afterwards.
pub(crate) async fn confirm_after(tx: &mut Transaction, weeks: i64) -> sqlx::Result<()> {
    let needed = Bind::Integer(weeks);
    let sql = "UPDATE store_state SET confirmed_after = $1 WHERE id = 1";
    tx.run(sql, &[needed]).await?;
    let sql = format!(
        "UPDATE instances SET left_out = CASE WHEN {WEEKS} < $1 THEN $2 END \
         WHERE left_out IS NULL OR left_out = $2"
    );
    tx.run(&sql, &[needed, Bind::Text(UNCONFIRMED)]).await?;
    Ok(())
}
