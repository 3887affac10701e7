//! The identity of an instance.

use pings_database::{Bind, Cell, Error, Mode, Result, Transaction};
use pings_model::ValueType;
use pings_payload::{SigningKey, Uuid, Week};
use time::OffsetDateTime;

use crate::event_log::EventLog;

/// An instance: a random id and a random key, created on first use and stored in the database.
pub struct Instance {
    /// The id of the instance.
    pub id: Uuid,
    /// The key that signs payloads and bundles.
    pub key: SigningKey,
    /// The first week that is sent under this id, if the instance is a renewed copy.
    pub first_week: Option<Week>,
    /// The database that this one was migrated to, without its password.
    pub moved_to: Option<String>,
}

impl Instance {
    /// Returns the instance of an event log that still sends from here.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails, if it was migrated to another one, or if the system
    /// has no random numbers.
    pub async fn of(log: &EventLog) -> Result<Self> {
        let instance = Self::kept(log).await?;
        match &instance.moved_to {
            None => Ok(instance),
            Some(to) => Err(Error::input(format!(
                "this database was migrated to {to} and no longer sends anything\n\
                 help: use the database {to}; to send from this database as another instance, give it a new id"
            ))),
        }
    }

    /// Returns the instance of an event log, even if the instance has moved to another database.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails, or if the system has no random numbers.
    pub async fn kept(log: &EventLog) -> Result<Self> {
        let mut tx = log.begin(Mode::Write).await?;
        if let Some(instance) = read(&mut tx).await? {
            tx.rollback().await?;
            return Ok(instance);
        }
        let (id, seed) = random()?;
        // Another process may create the instance at the same time.
        let made = "INSERT INTO pings_instance (singleton, id, seed) VALUES (1, $1, $2) ON CONFLICT DO NOTHING";
        tx.run(made, &[Bind::Text(&id), Bind::Text(&seed)]).await?;
        let instance = read(&mut tx).await?;
        tx.commit().await?;
        instance.ok_or_else(damaged)
    }

    /// Turns a copy into an instance with its own id and key, which sends the weeks from `from` on.
    /// Payloads that were already sent stay with the old id. Payloads that wait under the old id
    /// are not sent from here.
    ///
    /// # Errors
    ///
    /// Returns an error if the week has not begun, if the database fails, or if the system has no
    /// random numbers.
    pub async fn renew(log: &EventLog, from: Week, now: OffsetDateTime) -> Result<Self> {
        if from.start() > now {
            return Err(Error::input(format!(
                "{from} has not started\n\
                 help: use the first complete week after the copy was made"
            )));
        }
        Self::kept(log).await?;
        let (id, seed) = random()?;
        let mut tx = log.begin(Mode::Write).await?;
        let renew =
            "UPDATE pings_instance SET id = $1, seed = $2, first_week = $3, moved_to = NULL";
        let from = from.to_string();
        tx.run(
            renew,
            &[Bind::Text(&id), Bind::Text(&seed), Bind::Text(&from)],
        )
        .await?;
        let withdraw =
            "UPDATE pings_outbox SET state = 'replaced' WHERE state IN ('waiting', 'parked')";
        tx.run(withdraw, &[]).await?;
        tx.run("UPDATE pings_outbox SET again = 0", &[]).await?;
        let instance = read(&mut tx).await?;
        tx.commit().await?;
        instance.ok_or_else(damaged)
    }

    /// Returns whether a payload with this body was made under the id that this database had before it was
    /// renewed.
    pub(super) fn is_foreign(&self, body: &str) -> bool {
        self.first_week.is_some() && !body.contains(&format!("\"instance\":\"{}\"", self.id))
    }
}

async fn read(tx: &mut Transaction) -> Result<Option<Instance>> {
    let sql = "SELECT id, seed, first_week, moved_to FROM pings_instance";
    let rows = tx.rows(sql, &[], &[ValueType::Text; 4]).await?;
    let Some(row) = rows.into_iter().next() else {
        return Ok(None);
    };
    let [Cell::Text(id), Cell::Text(seed), first_week, moved_to] =
        <[Cell; 4]>::try_from(row).map_err(|_| damaged())?
    else {
        return Err(damaged());
    };
    let mut bytes = [0; 32];
    hex::decode_to_slice(&seed, &mut bytes).map_err(|_| damaged())?;
    let first_week = first_week.text().map(str::parse).transpose();
    Ok(Some(Instance {
        id: id.parse().map_err(|_| damaged())?,
        key: SigningKey::from_seed(&bytes),
        first_week: first_week.map_err(|_| damaged())?,
        moved_to: moved_to.text().map(str::to_owned),
    }))
}

fn damaged() -> Error {
    Error::failure("pings_instance does not contain an instance")
}

/// Returns an id and the seed of a key, as texts.
fn random() -> Result<(String, String)> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| Error::failure(format!("no random numbers: {error}")).caused_by(error))?;
    Ok((Uuid::new_v4().to_string(), hex::encode(seed)))
}
