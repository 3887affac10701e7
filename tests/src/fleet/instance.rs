//! A simulated instance.

use std::collections::BTreeMap;

use pings_model::Version;
use pings_payload::{Measured, Payload, Uuid};

use super::chance::Chance;
use super::release::Release;
use super::value::{Codes, Happened};
use super::{Break, Shape};

/// A simulated instance.
pub struct Instance {
    pub uuid: Uuid,
    /// The mean activity per week.
    size: f64,
    /// The relative growth per week.
    growth: f64,
    /// The probability of upgrading to the newest version in a week.
    haste: f64,
    /// The relative activity of each code.
    taste: Vec<f64>,
    /// Whether each code is switched off.
    off: Vec<bool>,
    joins: u32,
    version: Option<Version>,
    /// The number of further weeks in which the instance sends nothing.
    out: u32,
}

/// A week of an instance.
pub struct Lived {
    /// The versions that ran in the week, in ascending order, each with its share of the week.
    pub parts: Vec<(Version, f64)>,
    week: u32,
    activity: f64,
}

impl Instance {
    pub fn new(chance: &mut Chance, shape: &Shape, codes: &Codes) -> Self {
        let bytes = [chance.next().to_be_bytes(), chance.next().to_be_bytes()].concat();
        let bytes: [u8; 16] = bytes.try_into().unwrap_or_default();
        let haste = match chance.below(10) {
            0..3 => 0.6,
            3..8 => 0.15,
            _ => 0.06,
        };
        Self {
            uuid: Uuid::from_bytes(bytes),
            size: 25.0 * chance.around_one(1.1),
            growth: 0.003 + 0.008 * chance.normal(),
            haste,
            taste: codes.iter().map(|_| chance.around_one(0.7)).collect(),
            off: codes.iter().map(|_| chance.is(0.03)).collect(),
            joins: if chance.is(0.8) {
                0
            } else {
                chance.below(shape.weeks.into()) as u32
            },
            version: None,
            out: 0,
        }
    }

    /// Simulates a week. Returns `None` if the instance never sends anything for it.
    pub fn live(&mut self, chance: &mut Chance, week: u32, releases: &[Release]) -> Option<Lived> {
        if week < self.joins {
            return None;
        }
        let out = releases.iter().filter(|it| it.week <= week.into());
        let newest = out.clone().next_back()?.version;
        let before = match self.version {
            Some(version) => version,
            // An instance that exists from the beginning starts with an older version, depending on
            // its haste.
            None if week == 0 => {
                let mut known = out.map(|it| it.version).rev();
                let mut version = newest;
                while !chance.is(self.haste * 2.5) {
                    match known.next() {
                        Some(older) => version = older,
                        None => break,
                    }
                }
                version
            }
            None => newest,
        };
        let mut parts = vec![(before, 1.0)];
        self.version = Some(before);
        if before < newest && chance.is(self.haste) {
            let day = chance.below(7) as f64;
            parts = vec![(before, day / 7.0), (newest, 1.0 - day / 7.0)];
            parts.retain(|(_, part)| *part > 0.0);
            self.version = Some(newest);
        }
        if self.out == 0 && chance.is(0.015) {
            self.out = 1 + chance.below(3) as u32;
        } else if self.out == 0 && chance.is(0.002) {
            self.out = u32::MAX;
        }
        if self.out > 0 {
            self.out = if self.out == u32::MAX {
                self.out
            } else {
                self.out - 1
            };
            return None;
        }
        let activity =
            self.size * (1.0 + self.growth * f64::from(week)).max(0.2) * chance.around_one(0.25);
        Some(Lived {
            parts,
            week,
            activity,
        })
    }
}

impl Lived {
    /// Returns the payload of the week.
    pub fn payload(
        &self,
        chance: &mut Chance,
        instance: &Instance,
        codes: &Codes,
        shape: &Shape,
        mut payload: Payload,
    ) -> Payload {
        let activity = self.activity * codes.rhythm(payload.week);
        for (version, part) in &self.parts {
            let events = chance.poisson(activity * 4.0 * part).max(1);
            payload.versions.insert(*version, events);
        }
        if chance.is(0.02) {
            payload.unversioned = 1 + chance.below(5);
        }
        let mut metrics = BTreeMap::new();
        for (place, code) in codes.iter().enumerate() {
            let exists = |version: &Version| code.life.is_sent_by(*version);
            let sent = self.parts.iter().any(|(version, _)| {
                exists(version) && Break::is_sent(&shape.breaks, code.code(), *version)
            });
            if instance.off[place] || !sent {
                continue;
            }
            let counted: f64 = self
                .parts
                .iter()
                .filter(|(version, _)| exists(version))
                .map(|(version, part)| part * Break::share(&shape.breaks, code.code(), *version))
                .sum();
            let happened = Happened {
                size: instance.size * instance.taste[place],
                activity: activity * instance.taste[place],
                week: self.week,
                counted,
            };
            let outcome = code.outcome(chance, &happened);
            metrics.insert(
                code.code().to_owned(),
                Measured {
                    took: 1,
                    ..Measured::new(outcome)
                },
            );
        }
        payload.metrics = metrics;
        payload
    }
}
