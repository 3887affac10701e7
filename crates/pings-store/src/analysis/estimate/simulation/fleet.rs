//! Simulated fleets whose true totals are known.
//!
//! Sizes are log-normal. Instances join late, leave, and skip weeks. Their use changes with a trend
//! of the fleet, a rhythm, a random walk of each instance, and chance. A version breaks the code;
//! instances adopt it and its fix over months.

use super::chance::Chance;
use crate::analysis::estimate::panel::{Cell, Panel};

/// The properties of fleets.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) instances: usize,
    /// The standard deviation of the logarithm of sizes.
    pub(super) skew: f64,
    /// The relative noise of an instance in a week.
    pub(super) noise: f64,
    /// The mean of the logarithm of events per user and week.
    pub(super) rate: f64,
    /// How growth differs by size: the standard deviation per week and factor e of size.
    pub(super) by_size: f64,
    /// How growth differs between instances: the standard deviation per week.
    pub(super) by_instance: f64,
    /// The probability that an instance never uses the code, and that it does not in a week.
    pub(super) zeros: f64,
    pub(super) first: First,
}

/// The instances that adopt versions first.
#[derive(Clone, Copy)]
pub(super) enum First {
    Large,
    Small,
    Any,
}

pub(super) const WEEKS: usize = 40;

const SKEWED: Kind = Kind {
    name: "large instances first",
    instances: 200,
    skew: 1.4,
    noise: 0.12,
    rate: 1.0,
    by_size: 0.0005,
    by_instance: 0.0,
    zeros: 0.0,
    first: First::Large,
};

/// All kinds of fleets, the main one first.
pub(super) const KINDS: [Kind; 8] = [
    SKEWED,
    Kind {
        name: "small instances first",
        first: First::Small,
        ..SKEWED
    },
    Kind {
        name: "in any order",
        first: First::Any,
        ..SKEWED
    },
    Kind {
        name: "less skewed (σ 1.0)",
        skew: 1.0,
        ..SKEWED
    },
    Kind {
        name: "growth differs by size",
        by_size: 0.002,
        ..SKEWED
    },
    Kind {
        name: "each instance grows differently",
        by_instance: 0.01,
        ..SKEWED
    },
    Kind {
        name: "small counts (2 a week)",
        rate: -3.5,
        ..SKEWED
    },
    Kind {
        name: "half never use it, noise 30 %",
        zeros: 0.5,
        noise: 0.3,
        ..SKEWED
    },
];

/// A fleet.
pub(super) struct Fleet {
    pub(super) panel: Panel,
    /// The total of each week over all instances that reported.
    pub(super) truth: [f64; WEEKS],
    /// The same with the expected value of each value without trust: the best estimate of somebody who
    /// knows how each instance and each week came about, and not what chance added.
    pub(super) best: [f64; WEEKS],
    /// The last week before the first instances adopt the fix, which has the fewest trusted users.
    pub(super) worst: usize,
}

impl Fleet {
    pub(super) fn new(kind: &Kind, seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let sizes =
            (0..kind.instances).map(|_| chance.normal(4.0, kind.skew).exp().round().max(1.0));
        let sizes: Vec<f64> = sizes.collect();
        let ranks = ranks(kind, &sizes, &mut chance);
        let growth = chance.normal(0.003, 0.003);
        let by_size = chance.normal(0.0, kind.by_size);
        let rhythm: Vec<f64> = (0..WEEKS).map(|_| chance.normal(0.0, 0.05)).collect();
        let broken = chance.between(8.0, 14.0).floor();
        let fixed = broken + chance.between(6.0, 14.0).floor();
        let pace = chance.between(0.5, 1.5);
        let mut fleet = Self {
            panel: Panel {
                weeks: WEEKS,
                instances: Vec::new(),
            },
            truth: [0.0; WEEKS],
            best: [0.0; WEEKS],
            worst: fixed as usize - 1,
        };
        for (size, rank) in sizes.into_iter().zip(ranks) {
            let joins = if chance.happens(0.15) {
                chance.between(1.0, 40.0).floor()
            } else {
                0.0
            };
            let leaves = if chance.happens(0.1) {
                chance.between(5.0, 40.0).floor()
            } else {
                40.0
            };
            let adopts = broken + (rank * 10.0 * pace + chance.exponential(4.0)).round();
            let adopts = if chance.happens(0.1) {
                f64::INFINITY
            } else {
                adopts
            };
            let upgrades = fixed + (rank * 6.0 + chance.exponential(4.0)).round();
            let upgrades = upgrades.max(adopts);
            let rate = chance.normal(kind.rate, 0.4);
            let trend = growth + by_size * (size.ln() - 4.0) + chance.normal(0.0, kind.by_instance);
            let never = chance.happens(kind.zeros);
            let (mut walk, mut cells) = (0.0, Vec::new());
            for (week, rhythm) in rhythm.iter().enumerate() {
                walk += chance.normal(0.0, 0.02);
                let now = week as f64;
                let noise = chance.normal(0.0, kind.noise);
                let level = size.ln() + rate + trend * now + walk + rhythm + noise;
                let count = chance.count(level.exp());
                let is_unused = chance.happens(kind.zeros * 0.4);
                let skips = chance.happens(0.03);
                if now < joins || now >= leaves || skips {
                    continue;
                }
                let count = if never || is_unused { 0.0 } else { count };
                fleet.truth[week] += count;
                let is_broken = now >= adopts && now < upgrades;
                let value = (!is_broken).then_some(count);
                let used = if never { 0.0 } else { 1.0 - kind.zeros * 0.4 };
                let expected = (level - noise + kind.noise * kind.noise / 2.0).exp() * used;
                fleet.best[week] += value.unwrap_or(expected);
                cells.push(Cell { week, value });
            }
            fleet.panel.instances.push(cells);
        }
        fleet
    }
}

/// Returns the part of the fleet that adopts a version before each instance.
fn ranks(kind: &Kind, sizes: &[f64], chance: &mut Chance) -> Vec<f64> {
    let keys: Vec<f64> = sizes
        .iter()
        .map(|size| match kind.first {
            First::Large => -size,
            First::Small => *size,
            First::Any => chance.part(),
        })
        .collect();
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|one, other| keys[*one].total_cmp(&keys[*other]));
    let mut ranks = vec![0.0; keys.len()];
    for (place, instance) in order.iter().enumerate() {
        ranks[*instance] = place as f64 / keys.len() as f64;
    }
    ranks
}
