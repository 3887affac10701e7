//! What looks broken and is not declared so.
//!
//! A version is judged on the instances that took it up: each against itself in the weeks before,
//! and against how its other codes moved in the same weeks. What counts is the middle of them, so
//! that neither the large nor the odd decide. What is declared broken is not looked at again.

mod breaks;
mod changed;
mod entry;
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

use crate::{Mode, Result, Store};

/// What looks broken and is not declared so.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// The weeks that were looked at; none of a store without payloads.
    pub weeks: Option<(Week, Week)>,
    /// How many instances reported in them.
    pub instances: usize,
    /// What versions broke, with what to declare.
    pub broken: Vec<Entry>,
    /// Weeks that say something else than they did.
    pub changed: Vec<Change>,
    /// Weeks that were sent twice with different contents under one revision.
    pub conflicts: Vec<Conflict>,
    /// Pairs of instances that report equal weeks.
    pub twins: Vec<Twins>,
    /// Instances that fell silent.
    pub silent: Vec<Silence>,
}

impl Findings {
    /// How many instances must have taken up a version before it is judged.
    pub const JUDGED_FROM: usize = verdict::INSTANCES;

    /// Whether there is nothing.
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
    /// Looks for what is broken and not declared so, in the last year of what the store has.
    ///
    /// # Errors
    ///
    /// Where the database does not answer.
    pub async fn doctor(&self, registry: &Registry) -> Result<Findings> {
        let mut tx = self.database.begin(Mode::Read).await?;
        let Some(seen) = load::observations(&mut tx, registry).await? else {
            return Ok(Findings::default());
        };
        let changes = changed::changes(&mut tx, registry, seen.first).await?;
        let conflicts = changed::conflicts(&mut tx, registry).await?;
        tx.rollback().await?;
        let last = seen.week(seen.weeks - 1);
        Ok(Findings {
            weeks: Some((seen.first_reported(), last)),
            instances: seen.instances.len(),
            broken: seen.broken(registry),
            changed: changes,
            conflicts,
            twins: twins::twins(&seen),
            silent: silent::silences(&seen),
        })
    }
}

impl Observations<'_> {
    /// What versions broke, with what to declare.
    #[must_use]
    pub fn broken(&self, registry: &Registry) -> Vec<Entry> {
        let breaks = (0..self.codes.len()).flat_map(|code| breaks::breaks(self, code));
        entry::entries(registry, breaks.collect())
    }
}
