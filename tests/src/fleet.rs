//! A fleet of instances that never was, and the payloads that it sends: the same each time.
//!
//! Sizes are skewed, versions are taken up over months, weeks have a rhythm, instances fail, fall
//! silent and come back, late events make revisions, and versions break codes as they are told to.
//! What is true of it is known, because all of it is made here.

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

/// What a fleet is like.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Another fleet of the same kind for each.
    pub seed: u64,
    /// How many instances there are in the end.
    pub instances: usize,
    /// The first week.
    pub first: Week,
    /// How many weeks.
    pub weeks: u32,
    /// What versions break.
    pub breaks: Vec<Break>,
    /// How many instances are copied with their id, and both go on sending.
    pub clones: usize,
}

impl Shape {
    /// A fleet where nothing is broken.
    ///
    /// # Panics
    ///
    /// Never: the week is one.
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

    /// The same, with a breakage.
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

/// A fleet, and all that it sent.
pub struct Fleet {
    /// What it is like.
    pub shape: Shape,
    /// In the order in which they were sent.
    pub payloads: Vec<Payload>,
    /// Contents that a copy sent under the instance, week and revision of another.
    pub copies: Vec<Payload>,
    releases: Vec<Release>,
}

impl Fleet {
    /// The fleet of a registry.
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
                    registry: registry.name.clone(),
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

    /// The versions that were released up to the last week, in order.
    #[must_use]
    pub fn versions(&self) -> Vec<Version> {
        self.releases
            .iter()
            .map(|release| release.version)
            .collect()
    }
}
