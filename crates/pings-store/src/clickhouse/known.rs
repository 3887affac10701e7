//! The store's knowledge about the sender of a payload.

use pings_database::{Bind, Cell, Result};
use pings_model::ValueType;

use super::connection::Connection;
use super::ids;
use crate::ingest::circumstances::Known;
use crate::ingest::incoming::Incoming;

impl Connection {
    /// Returns what the store has of the instance and the week of a payload.
    pub(crate) async fn known(&self, incoming: &Incoming) -> Result<Known> {
        let payload = incoming.payload();
        let instance = ids::instance(&payload.instance.to_string());
        let integer = ValueType::Integer;
        let sql = "SELECT count() FROM kept_instances FINAL WHERE id = $1";
        let count = self.value(sql, &[Bind::Integer(instance)], integer).await?;
        let sql = "SELECT max(revision), countIf(revision = $4 AND digest = $5) \
            FROM kept_payloads WHERE registry = $1 AND instance = $2 AND week = $3";
        let week = payload.week.to_string();
        let binds = [
            Bind::Text(&payload.registry),
            Bind::Integer(instance),
            Bind::Text(&week),
            Bind::Integer(payload.revision.into()),
            Bind::Text(&incoming.digest),
        ];
        let rows = self.rows(sql, &binds, &[integer; 2]).await?;
        let (newest, same) = match rows.first().map(Vec::as_slice) {
            Some([newest, same]) => (newest.integer(), same.integer().unwrap_or_default()),
            _ => (None, 0),
        };
        Ok(Known {
            is_new: count != Some(Cell::Integer(1)),
            newest: newest.and_then(|newest| newest.try_into().ok()),
            is_stored: same > 0,
        })
    }
}
