//! Everything on schedule: captures each hour, weeks when they are ripe, sending when it is due.

use std::time::Duration;

use pings_database::{Database, Result};
use pings_payload::Week;
use time::OffsetDateTime;

use super::schedule::slot;
use super::send::{next_send, send_next};
use super::{Entry, Home, Instance, StoreAddress};
use crate::capture::{Captured, Captures};
use crate::tasks::takes;

/// How often captures are taken, and weeks looked for that are ripe.
const HOUR: time::Duration = time::Duration::HOUR;

/// How long it sleeps at most before it looks again.
const NAP: Duration = Duration::from_secs(10);

/// What does everything on schedule. Two of them on one database double nothing.
pub struct Service<'a> {
    /// What is put together.
    pub home: Home<'a>,
    /// The product's database, if there are captures to take.
    pub product: Option<&'a Database>,
    /// How long a capture may take.
    pub limit: Duration,
    /// Where weeks are sent to, if anywhere.
    pub store: Option<StoreAddress>,
}

/// What a service just did.
#[derive(Debug)]
pub enum Doing<'a> {
    /// It took captures.
    Captured(&'a [Captured]),
    /// It put weeks together.
    Queued(&'a [Entry]),
    /// It tried to send a week.
    Sent(&'a Entry),
    /// The event log failed, and is tried again. The error names it.
    Failed(&'a pings_database::Error),
    /// A database that failed since that time works again.
    Recovered(OffsetDateTime),
}

impl Service<'_> {
    /// Goes on for ever; whoever wants it to stop drops it, at any time.
    pub async fn run(
        &self,
        clock: fn() -> OffsetDateTime,
        mut doing: impl FnMut(Doing<'_>) + Send,
    ) -> ! {
        let mut is_withdrawn = false;
        let mut failing_since = None;
        loop {
            match self.round(clock, &mut is_withdrawn, &mut doing).await {
                Ok(()) => {
                    if let Some(since) = failing_since.take() {
                        doing(Doing::Recovered(since));
                    }
                }
                Err(error) => {
                    failing_since.get_or_insert_with(clock);
                    let address = self.home.log.database().address();
                    doing(Doing::Failed(&error.about(&address)));
                }
            }
            tokio::time::sleep(self.nap(clock()).await).await;
        }
    }

    async fn round(
        &self,
        clock: fn() -> OffsetDateTime,
        is_withdrawn: &mut bool,
        doing: &mut (impl FnMut(Doing<'_>) + Send),
    ) -> Result<()> {
        let Home { log, consent, .. } = self.home;
        let version = self.version();
        if consent.gather && takes(log, &format!("running {version}"), HOUR, clock()).await? {
            log.note_running(&version, clock()).await?;
        }
        if !*is_withdrawn {
            // A ping that was switched off after a week was assembled must not leave with it.
            let now = clock();
            let agreement = self.home.agreement(now).await?;
            let queued = self.home.withdraw(&agreement, now).await?;
            if !queued.is_empty() {
                doing(Doing::Queued(&queued));
            }
            *is_withdrawn = true;
        }
        if consent.gather && takes(log, "capture", HOUR, clock()).await? {
            self.capture(clock, doing).await?;
        }
        if consent.gather && takes(log, "queue", HOUR, clock()).await? {
            let slot = slot(Instance::of(log).await?.id);
            let queued = self.home.queue(slot, clock(), &mut |_| {}).await?;
            if !queued.is_empty() {
                doing(Doing::Queued(&queued));
            }
        }
        if let Some(store) = &self.store
            && consent.send
        {
            loop {
                while let Some(entry) = send_next(log, store, clock).await? {
                    doing(Doing::Sent(&entry));
                }
                // The answers of the store may name weeks that it lacks.
                if self.home.send_again(clock()).await?.is_empty() {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn capture(
        &self,
        clock: fn() -> OffsetDateTime,
        doing: &mut (impl FnMut(Doing<'_>) + Send),
    ) -> Result<()> {
        let Some(product) = self.product else {
            return Ok(());
        };
        let now = clock();
        let agreement = self.home.agreement(now).await?;
        let registry = agreement.captures(self.home.registry, Week::last_complete(now));
        let captures = Captures {
            version: self.home.version,
            limit: self.limit,
            ..Captures::new(product, &registry, now)
        };
        let version = self.version();
        let taken = captures.take(self.home.log, &version, clock, |_| {});
        let taken = taken.await?;
        if !taken.is_empty() {
            doing(Doing::Captured(&taken));
        }
        Ok(())
    }

    /// The version of the product, as it is logged.
    fn version(&self) -> String {
        let version = self.home.version.map(|version| version.to_string());
        version.unwrap_or_else(|| "unknown".to_owned())
    }

    /// How long there is nothing to do.
    async fn nap(&self, now: OffsetDateTime) -> Duration {
        let next = next_send(self.home.log, now).await.ok().flatten();
        let until = next.map_or(NAP, |next| {
            (next - now).try_into().unwrap_or(Duration::ZERO)
        });
        // Whatever fails at once fails no more than once a second.
        until.clamp(Duration::from_secs(1), NAP)
    }
}
