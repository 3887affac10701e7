//! Events in memory, and the metrics that they move.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use pings_model::Registry;
use pings_runtime::follow::ActorKind;
use pings_runtime::{Actor, Event, LoggedEvent, UserId, checked_value, metrics_of_event};
use serde_json::Value as Json;

use crate::error::Error;

/// An event that a [`Probe`](crate::testing::Probe) received.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recorded {
    /// The name under which the event is logged.
    pub name: String,
    /// The arguments, as a JSON object.
    pub argument: Json,
    /// The id of the user; `0` or empty if there is no user.
    pub user: String,
    /// The id of the visitor; empty if there is no visitor.
    pub visitor: String,
    /// The client, such as `WEB`.
    pub source: String,
    /// The codes of the metrics and funnels of the registry that count the event.
    pub metrics: BTreeSet<String>,
}

/// The recorded events.
#[derive(Debug)]
pub(crate) struct Memory {
    registry: Registry,
    recorded: Mutex<Vec<Recorded>>,
}

impl Memory {
    pub(crate) fn new(registry: Registry) -> Self {
        Self {
            registry,
            recorded: Mutex::default(),
        }
    }

    pub(crate) fn record<E: Event>(&self, event: &E, actor: Actor<'_>) {
        // An event that cannot be written as JSON is dropped, as with an event log.
        let Ok(argument) = serde_json::to_value(event) else {
            return;
        };
        let argument = match argument {
            Json::Null => Json::Object(serde_json::Map::new()),
            argument => argument,
        };
        let name = event.name();
        let logged = LoggedEvent {
            name,
            actor: kind(&actor),
            source: actor.source,
            argument: &argument,
        };
        let recorded = Recorded {
            name: name.to_owned(),
            metrics: codes(&self.registry, &logged),
            argument,
            user: match actor.user_id {
                UserId::Number(number) => number.to_string(),
                UserId::Text(text) => text.to_owned(),
            },
            visitor: actor.anonymous_user_id.to_owned(),
            source: actor.source.to_owned(),
        };
        self.lock().push(recorded);
    }

    /// Checks a value. A probe keeps events only.
    pub(crate) fn set(&self, code: &str, value: &str) -> Result<(), Error> {
        checked_value(&self.registry, code, value)?;
        Ok(())
    }

    pub(crate) fn all(&self) -> Vec<Recorded> {
        self.lock().clone()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.registry
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Recorded>> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn kind(actor: &Actor<'_>) -> ActorKind {
    match (actor.user_id.is_nobody(), actor.anonymous_user_id) {
        (false, _) => ActorKind::User,
        (true, "") => ActorKind::Nobody,
        (true, _) => ActorKind::Visitor,
    }
}

/// Returns the codes of the metrics and funnels that count an event.
fn codes(registry: &Registry, event: &LoggedEvent<'_>) -> BTreeSet<String> {
    let metrics = metrics_of_event(registry, event).into_iter();
    metrics.map(|(_, metric)| metric.code.clone()).collect()
}
