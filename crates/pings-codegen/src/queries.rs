//! The metrics with the data that all generated files share: names, columns, queries.

use pings_model::ident::type_names;
use pings_model::{
    ColumnType, EventDimension, Expr, ExprKind, Metric, Ping, PingType, Registry, Source,
    ValueDomain, ValueType,
};
use pings_sql::{Column, Dialect, OTHER, Parameters, Query, Role};

use crate::events::Plan;
use crate::names::file_names;

/// A metric with its names and queries.
#[derive(Clone, Debug)]
pub(crate) struct MetricQuery<'a> {
    pub(crate) ping: &'a Ping,
    pub(crate) metric: &'a Metric,
    /// The unique name of its module and its SQL files.
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    /// The database that a capture reads, or `None` for the main database.
    pub(crate) database: Option<&'a str>,
    /// For each column, the type of its values, if the column is an argument of events or a column of
    /// hand-written SQL with declared values, or a dimension of a capture whose texts are known.
    pub(crate) choices: Vec<Option<Choices>>,
    pub(crate) postgres: Option<Query>,
    pub(crate) sqlite: Option<Query>,
}

/// The type of the declared values of a column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Choices {
    /// A type of the crate of events, by its name.
    OfEvents(String),
    /// A type of the query itself.
    Own(OwnChoices),
}

/// A type of a query for the declared values of one of its columns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct OwnChoices {
    /// The name of the type.
    pub(crate) name: String,
    /// The name of the column.
    pub(crate) column: String,
    /// The texts of the values.
    pub(crate) values: Vec<String>,
}

impl MetricQuery<'_> {
    /// Returns the SQL for a database, or `None` if there is hand-written SQL for the other only.
    pub(crate) fn sql(&self, dialect: Dialect) -> Option<&str> {
        let query = match dialect {
            Dialect::Postgres => &self.postgres,
            Dialect::Sqlite => &self.sqlite,
        };
        query.as_ref().map(|query| query.text.as_str())
    }

    /// Returns the databases that the query exists for.
    pub(crate) fn dialects(&self) -> impl Iterator<Item = Dialect> {
        let is_there = |dialect: &Dialect| self.sql(*dialect).is_some();
        Dialect::ALL.into_iter().filter(is_there)
    }

    /// Returns the only database that the query exists for, or `None` if it exists for all.
    pub(crate) fn only_dialect(&self) -> Option<Dialect> {
        let mut dialects = self.dialects();
        dialects.next().filter(|_| dialects.next().is_none())
    }

    /// Returns whether the query takes a window.
    pub(crate) fn takes_window(&self) -> bool {
        let mut queries = self.postgres.iter().chain(&self.sqlite);
        queries.any(|query| query.parameters == Parameters::Window)
    }

    /// Returns whether the query takes the time of the run of captures.
    pub(crate) fn takes_now(&self) -> bool {
        let mut queries = self.postgres.iter().chain(&self.sqlite);
        queries.any(|query| query.parameters == Parameters::Now)
    }

    /// Returns whether the result is a row for each group instead of a single row.
    pub(crate) fn has_groups(&self) -> bool {
        if matches!(&self.metric.source, Source::Capture(capture) if capture.one_row) {
            return false;
        }
        self.columns
            .iter()
            .any(|column| column.role == Role::Dimension)
    }

    pub(crate) fn group(&self) -> Group {
        match self.ping.kind {
            PingType::BeCapture => Group::Captures,
            PingType::FeEvent | PingType::Value => Group::Events,
        }
    }

    /// Returns whether the query reads a value that the product set.
    pub(crate) fn is_value(&self) -> bool {
        matches!(self.metric.source, Source::Value(_))
    }

    /// Returns whether the query reads the product's own tables.
    pub(crate) fn is_capture(&self) -> bool {
        matches!(self.metric.source, Source::Capture(_) | Source::Sql(_))
    }
}

/// The two groups of queries, by their source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Queries of captured pings.
    Captures,
    /// Queries of event pings.
    Events,
}

impl Group {
    pub(crate) const ALL: [Self; 2] = [Self::Captures, Self::Events];

    /// Returns the name of the module that contains the queries.
    pub(crate) fn module(self) -> &'static str {
        match self {
            Self::Captures => "captures",
            Self::Events => "events",
        }
    }
}

/// Returns the name of a database for readers.
#[must_use]
pub fn database(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "PostgreSQL",
        Dialect::Sqlite => "SQLite",
    }
}

/// Returns the queries of a registry, in page order.
pub(crate) fn queries(registry: &Registry) -> Vec<MetricQuery<'_>> {
    let names = file_names(registry.metrics().map(|(_, metric)| metric.code.as_str()));
    let plan = Plan::new(registry.events());
    registry
        .metrics()
        .zip(names)
        .map(|((ping, metric), name)| {
            let columns = pings_sql::columns(metric);
            let query = |dialect| pings_sql::query(registry, ping, metric, dialect);
            MetricQuery {
                ping,
                metric,
                name,
                database: registry.database_of(metric),
                choices: choices(registry, &plan, metric, columns.len()),
                columns,
                postgres: query(Dialect::Postgres),
                sqlite: query(Dialect::Sqlite),
            }
        })
        .collect()
}

/// Returns the type of the declared values of each column. The dimensions of a metric are its
/// first columns.
fn choices(
    registry: &Registry,
    plan: &Plan<'_>,
    metric: &Metric,
    columns: usize,
) -> Vec<Option<Choices>> {
    let mut choices: Vec<Option<Choices>> = match &metric.source {
        Source::Events(metric) => metric.by.iter().map(|by| of_events(plan, by)).collect(),
        Source::Capture(capture) => {
            let by = capture.by.iter();
            own(by.map(|by| (by.name.as_str(), texts_of(registry, &by.expr))))
        }
        Source::Sql(capture) => {
            let columns = capture.columns.iter();
            own(columns.map(|column| (column.name.as_str(), column.values.clone())))
        }
        _ => Vec::new(),
    };
    choices.resize(columns, None);
    choices
}

fn of_events(plan: &Plan<'_>, dimension: &EventDimension) -> Option<Choices> {
    match dimension {
        EventDimension::Argument(argument) => {
            let name = plan.choices_of(argument)?;
            Some(Choices::OfEvents(name.to_owned()))
        }
        EventDimension::Event | EventDimension::Bucket(..) => None,
    }
}

/// The names of other types in the module of a query.
const TAKEN: [&str; 7] = [
    "Cells",
    "Dimension",
    "Query",
    "Row",
    "Span",
    "Sql",
    "SystemTime",
];

/// Returns the texts of a dimension if they are known: the values of a column in their order, or the
/// sorted texts of an expression.
fn texts_of(registry: &Registry, expr: &Expr) -> Option<Vec<String>> {
    if let ExprKind::Column { table, column, .. } = &expr.kind
        && let ColumnType::Enum(values) = &registry.table(*table).column(column)?.ty
    {
        return Some(values.clone());
    }
    match ValueDomain::of_expr(registry, expr) {
        ValueDomain::Declared(mut texts) => {
            // A row type has a value of its own for this group.
            texts.remove(OTHER);
            let is_text = expr.ty == ValueType::Text && !texts.is_empty();
            is_text.then(|| texts.into_iter().collect())
        }
        _ => None,
    }
}

/// Returns a type of the query for each column with known texts.
fn own<'m>(
    columns: impl Iterator<Item = (&'m str, Option<Vec<String>>)> + Clone,
) -> Vec<Option<Choices>> {
    let names = columns.clone().map(|(column, _)| column);
    let names = type_names(TAKEN.into_iter().chain(names));
    let named = columns.zip(names.into_iter().skip(TAKEN.len()));
    let choices = named.map(|((column, values), name)| {
        Some(Choices::Own(OwnChoices {
            name,
            column: column.to_owned(),
            values: values?,
        }))
    });
    choices.collect()
}
