//! Looks up the declarations of registries, against which payloads are checked.

use std::collections::BTreeSet;
use std::sync::Arc;

use pings_database::{Bind, Cell, Result};
use pings_model::ValueType;
use pings_payload::Payload;

use crate::reader::Rows;
use crate::registry::declared::{Declarations, Declared};
use crate::store::Store;

impl Store {
    /// Returns the declarations of the registries that a payload refers to, as far as the store
    /// knows them.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn declarations(&self, payload: &Payload) -> Result<Declarations> {
        let mut tx = self.read().await?;
        let declared = self.declarations_of(&mut tx, payload).await?;
        tx.end().await?;
        Ok(declared)
    }

    /// Returns the declarations within a transaction.
    pub(crate) async fn declarations_of(
        &self,
        tx: &mut impl Rows,
        payload: &Payload,
    ) -> Result<Declarations> {
        let kept_from = payload.all_metrics().flat_map(|it| it.values());
        let kept_from = kept_from.filter_map(|it| it.kept_from.as_deref());
        let fingerprints: BTreeSet<&str> = kept_from.chain([&*payload.fingerprint]).collect();
        let mut declarations = Declarations::default();
        for fingerprint in fingerprints {
            if let Some(declared) = self.declared(tx, &payload.registry, fingerprint).await? {
                declarations.known.insert(fingerprint.to_owned(), declared);
            }
        }
        Ok(declarations)
    }

    async fn declared(
        &self,
        tx: &mut impl Rows,
        registry: &str,
        fingerprint: &str,
    ) -> Result<Option<Arc<Declared>>> {
        let binds = [registry, fingerprint].map(Bind::Text);
        let column = |column: &str| {
            format!(
                "SELECT {column} FROM fingerprints WHERE registry = $1 AND fingerprint = $2 \
                 AND declared IS NOT NULL"
            )
        };
        let digest = tx
            .value(&column("declared_digest"), &binds, ValueType::Text)
            .await?;
        let Some(Cell::Text(digest)) = digest else {
            return Ok(None);
        };
        let key = (registry.to_owned(), fingerprint.to_owned());
        if let Some(declared) = self.declared.get(&key, &digest) {
            return Ok(Some(declared));
        }
        let document = tx
            .value(&column("declared"), &binds, ValueType::Text)
            .await?;
        let document = document.as_ref().and_then(Cell::text).unwrap_or_default();
        // A newer program may have stored a document that this one cannot parse. The registry is
        // then treated as unknown.
        let Ok(declared) = serde_json::from_str(document) else {
            return Ok(None);
        };
        let declared = Arc::new(declared);
        self.declared.put(key, digest, Arc::clone(&declared));
        Ok(Some(declared))
    }
}
