//! When the next report leaves, or why none does.

use pings_payload::Week;
use pings_runtime::{Agreement, Entry, Settings, Switch, slot};
use time::OffsetDateTime;

use crate::state::State;

/// When the next report leaves, or why none does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// Nothing leaves, for this reason.
    Nothing(String),
    /// The week leaves at the time.
    Next {
        week: Week,
        at: OffsetDateTime,
        store: String,
    },
}

impl Leaving {
    pub(crate) fn of(state: &State) -> Self {
        let settings = &state.settings;
        for (switch, what) in [(Switch::Gather, "gathering"), (Switch::Send, "sending")] {
            if !settings.consent.is_on(switch) {
                return Self::Nothing(format!(
                    "{what} is switched off ({})",
                    why(settings, switch)
                ));
            }
        }
        let Some(logged) = &state.logged else {
            return Self::Nothing("there is no event log".to_owned());
        };
        if let Some(to) = &logged.instance.moved_to {
            return Self::Nothing(format!("this database was migrated to {to}"));
        }
        let Some(store) = &state.store else {
            return Self::Nothing("no store is configured".to_owned());
        };
        let slot = slot(logged.instance.id);
        match next(&logged.agreement, &logged.outbox, slot, state.now) {
            Some((week, at)) => Self::Next {
                week,
                at,
                store: store.clone(),
            },
            None => Self::Nothing("the consent is not recorded yet".to_owned()),
        }
    }
}

fn why(settings: &Settings, switch: Switch) -> String {
    settings.decided_by(switch).to_string()
}

/// Returns the first week that consent covers and that is not in the outbox yet, and the time at
/// which it is assembled.
fn next(
    agreement: &Agreement,
    outbox: &[Entry],
    slot: time::Duration,
    now: OffsetDateTime,
) -> Option<(Week, OffsetDateTime)> {
    let covered = agreement.first_week(Switch::Gather)?;
    let covered = covered.max(agreement.first_week(Switch::Send)?);
    let assembled = outbox.iter().filter(|entry| entry.is_over(now));
    let assembled = assembled.map(|entry| entry.week.forward(1)).max();
    let unripe = Week::last_complete(now - slot).forward(1);
    let week = unripe.max(covered).max(assembled.unwrap_or(unripe));
    Some((week, week.end().saturating_add(slot)))
}
