//! A handle with an event log.

use std::sync::Arc;

use pings_model::{Registry, Version};
use pings_payload::{Payload, Week};
use pings_runtime::{
    Delivery, Durability, Entry, EventLog, Instance, Recorder, Report, Reporter, Settings, Url,
    UserIdType, checked_value, observe,
};
use time::OffsetDateTime;
use tokio::sync::OnceCell;

use crate::background::Background;
use crate::error::Error;

/// The parts of a handle.
pub(crate) struct Live {
    pub(crate) recorder: Recorder,
    pub(crate) background: Background,
    pub(crate) shared: Arc<Shared>,
}

/// State that the handle and its thread share.
pub(crate) struct Shared {
    pub(crate) registry: Arc<Registry>,
    pub(crate) event_log: Url,
    pub(crate) version: Version,
    pub(crate) settings: Settings,
    pub(crate) user_ids: Option<UserIdType>,
    /// The address of the store, if any.
    #[cfg(feature = "admin")]
    pub(crate) store: Option<String>,
    /// The configuration file, if it was named.
    #[cfg(feature = "admin")]
    pub(crate) config_file: Option<std::path::PathBuf>,
    /// The event log, once the database answered.
    pub(crate) log: OnceCell<EventLog>,
}

impl Shared {
    /// Returns the event log. The first call opens it, and creates it unless gathering is switched
    /// off.
    pub(crate) async fn log(&self) -> Result<&EventLog, Error> {
        let open = async {
            let log = match self.settings.consent.gather {
                true => self.created().await?,
                false => EventLog::open(&self.event_log).await?,
            };
            if let Some(warning) = log.database().warning() {
                tracing::warn!("{warning}");
            }
            observe(
                &log,
                &self.registry,
                &self.settings,
                OffsetDateTime::now_utc(),
            )
            .await?;
            Ok(log)
        };
        self.log.get_or_try_init(|| open).await
    }

    async fn created(&self) -> Result<EventLog, Error> {
        let (log, _) = match self.user_ids {
            None => EventLog::init(&self.event_log).await?,
            Some(users) => EventLog::init_with(&self.event_log, users).await?,
        };
        Ok(log)
    }

    pub(crate) fn home<'a>(&'a self, log: &'a EventLog) -> Delivery<'a> {
        Delivery {
            log,
            registry: &self.registry,
            consent: self.settings.consent,
            version: Some(self.version),
        }
    }
}

impl Live {
    pub(crate) fn report(
        &self,
        week: Week,
    ) -> impl Future<Output = Result<Report, Error>> + Send + 'static {
        let (recorder, shared) = (self.recorder.clone(), Arc::clone(&self.shared));
        async move {
            recorder.flush().await?;
            let now = OffsetDateTime::now_utc();
            let log = match shared.log().await {
                Err(error) if !shared.settings.consent.gather && error.is_missing() => {
                    let (registry, version) = (&shared.registry, shared.version);
                    return Ok(Report::without_event_log(registry, week, version, now));
                }
                log => log?,
            };
            let reporter = Reporter::new(log, &shared.registry).at_version(shared.version);
            Ok(reporter.report(week, now, &mut |_| {}).await?)
        }
    }

    /// Sets a value, unless gathering is switched off.
    pub(crate) fn set(
        &self,
        code: &str,
        value: String,
    ) -> impl Future<Output = Result<(), Error>> + Send + 'static {
        let (shared, code) = (Arc::clone(&self.shared), code.to_owned());
        async move {
            let value = checked_value(&shared.registry, &code, &value)?;
            if !shared.settings.consent.gather {
                return Ok(());
            }
            let log = shared.log().await?;
            let now = OffsetDateTime::now_utc();
            Ok(log.set_value(&shared.registry, &code, &value, now).await?)
        }
    }

    pub(crate) fn preview(
        &self,
        week: Week,
    ) -> impl Future<Output = Result<Payload, Error>> + Send + 'static {
        let (recorder, shared) = (self.recorder.clone(), Arc::clone(&self.shared));
        async move {
            recorder.flush().await?;
            let log = shared.log().await?;
            let home = shared.home(log);
            let instance = Instance::of(log).await?.id;
            let sent = Entry::all(log).await?;
            let revisions = sent.iter().filter(|entry| entry.week == week);
            let revision = revisions.map(|entry| entry.revision).max().unwrap_or(0) + 1;
            let now = OffsetDateTime::now_utc();
            Ok(home
                .payload(instance, week, revision, now, &mut |_| {})
                .await?)
        }
    }

    pub(crate) fn shutdown(
        &self,
    ) -> impl Future<Output = Result<Durability, Error>> + Send + 'static {
        self.background.stop_work();
        let (recorder, shared) = (self.recorder.clone(), Arc::clone(&self.shared));
        async move {
            let kept = recorder.shutdown().await;
            if let Some(log) = shared.log.get() {
                log.close().await;
            }
            Ok(kept?)
        }
    }
}
