//! Who an instance is.

use pings_database::{Bind, Cell, Error, Mode, Result};
use pings_model::ValueType;
use pings_payload::{SigningKey, Uuid};

use crate::event_log::EventLog;

/// An instance: an id and a key, both random, made on first use and kept in the database.
pub struct Instance {
    /// Its id.
    pub id: Uuid,
    /// What its bundles are signed with.
    pub key: SigningKey,
}

impl Instance {
    /// The instance whose event log this is.
    ///
    /// # Errors
    ///
    /// Where the database fails, or the system has no random numbers.
    pub async fn of(log: &EventLog) -> Result<Self> {
        let mut tx = log.begin(Mode::Write).await?;
        let sql = "SELECT id, seed FROM pings_instance";
        let types = [ValueType::Text, ValueType::Text];
        let mut rows = tx.rows(sql, &[], &types).await?;
        if rows.is_empty() {
            let mut seed = [0; 32];
            getrandom::fill(&mut seed)
                .map_err(|error| Error::failure(format!("no random numbers: {error}")))?;
            let seed: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
            let id = Uuid::new_v4().to_string();
            // Another process may be as fast.
            let made = "INSERT INTO pings_instance (singleton, id, seed) VALUES (1, $1, $2) ON CONFLICT DO NOTHING";
            tx.run(made, &[Bind::Text(&id), Bind::Text(&seed)]).await?;
            rows = tx.rows(sql, &[], &types).await?;
        }
        tx.commit().await?;
        let damaged = || Error::failure("pings_instance does not hold an instance");
        let row = rows.into_iter().next().map(<[Cell; 2]>::try_from);
        let Some(Ok([Cell::Text(id), Cell::Text(seed)])) = row else {
            return Err(damaged());
        };
        Ok(Self {
            id: id.parse().map_err(|_| damaged())?,
            key: SigningKey::from_seed(&bytes(&seed).ok_or_else(damaged)?),
        })
    }
}

fn bytes(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hex.len() != 64 {
        return None;
    }
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(bytes)
}
