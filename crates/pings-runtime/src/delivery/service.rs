//! Runs captures hourly, assembles weeks and sends payloads when they are due.

use std::time::Duration;

use pings_database::Result;
use pings_payload::Week;
use time::OffsetDateTime;

use super::schedule::slot;
use super::send::{next_send, send_next};
use super::{Delivery, Entry, Instance, State, StoreAddress};
use crate::capture::{Captured, Captures};
use crate::product::Product;
use crate::tasks::takes;

/// How often captures are taken and complete weeks are assembled.
const HOUR: time::Duration = time::Duration::HOUR;

/// How long payloads are sent before other work is done.
const ROUND: time::Duration = time::Duration::minutes(5);

/// The maximum pause between rounds.
const NAP: Duration = Duration::from_secs(10);

/// Captures, assembles and sends on schedule. Several services can share a database; no work is
/// duplicated.
pub struct Service<'a> {
    /// The source of the payloads.
    pub home: Delivery<'a>,
    /// The databases of the product, if there are captures to take.
    pub product: Option<Product<'a>>,
    /// The time limit of a capture.
    pub limit: Duration,
    /// The store that payloads are sent to, if any.
    pub store: Option<StoreAddress>,
}

/// An event of a service.
#[derive(Debug)]
pub enum ServiceEvent<'a> {
    /// Captures were taken.
    Captured(&'a [Captured]),
    /// Weeks were assembled.
    Queued(&'a [Entry]),
    /// The service tried to send a week.
    Sent(&'a Entry),
    /// A step failed and is tried again. The error names the event log.
    Failed {
        /// The step that failed.
        step: ServiceStep,
        /// The reason.
        error: &'a pings_database::Error,
    },
    /// So many weeks that a store had refused are sent again, because its address or its token
    /// changed.
    Released(u64),
    /// A database that had failed since the given time works again.
    Recovered(OffsetDateTime),
}

/// A step of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceStep {
    /// The service notes that the product runs.
    NoteRunning,
    /// The service removes what was switched off from weeks that wait.
    Withdraw,
    /// The service takes captures.
    Capture,
    /// The service assembles weeks.
    Assemble,
    /// The service sends weeks.
    Send,
}

impl ServiceStep {
    /// Returns what the step does, as a verb and its object.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoteRunning => "note that the product runs",
            Self::Withdraw => "withdraw what was switched off",
            Self::Capture => "take captures",
            Self::Assemble => "assemble weeks",
            Self::Send => "send weeks",
        }
    }
}

/// The state of a service between rounds.
struct Progress {
    /// The step that runs.
    step: ServiceStep,
    /// Whether the weeks in the outbox match the settings.
    is_settled: bool,
}

impl Service<'_> {
    /// Runs forever. The returned future can be dropped at any time to stop the service.
    pub async fn run(
        &self,
        clock: fn() -> OffsetDateTime,
        mut doing: impl FnMut(ServiceEvent<'_>) + Send,
    ) -> ! {
        let mut progress = Progress {
            step: ServiceStep::NoteRunning,
            is_settled: false,
        };
        let mut failing_since = None;
        let database = self.home.log.database().address();
        loop {
            let mut tell = |event: ServiceEvent<'_>| {
                log(&database, &event);
                doing(event);
            };
            match self.round(clock, &mut progress, &mut tell).await {
                Ok(()) => {
                    if let Some(since) = failing_since.take() {
                        tell(ServiceEvent::Recovered(since));
                    }
                }
                Err(error) => {
                    failing_since.get_or_insert_with(clock);
                    let (step, error) = (progress.step, &error.about(&database));
                    tell(ServiceEvent::Failed { step, error });
                }
            }
            tokio::time::sleep(self.nap(clock()).await).await;
        }
    }

    async fn round(
        &self,
        clock: fn() -> OffsetDateTime,
        progress: &mut Progress,
        doing: &mut (impl FnMut(ServiceEvent<'_>) + Send),
    ) -> Result<()> {
        let Delivery { log, consent, .. } = self.home;
        let version = self.version();
        progress.step = ServiceStep::NoteRunning;
        if consent.gather && takes(log, &format!("running {version}"), HOUR, clock()).await? {
            log.note_running(&version, clock()).await?;
        }
        progress.step = ServiceStep::Withdraw;
        if !progress.is_settled {
            // Removes pings that were switched off after a week was assembled.
            let now = clock();
            let agreement = self.home.agreement(now).await?;
            let queued = self.home.withdraw(&agreement, now).await?;
            if !queued.is_empty() {
                doing(ServiceEvent::Queued(&queued));
            }
            if let Some(store) = &self.store {
                let released = Entry::release_changed(log, store, now).await?;
                if released > 0 {
                    doing(ServiceEvent::Released(released));
                }
            }
            progress.is_settled = true;
        }
        progress.step = ServiceStep::Capture;
        if consent.gather && takes(log, "capture", HOUR, clock()).await? {
            self.capture(clock, doing).await?;
        }
        progress.step = ServiceStep::Assemble;
        if consent.gather && takes(log, "queue", HOUR, clock()).await? {
            let slot = slot(Instance::of(log).await?.id);
            let queued = self.home.queue(slot, clock(), &mut |_| {}).await?;
            if !queued.is_empty() {
                doing(ServiceEvent::Queued(&queued));
            }
        }
        progress.step = ServiceStep::Send;
        if let Some(store) = &self.store
            && consent.send
        {
            // A store that answers slowly must not delay captures and weeks.
            let until = clock().saturating_add(ROUND);
            loop {
                while clock() < until
                    && let Some(entry) = send_next(log, store, clock).await?
                {
                    doing(ServiceEvent::Sent(&entry));
                }
                // The answers of the store may name weeks that it does not have.
                if clock() >= until || self.home.send_again(clock()).await?.is_empty() {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn capture(
        &self,
        clock: fn() -> OffsetDateTime,
        doing: &mut (impl FnMut(ServiceEvent<'_>) + Send),
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
            doing(ServiceEvent::Captured(&taken));
        }
        Ok(())
    }

    /// Returns the version of the product as it is logged.
    fn version(&self) -> String {
        let version = self.home.version.map(|version| version.to_string());
        version.unwrap_or_else(|| "unknown".to_owned())
    }

    /// Returns the time until there is something to do.
    async fn nap(&self, now: OffsetDateTime) -> Duration {
        let next = next_send(self.home.log, now).await.ok().flatten();
        let until = next.map_or(NAP, |next| {
            (next - now).try_into().unwrap_or(Duration::ZERO)
        });
        // An operation that fails immediately is repeated at most once per second.
        until.clamp(Duration::from_secs(1), NAP)
    }
}

/// Logs an event of a service. No value of a metric is logged, and no text of a store.
fn log(database: &str, event: &ServiceEvent<'_>) {
    match event {
        ServiceEvent::Captured(all) => {
            tracing::info!(captures = all.len(), "took captures");
            for captured in *all {
                if let Err(failure) = &captured.outcome
                    && !captured.is_skipped()
                {
                    let (code, kind) = (&captured.code, failure.kind.name());
                    tracing::warn!(code, kind, "a capture failed");
                }
            }
        }
        ServiceEvent::Queued(all) => {
            for entry in *all {
                tracing::info!(week = %entry.week, revision = entry.revision, "queued a week");
            }
        }
        ServiceEvent::Sent(entry) => {
            let (week, revision, status) = (entry.week, entry.revision, entry.status);
            match entry.state {
                State::Sent => tracing::info!(%week, revision, status, "sent a week"),
                State::Parked => {
                    tracing::error!(%week, revision, status, "the store refused a week")
                }
                _ => tracing::warn!(%week, revision, status, "a week will be sent again later"),
            }
        }
        ServiceEvent::Failed { step, error } => {
            let (step, kind, database) = (step.name(), error.kind(), error.address());
            tracing::warn!(
                step,
                ?kind,
                database,
                "a step failed and will be tried again"
            );
        }
        ServiceEvent::Recovered(since) => {
            tracing::info!(database, %since, "the event log works again");
        }
        ServiceEvent::Released(weeks) => {
            tracing::info!(
                weeks,
                "parked weeks are sent again, because the store's address or token changed"
            );
        }
    }
}
