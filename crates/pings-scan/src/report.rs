//! The evaluation of a scan for a registry.

use std::collections::BTreeMap;

use pings_model::{EventId, Metric, Registry, Source, Version};

use crate::finding::{Finding, fires, unregistered_call};
use crate::names::Names;
use crate::site::{DynamicName, ExportedFunction, NameForm, Site, UnregisteredCall};
use crate::tree::Scanned;

/// The evaluation of a scan for a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Each event of the registry, with its call sites.
    pub events: Vec<EventSites>,
    /// The findings: those about events in registry order, then those about places.
    pub findings: Vec<Finding>,
    /// Calls with names that are built at run time, so that the event is unknown.
    pub dynamic_names: Vec<DynamicName>,
}

/// An event and its call sites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSites {
    /// The event.
    pub event: EventId,
    /// Its call sites.
    pub sites: Vec<Site>,
    /// Other places that mention the event: tests and comments, unless they count as call sites.
    pub elsewhere: Vec<Site>,
}

/// Evaluates a scan. `tests` and `comments` determine whether these count as call sites.
#[must_use]
pub fn report(
    registry: &Registry,
    names: &Names,
    scanned: &Scanned,
    tests: bool,
    comments: bool,
) -> Report {
    let mut events: Vec<EventSites> = (0..registry.events().len())
        .map(|place| EventSites {
            event: EventId(place),
            sites: Vec::new(),
            elsewhere: Vec::new(),
        })
        .collect();
    for site in &scanned.sites {
        if let Some(of_event) = events.get_mut(site.event.0) {
            let to = if fires(site.role, tests, comments) {
                &mut of_event.sites
            } else {
                &mut of_event.elsewhere
            };
            to.push(site.clone());
        }
    }
    let dynamic_names: Vec<DynamicName> = scanned
        .dynamic_names
        .iter()
        .filter(|built| fires(built.role, tests, comments))
        .cloned()
        .collect();
    let mut findings: Vec<Finding> = events
        .iter()
        .zip(counting(registry))
        .filter_map(|(of_event, pings)| {
            let removed = removed(registry, of_event.event, &pings);
            of_event_finding(
                registry,
                of_event,
                removed,
                &dynamic_names,
                &scanned.exports,
            )
        })
        .collect();
    let known: Vec<&str> = names.known().collect();
    for (name, sites) in by_name(&scanned.unregistered, tests, comments) {
        findings.push(unregistered_call(name, sites, &known));
    }
    Report {
        events,
        findings,
        dynamic_names,
    }
}

/// Groups logged names with all their places, in the order of the first place.
fn by_name(
    unregistered: &[UnregisteredCall],
    tests: bool,
    comments: bool,
) -> Vec<(String, Vec<UnregisteredCall>)> {
    let mut all: Vec<(String, Vec<UnregisteredCall>)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for found in unregistered {
        if !fires(found.role, tests, comments) {
            continue;
        }
        let next = all.len();
        let place = *places.entry(&found.name).or_insert(next);
        if place == next {
            all.push((found.name.clone(), Vec::new()));
        }
        all[place].1.push(found.clone());
    }
    all
}

fn of_event_finding(
    registry: &Registry,
    of_event: &EventSites,
    removed: Option<Vec<(String, Version)>>,
    built: &[DynamicName],
    exports: &[ExportedFunction],
) -> Option<Finding> {
    let event = registry.event(of_event.event);
    match (of_event.sites.as_slice(), removed) {
        ([], Some(_)) => None,
        ([], None) => Some(Finding::NeverFired {
            event: of_event.event,
            elsewhere: of_event.elsewhere.clone(),
            maybe: built
                .iter()
                .filter(|built| event.wire_names().any(|name| built.may_be(name)))
                .cloned()
                .collect(),
            exports: exports
                .iter()
                .filter(|export| export.event == of_event.event)
                .cloned()
                .collect(),
        }),
        (sites, Some(pings)) => Some(Finding::RemovedStillFired {
            event: of_event.event,
            pings,
            sites: sites.to_vec(),
        }),
        (sites, None)
            if sites
                .iter()
                .all(|site| matches!(site.form, NameForm::Old(_))) =>
        {
            Some(Finding::OldName {
                event: of_event.event,
                sites: sites.to_vec(),
            })
        }
        _ => None,
    }
}

/// Returns the pings that counted an event with the versions that removed them, or `None` if some
/// metric still counts the event. A ping that is still sent without the metrics that counted the
/// event is named by their codes.
fn removed(registry: &Registry, event: EventId, pings: &[usize]) -> Option<Vec<(String, Version)>> {
    let mut removed = Vec::new();
    for ping in pings {
        let ping = &registry.pings()[*ping];
        if let Some(version) = ping.removed {
            removed.push((ping.id.clone(), version));
            continue;
        }
        let metrics = ping.metrics.iter();
        for metric in metrics.filter(|metric| events_of(metric).contains(&event)) {
            removed.push((metric.code.clone(), metric.own_life.removed?));
        }
    }
    (!removed.is_empty()).then_some(removed)
}

/// Returns the events that a metric counts by name, with duplicates.
pub(crate) fn events_of(metric: &Metric) -> Vec<EventId> {
    match &metric.source {
        Source::Events(metric) if metric.names_events() => metric.of.clone(),
        Source::Funnel(funnel) => funnel.steps.concat(),
        Source::Events(_) | Source::Capture(_) | Source::Sql(_) | Source::Value(_) => Vec::new(),
    }
}

/// Returns, for each event, the indices of the pings that count it.
pub(crate) fn counting(registry: &Registry) -> Vec<Vec<usize>> {
    let mut counting = vec![Vec::new(); registry.events().len()];
    for (place, ping) in registry.pings().iter().enumerate() {
        for event in ping.metrics.iter().flat_map(events_of) {
            let pings: &mut Vec<usize> = &mut counting[event.0];
            if pings.last() != Some(&place) {
                pings.push(place);
            }
        }
    }
    counting
}
