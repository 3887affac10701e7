//! Delivery: payloads are assembled, wait in the outbox, and are sent.

mod again;
#[cfg(feature = "delivery")]
mod answer;
#[cfg(feature = "delivery")]
mod attempt;
mod build;
#[cfg(feature = "delivery")]
mod client;
mod entry;
mod instance;
mod late_events;
mod outbox;
#[cfg(feature = "delivery")]
mod proxy;
mod revise;
mod schedule;
#[cfg(feature = "delivery")]
mod send;
#[cfg(feature = "delivery")]
mod service;
mod stale;
mod status;

use pings_database::Result;
use pings_model::{Registry, Version};
use time::OffsetDateTime;

#[cfg(feature = "delivery")]
pub use client::StoreAddress;
pub use entry::{Entry, State};
pub use instance::Instance;
pub use outbox::WEEKS;
pub use schedule::slot;
#[cfg(feature = "delivery")]
pub use send::{next_send, send_next};
#[cfg(feature = "delivery")]
pub use service::{Service, ServiceEvent, ServiceStep};
pub use status::{LastSent, OutboxStatus};

use crate::consent::{Agreement, Consent, observe};
use crate::event_log::EventLog;

/// Assembles the weekly payloads of an instance.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// The event log of the instance. The outbox is in the same database.
    pub log: &'a EventLog,
    /// The registry whose metrics are reported.
    pub registry: &'a Registry,
    /// The consent to gather and send.
    pub consent: Consent,
    /// The version of the product. The default is the version of the newest event of a week.
    pub version: Option<Version>,
}

impl Delivery<'_> {
    /// Returns the agreement, and records changes of the consent.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn agreement(&self, now: OffsetDateTime) -> Result<Agreement> {
        observe(self.log, self.registry, &self.consent.into(), now).await
    }
}
