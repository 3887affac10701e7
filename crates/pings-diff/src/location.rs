//! Where an event, a ping or a metric is in the registry.

use pings_model::{Event, Metric, Path, Ping, Source};

use crate::change::Subject;

/// Returns the path and the subject of an event.
pub(crate) fn of_event(event: &Event) -> (Path, Subject) {
    let path = Path::default().key("events").key(&event.name);
    (path, event_subject(event))
}

pub(crate) fn event_subject(event: &Event) -> Subject {
    Subject {
        event: Some(event.name.clone()),
        ..Subject::default()
    }
}

/// A ping of the new registry, with its index.
#[derive(Clone, Copy)]
pub(crate) struct PingRef<'a> {
    pub(crate) at: usize,
    pub(crate) ping: &'a Ping,
}

impl PingRef<'_> {
    /// Returns the path to a key of the ping.
    pub(crate) fn key(self, key: &str) -> (Path, Subject) {
        let (path, subject) = self.whole();
        (path.key(key), subject)
    }

    /// Returns the path to the ping.
    pub(crate) fn whole(self) -> (Path, Subject) {
        let path = Path::default().key("pings").item(self.at);
        (path, ping_subject(self.ping))
    }
}

pub(crate) fn ping_subject(ping: &Ping) -> Subject {
    Subject {
        ping: Some(ping.id.clone()),
        ..Subject::default()
    }
}

/// A metric of the new registry, with its position.
#[derive(Clone, Copy)]
pub(crate) struct MetricRef<'a> {
    pub(crate) ping: PingRef<'a>,
    pub(crate) at: usize,
    pub(crate) metric: &'a Metric,
}

impl MetricRef<'_> {
    /// Returns the path to a key of the metric.
    pub(crate) fn key(self, key: &str) -> (Path, Subject) {
        let (path, subject) = self.whole();
        (path.key(key), subject)
    }

    fn whole(self) -> (Path, Subject) {
        let list = match self.metric.source {
            Source::Funnel(_) => "funnels",
            Source::Events(_) | Source::Capture(_) | Source::Sql(_) | Source::Value(_) => "metrics",
        };
        let (path, mut subject) = self.ping.key(list);
        subject.code = Some(self.metric.code.clone());
        (path.item(self.at), subject)
    }
}
