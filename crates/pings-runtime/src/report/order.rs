//! The order of groups by version. Databases sort versions as texts, in which 5.10.0 comes before
//! 5.9.0.

use std::collections::BTreeMap;

use pings_model::{Registry, ValueDomain, Version};
use pings_payload::{Row, Value};
use serde_json::Value as Json;

/// Sorts the groups of metrics by their versions, if they have any. Each value comes with the code of
/// its metric. Other dimensions keep their order.
pub(super) fn by_version<'m>(
    registry: &Registry,
    values: impl Iterator<Item = (&'m str, &'m mut Value)>,
) {
    let metrics = registry.metrics().map(|(_, metric)| {
        let domains = ValueDomain::of(registry, metric).into_iter();
        let are_versions = domains.map(|(_, domain)| domain == ValueDomain::Versions);
        (metric.code.as_str(), are_versions.collect())
    });
    let mut versions: BTreeMap<&str, Vec<bool>> = metrics.collect();
    versions.retain(|_, are_versions| are_versions.contains(&true));
    for (code, value) in values {
        if let (Value::Rows { by, rows }, Some(are_versions)) = (value, versions.get(code))
            && by.len() == are_versions.len()
        {
            sort(rows, 0, are_versions);
        }
    }
}

/// Sorts rows that are equal in the dimensions before `at`.
fn sort(rows: &mut [Row], at: usize, are_versions: &[bool]) {
    if !are_versions[at..].contains(&true) {
        return;
    }
    if are_versions[at] {
        rows.sort_by_cached_key(|row| key(&row.group[at]));
    }
    for chunk in rows.chunk_by_mut(|one, next| one.group[at] == next.group[at]) {
        sort(chunk, at + 1, are_versions);
    }
}

/// Returns the key of a group: null comes first, and `@other` last.
fn key(value: &Json) -> (u8, Option<Version>) {
    match value.as_str() {
        None => (0, None),
        Some(text) => match text.parse() {
            Ok(version) => (1, Some(version)),
            Err(_) => (2, None),
        },
    }
}

#[cfg(test)]
mod tests {
    use pings_payload::Row;
    use serde_json::{Value as Json, json};

    use super::sort;

    #[test]
    fn versions_are_sorted_within_the_groups_before_them() {
        let row = |group: [Json; 2]| Row {
            group: group.into(),
            measures: Vec::new(),
        };
        let groups = |rows: &[Row]| -> Vec<Json> {
            let groups = rows.iter().map(|row| json!(row.group));
            groups.collect()
        };
        let mut rows = vec![
            row([json!("a"), json!("5.10.0")]),
            row([json!("a"), json!("5.9.0")]),
            row([json!("a"), json!("@other")]),
            row([json!("b"), json!(null)]),
            row([json!("b"), json!("10.0.0")]),
            row([json!("b"), json!("9.0.0")]),
        ];
        sort(&mut rows, 0, &[false, true]);
        assert_eq!(
            groups(&rows),
            [
                json!(["a", "5.9.0"]),
                json!(["a", "5.10.0"]),
                json!(["a", "@other"]),
                json!(["b", null]),
                json!(["b", "9.0.0"]),
                json!(["b", "10.0.0"]),
            ]
        );
        sort(&mut rows, 0, &[false, false]);
        assert_eq!(groups(&rows)[0], json!(["a", "5.9.0"]));
    }
}
