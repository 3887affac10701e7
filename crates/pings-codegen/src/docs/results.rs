//! The results of each metric: what it measures, its dimensions, and its columns.

use pings_model::{
    ActorSelection, Capture, EventId, EventMeasure, EventMetric, Filter, Identity, JoinKind,
    Measure, Metric, Percentile, Registry, Scalar, Selection, Source, TableRef, ValueDomain,
    ValueKind, ValueType,
};
use pings_sql::{Column, Dialect, Role};

use super::expressions::Words;
use crate::markdown::{code, table};
use crate::queries::{MetricQuery, database};
use crate::text::comma_separated;

/// The maximum number of texts of a value that the page lists.
const MOST_TEXTS: usize = 100;

/// Returns a table of the metrics.
pub(super) fn results(registry: &Registry, queries: &[MetricQuery<'_>]) -> String {
    let rows: Vec<[String; 4]> = queries
        .iter()
        .map(|query| {
            let (by, result) = match query.metric.source {
                // A report contains a list of steps for a funnel instead of a table of rows.
                Source::Funnel(_) => (String::new(), STEPS.to_owned()),
                _ => (dimensions(registry, query), columns(query, Role::Measure)),
            };
            [
                code(&query.metric.code),
                measured(registry, query.metric),
                by,
                result,
            ]
        })
        .collect();
    table(["Code", "Measures", "By", "Result"], &rows)
}

/// The definition of `identity: person`.
const PERSON: &str =
    ", where a visitor is the user who signed in from the same browser in the same window";

/// The result of a funnel.
const STEPS: &str =
    "`steps`: a list of `events`: list of text; `count`, `users`, `reached`: integer";

/// The most values of a dimension in the table of the metrics.
const MOST_VALUES: usize = 12;

/// Returns the dimensions with their types and values: `` `state`: text: `open`, `solved` ``. The values
/// of an event's arguments are in the table of the events.
fn dimensions(registry: &Registry, query: &MetricQuery<'_>) -> String {
    if matches!(query.metric.source, Source::Events(_)) {
        return columns(query, Role::Dimension);
    }
    let domains = ValueDomain::of(registry, query.metric);
    let dimensions = query.columns.iter().filter(|it| it.role == Role::Dimension);
    let shown = dimensions.map(|column| {
        let domain = domains.iter().find(|(name, _)| *name == column.name);
        let values = match domain {
            Some((_, ValueDomain::Declared(values))) if !values.is_empty() => {
                let first = values.iter().take(MOST_VALUES).map(|value| code(value));
                let more = values
                    .len()
                    .checked_sub(MOST_VALUES)
                    .filter(|more| *more > 0);
                let more = more.map(|more| format!("{more} more"));
                format!(", one of {}", comma_separated(first.chain(more)))
            }
            _ => String::new(),
        };
        format!("{}: {}{values}", code(&column.name), column_type(column))
    });
    shown.collect::<Vec<_>>().join("; ")
}

/// Returns the columns of a role with their types: `` `count`, `unique_users`: integer ``.
fn columns(query: &MetricQuery<'_>, role: Role) -> String {
    let columns: Vec<&Column> = query
        .columns
        .iter()
        .filter(|column| column.role == role)
        .collect();
    columns
        .chunk_by(|one, next| column_type(one) == column_type(next))
        .filter_map(|alike| {
            let names = comma_separated(alike.iter().map(|column| code(&column.name)));
            Some(format!("{names}: {}", column_type(alike.first()?)))
        })
        .collect::<Vec<_>>()
        .join("; ")
}

/// Returns the type of a column: `integer or null`.
#[must_use]
pub fn column_type(column: &Column) -> String {
    let ty = match column.holds {
        ValueType::Integer => "integer",
        ValueType::Number => "number",
        ValueType::Boolean => "boolean",
        ValueType::Text | ValueType::Timestamp | ValueType::Json | ValueType::Null => "text",
    };
    let null = if column.nullable { " or null" } else { "" };
    format!("{ty}{null}")
}

/// Returns a description of what a metric measures, as Markdown.
#[must_use]
pub fn measured(registry: &Registry, metric: &Metric) -> String {
    let database = registry.database_of(metric);
    let database = database.map(|name| format!(" in the database {}", code(name)));
    of_source(registry, metric) + database.as_deref().unwrap_or_default()
}

fn of_source(registry: &Registry, metric: &Metric) -> String {
    match &metric.source {
        Source::Events(events) => of_events(registry, &metric.code, events),
        Source::Funnel(funnel) => {
            let person = match funnel.identity {
                Identity::Actor => "",
                Identity::Person => PERSON,
            };
            format!("funnel of {} steps{person}", funnel.steps.len())
        }
        Source::Capture(capture) => of_rows(registry, capture),
        Source::Sql(sql) => {
            let only = match (&sql.postgres, &sql.sqlite) {
                (Some(_), None) => format!(", only for {}", database(Dialect::Postgres)),
                (None, Some(_)) => format!(", only for {}", database(Dialect::Sqlite)),
                _ => String::new(),
            };
            format!("hand-written SQL{only}")
        }
        Source::Value(value) => match &value.kind {
            ValueKind::Enum(values) if values.len() > MOST_TEXTS => {
                let first = code(&values[0]);
                format!(
                    "the last value set: one of {} texts such as {first}",
                    values.len()
                )
            }
            ValueKind::Enum(values) => {
                let values: Vec<String> = values.iter().map(|value| code(value)).collect();
                format!("the last value set: {}", values.join(" or "))
            }
            ValueKind::Boolean => "the last value set: true or false".to_owned(),
            ValueKind::Integer | ValueKind::Number => "the last number set".to_owned(),
            ValueKind::Version => "the last version set".to_owned(),
            ValueKind::Date => "the last date set".to_owned(),
        },
    }
}

/// Returns a description such as `` number of rows of `ticket` where `state` is `open` ``.
fn of_rows(registry: &Registry, capture: &Capture) -> String {
    let expressions = Words::new(capture);
    let name = |table: &TableRef| code(&registry.table(table.table).name);
    let table = name(&capture.from);
    let mut out = match capture.value_of_row() {
        Some(value) => format!("{} of the only row of {table}", expressions.value(value)),
        None => {
            let things = match capture.per {
                Some(_) => "groups of rows",
                None => "rows",
            };
            let measures = capture.measures.iter();
            let measures = measures.map(|it| words(it, things, |value| expressions.value(value)));
            format!("{} of {table}", comma_separated(measures))
        }
    };
    for join in &capture.joins {
        let only = match join.kind {
            JoinKind::Inner => "",
            JoinKind::Left => ", if there is a match",
        };
        out.push_str(&format!(", joined with {}{only}", name(&join.table)));
    }
    if let Some(filter) = &capture.filter {
        let comma = if capture.joins.is_empty() { "" } else { "," };
        out.push_str(&format!("{comma} where {}", expressions.condition(filter)));
    }
    if let Some(per) = &capture.per {
        out.push_str(&format!(
            "; a group has the same value of {}",
            expressions.value(per)
        ));
    }
    out
}

/// Returns a description such as `` events, unique users of `A`, `B` where `kind` is `c` ``.
fn of_events(registry: &Registry, name: &str, metric: &EventMetric) -> String {
    let measures = metric.measures.iter().map(|measure| match measure {
        EventMeasure::UniqueUsers => "unique users".to_owned(),
        EventMeasure::FirstTimeUsers => "first-time users".to_owned(),
        EventMeasure::Of(measure) => words(measure, "events", |argument| code(&argument.name)),
    });
    let mut out = comma_separated(measures);
    let event = |id: &EventId| registry.event(*id).name.as_str();
    let is_namesake = metric.of.iter().map(event).eq([name]);
    if !metric.all_of.is_empty() {
        let lists = metric.all_of.iter().map(|events| {
            let events: Vec<String> = events.iter().map(|id| code(event(id))).collect();
            events.join(" or ")
        });
        let lists: Vec<String> = lists.collect();
        out.push_str(&format!(" who did {}", lists.join(" and ")));
    } else if metric.selection.any_name {
        out.push_str(" of any event");
    } else if !is_namesake {
        let events = metric.of.iter().map(|id| code(event(id)));
        out.push_str(&format!(" of {}", comma_separated(events)));
    }
    out.push_str(&selected(&metric.selection));
    let filters: Vec<String> = metric.filters.iter().map(filter).collect();
    if !filters.is_empty() {
        out.push_str(&format!(" where {}", filters.join(" and ")));
    }
    for list in metric.by.iter().filter_map(|by| by.list()) {
        out.push_str(&format!(
            ", once for each distinct value of {}",
            code(&list.name)
        ));
        out.push_str(", so the groups may sum to more; an empty list is in no group");
    }
    if metric.identity == Identity::Person {
        out.push_str(PERSON);
    }
    for some in &metric.event_filters {
        let events = comma_separated(some.events.iter().map(|id| code(event(id))));
        let filters: Vec<String> = some.filters.iter().map(filter).collect();
        out.push_str(&format!("; {events} only where {}", filters.join(" and ")));
    }
    out
}

/// Returns the sources and actors whose events count: `` from `WEB` or `IDE` by signed-in users``.
fn selected(selection: &Selection) -> String {
    let mut out = String::new();
    if !selection.sources.is_empty() {
        let sources: Vec<String> = selection.sources.iter().map(|it| code(it)).collect();
        out.push_str(&format!(" from {}", sources.join(" or ")));
    }
    out.push_str(match selection.actor {
        ActorSelection::Any => "",
        ActorSelection::SignedIn => " by signed-in users",
        ActorSelection::Anonymous => " by visitors who are not signed in",
    });
    out
}

/// Returns a filter in the form `` `kind` is `a` or `b` ``.
fn filter(filter: &Filter) -> String {
    let name = code(&filter.argument.name);
    format!("{name} {}", filter.condition.described(scalar))
}

fn scalar(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Missing => "missing".to_owned(),
        Scalar::Text(text) if text.trim().is_empty() => "empty".to_owned(),
        Scalar::Text(text) => code(text),
        Scalar::Integer(number) => code(&number.to_string()),
        Scalar::Number(number) => code(&number.to_string()),
        Scalar::Boolean(boolean) => code(&boolean.to_string()),
    }
}

/// Returns a description of a measure: the number of `things`, or a statistic of the value that
/// `name` returns.
fn words<V>(measure: &Measure<V>, things: &str, name: impl Fn(&V) -> String) -> String {
    match measure {
        Measure::Count => format!("number of {things}"),
        Measure::Distinct(value) => format!("distinct values of {}", name(value)),
        Measure::Sum(value) => format!("sum of {}", name(value)),
        Measure::Stats(value) => format!("statistics of {}", name(value)),
        Measure::Percentiles { value, at } => {
            let percentiles = match at.len() {
                1 => "percentile",
                _ => "percentiles",
            };
            let at = comma_separated(at.iter().map(Percentile::to_string));
            format!("{percentiles} {at} of {}", name(value))
        }
        Measure::Histogram { value, .. } => format!("histogram of {}", name(value)),
        Measure::Value(value) => name(value),
    }
}
