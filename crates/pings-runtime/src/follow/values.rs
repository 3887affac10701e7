//! The values of metrics before and after events arrived.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use pings_database::{Result, Transaction};
use pings_model::{EventMeasure, Metric, Ping, Registry, Source};
use pings_payload::Week;

use crate::report::{Outcome, Reporter, pruned_failure};

/// The minimum time between two measurements.
const REST: Duration = Duration::from_secs(1);

/// A measurement is followed by a pause of this many times its duration.
const PAUSE: u32 = 10;

/// The maximum number of weeks per measurement.
const MOST_WEEKS: usize = 3;

/// The maximum number of values that are remembered, or wait to be measured.
const MOST_VALUES: usize = 2_000;

/// The value of a metric in a week, measured again after events arrived.
#[derive(Clone, Debug)]
pub struct Change<'r> {
    /// The week.
    pub week: Week,
    /// The ping of the metric.
    pub ping: &'r Ping,
    /// The metric.
    pub metric: &'r Metric,
    /// The previous value, or `None` if it was not measured before.
    pub before: Option<Outcome>,
    /// The value with all events that arrived, or the reason why there is none. First-time users
    /// are not included.
    pub after: Outcome,
}

/// A metric in a week.
type Key<'r> = (Week, &'r str);

/// The values that were measured, and those that must be measured again.
#[derive(Debug)]
pub(super) struct Values<'r> {
    registry: &'r Registry,
    /// Whether the database has the table of pruned events.
    has_pruned_table: bool,
    known: BTreeMap<Key<'r>, Outcome>,
    touched: BTreeSet<Key<'r>>,
    due: Instant,
}

/// Measured values that are not remembered yet.
pub(super) struct Measured<'r> {
    outcomes: Vec<(Key<'r>, Outcome)>,
    took: Duration,
}

impl<'r> Values<'r> {
    pub(super) fn new(registry: &'r Registry, has_pruned_table: bool, now: Instant) -> Self {
        Self {
            registry,
            has_pruned_table,
            known: BTreeMap::new(),
            touched: BTreeSet::new(),
            due: now,
        }
    }

    /// Notes that events moved metrics in a week.
    pub(super) fn touch(&mut self, keys: impl IntoIterator<Item = Key<'r>>) {
        self.touched.extend(keys);
        while self.touched.len() > MOST_VALUES {
            self.touched.pop_first();
        }
    }

    /// Returns the values to measure now.
    pub(super) fn due(&self, now: Instant, running: Week) -> BTreeSet<Key<'r>> {
        if now < self.due {
            return BTreeSet::new();
        }
        // The running week is first, followed by the newest ones.
        let mut weeks: Vec<Week> = self.touched.iter().map(|(week, _)| *week).collect();
        weeks.sort_by_key(|week| (*week != running, std::cmp::Reverse(*week)));
        weeks.dedup();
        weeks.truncate(MOST_WEEKS);
        let touched = self.touched.iter().copied();
        touched.filter(|(week, _)| weeks.contains(week)).collect()
    }

    /// Measures values.
    pub(super) async fn measure(
        &self,
        reporter: &Reporter<'_>,
        tx: &mut Transaction,
        wanted: &BTreeSet<Key<'r>>,
    ) -> Result<Measured<'r>> {
        let started = Instant::now();
        let mut outcomes = Vec::new();
        let mut by_week: BTreeMap<Week, Vec<&'r Metric>> = BTreeMap::new();
        for (week, code) in wanted {
            let metric = self.registry.metric(code).map(|(_, metric)| metric);
            by_week.entry(*week).or_default().extend(metric);
        }
        for (week, metrics) in by_week {
            let Some(span) = self.registry.week().spans(week).pop() else {
                continue;
            };
            let pruned = match self.has_pruned_table {
                true => pruned_failure(tx, span).await?,
                false => None,
            };
            let log = reporter.event_log_near(tx, &span.borders()).await?;
            let window = (span, log);
            let measured = reporter
                .measure_events(tx, &metrics, window, pruned.as_ref(), &mut |_| {})
                .await?;
            for (place, outcome, _) in measured {
                outcomes.push(((week, &*metrics[place].code), outcome));
            }
        }
        Ok(Measured {
            outcomes,
            took: started.elapsed(),
        })
    }

    /// Remembers measured values, and returns those that events moved.
    pub(super) fn accept(&mut self, measured: Measured<'r>, now: Instant) -> Vec<Change<'r>> {
        self.due = now + REST.max(measured.took * PAUSE);
        let mut changes = Vec::new();
        for (key, after) in measured.outcomes {
            let before = self.known.insert(key, after.clone());
            let (week, code) = key;
            if self.touched.remove(&key)
                && let Some((ping, metric)) = self.registry.metric(code)
            {
                changes.push(Change {
                    week,
                    ping,
                    metric,
                    before,
                    after,
                });
            }
        }
        while self.known.len() > MOST_VALUES {
            self.known.pop_first();
        }
        changes
    }

    /// Measures the next values soon, however long the last measurement took.
    pub(super) fn hurry(&mut self, now: Instant) {
        self.due = now + REST;
    }
}

/// Returns whether a metric has a value here. First-time users are known to a report only.
pub(super) fn is_measured(metric: &Metric) -> bool {
    match &metric.source {
        _ if !metric.windows.iter().any(|window| window.is_week()) => false,
        Source::Events(events) => {
            let mut measures = events.measures.iter();
            measures.any(|measure| *measure != EventMeasure::FirstTimeUsers)
        }
        Source::Funnel(_) => true,
        Source::Capture(_) | Source::Sql(_) | Source::Value(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use pings_payload::Week;

    use super::{Measured, Values};

    const REGISTRY: &str = r#"
format: 1
name: notes
title: Notes
events: { Viewed: {} }
pings:
  - id: views
    title: Views
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics: [{ code: Views, of: Viewed }]
"#;

    fn week(text: &str) -> Week {
        text.parse().unwrap()
    }

    #[test]
    fn a_measurement_waits_for_a_second_and_longer_after_a_slow_one() {
        let registry = pings_registry::parse(REGISTRY).unwrap();
        let start = Instant::now();
        let running = week("2021-W04");
        let mut values = Values::new(&registry, true, start);
        values.touch([(running, "Views")]);
        for (took, pause) in [(1, 1000), (300, 3000)] {
            let measured = Measured {
                outcomes: Vec::new(),
                took: Duration::from_millis(took),
            };
            values.accept(measured, start);
            let at = |wait| start + Duration::from_millis(wait);
            assert!(values.due(at(pause - 1), running).is_empty());
            assert_eq!(values.due(at(pause), running).len(), 1);
        }
    }

    #[test]
    fn the_running_week_is_measured_first_and_few_weeks_at_once() {
        let registry = pings_registry::parse(REGISTRY).unwrap();
        let start = Instant::now();
        let mut values = Values::new(&registry, true, start);
        let weeks = ["2021-W01", "2021-W02", "2021-W03", "2021-W04", "2021-W09"];
        values.touch(weeks.map(|text| (week(text), "Views")));
        let due = values.due(start, week("2021-W02"));
        let due: Vec<String> = due.iter().map(|(week, _)| week.to_string()).collect();
        assert_eq!(due, ["2021-W02", "2021-W04", "2021-W09"]);
    }
}
