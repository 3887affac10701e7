//! The commands of the way home.

pub(crate) mod bundle;
pub(crate) mod instance;
pub(crate) mod migrate;
pub(crate) mod outbox;
pub(crate) mod preview;
pub(crate) mod run;
pub(crate) mod send;

use pings_model::Registry;
use pings_runtime::{Agreement, Entry, EventLog, Home, Progress, State, StoreAddress, Switch};
use time::OffsetDateTime;

use super::{event_log, filled, optional_version, registry};
use crate::arguments::Common;
use crate::config::Config;
use crate::failure::Failure;
use crate::look::{BAD, CAREFUL, DIM, GOOD, styled};
use crate::progress;

/// What these commands work on.
struct Place {
    registry: Registry,
    log: EventLog,
    config: Config,
    version: Option<pings_model::Version>,
}

impl Place {
    async fn open(common: &Common, version: Option<&str>) -> Result<Self, Failure> {
        Ok(Self {
            config: Config::load(common)?,
            version: optional_version(version)?,
            registry: registry(common)?,
            log: event_log(common).await?,
        })
    }

    fn home(&self) -> Home<'_> {
        Home {
            log: &self.log,
            registry: &self.registry,
            consent: self.config.consent,
            version: self.version,
        }
    }

    /// Returns the agreement, and records changes of the settings.
    async fn observe(&self) -> Result<Agreement, Failure> {
        Ok(self.config.observe(&self.log, &self.registry).await?)
    }

    /// Assembles every week that is over.
    async fn queue(&self) -> Result<Vec<Entry>, Failure> {
        let bar = progress::bar("Measuring");
        let mut progress = |step: Progress| {
            let (done, total) = match step {
                Progress::Reading { done, total } => (done, total),
                Progress::Measuring { done, total } => (done as u64, total as u64),
            };
            bar.set_length(total);
            bar.set_position(done);
        };
        let queued = self
            .home()
            .queue(
                time::Duration::ZERO,
                OffsetDateTime::now_utc(),
                &mut progress,
            )
            .await;
        bar.finish_and_clear();
        Ok(queued?)
    }

    /// Says that sending is switched off, and by what.
    fn say_not_sent(&self) {
        crate::look::complain(&format!(
            "note: sending is switched off ({}); nothing was sent",
            self.config.why(Switch::Send)
        ));
    }

    /// The store, if one is known.
    fn store(&self, typed: Option<&str>) -> Result<Option<StoreAddress>, Failure> {
        let typed = typed.filter(|text| !text.is_empty());
        let Some(url) = typed.or(self.config.store.as_deref()) else {
            return Ok(None);
        };
        let token = self.config.token.as_deref().map(filled).transpose()?;
        let store = StoreAddress::new(url, token)?;
        Ok(Some(store))
    }
}

/// The state of a payload, in its colour.
fn state(state: State) -> String {
    let style = match state {
        State::Sent => GOOD,
        State::Waiting => CAREFUL,
        State::Parked => BAD,
        State::Replaced | State::Withheld => DIM,
    };
    styled(style, state.name())
}

/// What was answered, on a line.
fn answer(entry: &Entry) -> String {
    let text = entry.answer.as_deref().unwrap_or_default();
    // Stores of ours answer JSON.
    let json: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let error = json.as_ref().and_then(|json| {
        let error = json.get("error")?.as_str()?.to_owned();
        Some(match json.get("path").and_then(serde_json::Value::as_str) {
            Some(path) if !path.is_empty() => format!("{path}: {error}"),
            _ => error,
        })
    });
    let said = match (entry.state, error) {
        (State::Sent, _) => String::new(),
        (_, Some(error)) => error,
        (_, None) => text.lines().next().unwrap_or_default().to_owned(),
    };
    let status = entry.status.map(|status| status.to_string());
    let parts = status.into_iter().chain((!said.is_empty()).then_some(said));
    crate::look::plain(&parts.collect::<Vec<_>>().join(" "))
}
