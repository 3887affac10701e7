//! Measures of events in a week, optionally by groups.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pings_model::{
    ActorSelection, ArgumentType, Buckets, Event, EventArgument, EventDimension, EventId,
    EventMeasure, EventMetric, Registry, Scalar, Selection, ValueType,
};
use serde_json::{Map, Value, json};

use super::argument::{self, Members, Reading};
use super::first_time::first_time_users;
use super::log::{LogRow, User};
use super::people::People;
use super::values;
use crate::report::version_key;

/// A row that a metric counts.
struct Occurrence<'a> {
    row: &'a LogRow,
    members: Members,
    /// The value of each dimension.
    group: Group,
}

/// The values of the dimensions. Missing values sort first, and texts sort by their bytes.
type Group = Vec<Option<String>>;

/// Returns the value of a metric in the week.
pub fn measured(
    registry: &Registry,
    metric: &EventMetric,
    rows: &[LogRow],
    week: &Range<i64>,
) -> Value {
    let people = People::new(metric.identity, rows, week);
    let ever: Vec<Occurrence<'_>> = rows
        .iter()
        .flat_map(|row| occurrences(registry, metric, row))
        .collect();
    let mut groups: BTreeMap<&Group, Vec<&Occurrence<'_>>> = BTreeMap::new();
    for occurrence in ever.iter().filter(|found| found.row.is_in(week)) {
        groups
            .entry(&occurrence.group)
            .or_default()
            .push(occurrence);
    }
    let other: Group = metric
        .by
        .iter()
        .map(|_| Some("@other".to_owned()))
        .collect();
    let groups = match metric.min_group {
        Some(least) => without_small_groups(groups, &other, least, &people),
        None => groups,
    };
    let results = |group: &Group, of_week: &[&Occurrence<'_>], results: &mut Map<String, Value>| {
        let ever = || ever.iter().filter(|found| found.group == *group);
        for measure in &metric.measures {
            match measure {
                EventMeasure::UniqueUsers => {
                    let of_events = |events: &[EventId]| -> BTreeSet<User> {
                        let is_of =
                            |row: &LogRow| events.iter().any(|id| row.is(registry.event(*id)));
                        let rows = of_week.iter().map(|found| found.row);
                        rows.filter(|row| events.is_empty() || is_of(row))
                            .filter_map(|row| people.user(row))
                            .collect()
                    };
                    let mut users = of_events(&[]);
                    for events in &metric.all_of {
                        users = &users & &of_events(events);
                    }
                    let users = users.len();
                    results.insert("unique_users".to_owned(), users.into());
                }
                EventMeasure::FirstTimeUsers => {
                    let users = first_time_users(ever().map(|found| found.row), week);
                    results.insert("first_time_users".to_owned(), users.into());
                }
                EventMeasure::Of(measure) => {
                    let members: Vec<&Members> =
                        of_week.iter().map(|found| &found.members).collect();
                    values::measure(measure, &members, results);
                }
            }
        }
    };
    if metric.by.is_empty() {
        // Without dimensions there is a single group, even if no rows exist.
        let mut whole = Map::new();
        let of_week = groups.into_values().next().unwrap_or_default();
        results(&Vec::new(), &of_week, &mut whole);
        return Value::Object(whole);
    }
    let names: Vec<&str> = metric.by.iter().map(EventDimension::name).collect();
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by(|(a, _), (b, _)| order(metric, a, b));
    let rows: Vec<Value> = groups
        .into_iter()
        .map(|(group, of_week)| {
            let mut row: Map<String, Value> = metric
                .by
                .iter()
                .zip(group)
                .map(|(by, value)| (by.name().to_owned(), typed(by, value)))
                .collect();
            results(group, &of_week, &mut row);
            Value::Object(row)
        })
        .collect();
    json!({ "by": names, "rows": rows })
}

/// Returns the value of a dimension as JSON with its type.
fn typed(by: &EventDimension, value: &Option<String>) -> Value {
    let Some(text) = value.as_ref().filter(|text| *text != "@other") else {
        return value.clone().into();
    };
    match by.holds() {
        ValueType::Boolean => (text == "true").into(),
        ValueType::Integer | ValueType::Number => {
            let number: f64 = text.parse().expect("a number");
            match number.fract() == 0.0 && number.abs() < 9e15 {
                true => (number as i64).into(),
                false => number.into(),
            }
        }
        _ => text.clone().into(),
    }
}

/// Orders groups: missing values first, then `@other` before numbers and after versions, and texts by
/// their bytes.
fn order(metric: &EventMetric, a: &Group, b: &Group) -> Ordering {
    let values = metric.by.iter().zip(a.iter().zip(b));
    let orders = values.map(|(by, (a, b))| match (by.holds(), a, b) {
        (ValueType::Integer | ValueType::Number, Some(one), Some(other)) => {
            let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NEG_INFINITY);
            number(one).total_cmp(&number(other))
        }
        _ if is_version(by) => version_key(a.as_deref()).cmp(&version_key(b.as_deref())),
        _ => a.cmp(b),
    });
    orders.fold(Ordering::Equal, Ordering::then)
}

fn is_version(by: &EventDimension) -> bool {
    matches!(by, EventDimension::Argument(argument) if argument.ty == ArgumentType::Version)
}

/// Keeps the groups with at least `least` users, and combines all other groups.
fn without_small_groups<'a, 'o>(
    groups: BTreeMap<&'a Group, Vec<&'a Occurrence<'o>>>,
    other: &'a Group,
    least: u32,
    people: &People,
) -> BTreeMap<&'a Group, Vec<&'a Occurrence<'o>>> {
    let mut kept: BTreeMap<&Group, Vec<&Occurrence<'_>>> = BTreeMap::new();
    for (group, rows) in groups {
        let users: BTreeSet<User> = rows
            .iter()
            .filter_map(|found| people.user(found.row))
            .collect();
        let is_small = users.len() < least as usize;
        let group = if is_small { other } else { group };
        kept.entry(group).or_default().extend(rows);
    }
    kept
}

/// Returns the range of a numeric argument, or `None` if the argument is missing.
fn range(members: &Members, argument: &EventArgument, buckets: &Buckets) -> Option<String> {
    let number = match argument::read(members, argument) {
        Reading::Value(Scalar::Integer(number)) => number as f64,
        Reading::Value(Scalar::Number(number)) => number,
        _ => return argument::group(members, argument),
    };
    Some(values::label_of(number, buckets))
}

/// Returns the occurrences for a row, if the metric counts the row: one for each of its groups.
fn occurrences<'a>(
    registry: &Registry,
    metric: &EventMetric,
    row: &'a LogRow,
) -> Vec<Occurrence<'a>> {
    let id = metric.of.iter().find(|id| row.is(registry.event(**id)));
    let event = id.map(|id| registry.event(*id));
    if (event.is_none() && !metric.selection.any_name) || !selects(&metric.selection, row) {
        return Vec::new();
    }
    let members = argument::members(row.argument.as_deref());
    let of_event = metric.event_filters.iter();
    let of_event = of_event.filter(|some| id.is_some_and(|id| some.events.contains(id)));
    let mut filters = metric
        .filters
        .iter()
        .chain(of_event.flat_map(|some| &some.filters));
    if !filters.all(|filter| argument::passes(&members, filter)) {
        return Vec::new();
    }
    let groups = groups(metric, event, &members).into_iter();
    let occurrence = |group| Occurrence {
        row,
        members: argument::members(row.argument.as_deref()),
        group,
    };
    groups.map(occurrence).collect()
}

/// Returns whether the source and the actor of a row are selected.
fn selects(selection: &Selection, row: &LogRow) -> bool {
    let is_actor = match selection.actor {
        ActorSelection::Any => true,
        ActorSelection::SignedIn => matches!(row.user(), Some(User::SignedIn(_))),
        ActorSelection::Anonymous => matches!(row.user(), Some(User::Visitor(_))),
    };
    is_actor && (selection.sources.is_empty() || selection.sources.contains(&row.source))
}

/// Returns the groups of a row: every combination of the values of its lists.
fn groups(metric: &EventMetric, event: Option<&Event>, members: &Members) -> Vec<Group> {
    let mut groups = vec![Vec::new()];
    for dimension in &metric.by {
        let values = match dimension {
            EventDimension::Event => {
                let name = event.map_or("@other", |event| &event.name);
                vec![Some(name.to_owned())]
            }
            EventDimension::Argument(argument) => match &argument.ty {
                ArgumentType::List(values) => argument::groups(members, argument, values),
                _ => vec![argument::group(members, argument)],
            },
            EventDimension::Bucket(argument, buckets) => vec![range(members, argument, buckets)],
        };
        let longer = |group: Group| {
            let value = |value: &Option<String>| [group.clone(), vec![value.clone()]].concat();
            values.iter().map(value).collect::<Vec<_>>()
        };
        groups = groups.into_iter().flat_map(longer).collect();
    }
    groups
}

#[cfg(test)]
mod tests;
