//! The evaluation of a scan for a registry.

use std::collections::BTreeMap;

use pings_model::{EventId, Ping, Registry, Source};

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
            of_event_finding(registry, of_event, &pings, &dynamic_names, &scanned.exports)
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
    pings: &[usize],
    built: &[DynamicName],
    exports: &[ExportedFunction],
) -> Option<Finding> {
    let event = registry.event(of_event.event);
    let pings: Vec<&Ping> = pings.iter().map(|ping| &registry.pings()[*ping]).collect();
    let removed: Vec<_> = pings
        .iter()
        .filter_map(|ping| Some((ping.id.clone(), ping.removed?)))
        .collect();
    let is_gone = !pings.is_empty() && removed.len() == pings.len();
    match of_event.sites.as_slice() {
        [] if is_gone => None,
        [] => Some(Finding::NeverFired {
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
        sites if is_gone => Some(Finding::RemovedStillFired {
            event: of_event.event,
            pings: removed,
            sites: sites.to_vec(),
        }),
        sites
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

/// Returns, for each event, the indices of the pings that count it.
pub(crate) fn counting(registry: &Registry) -> Vec<Vec<usize>> {
    let mut counting = vec![Vec::new(); registry.events().len()];
    for (place, ping) in registry.pings().iter().enumerate() {
        let events = ping.metrics.iter().flat_map(|metric| match &metric.source {
            Source::Events(metric) => metric.of.clone(),
            Source::Funnel(funnel) => funnel.steps.concat(),
            Source::Capture(_) | Source::Sql(_) => Vec::new(),
        });
        for event in events {
            let pings: &mut Vec<usize> = &mut counting[event.0];
            if pings.last() != Some(&place) {
                pings.push(place);
            }
        }
    }
    counting
}
