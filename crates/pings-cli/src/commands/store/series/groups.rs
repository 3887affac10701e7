//! The groups of a series that are shown, and their names.

use pings_store::Series;
use serde_json::Value as Json;

use crate::output;
use crate::output::counted;

/// The maximum number of groups that are shown separately.
pub(super) const GROUPS: usize = pings_charts::GROUPS;

/// Returns the dimension values that are shown: the largest groups, or the first steps of a funnel.
pub(super) fn shown(series: &Series) -> Vec<Json> {
    let mut groups = series.dimension_values();
    groups.truncate(GROUPS);
    groups
}

/// Returns the number of groups that are not shown, if there are any: `1 more group`.
pub(super) fn more(series: &Series) -> Option<String> {
    let more = series.dimension_values().len().saturating_sub(GROUPS) as u64;
    (more > 0).then(|| counted(more, "more group", "more groups"))
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
