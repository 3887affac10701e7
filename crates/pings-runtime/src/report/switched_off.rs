//! The report of an instance without an event log.

use std::collections::BTreeSet;
use std::time::Duration;

use pings_model::{Registry, Version};
use pings_payload::Week;
use time::OffsetDateTime;

use super::{Report, not_running, of_metric};
use crate::recorder::Counters;

impl Report {
    /// Returns the report of an instance that has no event log, because gathering was switched off
    /// from the beginning: no metric has a value.
    #[must_use]
    pub fn without_event_log(
        registry: &Registry,
        week: Week,
        version: Version,
        now: OffsetDateTime,
    ) -> Self {
        let metrics = registry
            .metrics()
            .filter(|(ping, metric)| {
                ping.life(metric).is_sent_by(version) && metric.has_weekly_value()
            })
            .map(|(_, metric)| of_metric(metric, Err(not_running()), Duration::ZERO));
        Self {
            registry: registry.name().to_owned(),
            week,
            is_complete: week.is_complete(now),
            is_running: false,
            versions: BTreeSet::new(),
            has_unversioned: false,
            version: Some(version),
            metrics: metrics.collect(),
            windows: Vec::new(),
            runtime: Counters::default(),
        }
    }
}
