//! The delivery commands.

pub(crate) mod bundle;
pub(crate) mod instance;
pub(crate) mod migrate;
pub(crate) mod outbox;
pub(crate) mod preview;
pub(crate) mod run;
pub(crate) mod send;

use pings_model::Registry;
use pings_runtime::{
    Address, Agreement, Delivery, Entry, EventLog, Progress, State, StoreAddress, Switch,
};
use time::OffsetDateTime;

use crate::arguments::Common;
use crate::commands::inputs::{event_log, optional_version, registry};
use crate::config::Config;
use crate::failure::Failure;
use crate::output::counted;
use crate::output::{self, BAD, CAREFUL, DIM, GOOD, styled};
use crate::progress;

/// Assembles the payload of every complete week if sending is on. Later this would be impossible
/// for weeks whose events are about to be pruned.
pub(crate) async fn assemble(common: &Common) -> Result<(), Failure> {
    let place = Place::open(common, None).await?;
    if place.config.consent.send {
        place.observe().await?;
        let queued = place.queue().await?;
        if !common.is_json() && !queued.is_empty() {
            let weeks = counted(queued.len() as u64, "week", "weeks");
            output::done("Queued", &weeks);
        }
    }
    place.log.close().await;
    Ok(())
}

/// The resources that the delivery commands use.
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

    fn delivery(&self) -> Delivery<'_> {
        Delivery {
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

    /// Assembles the payload of every complete week.
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
            .delivery()
            .queue(
                time::Duration::ZERO,
                OffsetDateTime::now_utc(),
                &mut progress,
            )
            .await;
        bar.finish_and_clear();
        Ok(queued?)
    }

    /// Reports that sending is switched off, and which setting decided that.
    fn say_not_sent(&self) {
        output::complain(&format!(
            "note: sending is switched off ({}); nothing was sent",
            self.config.why(Switch::Send)
        ));
    }

    /// Returns the store, if its address is known.
    fn store(&self, typed: Option<&Address>) -> Result<Option<StoreAddress>, Failure> {
        let typed = typed.filter(|it| !it.is_empty());
        let Some(address) = typed.or(self.config.store.as_ref()) else {
            return Ok(None);
        };
        let store = StoreAddress::new(address.exposed(), self.config.token.as_deref())?;
        Ok(Some(store))
    }
}

/// Returns the state of a payload in its colour.
fn state(state: State) -> String {
    let style = match state {
        State::Sent => GOOD,
        State::Waiting => CAREFUL,
        State::Parked => BAD,
        State::Replaced | State::Withheld => DIM,
    };
    styled(style, state.name())
}

/// Returns the store's answer in one line.
fn answer(entry: &Entry) -> String {
    let text = entry.answer.as_deref().unwrap_or_default();
    // `pings store serve` answers with JSON.
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
    output::plain(&parts.collect::<Vec<_>>().join(" "))
}
