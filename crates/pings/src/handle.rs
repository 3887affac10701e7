//! The handle of a product.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use pings_payload::{Payload, Week};
use pings_runtime::{Actor, Added, Counters, Durability, Event, Report};

use crate::error::Error;
use crate::live::Live;
use crate::memory::Memory;

/// A handle to record events, to report and to deliver. Clones share everything.
///
/// The handle owns its threads, so a product needs no asynchronous runtime. When the last clone is
/// dropped, the threads end. Events that were recorded shortly before are lost then unless
/// [`Pings::shutdown`] is called first.
#[derive(Clone)]
pub struct Pings {
    target: Target,
}

/// Where events go.
#[derive(Clone)]
enum Target {
    /// The event log of an instance.
    Live(Arc<Live>),
    /// A list in memory, for tests.
    Memory(Arc<Memory>),
}

impl Pings {
    pub(crate) fn live(live: Live) -> Self {
        Self {
            target: Target::Live(Arc::new(live)),
        }
    }

    pub(crate) fn in_memory(memory: Arc<Memory>) -> Self {
        Self {
            target: Target::Memory(memory),
        }
    }

    /// Records an event. The call never waits and never fails: an event that cannot be kept is
    /// counted as dropped.
    pub fn record<E: Event>(&self, event: &E, actor: Actor<'_>) {
        match &self.target {
            Target::Live(live) => live.recorder.record(event, actor),
            Target::Memory(memory) => memory.record(event, actor),
        }
    }

    /// Records an event that adds `amount` to a counter. The event is logged with `amount` in its
    /// argument `amount`; a metric with `measure: sum` and `value: amount` adds the amounts up.
    pub fn add<E: Event>(&self, event: &E, amount: u64, actor: Actor<'_>) {
        self.record(&Added { event, amount }, actor);
    }

    /// Records an event, and returns once the event survives the end of the process, even by
    /// `kill -9`.
    ///
    /// # Errors
    ///
    /// Returns an error if neither the database nor the disk accepts the event, or if the database
    /// rejects it.
    pub async fn record_durable<E: Event>(
        &self,
        event: &E,
        actor: Actor<'_>,
    ) -> Result<Durability, Error> {
        match &self.target {
            Target::Live(live) => Ok(live.recorder.record_durable(event, actor).await?),
            Target::Memory(memory) => {
                memory.record(event, actor);
                Ok(Durability::Logged)
            }
        }
    }

    /// Sets the value of a metric in a ping with `type: value`, such as a setting. The report of a
    /// week has the last value before its end. Setting the current value again changes nothing.
    ///
    /// The value is written as text: `true`, `7`, `5.2.0`, `2026-11-30`, or a text of the metric's `enum`.
    ///
    /// # Errors
    ///
    /// Returns an error if the registry has no value with this code, if the value has another type,
    /// or if the database fails.
    pub async fn set(&self, code: &str, value: impl fmt::Display) -> Result<(), Error> {
        match &self.target {
            Target::Live(live) => live.background.run(live.set(code, value.to_string())).await,
            Target::Memory(memory) => memory.set(code, &value.to_string()),
        }
    }

    /// Sets a value like [`Pings::set`], and blocks the caller meanwhile.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Pings::set`].
    pub fn set_blocking(&self, code: &str, value: impl fmt::Display) -> Result<(), Error> {
        match &self.target {
            Target::Live(live) => {
                let set = live.set(code, value.to_string());
                live.background.run_blocking(None, set)
            }
            Target::Memory(memory) => memory.set(code, &value.to_string()),
        }
    }

    /// Returns once all events that were recorded before survive the end of the process.
    ///
    /// # Errors
    ///
    /// Returns an error if neither the database nor the disk accepts the events.
    pub async fn flush(&self) -> Result<Durability, Error> {
        match &self.target {
            Target::Live(live) => Ok(live.recorder.flush().await?),
            Target::Memory(_) => Ok(Durability::Logged),
        }
    }

    /// Returns the report for a week, with all events that were recorded before the call.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails. The failure of a single metric is part of the
    /// report.
    pub async fn report(&self, week: Week) -> Result<Report, Error> {
        let live = self.started()?;
        live.background.run(live.report(week)).await
    }

    /// Returns the report for a week like [`Pings::report`], and blocks the caller meanwhile.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Pings::report`].
    pub fn report_blocking(&self, week: Week) -> Result<Report, Error> {
        let live = self.started()?;
        live.background.run_blocking(None, live.report(week))
    }

    /// Returns the payload that would be sent to the vendor for a week: its JSON is what leaves the
    /// instance, byte for byte. Nothing is sent.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn preview(&self, week: Week) -> Result<Payload, Error> {
        let live = self.started()?;
        live.background.run(live.preview(week)).await
    }

    /// Returns the payload of a week like [`Pings::preview`], and blocks the caller meanwhile.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Pings::preview`].
    pub fn preview_blocking(&self, week: Week) -> Result<Payload, Error> {
        let live = self.started()?;
        live.background.run_blocking(None, live.preview(week))
    }

    /// Returns an endpoint that receives the events of web pages and other clients.
    ///
    /// `user` tells the signed-in user of a request, from its headers or from the extensions that
    /// a middleware of the product added. A client never says who its user is.
    ///
    /// ```no_run
    /// # fn example(pings: &pings::Pings, routes: axum::Router) -> Result<(), pings::Error> {
    /// use pings::User;
    ///
    /// #[derive(Clone)]
    /// struct Session {
    ///     user: i64,
    /// }
    ///
    /// let ingest = pings.ingest(|request| {
    ///     let session = request.extensions.get::<Session>()?;
    ///     Some(User::from(session.user))
    /// })?;
    /// let routes = routes.merge(ingest.router());
    /// # let _ = routes;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the handle keeps its events in memory.
    #[cfg(feature = "ingest")]
    pub fn ingest(
        &self,
        user: impl Fn(&axum::http::request::Parts) -> Option<pings_ingest::User> + Send + Sync + 'static,
    ) -> Result<pings_ingest::Ingest, Error> {
        let live = self.started()?;
        let registry = Arc::clone(&live.shared.registry);
        let ingest = pings_ingest::Ingest::new(registry, live.recorder.clone(), user);
        Ok(ingest
            .product_version(live.shared.version)
            .visitor_ids(live.shared.settings.visitor_ids))
    }

    /// Returns pages for administrators: what this instance counts, when the next report leaves, what
    /// left, what is held back, the switches and failures.
    ///
    /// The pages have no authentication of their own. The product puts their router behind a
    /// middleware that lets in administrators only.
    ///
    /// ```no_run
    /// # fn example(pings: &pings::Pings, administrators: axum::Router) -> Result<(), pings::Error> {
    /// let admin = pings.admin()?.path("/admin/usage");
    /// let administrators = administrators.merge(admin.router());
    /// # let _ = administrators;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the handle keeps its events in memory.
    #[cfg(feature = "admin")]
    pub fn admin(&self) -> Result<pings_admin::Admin, Error> {
        Ok(crate::admin::admin(self.started()?))
    }

    /// Returns how many events this process dropped, wrote to a file, or had refused.
    #[must_use]
    pub fn counters(&self) -> Counters {
        match &self.target {
            Target::Live(live) => live.recorder.counters(),
            Target::Memory(_) => Counters::default(),
        }
    }

    /// Writes all events, and stops. Events that are recorded later are dropped.
    ///
    /// # Errors
    ///
    /// Returns an error if neither the database nor the disk accepts the events.
    pub async fn shutdown(&self) -> Result<Durability, Error> {
        let Target::Live(live) = &self.target else {
            return Ok(Durability::Logged);
        };
        let kept = live.background.run(live.shutdown()).await;
        live.background.stop();
        kept
    }

    /// Stops like [`Pings::shutdown`], and blocks the caller meanwhile, for at most `limit`.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Pings::shutdown`], or [`Error::Timeout`].
    pub fn shutdown_blocking(&self, limit: Duration) -> Result<Durability, Error> {
        let Target::Live(live) = &self.target else {
            return Ok(Durability::Logged);
        };
        let kept = live.background.run_blocking(Some(limit), live.shutdown());
        live.background.stop();
        kept
    }

    fn started(&self) -> Result<&Live, Error> {
        match &self.target {
            Target::Live(live) => Ok(live),
            Target::Memory(_) => Err(Error::InMemory),
        }
    }
}

impl fmt::Debug for Pings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Pings");
        match &self.target {
            Target::Live(live) => shown.field("event_log", &live.shared.event_log.to_string()),
            Target::Memory(_) => shown.field("event_log", &"memory"),
        };
        shown.finish_non_exhaustive()
    }
}
