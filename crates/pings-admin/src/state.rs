//! The data of the pages, apart from the numbers of weeks.

use std::sync::Arc;

use pings_payload::Week;
use pings_runtime::{
    Agreement, Delivery, Entry, EventLog, Instance, OutboxStatus, Result, Settings, State as Sent,
    foresee,
};
use time::OffsetDateTime;

use crate::host::Host;

/// The state of an instance at a moment.
pub(crate) struct State {
    pub(crate) now: OffsetDateTime,
    pub(crate) settings: Settings,
    pub(crate) store: Option<String>,
    /// `None` if gathering is switched off and there is no event log.
    pub(crate) logged: Option<Logged>,
}

/// The contents of the database of the event log.
pub(crate) struct Logged {
    pub(crate) log: EventLog,
    pub(crate) instance: Instance,
    pub(crate) agreement: Agreement,
    /// All payloads, by week and revision.
    pub(crate) outbox: Vec<Entry>,
    pub(crate) status: OutboxStatus,
}

impl State {
    /// Reads the state. Nothing is recorded.
    pub(crate) async fn read(host: &Host, now: OffsetDateTime) -> Result<Self> {
        let settings = (host.settings)()?;
        let configured = || settings.store.as_ref().map(ToString::to_string);
        let store = host.store.clone().or_else(configured);
        let logged = match (host.log)().await {
            Err(error) if error.is_missing() && !settings.consent.gather => None,
            log => {
                let log = log?;
                Some(Logged {
                    instance: Instance::kept(&log).await?,
                    agreement: foresee(&log, &host.registry, &settings, now).await?,
                    outbox: Entry::all(&log).await?,
                    status: OutboxStatus::of(&log).await?,
                    log,
                })
            }
        };
        Ok(Self {
            now,
            settings,
            store,
            logged,
        })
    }
}

impl Logged {
    pub(crate) fn delivery<'a>(&'a self, host: &'a Host, settings: &Settings) -> Delivery<'a> {
        Delivery {
            log: &self.log,
            registry: &host.registry,
            consent: settings.consent,
            version: host.version,
        }
    }

    /// Returns the payloads with this delivery state of weeks that are over, the newest first.
    pub(crate) fn with_state(&self, state: Sent, now: OffsetDateTime) -> Vec<&Entry> {
        let entries = self.outbox.iter().rev();
        entries
            .filter(|entry| entry.state == state && entry.is_over(now))
            .collect()
    }

    pub(crate) fn entry(&self, week: Week, revision: u32) -> Option<&Entry> {
        let mut entries = self.outbox.iter();
        entries.find(|entry| (entry.week, entry.revision) == (week, revision))
    }
}

/// Returns whether a store has, or had, the payload.
pub(crate) fn has_left(entry: &Entry) -> bool {
    entry.state == Sent::Sent || entry.state == Sent::Replaced && entry.status == Some(200)
}

/// Returns the body of a payload that may be shown: as it was sent, or else without the metrics that
/// were switched off since it was assembled. A replaced payload that never left has none.
pub(crate) fn body(
    host: &Arc<Host>,
    state: &State,
    logged: &Logged,
    entry: &Entry,
) -> Result<Option<String>> {
    if has_left(entry) {
        return Ok(Some(entry.body.clone()));
    }
    if entry.state == Sent::Replaced {
        return Ok(None);
    }
    let delivery = logged.delivery(host, &state.settings);
    let reduced = delivery.without_what_is_off(&logged.agreement, entry)?;
    Ok(Some(reduced.map_or_else(
        || entry.body.clone(),
        |payload| payload.json(),
    )))
}
