//! The weeks and metrics that may be gathered and sent.

use std::collections::BTreeMap;

use pings_database::{Result, Transaction};
use pings_model::{Metric, Period as Window, Ping, Registry, Span};
use pings_payload::{Failure, FailureKind, Week, rfc3339};

use super::history::{self, History, Period, first_week};
use super::metrics::{self, AgreedMetric, AgreedMetrics, carries, covers};
use super::switches::Switch;
use crate::report::is_weekly;

/// The consent of an instance, as recorded in the database of the event log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    pub(super) history: History,
    pub(super) metrics: AgreedMetrics,
}

/// A metric that waits until somebody agrees to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The id of the ping.
    pub ping: String,
    /// The code of the metric.
    pub code: String,
    /// The parts that were not agreed to; `None` if the whole metric waits.
    pub gained: Option<Vec<String>>,
}

impl Agreement {
    pub(super) async fn load(tx: &mut Transaction) -> Result<Self> {
        Ok(Self {
            history: history::load(tx).await?,
            metrics: metrics::load(tx).await?,
        })
    }

    /// Returns the current period of a switch, or `None` if no decision was recorded yet.
    #[must_use]
    pub fn now(&self, switch: Switch) -> Option<&Period> {
        self.history(switch).last()
    }

    /// Returns all periods of a switch, oldest first.
    #[must_use]
    pub fn history(&self, switch: Switch) -> &[Period] {
        self.history.get(&switch).map_or(&[], Vec::as_slice)
    }

    /// Returns whether a switch is on.
    #[must_use]
    pub fn is_on(&self, switch: Switch) -> bool {
        self.now(switch).is_some_and(|period| period.is_on)
    }

    /// Returns the first week that a switch covers: the first whole week after the switch was
    /// turned on. Returns `None` if the switch is off.
    #[must_use]
    pub fn first_week(&self, switch: Switch) -> Option<Week> {
        let period = self.now(switch).filter(|period| period.is_on)?;
        Some(first_week(period.since))
    }

    /// Returns whether a switch is on, and was turned on before that week began.
    #[must_use]
    pub fn covers(&self, switch: Switch, week: Week) -> bool {
        self.first_week(switch).is_some_and(|first| first <= week)
    }

    /// Returns whether a metric that the registry no longer has may leave the instance for a week:
    /// the switches under which it was agreed to must cover the week. If there is no record of the
    /// metric, all sensitivities must cover the week.
    #[must_use]
    pub(crate) fn covers_removed(&self, code: &str, week: Week) -> bool {
        let all = [Switch::Usage, Switch::Operational, Switch::Identifying];
        let agreed = |switch: &Switch| self.metrics.contains_key(&(*switch, code.to_owned()));
        let recorded: Vec<Switch> = all.into_iter().filter(agreed).collect();
        let switches = match recorded.is_empty() {
            true => &all[..],
            false => &recorded,
        };
        switches.iter().all(|switch| self.covers(*switch, week))
    }

    /// Returns the registry without the pings that are switched off, or were when that week began.
    #[must_use]
    pub fn registry(&self, registry: &Registry, week: Week) -> Registry {
        let is_covered = |ping: &Ping| self.covers(Switch::of(ping.sensitivity), week);
        registry.clone().retain_pings(is_covered)
    }

    /// Returns the registry with only the metrics that may be captured for that week. A capture of
    /// the current state needs consent now, and a weekly capture since before the week began.
    #[must_use]
    pub fn captures(&self, registry: &Registry, week: Week) -> Registry {
        let is_covered = |ping: &Ping| {
            let switches = [Switch::Gather, Switch::of(ping.sensitivity)];
            match is_weekly(ping) {
                true => switches.iter().all(|switch| self.covers(*switch, week)),
                false => switches.iter().all(|switch| self.is_on(*switch)),
            }
        };
        let is_agreed = |ping: &Ping, metric: &Metric| match is_weekly(ping) {
            true => self.metric(registry, ping, metric, week).is_ok(),
            false => self.agreed(registry, ping, metric).is_some(),
        };
        let captures = registry.clone().retain_pings(is_covered);
        let captures = captures.retain_metrics(is_agreed);
        captures.retain_windows(|ping, metric, window| {
            let mut spans = window.spans(week).into_iter();
            spans.all(|span| self.gathered(registry, (ping, metric), span, &[]).is_ok())
        })
    }

    /// Checks that a metric of a ping that is switched on may leave the instance for that week.
    ///
    /// # Errors
    ///
    /// Returns the failure to send in place of the value.
    pub fn metric(
        &self,
        registry: &Registry,
        ping: &Ping,
        metric: &Metric,
        week: Week,
    ) -> std::result::Result<(), Failure> {
        let message = match self.agreed(registry, ping, metric) {
            None => "the instance has not agreed to it yet".to_owned(),
            Some(agreed) if first_week(agreed.since) > week => format!(
                "the metric was agreed to at {}, after the start of this week",
                agreed.since.map(rfc3339).unwrap_or_default()
            ),
            Some(_) => return Ok(()),
        };
        Err(Failure::new(FailureKind::NotAgreed, message))
    }

    /// Checks that a metric of a ping that is switched on may leave the instance for a window: the
    /// switches and the agreement must cover each of its weeks.
    ///
    /// # Errors
    ///
    /// Returns the failure to send in place of the value.
    pub fn window(
        &self,
        registry: &Registry,
        ping: &Ping,
        metric: &Metric,
        span: Span,
    ) -> std::result::Result<(), Failure> {
        self.gathered(registry, (ping, metric), span, &[Switch::Send])
    }

    /// Checks that a window may be gathered: its switches, and the others that are on, must cover each
    /// of its weeks.
    fn gathered(
        &self,
        registry: &Registry,
        (ping, metric): (&Ping, &Metric),
        span: Span,
        others: &[Switch],
    ) -> std::result::Result<(), Failure> {
        let first = span.first_week();
        self.metric(registry, ping, metric, first)?;
        let switches = [Switch::Gather, Switch::of(ping.sensitivity)];
        for switch in switches.iter().chain(others).copied() {
            if self.is_on(switch) && !self.covers(switch, first) {
                let [start, _] = span.borders();
                let message = format!(
                    "`{}` was turned on after the start of the window, {start}",
                    switch.name()
                );
                return Err(Failure::new(FailureKind::NotAgreed, message));
            }
        }
        Ok(())
    }

    /// Returns the first week that may be counted and sent for all time, by the code of each metric
    /// with this window. A code that may be counted from the beginning is left out.
    pub(crate) fn all_time_from(&self, registry: &Registry) -> BTreeMap<String, Week> {
        let metrics = registry.metrics();
        let metrics = metrics.filter(|(_, it)| it.windows.contains(&Window::AllTime));
        let from = metrics.filter_map(|(ping, metric)| {
            let agreed = self.agreed(registry, ping, metric)?;
            let switches = [Switch::Gather, Switch::Send, Switch::of(ping.sensitivity)];
            let switches = switches.into_iter().filter_map(|it| self.first_week(it));
            let first = switches.chain([first_week(agreed.since)]).max()?;
            (first > first_week(None)).then(|| (metric.code.clone(), first))
        });
        from.collect()
    }

    /// Returns the metrics of switched-on pings that the instance has not agreed to.
    #[must_use]
    pub fn pending(&self, registry: &Registry) -> Vec<Pending> {
        registry
            .metrics()
            .filter(|(ping, _)| self.is_on(Switch::of(ping.sensitivity)))
            .filter(|(ping, metric)| self.agreed(registry, ping, metric).is_none())
            .map(|(ping, metric)| Pending {
                ping: ping.id.clone(),
                code: metric.code.clone(),
                gained: self.known(ping, metric).map(|known| {
                    let carried = carries(registry, ping, metric);
                    let is_new = |part: &String| !covers(&known.carries, part);
                    carried.into_iter().filter(is_new).collect()
                }),
            })
            .collect()
    }

    /// Returns the agreement to a metric in its current form. Returns `None` if the metric is new,
    /// or carries more than what was agreed to.
    pub(super) fn agreed(
        &self,
        registry: &Registry,
        ping: &Ping,
        metric: &Metric,
    ) -> Option<&AgreedMetric> {
        let known = self.known(ping, metric)?;
        let carried = carries(registry, ping, metric);
        let is_covered = carried.iter().all(|part| covers(&known.carries, part));
        is_covered.then_some(known)
    }

    fn known(&self, ping: &Ping, metric: &Metric) -> Option<&AgreedMetric> {
        let key = (Switch::of(ping.sensitivity), metric.code.clone());
        self.metrics.get(&key)
    }

    /// Returns the last agreement to a metric in any of its forms.
    #[must_use]
    pub fn agreed_metric(&self, ping: &Ping, metric: &Metric) -> Option<&AgreedMetric> {
        self.known(ping, metric)
    }
}
