//! The origins of values and their trust. A store has few origins, which are loaded at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pings_database::{Bind, Cell};
use pings_model::{Life, Registry, ValueType};
use pings_payload::fingerprint;

use crate::analysis::trust::{Label, Versions, label};
use crate::reader::Reader;
use pings_database::Result;

/// The origins of a registry's payloads, by id.
pub(crate) struct Origins(BTreeMap<i64, Origin>);

pub(crate) struct Origin {
    pub(crate) versions: Versions,
    is_known: bool,
    /// The codes of the origin's registry, if they are stored.
    codes: Option<Arc<BTreeSet<String>>>,
}

/// Loads all origins of a registry.
pub(crate) async fn origins(tx: &mut Reader, registry: &Registry) -> Result<Origins> {
    let name = [Bind::Text(registry.name())];
    let sql = "SELECT fingerprint FROM fingerprints WHERE registry = $1";
    let rows = tx.rows(sql, &name, &[ValueType::Text]).await?;
    let mut known: BTreeSet<String> = rows
        .into_iter()
        .filter_map(|row| row.first().and_then(Cell::text).map(str::to_owned))
        .collect();
    // The queried registry counts as known, even if it is not registered with the store.
    known.insert(fingerprint(registry));
    let sql = "SELECT fingerprint, code FROM fingerprint_codes WHERE registry = $1";
    let mut codes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in tx.rows(sql, &name, &[ValueType::Text; 2]).await? {
        if let [Cell::Text(fingerprint), Cell::Text(code)] = &row[..] {
            let of_registry = codes.entry(fingerprint.clone()).or_default();
            of_registry.insert(code.clone());
        }
    }
    let codes = codes.into_iter();
    let codes: BTreeMap<String, Arc<BTreeSet<String>>> = codes
        .map(|(fingerprint, codes)| (fingerprint, Arc::new(codes)))
        .collect();
    let sql = "SELECT id, fingerprint, versions FROM origins WHERE registry = $1";
    let types = [ValueType::Integer, ValueType::Text, ValueType::Text];
    let rows = tx.rows(sql, &name, &types).await?;
    let origins = rows.into_iter().filter_map(|row| match &row[..] {
        [
            Cell::Integer(id),
            Cell::Text(fingerprint),
            Cell::Text(versions),
        ] => {
            let origin = Origin {
                versions: Versions::read(versions, registry),
                is_known: known.contains(fingerprint),
                codes: codes.get(fingerprint).cloned(),
            };
            Some((*id, origin))
        }
        _ => None,
    });
    Ok(Origins(origins.collect()))
}

impl Origins {
    /// Returns the label of a code at an origin. A missing origin has an unknown registry, and the
    /// registry of an origin may not have the code yet.
    pub(crate) fn label<'r>(&self, life: Life<'r>, code: &str, id: i64) -> Label<'r> {
        let Some(origin) = self.0.get(&id) else {
            return Label::UnknownRegistry;
        };
        let codes = origin.codes.as_ref();
        match label(life, &origin.versions) {
            Label::NotRunning => Label::NotRunning,
            _ if !origin.is_known => Label::UnknownRegistry,
            _ if codes.is_some_and(|codes| !codes.contains(code)) => Label::Absent,
            label => label,
        }
    }

    /// Returns the versions of an origin.
    pub(crate) fn versions(&self, id: i64) -> Option<&Versions> {
        self.0.get(&id).map(|origin| &origin.versions)
    }

    /// Returns the ids of the origins at which a code is trusted.
    pub(crate) fn trusted(&self, life: Life<'_>, code: &str) -> BTreeSet<i64> {
        let ids = self.0.keys().copied();
        ids.filter(|id| self.label(life, code, *id) == Label::Trusted)
            .collect()
    }
}
