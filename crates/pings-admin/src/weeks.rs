//! The payloads of the running week and the last complete week, as they would be sent now.

use std::collections::BTreeMap;
use std::sync::Arc;

use pings_payload::{Payload, Week};
use pings_runtime::{Consent, Result, Switch};
use time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;

use crate::host::Host;
use crate::state::{Logged, State};

/// How long numbers are shown before they are counted again. Counting a week reads its events.
const KEPT: Duration = Duration::seconds(30);

/// Counts weeks, each at most once at a time.
#[derive(Default)]
pub(crate) struct Weeks {
    counted: Mutex<BTreeMap<Week, Arc<Counted>>>,
}

/// A week that was counted.
pub(crate) struct Counted {
    pub(crate) at: OffsetDateTime,
    pub(crate) payload: Payload,
    consent: Consent,
}

/// The numbers of a week, or the reason why there are none.
pub(crate) enum Numbers {
    Counted(Arc<Counted>),
    /// No payload of the week will ever be assembled.
    Uncovered(String),
}

impl Weeks {
    /// Returns the payload of a week. Nothing is written to the outbox.
    pub(crate) async fn numbers(
        &self,
        host: &Host,
        (state, logged): (&State, &Logged),
        week: Week,
    ) -> Result<Numbers> {
        if let Some(reason) = uncovered(state, logged, week) {
            return Ok(Numbers::Uncovered(reason));
        }
        let (now, consent) = (state.now, state.settings.consent);
        let mut counted = self.counted.lock().await;
        if let Some(known) = counted.get(&week)
            && known.consent == consent
            && now - known.at < KEPT
        {
            return Ok(Numbers::Counted(Arc::clone(known)));
        }
        let revisions = logged.outbox.iter().filter(|entry| entry.week == week);
        let revision = revisions.map(|it| it.revision).max().unwrap_or(0) + 1;
        let delivery = logged.delivery(host, &state.settings);
        let instance = logged.instance.id;
        let payload = delivery
            .payload(instance, week, revision, now, &mut |_| {})
            .await?;
        let new = Arc::new(Counted {
            at: now,
            payload,
            consent,
        });
        counted.retain(|known, _| known.forward(2) >= week);
        counted.insert(week, Arc::clone(&new));
        Ok(Numbers::Counted(new))
    }

    /// Forgets all numbers, because the consent changed.
    pub(crate) async fn forget(&self) {
        self.counted.lock().await.clear();
    }
}

/// Returns why no payload of a week is assembled, if there is a reason.
fn uncovered(state: &State, logged: &Logged, week: Week) -> Option<String> {
    let gather = Switch::Gather;
    if !state.settings.consent.gather {
        let by = state.settings.decided_by(gather);
        return Some(format!("Gathering is switched off ({by})."));
    }
    match logged.agreement.first_week(gather) {
        Some(first) if first > week => Some(format!(
            "Gathering was switched on after this week began. The first week that is counted is {first}."
        )),
        Some(_) => None,
        None => Some("Gathering is not recorded as switched on yet.".to_owned()),
    }
}
