//! Queries for measures of events in a window.

use std::collections::BTreeSet;

use pings_model::{
    EventArgument, EventDimension, EventMeasure, EventMetric, Filter, Identity, Measure, Registry,
    ValueType,
};

use crate::EventLog;
use crate::aggregate::measured;
use crate::argument;
use crate::column::{Column, Role};
use crate::dialect::{Dialect, quote, time};
use crate::event_log_sql;
use crate::fold::OTHER;
use crate::identity;
use crate::layout::{Block, Select, case_of, chain, list, parenthesised};
use crate::lists;
use crate::measure::{Group, MeasurePlan, Plan, Rows, Value, grouped};
use crate::names::Names;
use crate::small_groups::{self, Size};
use crate::together;
use crate::user_ids;

/// How a query reads the events of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// One event at a time.
    Each,
    /// Events with equal arguments are grouped first, if the metric only counts them. JSON is then
    /// parsed once per group, and clients usually log few distinct arguments.
    Alike,
}

/// Builds the query of an event metric.
pub fn query(registry: &Registry, metric: &EventMetric, log: EventLog, reading: Reading) -> Block {
    let dialect = log.dialect;
    let plan = Plan::of_events(&metric.measures);
    let mut names = Names::default();
    let columns = name_columns(metric, &plan, &mut names);

    let mut conditions = event_log_sql::selected(registry, metric, log);
    conditions.extend(if columns.in_window.is_some() {
        event_log_sql::until_window_ends(log)
    } else {
        event_log_sql::in_window(log)
    });
    let mut rows = Rows {
        defined: Vec::new(),
        from: vec!["FROM event_logs".into()],
        conditions,
        groups: columns.groups.clone(),
        values: columns.values.clone(),
        person: columns.person.clone(),
        first_time: columns.first_time.clone(),
        alike: None,
    };

    let mut user = columns.user(log);
    if reads_arguments(metric) {
        let mut selected: Vec<Block> = Vec::new();
        let needs_name = !metric.event_filters.is_empty() || !metric.all_of.is_empty();
        if metric.by.contains(&EventDimension::Event) || needs_name {
            selected.push(match dialect {
                Dialect::Postgres => "name".into(),
                Dialect::Sqlite => format!("{} AS name", event_log_sql::name(dialect)).into(),
            });
        }
        selected.append(&mut user);
        let only_counts = plan.wanted == [MeasurePlan::Count] && metric.min_group.is_none();
        if reading == Reading::Alike && only_counts {
            rows = alike(rows, &selected, names.give("events"), log);
            selected.extend(rows.alike.as_deref().map(Block::from));
        }
        selected.push(event_log_sql::argument(log, &keys(metric)));
        rows = defined(rows, "logged", selected);
        rows.conditions = filters(registry, metric, log);
        user = columns.user_names();
    }

    rows.from.extend(lists::joins(metric, log));
    let mut selected = typed(registry, metric, &plan, &columns, log);
    selected.extend(together::did(registry, metric, log));
    selected.append(&mut user);
    selected.extend(rows.alike.as_deref().map(Block::from));
    if !selected.is_empty() {
        rows = defined(rows, "events", selected);
    }

    if metric.identity == Identity::Person {
        let groups = columns
            .groups
            .iter()
            .map(|group| group.inner.as_str().into());
        let values = columns.values.iter().map(|value| value.sql.clone());
        let others = groups.chain(values).chain(together::names(metric));
        let select = identity::identified(others, &columns.person);
        rows.defined.extend(identity::linked(log));
        rows.defined.push(("identified".to_owned(), select.block()));
        rows.from = vec!["FROM identified".into()];
    }
    if !metric.all_of.is_empty() {
        return together::did_all(rows, metric, &columns.person);
    }
    if metric.by.iter().any(is_bucket) {
        let selected = bucketed(metric, &columns, &rows, dialect);
        rows = defined(rows, "bucketed", selected);
    }
    if let Some(least) = metric.min_group {
        rows = small_groups::folded(rows, least, Size::Users, &mut names);
    }

    if let Some(in_window) = &columns.in_window {
        rows = defined(rows, "marked", marked(&columns, in_window, dialect));
        rows.conditions = vec![in_window.as_str().into()];
    }
    measured(rows, &plan.wanted, names, dialect)
}

/// Returns the columns that the query selects.
pub fn columns(metric: &EventMetric) -> Vec<Column> {
    let dimensions = metric.by.iter().map(|dimension| Column {
        name: dimension.name().to_owned(),
        ty: ValueType::Text,
        holds: dimension.holds(),
        nullable: *dimension != EventDimension::Event,
        role: Role::Dimension,
    });
    let plan = Plan::of_events(&metric.measures);
    let measures = plan.columns(|argument| argument.ty.measured());
    dimensions.chain(measures).collect()
}

/// The names of the columns that the query reads from an event.
struct Columns {
    groups: Vec<Group>,
    values: Vec<Value>,
    /// Whether the query needs the user.
    has_person: bool,
    person: String,
    /// The column that says whether the event is in the window rather than before it, if first-time
    /// users are measured.
    in_window: Option<String>,
    first_time: String,
}

fn name_columns(
    metric: &EventMetric,
    plan: &Plan<'_, EventArgument>,
    names: &mut Names,
) -> Columns {
    for name in plan.wanted.iter().flat_map(|wanted| wanted.names()) {
        names.take(&name);
    }
    let groups = metric
        .by
        .iter()
        .map(|dimension| Group {
            inner: quote::identifier(&names.give(dimension.name())),
            outer: quote::identifier(dimension.name()),
            ty: ValueType::Text,
            holds: dimension.holds(),
        })
        .collect();
    let values = plan
        .values
        .iter()
        .map(|argument| Value {
            sql: names.give("value").into(),
            ty: argument.ty.measured(),
        })
        .collect();
    let has_first_times = plan.wanted.contains(&MeasurePlan::FirstTimeUsers);
    Columns {
        groups,
        values,
        has_person: has_first_times
            || metric.min_group.is_some()
            || plan.wanted.contains(&MeasurePlan::UniqueUsers),
        person: names.give("person"),
        in_window: has_first_times.then(|| names.give("in_window")),
        first_time: names.give("first_time"),
    }
}

impl Columns {
    /// Returns the user and time columns, computed from a row of the log.
    fn user(&self, log: EventLog) -> Vec<Block> {
        let person = self
            .has_person
            .then(|| user_ids::person(log).then(format!(" AS {}", self.person)));
        let in_window = self
            .in_window
            .as_ref()
            .map(|name| format!("{} AS {name}", time::logged_since_start(log)).into());
        person.into_iter().chain(in_window).collect()
    }

    /// Returns the names of the user and time columns.
    fn user_names(&self) -> Vec<Block> {
        let person = self.has_person.then_some(&self.person);
        person
            .into_iter()
            .chain(&self.in_window)
            .map(|name| name.as_str().into())
            .collect()
    }
}

/// Returns whether a metric reads arguments of its events.
pub fn reads_arguments(metric: &EventMetric) -> bool {
    let by_argument = |dimension: &EventDimension| *dimension != EventDimension::Event;
    let of_argument = |measure: &EventMeasure| matches!(measure, EventMeasure::Of(measure) if *measure != Measure::Count);
    metric.all_filters().next().is_some()
        || metric.by.iter().any(by_argument)
        || metric.measures.iter().any(of_argument)
}

/// Returns all keys that a metric reads arguments or their objects from, including older keys,
/// without duplicates.
pub fn keys(metric: &EventMetric) -> Vec<&str> {
    let filters = metric.all_filters().map(|filter| &filter.argument);
    let dimensions = metric.by.iter().filter_map(EventDimension::argument);
    let values = Plan::of_events(&metric.measures).values;
    let mut seen = BTreeSet::new();
    filters
        .chain(dimensions)
        .chain(values)
        .flat_map(EventArgument::outer_keys)
        .filter(|key| seen.insert(*key))
        .collect()
}

/// Returns the conditions on the arguments of an event.
pub fn filters(registry: &Registry, metric: &EventMetric, log: EventLog) -> Vec<Block> {
    let conditions = |filters: &[Filter]| -> Vec<Block> {
        let filters = filters.iter();
        filters
            .flat_map(|filter| argument::filter(filter, event_log_sql::ARGUMENT, log))
            .collect()
    };
    let of_some = metric.event_filters.iter().map(|some| {
        let names = event_log_sql::wire_names(registry, &some.events);
        let names = names.iter().map(|name| quote::text(name).into()).collect();
        let name = event_log_sql::name(log.dialect);
        let is_other = list(&format!("{name} NOT IN ("), names, ")");
        let passes = chain("AND", conditions(&some.filters));
        parenthesised(chain("OR", vec![is_other, parenthesised(passes)]))
    });
    conditions(&metric.filters)
        .into_iter()
        .chain(of_some)
        .collect()
}

/// Combines rows with equal arguments into one row with a count.
fn alike(mut rows: Rows, selected: &[Block], count: String, log: EventLog) -> Rows {
    let argument = match log.dialect {
        // The type `json` has no equality operator.
        Dialect::Postgres if !log.has_jsonb => format!("{0}::text AS {0}", event_log_sql::ARGUMENT),
        Dialect::Postgres => event_log_sql::ARGUMENT.to_owned(),
        Dialect::Sqlite => format!("{0} COLLATE BINARY AS {0}", event_log_sql::ARGUMENT),
    };
    let mut columns = selected.to_vec();
    columns.push(argument.into());
    let places = (1..=columns.len()).map(|place| place.to_string().into());
    let group_by = places.collect();
    columns.push(format!("count(*) AS {count}").into());
    let select = Select {
        columns,
        from: std::mem::replace(&mut rows.from, vec!["FROM alike".into()]),
        conditions: std::mem::take(&mut rows.conditions),
        group_by,
        ..Select::default()
    };
    rows.defined.push(("alike".to_owned(), select.block()));
    rows.alike = Some(count);
    rows
}

/// Gives a name to the rows selected so far.
fn defined(mut rows: Rows, name: &str, columns: Vec<Block>) -> Rows {
    let select = Select {
        columns,
        from: std::mem::replace(&mut rows.from, vec![format!("FROM {name}").into()]),
        conditions: std::mem::take(&mut rows.conditions),
        ..Select::default()
    };
    rows.defined.push((name.to_owned(), select.block()));
    rows
}

/// Returns the dimensions and values of an event as their declared types.
fn typed(
    registry: &Registry,
    metric: &EventMetric,
    plan: &Plan<'_, EventArgument>,
    columns: &Columns,
    log: EventLog,
) -> Vec<Block> {
    let dimensions = metric.by.iter().zip(&columns.groups).enumerate();
    let dimensions = dimensions.map(|(place, (by, group))| {
        let sql = match by {
            _ if by.list().is_some() => lists::group(place, log.dialect),
            EventDimension::Event => newest_name(registry, metric, log.dialect),
            EventDimension::Argument(argument) => {
                argument::dimension(argument, event_log_sql::ARGUMENT, log)
            }
            EventDimension::Bucket(argument, _) => {
                argument::exact(argument, event_log_sql::ARGUMENT, log)
            }
        };
        sql.then(format!(" AS {}", group.inner))
    });
    let values = plan
        .values
        .iter()
        .zip(&columns.values)
        .map(|(argument, value)| {
            argument::typed(argument, event_log_sql::ARGUMENT, log)
                .then(" AS ")
                .then(value.sql.clone())
        });
    dimensions.chain(values).collect()
}

fn is_bucket(dimension: &EventDimension) -> bool {
    matches!(dimension, EventDimension::Bucket(..))
}

/// Returns the rows with numbers replaced by ranges.
fn bucketed(metric: &EventMetric, columns: &Columns, rows: &Rows, dialect: Dialect) -> Vec<Block> {
    let groups = metric.by.iter().zip(&columns.groups);
    let mut selected: Vec<Block> = groups
        .map(|(by, group)| match by {
            EventDimension::Bucket(_, buckets) => {
                argument::range(&group.inner, buckets, dialect).then(format!(" AS {}", group.inner))
            }
            _ => group.inner.as_str().into(),
        })
        .collect();
    selected.extend(columns.values.iter().map(|value| value.sql.clone()));
    selected.extend(columns.user_names());
    selected.extend(rows.alike.as_deref().map(Block::from));
    selected
}

/// Returns the current name of the event, or `@other` for an undeclared event.
pub fn newest_name(registry: &Registry, metric: &EventMetric, dialect: Dialect) -> Block {
    let name = event_log_sql::name(dialect);
    let other = quote::text(OTHER);
    let renamed: Vec<Block> = metric
        .of
        .iter()
        .map(|id| registry.event(*id))
        .filter(|event| !event.renamed_from.is_empty())
        .map(|event| {
            let old_names = event
                .renamed_from
                .iter()
                .map(|name| quote::text(name).into());
            list(&format!("WHEN {name} IN ("), old_names.collect(), ")")
                .then(format!(" THEN {}", quote::text(&event.name)))
        })
        .collect();
    if metric.selection.any_name {
        let events = metric.of.iter().map(|id| registry.event(*id));
        let names: Vec<Block> = events
            .map(|event| quote::text(&event.name).into())
            .collect();
        if names.is_empty() {
            return other.into();
        }
        let current = list(&format!("WHEN {name} IN ("), names, ")").then(" THEN name");
        let otherwise = format!("ELSE {other}").into();
        let lines = renamed.into_iter().chain([current, otherwise]).collect();
        return case_of("CASE".into(), lines);
    }
    if renamed.is_empty() {
        return name.into();
    }
    let lines = renamed.into_iter().chain(["ELSE name".into()]).collect();
    case_of("CASE".into(), lines)
}

/// Adds the first-time column: an event is the user's first if the user has no matching event
/// before the window.
fn marked(columns: &Columns, in_window: &str, dialect: Dialect) -> Vec<Block> {
    let mut selected = grouped(&columns.groups);
    selected.extend(columns.values.iter().map(|value| value.sql.clone()));
    selected.extend(columns.user_names());
    let every = match dialect {
        Dialect::Postgres => "bool_and",
        Dialect::Sqlite => "min",
    };
    let mut partition = grouped(&columns.groups);
    partition.push(columns.person.as_str().into());
    selected.push(
        list(
            &format!("{every}({in_window}) OVER (PARTITION BY "),
            partition,
            ")",
        )
        .then(format!(" AS {}", columns.first_time)),
    );
    selected
}
