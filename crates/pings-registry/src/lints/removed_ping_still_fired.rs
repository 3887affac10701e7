//! Finds events that only removed pings and metrics count.

use pings_model::{EventId, Lint, Metric, Registry, Source};

use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    let pings = subject.registry.pings();
    for (id, user) in users(subject.registry).into_iter().enumerate() {
        let Some((ping, metric)) = user else { continue };
        let (of_ping, of_metric) = (&pings[ping], &pings[ping].metrics[metric]);
        let Some(removed) = of_ping.life(of_metric).removed() else {
            continue;
        };
        let name = &subject.registry.events()[id].name;
        let (what, span, part) = match of_metric.own_life.removed {
            Some(_) => {
                let span = subject.in_metric(ping, metric, "removed");
                ("metrics", span, format!("metric `{}`", of_metric.code))
            }
            None => {
                let span = subject.in_ping(ping, "removed");
                ("pings", span, format!("ping `{}`", of_ping.id))
            }
        };
        let message = format!("only removed {what} count `{name}`");
        let place = subject.events[id].key_span;
        let diagnostic = Diagnostic::new(Lint::RemovedPingStillFired, place, message)
            .label("every instance stores what is logged under this name")
            .related(span, format!("{part} is no longer sent since {removed}"))
            .help("make sure that no code logs the event, then suppress the lint at the event: `allow: { removed-ping-still-fired: … }`");
        found.add(Site::Event(id), diagnostic);
    }
}

/// Returns, for each event, the indices of a ping and its metric that counts the event by name: the
/// first metric that is still sent, otherwise the last removed metric, otherwise `None`.
pub(super) fn users(registry: &Registry) -> Vec<Option<(usize, usize)>> {
    let mut users: Vec<Option<(usize, usize)>> = vec![None; registry.events().len()];
    let is_alive = |(ping, metric): (usize, usize)| {
        let ping = &registry.pings()[ping];
        ping.life(&ping.metrics[metric]).removed().is_none()
    };
    for (at, ping) in registry.pings().iter().enumerate() {
        for (place, metric) in ping.metrics.iter().enumerate() {
            for EventId(id) in events(metric) {
                if !users[id].is_some_and(is_alive) {
                    users[id] = Some((at, place));
                }
            }
        }
    }
    users
}

/// Returns the events that a metric counts by name.
fn events(metric: &Metric) -> impl Iterator<Item = EventId> {
    let (of, steps) = match &metric.source {
        Source::Events(metric) if metric.names_events() => (metric.of.as_slice(), &[][..]),
        Source::Events(_) => (&[][..], &[][..]),
        Source::Funnel(funnel) => (&[][..], funnel.steps.as_slice()),
        Source::Capture(_) | Source::Sql(_) | Source::Value(_) => (&[][..], &[][..]),
    };
    of.iter().chain(steps.iter().flatten()).copied()
}
