//! The values of trusted instances, from which a publication is made.

use std::collections::{BTreeMap, BTreeSet};

use pings_payload::Week;

/// The values of trusted instances, week by week.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Panel {
    /// The UUIDs of the instances in ascending order. Instances are identified by their places here.
    pub(crate) instances: Vec<String>,
    /// The weeks in order.
    pub(crate) weeks: Vec<PanelWeek>,
}

/// A week of a panel.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PanelWeek {
    /// The week.
    pub(crate) week: Week,
    /// The number of instances that reported the week, trusted or not.
    pub(crate) reporting: u64,
    /// The values of trusted instances by their places.
    pub(crate) values: BTreeMap<usize, InstanceValues>,
}

/// The values of an instance in a week.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct InstanceValues {
    /// The value over all groups.
    pub(crate) total: f64,
    /// The values by the name of the group.
    pub(crate) groups: BTreeMap<String, f64>,
}

/// A set of instances, by their places.
pub(crate) type Members = BTreeSet<usize>;

/// A part of the values of a week: all of them, or those of some groups.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part<'p> {
    /// The instances themselves, each of which counts as 1.
    Instances,
    /// The values over all groups.
    Total,
    /// The values of these groups.
    Groups(&'p [String]),
}

impl PanelWeek {
    /// Returns the value of an instance in a part.
    pub(crate) fn value(&self, instance: usize, part: Part<'_>) -> f64 {
        let Some(values) = self.values.get(&instance) else {
            return 0.0;
        };
        match part {
            Part::Instances => 1.0,
            Part::Total => values.total,
            Part::Groups(names) => {
                let of_groups = names.iter().filter_map(|name| values.groups.get(name));
                of_groups.sum()
            }
        }
    }

    /// Returns the values of these instances in a part that are not 0, in ascending order.
    pub(crate) fn contributions<'m>(
        &self,
        members: impl IntoIterator<Item = &'m usize>,
        part: Part<'_>,
    ) -> Vec<f64> {
        let members = members.into_iter();
        let values = members.map(|instance| self.value(*instance, part));
        let mut values: Vec<f64> = values.filter(|value| *value != 0.0).collect();
        // A sum in ascending order does not depend on the order of rows.
        values.sort_by(f64::total_cmp);
        values
    }
}
