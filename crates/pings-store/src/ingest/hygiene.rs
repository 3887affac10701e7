//! Settings that decide whose numbers count.

use std::collections::BTreeSet;

use pings_database::{Bind, Error, Result};
use pings_model::ValueType;
use pings_payload::Uuid;

use crate::ingest::left_out;
use crate::ingest::rebuilt::Rebuilt;
use crate::store::{Backend, Store, UNCONFIRMED};

/// The maximum length of a reason in bytes.
const LONGEST: usize = 100;

impl Store {
    /// Returns in how many different weeks an instance must have reported before its numbers count.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn confirmed_after(&self) -> Result<u32> {
        let mut tx = self.read().await?;
        let weeks = left_out::confirmed_after(&mut tx).await?;
        tx.end().await?;
        Ok(u32::try_from(weeks).unwrap_or(u32::MAX))
    }

    /// Sets in how many different weeks an instance must have reported before its numbers count, and
    /// rebuilds all rows. Payloads of other instances are kept.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails. The call can be repeated.
    pub async fn confirm_after(
        &self,
        weeks: u32,
        progress: impl FnMut(u64, u64),
    ) -> Result<Rebuilt> {
        match &self.backend {
            Backend::Sql(_) => {
                let mut tx = self.write().await?;
                left_out::confirm_after(&mut tx, weeks.max(1).into()).await?;
                tx.commit().await?;
            }
            #[cfg(feature = "clickhouse")]
            Backend::ClickHouse(connection) => connection.confirm_after(weeks.max(1)).await?,
        }
        self.rebuild(progress).await
    }

    /// Leaves the numbers of an instance out of all answers, for a reason such as `test`, or counts
    /// them again. Its payloads are kept.
    ///
    /// # Errors
    ///
    /// Returns an error if the store does not have the instance, if the reason is empty or too long,
    /// or if the database fails.
    pub async fn leave_out(&self, instance: Uuid, reason: Option<&str>) -> Result<()> {
        let is_bad = |it: &str| {
            it.is_empty()
                || it.len() > LONGEST
                || it == UNCONFIRMED
                || it.chars().any(char::is_control)
        };
        if reason.is_some_and(is_bad) {
            return Err(Error::input(format!(
                "a reason is a line of 1 to {LONGEST} bytes, and is not `{UNCONFIRMED}`"
            )));
        }
        let missing = || Error::missing(format!("the store has no data of instance {instance}"));
        #[cfg(feature = "clickhouse")]
        if let Backend::ClickHouse(connection) = &self.backend {
            let is_known = connection.leave_out(instance, reason).await?;
            return is_known.then_some(()).ok_or_else(missing);
        }
        let mut names = self.names.lock().await;
        let mut tx = self.write().await?;
        names.refresh(&mut tx).await?;
        let uuid = instance.to_string();
        let sql = "SELECT id FROM instances WHERE uuid = $1";
        let id = tx
            .value(sql, &[Bind::Text(&uuid)], ValueType::Integer)
            .await?;
        let Some(id) = id.and_then(|id| id.integer()) else {
            return Err(missing());
        };
        let sql = "UPDATE instances SET left_out = $1 WHERE id = $2";
        let reason = reason.map_or(Bind::Null, Bind::Text);
        tx.run(sql, &[reason, Bind::Integer(id)]).await?;
        let rebuilt = self
            .rebuild_instances(&mut tx, &names, &BTreeSet::from([id]))
            .await?;
        tx.commit().await?;
        for batch in rebuilt {
            batch.remember(&mut names);
        }
        Ok(())
    }
}
