//! The pings that count each event, as readers of generated code see them.

use std::collections::BTreeSet;

use pings_model::{Aggregation, Event, EventId, Metric, Ping, Registry, Source};

use crate::docs;
use crate::text::one_line;

/// An event, with the pings and the metrics that count it.
#[derive(Debug)]
pub(crate) struct Usage<'a> {
    pub(crate) event: &'a Event,
    /// The metrics that count the event, with their pings.
    metrics: Vec<(&'a Ping, &'a Metric)>,
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
            metrics: Vec::new(),
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
                usage.metrics.push((ping, metric));
            }
        }
    }
    usages
}

/// Returns the events that a metric names, with duplicates.
#[must_use]
pub fn events_of(metric: &Metric) -> Vec<EventId> {
    match &metric.source {
        Source::Events(metric) => metric.of.clone(),
        Source::Funnel(funnel) => funnel.steps.concat(),
        Source::Capture(_) | Source::Sql(_) | Source::Value(_) => Vec::new(),
    }
}

impl Usage<'_> {
    /// Returns what the event means, then a list item for each ping that counts it.
    pub(crate) fn paragraphs(&self) -> Vec<String> {
        let description = self.event.description.as_deref().map(one_line);
        let description = description.filter(|text| !text.is_empty());
        let meaning =
            description.unwrap_or_else(|| format!("The event `{}`.", one_line(&self.event.name)));
        let by_ping = self
            .metrics
            .chunk_by(|(one, _), (next, _)| one.id == next.id);
        let counted = by_ping.flat_map(|metrics| {
            let own = |(_, metric): &(&Ping, &Metric)| metric.own_life.is_empty();
            match metrics {
                // Their life is that of the ping.
                [(ping, metric), ..] if metrics.iter().all(own) => {
                    let status = docs::status(ping.life(metric));
                    vec![counted(ping, metrics, "", &status)]
                }
                metrics => {
                    let each = metrics.iter().map(|it @ (ping, metric)| {
                        let code = format!(" as `{}`", one_line(&metric.code));
                        let status = docs::status(ping.life(metric));
                        counted(ping, std::slice::from_ref(it), &code, &status)
                    });
                    each.collect()
                }
            }
        });
        let mut paragraphs: Vec<String> = std::iter::once(meaning).chain(counted).collect();
        if self.metrics.is_empty() {
            paragraphs.push("No ping counts the event.".to_owned());
        }
        paragraphs
    }

    /// Returns why the event is deprecated: every ping or metric that counted it was removed.
    pub(crate) fn deprecation(&self) -> Option<&'static str> {
        let is_removed = |(ping, metric): &(&Ping, &Metric)| ping.life(metric).removed().is_some();
        let is_deprecated = !self.metrics.is_empty() && self.metrics.iter().all(is_removed);
        let mut metrics = self.metrics.iter();
        let reason = match metrics.all(|(ping, _)| ping.removed.is_some()) {
            true => "Every ping that counted the event was removed.",
            false => "Every metric that counted the event was removed.",
        };
        is_deprecated.then_some(reason)
    }
}

/// Returns the list item for a ping, or one of its metrics, that counts an event.
fn counted(ping: &Ping, metrics: &[(&Ping, &Metric)], code: &str, status: &str) -> String {
    let window = match ping.aggregation {
        Aggregation::Weekly => {
            let windows = metrics.iter().flat_map(|(_, metric)| &metric.windows);
            format!("by {}", docs::windows(windows.collect::<BTreeSet<_>>()))
        }
        Aggregation::Total => "in total".to_owned(),
    };
    let title = one_line(&ping.title);
    format!("- Counted by \"{title}\"{code}, {window}. {status}")
}
