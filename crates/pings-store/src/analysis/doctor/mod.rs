//! Finds problems that are not declared in the registry.
//!
//! A version is judged on the instances that upgraded to it. Each instance is compared with itself
//! in the weeks before, and with the change of its other codes in the same weeks. The median over
//! the instances decides, so that neither large instances nor outliers do. Declared broken ranges
//! are not examined.

mod breaks;
mod changed;
mod entry;
mod groups;
mod json;
mod load;
mod observations;
mod paired;
mod silent;
mod twins;
mod verdict;

pub use breaks::{Break, Evidence};
pub use changed::{Change, Conflict};
pub use entry::Entry;
pub use observations::Observations;
pub use silent::Silence;
pub use twins::Twins;
pub use verdict::Symptom;

use pings_model::Registry;
use pings_payload::Week;

use crate::store::Store;
use pings_database::Result;

/// Problems that are not declared in the registry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// The weeks that were examined; `None` for a store without payloads.
    pub weeks: Option<(Week, Week)>,
    /// The number of instances that reported in these weeks.
    pub instances: usize,
    /// Suggested entries for versions that broke codes.
    pub broken: Vec<Entry>,
    /// Weeks whose revisions differ more than late events explain.
    pub changed: Vec<Change>,
    /// Instances that sent different contents under the same revisions.
    pub conflicts: Vec<Conflict>,
    /// Pairs of instances that report equal weeks.
    pub twins: Vec<Twins>,
    /// Instances that stopped reporting.
    pub silent: Vec<Silence>,
}

impl Findings {
    /// The number of instances that must have upgraded to a version before it is judged.
    pub const JUDGED_FROM: usize = verdict::INSTANCES;

    /// Returns whether no problem was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.broken.is_empty()
            && self.changed.is_empty()
            && self.conflicts.is_empty()
            && self.twins.is_empty()
            && self.silent.is_empty()
    }
}

impl Store {
    /// Finds undeclared problems in the last year of the store's data.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not answer.
    pub async fn doctor(&self, registry: &Registry) -> Result<Findings> {
        let mut tx = self.read().await?;
        let Some(mut seen) = load::observations(&mut tx, registry).await? else {
            return Ok(Findings::default());
        };
        let mut breaks = seen.breaks();
        for place in 0..seen.codes.len() {
            let groups = load::groups(&mut tx, registry, &seen, place).await?;
            let vanished = groups::vanished(&mut seen, place, &groups, &breaks);
            breaks.extend(vanished);
        }
        let changes = changed::changes(&mut tx, registry, seen.first).await?;
        let conflicts = changed::conflicts(&mut tx, registry).await?;
        tx.end().await?;
        let last = seen.week(seen.weeks - 1);
        Ok(Findings {
            weeks: Some((seen.first_reported(), last)),
            instances: seen.instances.len(),
            broken: entry::entries(registry, breaks),
            changed: changes,
            conflicts,
            twins: twins::twins(&seen),
            silent: silent::silences(&seen),
        })
    }
}

impl Observations<'_> {
    /// Returns suggested entries for versions that broke codes.
    #[must_use]
    pub fn broken(&self, registry: &Registry) -> Vec<Entry> {
        entry::entries(registry, self.breaks())
    }

    fn breaks(&self) -> Vec<Break> {
        let codes = 0..self.codes.len();
        codes.flat_map(|code| breaks::breaks(self, code)).collect()
    }
}
