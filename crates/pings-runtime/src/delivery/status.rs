//! The state of the outbox and the counters of an instance, for monitoring.

use pings_database::{Bind, Mode, Result};
use pings_model::ValueType;
use pings_payload::Week;
use time::OffsetDateTime;

use crate::event_log::EventLog;
use crate::recorder::Counters;

/// What waits in the outbox, what was sent last, and what happened to events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxStatus {
    /// The number of finished weeks that wait to be sent, perhaps again.
    pub waiting: u64,
    /// The number of weeks that the store refused.
    pub parked: u64,
    /// The newest delivery.
    pub last_sent: Option<LastSent>,
    /// The sums of the counters over all weeks.
    pub counters: Counters,
}

/// A week that the store has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastSent {
    /// The week.
    pub week: Week,
    /// When it was sent.
    pub at: String,
}

impl OutboxStatus {
    /// Reads the status from the database.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn of(log: &EventLog) -> Result<Self> {
        let mut tx = log.begin(Mode::Read).await?;
        let over = Week::last_complete(OffsetDateTime::now_utc()).to_string();
        let sql = "SELECT state, count(*) FROM pings_outbox \
                   WHERE state IN ('waiting', 'parked') AND week <= $1 GROUP BY state";
        let types = [ValueType::Text, ValueType::Integer];
        let states = tx.rows(sql, &[Bind::Text(&over)], &types).await?;
        let weeks = |wanted: &str| {
            let found = states.iter().find(|row| row[0].text() == Some(wanted));
            let count = found.and_then(|row| row[1].integer());
            count.map_or(0, i64::unsigned_abs)
        };
        let sql = "SELECT week, tried_at FROM pings_outbox \
                   WHERE state = 'sent' AND tried_at IS NOT NULL \
                   ORDER BY tried_at DESC, week DESC LIMIT 1";
        let types = [ValueType::Text, ValueType::Text];
        let sent = tx.rows(sql, &[], &types).await?;
        let last_sent = sent.first().and_then(|row| {
            Some(LastSent {
                week: row[0].text()?.parse().ok()?,
                at: row[1].text()?.to_owned(),
            })
        });
        // PostgreSQL adds bigints to a numeric.
        let sql = "SELECT name, CAST(sum(value) AS bigint) FROM pings_counters GROUP BY name";
        let types = [ValueType::Text, ValueType::Integer];
        let mut counters = Counters::default();
        for row in tx.rows(sql, &[], &types).await? {
            if let (Some(name), Some(value)) = (row[0].text(), row[1].integer()) {
                counters.set(name, value.unsigned_abs());
            }
        }
        tx.rollback().await?;
        Ok(Self {
            waiting: weeks("waiting"),
            parked: weeks("parked"),
            last_sent,
            counters,
        })
    }
}
