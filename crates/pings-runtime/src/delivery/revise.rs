//! Carries values of an earlier revision of a week over to the next revision.
//!
//! The current version measures the week again. Values of the earlier revision that can no longer
//! be measured stay as they were: a ping that a release removed or renamed, a capture, or events
//! that were pruned. A revision therefore never drops a code without a reason.

use std::collections::{BTreeMap, BTreeSet};

use pings_model::Period;
use pings_payload::{Failure, FailureKind, Measured, Payload, Reason, Week, Windowed, fingerprint};

use super::Delivery;
use super::build::sendable;
use crate::consent::Agreement;

impl Delivery<'_> {
    /// Adds the values that the newest earlier revision carried to a payload of the same week, and
    /// the reasons for the new revision. Returns whether the payload differs from the earlier one.
    pub fn keep(&self, agreement: &Agreement, before: &Payload, payload: &mut Payload) -> bool {
        payload.is_running |= before.is_running;
        payload.keep_versions(before);
        self.keep_metrics(
            agreement,
            (before, before.week, &before.metrics),
            &mut payload.metrics,
        );
        // An absent code that the earlier revision did not have either is not a change.
        payload
            .metrics
            .retain(|code, new| before.metrics.contains_key(code) || !is(new, FailureKind::Absent));
        let (all_time, others): (Vec<_>, Vec<_>) = before
            .windows
            .iter()
            .partition(|it| it.span.period() == Period::AllTime);
        for old in all_time {
            self.keep_all_time(agreement, (before, old), &mut payload.windows);
        }
        for old in others {
            let place = payload.windows.iter().position(|it| it.span == old.span);
            let place = place.unwrap_or_else(|| {
                payload.windows.push(Windowed {
                    metrics: BTreeMap::new(),
                    ..old.clone()
                });
                payload.windows.len() - 1
            });
            self.keep_metrics(
                agreement,
                (before, old.span.first_week(), &old.metrics),
                &mut payload.windows[place].metrics,
            );
        }
        payload.windows.sort_by(|a, b| a.order().cmp(&b.order()));
        payload.reasons = reasons(before, payload);
        is_news(before, payload)
    }

    /// Adds the values for all time that an earlier revision carried. A window may begin on another
    /// day than before, so a value is replaced in any window.
    fn keep_all_time(
        &self,
        agreement: &Agreement,
        (before, old): (&Payload, &Windowed),
        windows: &mut Vec<Windowed>,
    ) {
        let week = old.span.first_week();
        let mut kept = Windowed {
            metrics: BTreeMap::new(),
            ..old.clone()
        };
        for (code, measured) in &old.metrics {
            let new = windows.iter().find_map(|it| of_all_time(it)?.get(code));
            if let Some(value) = self.kept(agreement, (before, week), (code, measured), new) {
                for window in &mut *windows {
                    if window.span.period() == Period::AllTime {
                        window.metrics.remove(code);
                    }
                }
                kept.metrics.insert(code.clone(), value);
            }
        }
        windows.retain(|it| of_all_time(it).is_none_or(|metrics| !metrics.is_empty()));
        let same = |it: &&mut Windowed| it.span == kept.span && it.versions == kept.versions;
        match windows.iter_mut().find(same) {
            Some(window) => window.metrics.append(&mut kept.metrics),
            None if kept.metrics.is_empty() => {}
            None => windows.push(kept),
        }
    }

    /// Adds the values that an earlier revision carried to those of its week, or of a window that
    /// begins with that week.
    fn keep_metrics(
        &self,
        agreement: &Agreement,
        (before, week, old): (&Payload, Week, &BTreeMap<String, Measured>),
        metrics: &mut BTreeMap<String, Measured>,
    ) {
        for (code, old) in old {
            let new = metrics.get(code);
            if let Some(kept) = self.kept(agreement, (before, week), (code, old), new) {
                metrics.insert(code.clone(), kept);
            }
        }
    }

    /// Returns the earlier outcome of a metric if it is kept; `None` if the new one replaces it.
    fn kept(
        &self,
        agreement: &Agreement,
        (before, week): (&Payload, Week),
        (code, old): (&str, &Measured),
        new: Option<&Measured>,
    ) -> Option<Measured> {
        let fingerprint = fingerprint(self.registry);
        let keep = || {
            let mut kept = old.clone();
            // An earlier version did not limit the size of numbers.
            kept.outcome = kept.outcome.and_then(sendable);
            let of = kept.kept_from.take();
            let of = of.unwrap_or_else(|| before.fingerprint.clone());
            kept.kept_from = Some(of).filter(|of| *of != fingerprint);
            kept
        };
        let Some(new) = new else {
            let known = self.registry.metric(code);
            return Some(match known {
                Some((ping, _)) if !self.consent.covers(ping.sensitivity) => withdrawn(),
                None if !agreement.covers_removed(code, week) => withdrawn(),
                _ => keep(),
            });
        };
        let is_replaced = match (&old.outcome, &new.outcome) {
            (Err(_), _) => true,
            // A value that must not leave the instance is not carried over either.
            (Ok(_), Err(failure)) => failure.kind == FailureKind::Withheld,
            // The first capture is kept until another is taken on request.
            (Ok(_), Ok(_)) => match (old.captured_at, new.captured_at) {
                (Some(old), Some(at)) => {
                    at.unix_timestamp() <= old.unix_timestamp() || new.is_retaken
                }
                (old, _) => old.is_none(),
            },
        };
        (!is_replaced).then(keep)
    }
}

/// Returns the values of a window if it is that of all time.
fn of_all_time(window: &Windowed) -> Option<&BTreeMap<String, Measured>> {
    (window.span.period() == Period::AllTime).then_some(&window.metrics)
}

/// Returns the outcome of a metric after consent to its ping was withdrawn.
fn withdrawn() -> Measured {
    let message = "consent to the ping was withdrawn";
    Measured::new(Err(Failure::new(FailureKind::Withdrawn, message)))
}

/// Returns whether a revision differs from the one before. Equal numbers under another registry
/// are not a difference.
fn is_news(before: &Payload, payload: &Payload) -> bool {
    let plain = |payload: &Payload| {
        let mut payload = payload.clone();
        payload.fingerprint.clear();
        payload.version = None;
        for metrics in payload.all_metrics_mut() {
            metrics.values_mut().for_each(|it| it.kept_from = None);
        }
        payload
    };
    !plain(before).says_the_same(&plain(payload))
}

fn is(measured: &Measured, kind: FailureKind) -> bool {
    measured
        .outcome
        .as_ref()
        .is_err_and(|failure| failure.kind == kind)
}

/// Returns the value of a code in the same window of an earlier revision. The window of all time may
/// have begun on another day.
fn before_in<'p>(before: &'p Payload, window: &Windowed, code: &str) -> Option<&'p Measured> {
    let is_same = |it: &&Windowed| match window.span.period() {
        Period::AllTime => it.span.period() == Period::AllTime && it.metrics.contains_key(code),
        _ => it.span == window.span,
    };
    before.windows.iter().find(is_same)?.metrics.get(code)
}

/// Returns the reasons why a payload differs from the earlier revision.
fn reasons(before: &Payload, payload: &Payload) -> BTreeSet<Reason> {
    let mut reasons = BTreeSet::new();
    let of_windows = payload.windows.iter().flat_map(|window| {
        let metrics = window.metrics.iter();
        metrics.map(move |(code, new)| (before_in(before, window, code), new))
    });
    let of_week = payload.metrics.iter();
    let of_week = of_week.map(|(code, new)| (before.metrics.get(code), new));
    for (old, new) in of_week.chain(of_windows) {
        if old.is_some_and(|old| old.outcome == new.outcome && old.captured_at == new.captured_at) {
            continue;
        }
        let was_captured = old.is_some_and(|old| old.outcome.is_ok() && old.captured_at.is_some());
        reasons.insert(match new.captured_at {
            _ if is(new, FailureKind::Withdrawn) => Reason::Withdrawn,
            Some(_) if was_captured => Reason::Retaken,
            Some(_) => Reason::Captured,
            None => Reason::LateEvents,
        });
    }
    if payload.versions != before.versions || payload.unversioned != before.unversioned {
        reasons.insert(Reason::LateEvents);
    }
    reasons
}
