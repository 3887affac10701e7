//! The groups of a series that are shown, and their names.

use std::collections::HashMap;

use pings_store::Series;
use serde_json::Value as Json;

use crate::output;
use crate::output::counted;

/// The maximum number of groups that are shown separately.
pub(super) const GROUPS: usize = pings_charts::GROUPS;

/// Returns the dimension values that are shown: the largest groups, or the first steps of a funnel.
pub(super) fn shown(series: &Series) -> Vec<Json> {
    let mut groups = all(series);
    groups.truncate(GROUPS);
    groups
}

/// Returns the number of groups that are not shown, if there are any: `1 more group`.
pub(super) fn more(series: &Series) -> Option<String> {
    let more = all(series).len().saturating_sub(GROUPS) as u64;
    (more > 0).then(|| counted(more, "more group", "more groups"))
}

fn all(series: &Series) -> Vec<Json> {
    let mut sums: Vec<(Json, f64)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for group in series.weeks.iter().flat_map(|week| &week.groups) {
        let value = group.values.first().copied().flatten().unwrap_or_default();
        let place = *places.entry(group.value.to_string()).or_insert(sums.len());
        match sums.get_mut(place) {
            Some((_, sum)) => *sum += value,
            None => sums.push((group.value.clone(), value)),
        }
    }
    if series.by.as_deref() == Some("step") {
        sums.sort_by_key(|(it, _)| it.as_i64());
    } else {
        sums.sort_by(|one, other| other.1.total_cmp(&one.1));
    }
    sums.into_iter().map(|(value, _)| value).collect()
}

/// Returns the display name of a group.
pub(super) fn name(group: &Json) -> String {
    match group {
        Json::Null => "(none)".to_owned(),
        Json::String(text) if text == "@other" => "(other)".to_owned(),
        Json::String(text) => output::plain(text),
        Json::Number(step) => format!("step {step}"),
        other => other.to_string(),
    }
}
