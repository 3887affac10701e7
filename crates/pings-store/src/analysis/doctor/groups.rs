//! Finds values of dimensions and steps of funnels that a version no longer counts.
//!
//! A group is judged like a code, on the instances that upgraded: its value is 0 where the code was
//! measured and the group has none.

use std::collections::{BTreeMap, BTreeSet};

use super::breaks::{Break, breaks};
use super::observations::{Observations, Seen};
use super::verdict::{INSTANCES, Symptom};

/// The minimum number of weeks with a value before and without a value after.
const WEEKS: usize = 2;

/// The values of a group: the index of the instance, the index of the week, and the value.
pub(crate) type Values = Vec<(usize, usize, f64)>;

/// Returns the versions that no longer count a group of a code, by the JSON of the group. Versions
/// that break the whole code are left out; `whole` has the breaks of all codes.
pub(crate) fn vanished(
    seen: &mut Observations<'_>,
    code: usize,
    groups: &BTreeMap<String, Values>,
    whole: &[Break],
) -> Vec<Break> {
    let mut found = Vec::new();
    for (group, values) in groups.iter().filter(|_| groups.len() > 1) {
        if !may_have_vanished(seen, code, values) {
            continue;
        }
        let place = seen.add_group(code, values);
        let of_group = breaks(seen, place);
        seen.remove_group();
        let is_new = |it: &Break| {
            let mut of_code = whole.iter().filter(|whole| whole.code == it.code);
            it.symptom == Symptom::Nothing
                && of_code.all(|whole| !whole.versions.overlaps(&it.versions))
        };
        let of_group = of_group.into_iter().filter(is_new);
        found.extend(of_group.map(|it| Break {
            group: Some(group.clone()),
            ..it
        }));
    }
    found
}

/// Whether enough instances had a group in some weeks and lacked it in later ones. Most groups are
/// always there or rare, and judging a group is expensive.
fn may_have_vanished(seen: &Observations<'_>, code: usize, values: &Values) -> bool {
    let mut weeks: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (instance, week, value) in values {
        if *value > 0.0 {
            weeks.entry(*instance).or_default().insert(*week);
        }
    }
    let lacks = |(instance, weeks): &(&usize, &BTreeSet<usize>)| {
        let Some(second) = weeks.iter().nth(WEEKS - 1) else {
            return false;
        };
        let later = *second + 1..seen.weeks;
        let measured =
            later.filter(|week| matches!(seen.seen(code, **instance, *week), Seen::Value(_)));
        let measured: Vec<usize> = measured.collect();
        let mut runs = measured.windows(WEEKS);
        runs.any(|run| run.iter().all(|week| !weeks.contains(week)))
    };
    weeks.iter().filter(lacks).count() >= INSTANCES
}
