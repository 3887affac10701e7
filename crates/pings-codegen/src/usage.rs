//! The pings that count each event, as readers of generated code see them.

use pings_model::{Event, EventId, Metric, Ping, Registry, Source, Window};

use crate::docs;
use crate::text::one_line;

/// An event, with the pings and the metrics that count it.
#[derive(Debug)]
pub(crate) struct Usage<'a> {
    pub(crate) event: &'a Event,
    pings: Vec<&'a Ping>,
    /// The codes of the metrics, in registry order.
    pub(crate) codes: Vec<&'a str>,
}

/// Returns the usage of each event, in registry order.
pub(crate) fn usages(registry: &Registry) -> Vec<Usage<'_>> {
    let mut usages: Vec<Usage<'_>> = registry
        .events()
        .iter()
        .map(|event| Usage {
            event,
            pings: Vec::new(),
            codes: Vec::new(),
        })
        .collect();
    for (ping, metric) in registry.metrics() {
        for id in events_of(metric) {
            let Some(usage) = usages.get_mut(id.0) else {
                continue;
            };
            // A funnel may name an event twice.
            if usage.codes.last() != Some(&metric.code.as_str()) {
                usage.codes.push(&metric.code);
            }
            if usage.pings.last().is_none_or(|last| last.id != ping.id) {
                usage.pings.push(ping);
            }
        }
    }
    usages
}

/// Returns the events that a metric names, with duplicates.
pub(crate) fn events_of(metric: &Metric) -> Vec<EventId> {
    match &metric.source {
        Source::Events(metric) => metric.of.clone(),
        Source::Funnel(funnel) => funnel.steps.concat(),
        Source::Capture(_) | Source::Sql(_) => Vec::new(),
    }
}

impl Usage<'_> {
    /// Returns what the event means, then a list item for each ping that counts it.
    pub(crate) fn paragraphs(&self) -> Vec<String> {
        let description = self.event.description.as_deref().map(one_line);
        let description = description.filter(|text| !text.is_empty());
        let meaning =
            description.unwrap_or_else(|| format!("The event `{}`.", one_line(&self.event.name)));
        let pings = self.pings.iter().map(|ping| {
            let window = match ping.window {
                Window::Weekly => "by week",
                Window::Total => "in total",
            };
            let title = one_line(&ping.title);
            format!("- Counted by \"{title}\", {window}. {}", docs::status(ping))
        });
        let mut paragraphs: Vec<String> = std::iter::once(meaning).chain(pings).collect();
        if self.pings.is_empty() {
            paragraphs.push("No ping counts the event.".to_owned());
        }
        paragraphs
    }

    /// Returns whether every ping that counted the event was removed.
    pub(crate) fn is_deprecated(&self) -> bool {
        !self.pings.is_empty() && self.pings.iter().all(|ping| ping.removed.is_some())
    }
}
