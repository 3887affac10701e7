//! A simulated fleet of instances and the payloads that it sends, reproducible by a seed.
//!
//! Sizes are skewed, versions are adopted over months, weeks follow a rhythm, instances fail, stop
//! reporting and return, late events cause revisions, and versions break codes as requested. The
//! expected results are known, because all data is generated here.

mod chance;
mod effect;
mod instance;
mod release;
mod sent;
mod truth;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use pings_model::{Registry, Version, VersionRange};
use pings_payload::{Payload, Week, fingerprint};

use chance::Chance;
pub use effect::{Break, Effect};
use instance::Instance;
use release::Release;
pub use truth::Kept;

/// The properties of a fleet.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The seed. Each seed yields another fleet with the same properties.
    pub seed: u64,
    /// The final number of instances.
    pub instances: usize,
    /// The first week.
    pub first: Week,
    /// The number of weeks.
    pub weeks: u32,
    /// The breaks that versions cause.
    pub breaks: Vec<Break>,
    /// The number of instances that are copied with their id. Both copies continue to send.
    pub clones: usize,
}

impl Shape {
    /// Creates the properties of a fleet without any breaks.
    ///
    /// # Panics
    ///
    /// Never panics, because the week is valid.
    #[must_use]
    pub fn new(seed: u64, instances: usize, weeks: u32) -> Self {
        Self {
            seed,
            instances,
            first: "2021-W20".parse().expect("a week"),
            weeks,
            breaks: Vec::new(),
            clones: 0,
        }
    }

    /// Adds a break.
    #[must_use]
    pub fn with(mut self, code: &str, versions: VersionRange, effect: Effect) -> Self {
        let code = code.to_owned();
        self.breaks.push(Break {
            code,
            versions,
            effect,
        });
        self
    }
}

/// A fleet and all payloads that it sent.
pub struct Fleet {
    /// The properties of the fleet.
    pub shape: Shape,
    /// The payloads in the order in which they were sent.
    pub payloads: Vec<Payload>,
    /// Other contents that a copy sent under the same instance, week and revision.
    pub copies: Vec<Payload>,
    releases: Vec<Release>,
}

impl Fleet {
    /// Creates the fleet for a registry.
    #[must_use]
    pub fn new(registry: &Registry, shape: Shape) -> Self {
        let mut chance = Chance::new(shape.seed);
        let releases = release::releases(shape.weeks);
        let codes = value::Codes::new(registry, &mut chance, shape.weeks);
        let fingerprint = fingerprint(registry);
        let mut sent: BTreeMap<(u32, usize), Vec<Payload>> = BTreeMap::new();
        let mut copies = Vec::new();
        for place in 0..shape.instances {
            let mut instance = Instance::new(&mut chance, &shape, &codes);
            for week in 0..shape.weeks {
                let Some(lived) = instance.live(&mut chance, week, &releases) else {
                    continue;
                };
                let blank = Payload {
                    registry: registry.name().to_owned(),
                    fingerprint: fingerprint.clone(),
                    instance: instance.uuid,
                    version: lived.parts.last().map(|(version, _)| *version),
                    week: shape.first.forward(week),
                    revision: 1,
                    reasons: BTreeSet::new(),
                    is_running: true,
                    versions: BTreeMap::new(),
                    unversioned: 0,
                    metrics: BTreeMap::new(),
                    windows: Vec::new(),
                    runtime: BTreeMap::new(),
                };
                let whole = lived.payload(&mut chance, &instance, &codes, &shape, blank);
                if place < shape.clones && week >= shape.weeks / 2 {
                    let mut copy = whole.clone();
                    copy.unversioned = 0;
                    copy.versions.values_mut().for_each(|events| *events += 1);
                    copies.push(copy);
                }
                if chance.is(0.04) && week + 1 < shape.weeks {
                    let early = value::without_late_events(&whole);
                    sent.entry((week, place)).or_default().push(early);
                    let late = Payload {
                        revision: 2,
                        ..whole
                    };
                    sent.entry((week + 1, place)).or_default().push(late);
                } else {
                    sent.entry((week, place)).or_default().push(whole);
                }
            }
        }
        Self {
            shape,
            payloads: sent.into_values().flatten().collect(),
            copies,
            releases,
        }
    }

    /// Returns the versions that were released up to the last week, in ascending order.
    #[must_use]
    pub fn versions(&self) -> Vec<Version> {
        self.releases
            .iter()
            .map(|release| release.version)
            .collect()
    }
}
