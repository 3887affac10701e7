//! Finds events that only removed pings count.

use pings_model::{EventId, Lint, Metric, Registry, Source};

use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    for (id, user) in users(subject.registry).into_iter().enumerate() {
        let Some(ping) = user else { continue };
        let Some(removed) = subject.registry.pings()[ping].removed else {
            continue;
        };
        let name = &subject.registry.events()[id].name;
        let message = format!("only removed pings count `{name}`");
        let place = subject.events[id].key_span;
        let diagnostic = Diagnostic::new(Lint::RemovedPingStillFired, place, message)
            .label("every instance stores what is logged under this name")
            .related(
                subject.in_ping(ping, "removed"),
                format!("ping `{}` is no longer sent since {removed}", subject.registry.pings()[ping].id),
            )
            .help("make sure that no code logs the event, then suppress the lint at the event: `allow: { removed-ping-still-fired: … }`");
        found.add(Site::Event(id), diagnostic);
    }
}

/// Returns, for each event, a ping that counts it: the first ping that is still sent, otherwise the
/// last removed ping, otherwise `None`.
pub(super) fn users(registry: &Registry) -> Vec<Option<usize>> {
    let mut users: Vec<Option<usize>> = vec![None; registry.events().len()];
    for (at, ping) in registry.pings().iter().enumerate() {
        for EventId(id) in ping.metrics.iter().flat_map(events) {
            let is_alive = |ping: usize| registry.pings()[ping].removed.is_none();
            if !users[id].is_some_and(is_alive) {
                users[id] = Some(at);
            }
        }
    }
    users
}

/// Returns the events that a metric counts.
fn events(metric: &Metric) -> impl Iterator<Item = EventId> {
    let (of, steps) = match &metric.source {
        Source::Events(metric) => (metric.of.as_slice(), &[][..]),
        Source::Funnel(funnel) => (&[][..], funnel.steps.as_slice()),
        Source::Capture(_) | Source::Sql(_) => (&[][..], &[][..]),
    };
    of.iter().chain(steps.iter().flatten()).copied()
}
