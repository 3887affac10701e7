//! Chooses the groups that are shown. The others are folded into one.

use std::collections::BTreeMap;

use super::panel::{Panel, Part};
use super::rules::is_enough;

/// The most groups that are shown.
const SHOWN: usize = 12;

/// A group is folded if it has too few instances in more than this part of the weeks.
const BAD_WEEKS: usize = 4;

/// The groups of a publication.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Folded {
    /// The groups with numbers of their own, the largest first.
    pub(crate) groups: Vec<String>,
    /// The groups that are folded into one.
    pub(crate) others: Vec<String>,
}

impl Folded {
    /// Chooses the groups. They are the same in all weeks that show groups, because a group that is folded
    /// in some weeks could be calculated from its neighbours.
    pub(crate) fn of(panel: &Panel, k: usize) -> Self {
        let mut groups = by_size(panel);
        let mut others = groups.split_off(SHOWN.min(groups.len()));
        let limit = panel.weeks.len() / BAD_WEEKS;
        let is_good = |group: &String| bad_weeks(panel, std::slice::from_ref(group), k) <= limit;
        let (mut groups, bad): (Vec<String>, Vec<String>) = groups.into_iter().partition(is_good);
        others.extend(bad);
        // What is folded can be calculated from the total, and must be large enough as well.
        while bad_weeks(panel, &others, k) > limit {
            match groups.pop() {
                Some(smallest) => others.push(smallest),
                None => break,
            }
        }
        match groups.is_empty() {
            true => Self::default(),
            false => Self { groups, others },
        }
    }

    /// Returns whether no group can be shown.
    pub(crate) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Returns the parts that have numbers.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let groups = self.groups.iter().map(std::slice::from_ref);
        let others = (!self.others.is_empty()).then_some(self.others.as_slice());
        groups.chain(others).map(Part::Groups)
    }
}

/// Returns the number of weeks in which too few instances contribute to these groups.
fn bad_weeks(panel: &Panel, groups: &[String], k: usize) -> usize {
    let weeks = panel.weeks.iter().filter(|week| {
        let values = week.contributions(week.values.keys(), Part::Groups(groups));
        !is_enough(&values, k)
    });
    weeks.count()
}

/// Returns all groups, the one with the most values first.
fn by_size(panel: &Panel) -> Vec<String> {
    let mut sizes = BTreeMap::<&String, usize>::new();
    let values = panel.weeks.iter().flat_map(|week| week.values.values());
    for (group, _) in values
        .flat_map(|it| &it.groups)
        .filter(|(_, value)| **value != 0.0)
    {
        *sizes.entry(group).or_default() += 1;
    }
    let mut groups: Vec<(&String, usize)> = sizes.into_iter().collect();
    groups.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
    groups.into_iter().map(|(group, _)| group.clone()).collect()
}
