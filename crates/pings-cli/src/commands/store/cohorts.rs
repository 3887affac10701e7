//! The groups of instances that are shown, and their names.

use std::collections::BTreeMap;

use pings_store::Cohort;

use crate::output;
use crate::output::counted;

/// The maximum number of groups that are shown separately.
const GROUPS: usize = pings_charts::GROUPS;

/// The groups that are shown, in their order.
pub(super) struct Shown {
    pub(super) groups: Vec<Cohort>,
    /// The number of groups that are not shown, in words: `1 more group`.
    pub(super) more: Option<String>,
}

/// Chooses the groups with the most instances.
pub(super) fn shown<'c>(counts: impl Iterator<Item = (&'c Cohort, u64)>) -> Shown {
    let mut sums: BTreeMap<&Cohort, u64> = BTreeMap::new();
    for (cohort, count) in counts {
        *sums.entry(cohort).or_default() += count;
    }
    let mut largest: Vec<(&Cohort, u64)> = sums.into_iter().collect();
    // The sort keeps the order of groups of the same size.
    largest.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let more = largest.len().saturating_sub(GROUPS) as u64;
    largest.truncate(GROUPS);
    let mut groups: Vec<Cohort> = largest.into_iter().map(|(it, _)| it.clone()).collect();
    groups.sort();
    Shown {
        groups,
        more: (more > 0).then(|| counted(more, "more group", "more groups")),
    }
}

/// Returns the display name of a group.
pub(super) fn name(cohort: &Cohort) -> String {
    let name = cohort.name();
    name.map_or_else(|| "(none)".to_owned(), |name| output::plain(&name))
}

/// Returns the name of a group as a cell of CSV, which is empty for instances without the property.
pub(super) fn cell(cohort: &Cohort) -> String {
    output::cell(&cohort.name().unwrap_or_default())
}
