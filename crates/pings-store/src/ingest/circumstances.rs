//! The store's knowledge about the sender of a payload, before it accepts the payload.

use pings_database::{Bind, Result};
use pings_model::ValueType;

use crate::ingest::incoming::Incoming;
use crate::reader::Reader;
use crate::registry::declared::Declarations;
use crate::store::{Backend, Store};

/// The store's knowledge about the sender of a payload and about its week.
pub(crate) struct Circumstances {
    pub(crate) declared: Declarations,
    /// Whether the store has no payload of the instance.
    pub(crate) is_new: bool,
    /// The newest revision of the week.
    pub(crate) newest: Option<u32>,
    /// Whether the store has this content under this revision.
    pub(crate) is_stored: bool,
}

impl Store {
    /// Returns the store's knowledge about the sender of a payload and about its week.
    pub(crate) async fn circumstances(&self, incoming: &Incoming) -> Result<Circumstances> {
        let payload = incoming.payload();
        let mut tx = self.read().await?;
        let declared = self.declarations_of(&mut tx, payload).await?;
        let known = match &self.backend {
            Backend::Sql(_) => known(&mut tx, incoming).await?,
            #[cfg(feature = "clickhouse")]
            Backend::ClickHouse(connection) => connection.known(incoming).await?,
        };
        tx.end().await?;
        Ok(Circumstances {
            declared,
            is_new: known.is_new,
            newest: known.newest,
            is_stored: known.is_stored,
        })
    }
}

/// The stored payloads of the instance and the week of a payload.
pub(crate) struct Known {
    pub(crate) is_new: bool,
    pub(crate) newest: Option<u32>,
    pub(crate) is_stored: bool,
}

async fn known(tx: &mut Reader, incoming: &Incoming) -> Result<Known> {
    let payload = incoming.payload();
    let integer = ValueType::Integer;
    let sql = "SELECT id FROM instances WHERE uuid = $1";
    let uuid = payload.instance.to_string();
    let instance = tx.value(sql, &[Bind::Text(&uuid)], integer).await?;
    let instance = instance.and_then(|id| id.integer());
    let (newest, is_stored) = match instance {
        Some(instance) => {
            let sql = "SELECT max(revision) FROM payloads \
                    WHERE registry = $1 AND instance = $2 AND week = $3";
            let week = payload.week.to_string();
            let binds = [
                Bind::Text(&payload.registry),
                Bind::Integer(instance),
                Bind::Text(&week),
            ];
            let newest = tx.value(sql, &binds, integer).await?;
            (newest, is_stored(tx, incoming, instance).await?)
        }
        None => (None, false),
    };
    let newest = newest.and_then(|newest| newest.integer());
    Ok(Known {
        is_new: instance.is_none(),
        newest: newest.and_then(|newest| newest.try_into().ok()),
        is_stored,
    })
}

/// Returns whether the store has a payload: as that of its revision, or as another content.
async fn is_stored(tx: &mut Reader, incoming: &Incoming, instance: i64) -> Result<bool> {
    let payload = incoming.payload();
    let week = payload.week.to_string();
    let binds = [
        Bind::Text(&payload.registry),
        Bind::Integer(instance),
        Bind::Text(&week),
        Bind::Integer(payload.revision.into()),
        Bind::Text(&incoming.digest),
    ];
    let sql = "SELECT count(*) FROM payloads \
        WHERE registry = $1 AND instance = $2 AND week = $3 AND revision = $4 \
          AND (digest = $5 OR EXISTS (SELECT 1 FROM conflicts \
            WHERE conflicts.payload = payloads.id AND conflicts.digest = $5))";
    let found = tx.value(sql, &binds, ValueType::Integer).await?;
    Ok(found.and_then(|count| count.integer()).unwrap_or_default() > 0)
}
