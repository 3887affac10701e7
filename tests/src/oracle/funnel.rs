//! Counts users in the steps of a funnel.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pings_model::{EventId, Funnel, Registry};
use serde_json::{Value, json};

use super::log::{LogRow, User};
use super::people::People;

/// Returns the steps of a funnel in the week.
pub fn measured(registry: &Registry, funnel: &Funnel, rows: &[LogRow], week: &Range<i64>) -> Value {
    let people = People::new(funnel.identity, rows, week);
    // The time at which each user reached the previous step.
    let mut reached: Option<BTreeMap<User, i64>> = None;
    let mut steps = Vec::new();
    for events in &funnel.steps {
        let of_step: Vec<&LogRow> = rows
            .iter()
            .filter(|row| row.is_in(week) && is_of(registry, events, row))
            .collect();
        let users: BTreeSet<User> = of_step.iter().filter_map(|row| people.user(row)).collect();
        let now: BTreeMap<User, i64> = users
            .iter()
            .filter_map(|user| {
                let since = match &reached {
                    None => week.start,
                    Some(before) => *before.get(user)?,
                };
                let at = of_step
                    .iter()
                    .filter(|row| people.user(row).as_ref() == Some(user) && row.timestamp >= since)
                    .map(|row| row.timestamp)
                    .min()?;
                Some((user.clone(), at))
            })
            .collect();
        let names: Vec<&str> = events
            .iter()
            .map(|event| registry.event(*event).name.as_str())
            .collect();
        steps.push(json!({
            "events": names,
            "count": of_step.len(),
            "users": users.len(),
            "reached": now.len(),
        }));
        reached = Some(now);
    }
    json!({ "steps": steps })
}

fn is_of(registry: &Registry, events: &[EventId], row: &LogRow) -> bool {
    events.iter().any(|event| row.is(registry.event(*event)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::oracle::report_metrics;
    use crate::oracle::tests::{registry, row};

    const FUNNEL: &str = "funnels:\n      - { code: Way, steps: [A, [B, C], A] }";

    #[test]
    fn steps_are_taken_in_order() {
        let registry = registry(FUNNEL);
        let rows = [
            row("C", 1, "", 5), // before A
            row("A", 1, "", 7),
            row("B", 1, "", 7), // at the same time
            row("A", 1, "", 9),
            row("B", 2, "", 3), // never reaches A
            row("OldA", 0, "2", 4),
            row("C", 0, "2", 5), // never returns to A
            row("A", 0, "", 6),
            row("A", 3, "", -1), // the week before
            row("B", 3, "", 0),
        ];
        let expected = json!({ "steps": [
            { "events": ["A"], "count": 4, "users": 2, "reached": 2 },
            { "events": ["B", "C"], "count": 5, "users": 4, "reached": 2 },
            { "events": ["A"], "count": 4, "users": 2, "reached": 1 },
        ] });
        assert_eq!(report_metrics(&registry, &rows, 0)["Way"], expected);
    }

    #[test]
    fn one_event_may_be_several_steps() {
        let registry = registry(FUNNEL);
        let rows = [row("A", 1, "", 0), row("B", 1, "", 0)];
        let report = report_metrics(&registry, &rows, 0);
        assert_eq!(report["Way"]["steps"][2]["reached"], json!(1));
    }

    #[test]
    fn of_nothing_every_step_is_there() {
        let report = report_metrics(&registry(FUNNEL), &[], 0);
        let expected = json!({ "events": ["B", "C"], "count": 0, "users": 0, "reached": 0 });
        assert_eq!(report["Way"]["steps"][1], expected);
    }
}
