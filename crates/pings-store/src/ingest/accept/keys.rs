//! Checks that the payloads of a batch are authentic. Once the key of an instance is pinned, its
//! payloads are kept only with a signature of that key.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Transaction};
use pings_model::ValueType;
use pings_payload::{PublicKey, Uuid};

use super::disposition::{Accepted, Disposition};
use crate::ingest::intern::values;
use crate::ingest::received::{Proof, Received};

/// The number of instances per query.
const AT_ONCE: usize = 256;

/// Returns, for each payload of a batch, why it is rejected, if it is.
///
/// The first key of an instance in a batch applies to the rest of the batch.
pub(crate) fn refusals(
    batch: &[Received],
    mut keys: BTreeMap<Uuid, PublicKey>,
) -> Vec<Option<Disposition>> {
    let refusals = batch.iter().map(|received| match received.proof {
        Proof::Token => None,
        Proof::Nothing => keys
            .contains_key(&received.instance)
            .then_some(Disposition::Unsigned),
        Proof::Signature(key) => {
            let known = *keys.entry(received.instance).or_insert(key);
            (known != key).then_some(Disposition::OtherKey)
        }
    });
    refusals.collect()
}

/// Pins the keys of instances without a pinned key for which a signed payload was kept.
pub(super) async fn pin(
    tx: &mut Transaction,
    batch: &[Received],
    accepted: &[Accepted],
) -> sqlx::Result<()> {
    let mut keys = BTreeMap::new();
    for (received, accepted) in batch.iter().zip(accepted) {
        // A payload that was already stored may be an old copy, signed with a key that was
        // unpinned.
        let is_kept = matches!(accepted.how, Disposition::New | Disposition::Late);
        if let Proof::Signature(key) = received.proof
            && is_kept
        {
            keys.insert(received.instance.to_string(), key.to_string());
        }
    }
    for (instance, key) in &keys {
        let sql = "UPDATE instances SET key = $1 WHERE uuid = $2 AND key IS NULL";
        tx.run(sql, &[Bind::Text(key), Bind::Text(instance)])
            .await?;
    }
    Ok(())
}

/// Returns the keys that are already pinned.
pub(super) async fn pinned(
    tx: &mut Transaction,
    batch: &[Received],
) -> sqlx::Result<BTreeMap<Uuid, PublicKey>> {
    let instances: BTreeSet<String> = batch.iter().map(|it| it.instance.to_string()).collect();
    let instances: Vec<String> = instances.into_iter().collect();
    let mut keys = BTreeMap::new();
    for some in instances.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT instances.uuid, instances.key FROM ({}) AS wanted \
             JOIN instances ON instances.uuid = wanted.column1 WHERE instances.key IS NOT NULL",
            values(some.len(), 1)
        );
        let binds: Vec<Bind<'_>> = some.iter().map(|uuid| Bind::Text(uuid)).collect();
        for row in tx.rows(&sql, &binds, &[ValueType::Text; 2]).await? {
            if let [Cell::Text(uuid), Cell::Text(key)] = row.as_slice()
                && let (Ok(uuid), Ok(key)) = (uuid.parse(), key.parse())
            {
                keys.insert(uuid, key);
            }
        }
    }
    Ok(keys)
}
