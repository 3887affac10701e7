//! The text of a value before and after.

use pings_runtime::follow::Change;
use pings_runtime::{Measures, Row, Step, Value};
use serde_json::{Number, Value as Json};

use crate::commands::report::metric::{group, measures, total};
use crate::output::{self, BAD, styled};

/// The maximum number of groups that are shown.
const MOST: usize = 3;

/// Returns the value before and after, or only the new value if there is none before.
pub(super) fn text(change: &Change<'_>) -> String {
    let after = match &change.after {
        Ok(after) => after,
        Err(failure) => return styled(BAD, &output::plain(&format!("failed: {failure}"))),
    };
    let before = change.before.as_ref().and_then(|it| it.as_ref().ok());
    match (before, after) {
        (Some(Value::One(before)), Value::One(after)) => pairs(Some(before), after),
        (Some(Value::Rows { rows: before, .. }), Value::Rows { rows: after, .. }) => {
            grouped(before, after)
        }
        (Some(Value::Steps(before)), Value::Steps(after)) => steps(Some(before), after),
        (_, Value::One(after)) => format!("now {}", measures(after)),
        (_, Value::Rows { rows, .. }) => format!("now {}", total(rows)),
        (_, Value::Steps(after)) => format!("now {}", steps(None, after)),
    }
}

/// Returns each measure before and after. A count is shown without its name.
fn pairs(before: Option<&Measures>, after: &Measures) -> String {
    let told = after.iter().map(|(name, after)| {
        let named = before.and_then(|before| before.iter().find(|(other, _)| other == name));
        let pair = pair(named.and_then(|(_, it)| it.as_ref()), after.as_ref());
        match name.as_str() {
            "count" => pair,
            name => format!("{} {pair}", output::measure(name).replace('_', " ")),
        }
    });
    told.collect::<Vec<_>>().join(", ")
}

fn pair(before: Option<&Number>, after: Option<&Number>) -> String {
    format!("{} → {}", number(before), number(after))
}

fn number(number: Option<&Number>) -> String {
    output::number(&Json::from(number.cloned()))
}

/// Returns the sum of all groups, and the groups that changed.
fn grouped(before: &[Row], after: &[Row]) -> String {
    let old = |row: &Row| before.iter().find(|other| other.group == row.group);
    let changed = after
        .iter()
        .filter(|row| old(row).is_none_or(|old| old.measures != row.measures));
    let changed: Vec<String> = changed
        .map(|row| {
            let names: Vec<String> = row.group.iter().map(group).collect();
            let old = old(row).map(|old| &old.measures);
            format!("{} {}", names.join(", "), pairs(old, &row.measures))
        })
        .collect();
    let mut parts = vec![format!("{} → {}", total(before), total(after))];
    let more = changed.len().saturating_sub(MOST);
    parts.extend(changed.into_iter().take(MOST));
    if more > 0 {
        parts.push(output::counted(more as u64, "more group", "more groups"));
    }
    parts.join("; ")
}

/// Returns how many users reached each step.
fn steps(before: Option<&[Step]>, after: &[Step]) -> String {
    let told = after.iter().enumerate().map(|(place, step)| {
        let reached = step.measure("reached");
        let numbers = match before {
            Some(before) => {
                let old = before.get(place).and_then(|step| step.measure("reached"));
                pair(old, reached)
            }
            None => number(reached),
        };
        format!("{} {numbers}", step.events.join(" or "))
    });
    told.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use pings_runtime::{Measures, Row, Step};

    use super::{grouped, pairs, steps};

    fn measures(all: &[(&str, Option<i64>)]) -> Measures {
        let measure =
            |(name, number): &(&str, Option<i64>)| (name.to_string(), number.map(Into::into));
        all.iter().map(measure).collect()
    }

    fn rows(counts: &[(&str, i64)]) -> Vec<Row> {
        let row = |(name, count): &(&str, i64)| Row {
            group: vec![(*name).into()],
            measures: measures(&[("count", Some(*count))]),
        };
        counts.iter().map(row).collect()
    }

    #[test]
    fn each_measure_is_shown_before_and_after() {
        let before = measures(&[("count", Some(41)), ("unique_users", Some(7))]);
        let after = measures(&[("count", Some(1042)), ("unique_users", Some(7))]);
        assert_eq!(
            pairs(Some(&before), &after),
            "41 → 1,042, unique users 7 → 7"
        );
        let none = measures(&[("p99_9", None)]);
        let some = measures(&[("p99_9", Some(3))]);
        assert_eq!(pairs(Some(&none), &some), "p99.9 – → 3");
    }

    #[test]
    fn only_groups_that_changed_are_shown() {
        let before = rows(&[("chat", 2), ("mail", 4)]);
        let after = rows(&[("chat", 2), ("mail", 5), ("phone", 1)]);
        assert_eq!(grouped(&before, &after), "6 → 8; mail 4 → 5; phone – → 1");
        assert_eq!(grouped(&before, &before), "6 → 6");
        let many = rows(&[("a", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 1)]);
        assert_eq!(
            grouped(&[], &many),
            "0 → 5; a – → 1; b – → 1; c – → 1; 2 more groups"
        );
    }

    #[test]
    fn a_funnel_shows_who_reached_each_step() {
        let step = |name: &str, reached| Step {
            events: vec![name.to_owned()],
            measures: measures(&[("reached", Some(reached))]),
        };
        let before = [step("Viewed", 9), step("Opened", 4)];
        let after = [step("Viewed", 10), step("Opened", 4)];
        assert_eq!(steps(Some(&before), &after), "Viewed 9 → 10, Opened 4 → 4");
        assert_eq!(steps(None, &after), "Viewed 10, Opened 4");
    }
}
