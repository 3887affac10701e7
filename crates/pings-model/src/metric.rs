//! The metrics of a ping.

use pings_types::Period;

use crate::{
    ArgumentType, Buckets, Condition, EventId, Expr, Identity, OwnLife, Percentile, Selection,
    SqlText, TableId, ValueMetric, ValueType,
};

/// One number, or one small table of numbers, in a ping.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// The name in the payload, unique in the registry.
    pub code: String,
    /// The display name on the page, if it differs from the code.
    pub title: Option<String>,
    /// The description on the page, as Markdown.
    pub note: Option<String>,
    /// The text to search the code for, instead of the metric's code.
    pub search: Option<String>,
    /// The versions that the metric declares itself. [`Ping::life`](crate::Ping::life) returns
    /// those that apply.
    pub own_life: OwnLife,
    /// The windows that the values cover, without duplicates and the shortest first. A metric of the
    /// current state has none.
    pub windows: Vec<Period>,
    /// The source of the values.
    pub source: Source,
}

impl Metric {
    /// Returns whether a report has a value of the metric for its week.
    #[must_use]
    pub fn has_weekly_value(&self) -> bool {
        self.windows.is_empty() || self.windows.contains(&Period::Week)
    }

    /// Returns the windows other than the week itself.
    pub fn other_windows(&self) -> impl Iterator<Item = Period> {
        let windows = self.windows.iter().copied();
        windows.filter(|window| *window != Period::Week)
    }

    /// Returns the name and the ranges of each dimension whose numbers are put into ranges.
    #[must_use]
    pub fn ranges(&self) -> Vec<(&str, &Buckets)> {
        match &self.source {
            Source::Events(events) => {
                let ranges = events.by.iter().filter_map(|by| match by {
                    EventDimension::Bucket(argument, ranges) => Some((&*argument.name, ranges)),
                    EventDimension::Event | EventDimension::Argument(_) => None,
                });
                ranges.collect()
            }
            Source::Capture(capture) => {
                let ranges = capture.by.iter();
                let ranges = ranges.filter_map(|by| Some((&*by.name, by.ranges.as_ref()?)));
                ranges.collect()
            }
            Source::Funnel(_) | Source::Sql(_) | Source::Value(_) => Vec::new(),
        }
    }

    /// Returns the minimum size of a group. Smaller groups are merged.
    #[must_use]
    pub fn min_group(&self) -> Option<u32> {
        match &self.source {
            Source::Events(events) => events.min_group,
            Source::Capture(capture) => capture.min_group,
            Source::Funnel(_) | Source::Sql(_) | Source::Value(_) => None,
        }
    }
}

/// The source of a metric.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Events in the window.
    Events(EventMetric),
    /// Users that progress through a sequence of steps.
    Funnel(Funnel),
    /// The product's tables, read with a declarative capture.
    Capture(Capture),
    /// The product's tables, read with hand-written SQL.
    Sql(SqlCapture),
    /// A value that the product sets.
    Value(ValueMetric),
}

/// A measure of the events in a window.
#[derive(Clone, Debug, PartialEq)]
pub struct EventMetric {
    /// The declared events. At least one, unless [`Selection::any_name`] is set.
    pub of: Vec<EventId>,
    /// If not empty, a user counts who did at least one event of each of these lists. The events
    /// are also in `of`, there are at least two lists, and users are the only measure.
    pub all_of: Vec<Vec<EventId>>,
    /// The rows of these events that are read.
    pub selection: Selection,
    /// Who counts as one user.
    pub identity: Identity,
    /// Conditions on the arguments. An event must meet all of them.
    pub filters: Vec<Filter>,
    /// Conditions that apply only to some of the events.
    pub event_filters: Vec<EventFilter>,
    /// The dimensions that group the result.
    pub by: Vec<EventDimension>,
    /// The minimum number of users in a group, at least 2. Smaller groups are merged into the group
    /// `@other`.
    pub min_group: Option<u32>,
    /// The measures, at least one and without duplicates.
    pub measures: Vec<EventMeasure>,
}

impl EventMetric {
    /// Returns whether the metric counts each of its events by name. A metric of any event does so
    /// only if it is grouped by `@event`.
    #[must_use]
    pub fn names_events(&self) -> bool {
        !self.selection.any_name || self.by.contains(&EventDimension::Event)
    }

    /// Returns all conditions on arguments: those on all events, then those on some of them.
    pub fn all_filters(&self) -> impl Iterator<Item = &Filter> {
        let of_events = self.event_filters.iter().flat_map(|some| &some.filters);
        self.filters.iter().chain(of_events)
    }
}

/// An argument that all events of a metric declare, with compatible types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventArgument {
    /// The name in results: the key in the JSON object, or the path `a.b` of a member.
    pub name: String,
    /// The keys of the objects that contain the argument, outermost first.
    pub within: Vec<String>,
    /// Older keys of the argument in any of the events.
    pub renamed_from: Vec<String>,
    /// The type of the value. An enum contains the values that any of the events declares.
    pub ty: ArgumentType,
}

impl EventArgument {
    /// Returns the key, followed by the older keys. The first key that is present in a row is used.
    /// The keys are those of the innermost object.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let before: usize = self.within.iter().map(|key| key.len() + 1).sum();
        let key = self.name.get(before..).unwrap_or(&self.name);
        std::iter::once(key).chain(self.renamed_from.iter().map(String::as_str))
    }

    /// Returns the keys of the whole JSON object under which the argument may be.
    pub fn outer_keys(&self) -> impl Iterator<Item = &str> {
        let outer = self.within.first().map(String::as_str);
        let own = self.keys().filter(move |_| outer.is_none());
        outer.into_iter().chain(own)
    }
}

/// A condition on an argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// The argument.
    pub argument: EventArgument,
    /// The condition on the value. Its values have the type of the argument.
    pub condition: Condition,
}

/// Conditions on the arguments of some of a metric's events.
#[derive(Clone, Debug, PartialEq)]
pub struct EventFilter {
    /// The events, at least one. The other events of the metric count without these conditions.
    pub events: Vec<EventId>,
    /// The conditions, at least one. An event must meet all of them.
    pub filters: Vec<Filter>,
}

/// A dimension that groups the result of an event metric.
#[derive(Clone, Debug, PartialEq)]
pub enum EventDimension {
    /// `@event`: the newest name of the event.
    Event,
    /// The value of an argument.
    Argument(EventArgument),
    /// The range that contains the value of a numeric argument.
    Bucket(EventArgument, Buckets),
}

impl EventDimension {
    /// Returns the name in results: `@event`, or the name of the argument.
    #[must_use]
    pub fn name(&self) -> &str {
        self.argument()
            .map_or("@event", |argument| argument.name.as_str())
    }

    /// Returns the argument that the dimension reads, or `None` for `@event`.
    #[must_use]
    pub fn argument(&self) -> Option<&EventArgument> {
        match self {
            Self::Event => None,
            Self::Argument(argument) | Self::Bucket(argument, _) => Some(argument),
        }
    }

    /// Returns the argument if it is a list. An event then counts in the group of each distinct
    /// value.
    #[must_use]
    pub fn list(&self) -> Option<&EventArgument> {
        self.argument()
            .filter(|argument| matches!(argument.ty, ArgumentType::List(_)))
    }
}

/// A measure of events.
#[derive(Clone, Debug, PartialEq)]
pub enum EventMeasure {
    /// The number of distinct users.
    UniqueUsers,
    /// The number of users whose first matching event ever is in the window.
    FirstTimeUsers,
    /// A measure of the events or of one of their arguments.
    Of(Measure<EventArgument>),
}

/// A measure of rows. `V` is the type that identifies the measured value.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure<V> {
    /// The number of rows.
    Count,
    /// The number of distinct values.
    Distinct(V),
    /// The sum of the values, or 0 if there are no values.
    Sum(V),
    /// The average, minimum, maximum, median and sample standard deviation.
    Stats(V),
    /// Percentiles, interpolated.
    Percentiles {
        /// The measured value.
        value: V,
        /// The percentiles, at least one, in ascending order.
        at: Vec<Percentile>,
    },
    /// The number of values in each range.
    Histogram {
        /// The measured value.
        value: V,
        /// The ranges. Their labels are the names of the results.
        buckets: Buckets,
    },
    /// The value of the only row, a number.
    Value(V),
}

impl<V> Measure<V> {
    /// Returns the measured value, or `None` for a count of rows.
    #[must_use]
    pub fn value(&self) -> Option<&V> {
        match self {
            Self::Count => None,
            Self::Distinct(value)
            | Self::Sum(value)
            | Self::Stats(value)
            | Self::Percentiles { value, .. }
            | Self::Histogram { value, .. }
            | Self::Value(value) => Some(value),
        }
    }
}

/// Users that progress through a sequence of steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funnel {
    /// The steps, at least two. The events in a step are alternatives.
    pub steps: Vec<Vec<EventId>>,
    /// Who counts as one user.
    pub identity: Identity,
}

/// A measure of the product's tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Capture {
    /// The table whose rows are measured.
    pub from: TableRef,
    /// The joined tables, in order.
    pub joins: Vec<Join>,
    /// The condition that selects rows.
    pub filter: Option<Expr>,
    /// The dimensions that group the result.
    pub by: Vec<Dimension>,
    /// The minimum number of rows in a group, or of distinct `per` values if `per` is set. The
    /// minimum is at least two. Smaller groups are merged into the group `@other`, so every
    /// dimension must be a text.
    pub min_group: Option<u32>,
    /// An expression that groups rows, so that each of its values yields one measured value. If
    /// set, the measures measure these groups: the values in `measures` are aggregates, and
    /// dimensions may be aggregates.
    pub per: Option<Expr>,
    /// The measures, at least one and without duplicates.
    pub measures: Vec<Measure<Expr>>,
    /// Whether the capture reads the value of exactly one row. A number is the measure
    /// [`Measure::Value`]; another value is the only dimension, `value`, of which the one row is
    /// counted.
    pub one_row: bool,
}

impl Capture {
    /// Returns the value of the one row, if the capture reads one.
    #[must_use]
    pub fn value_of_row(&self) -> Option<&Expr> {
        let dimension = self.by.first().map(|dimension| &dimension.expr);
        let value = || dimension.or_else(|| self.measures.iter().find_map(Measure::value));
        self.one_row.then(value).flatten()
    }

    /// Returns all expressions of the capture.
    pub fn expressions(&self) -> impl Iterator<Item = &Expr> {
        let joins = self.joins.iter().map(|join| &join.on);
        let dimensions = self.by.iter().map(|dimension| &dimension.expr);
        let values = self.measures.iter().filter_map(Measure::value);
        joins
            .chain(&self.filter)
            .chain(dimensions)
            .chain(&self.per)
            .chain(values)
    }

    /// Returns the tables that the capture reads: in `from`, in `join` and in `EXISTS`.
    #[must_use]
    pub fn tables(&self) -> Vec<&TableRef> {
        let mut tables: Vec<&TableRef> = std::iter::once(&self.from)
            .chain(self.joins.iter().map(|join| &join.table))
            .collect();
        for expr in self.expressions() {
            expr.add_tables(&mut tables);
        }
        tables
    }
}

/// A table and its name in a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRef {
    /// The table.
    pub table: TableId,
    /// An alias for the table in this capture.
    pub alias: Option<String>,
}

/// A joined table.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// The table.
    pub table: TableRef,
    /// Whether rows without a matching row are kept.
    pub kind: JoinKind,
    /// The join condition.
    pub on: Expr,
}

/// How a join treats rows without a matching row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    /// Rows without a match are removed.
    Inner,
    /// Rows without a match are kept.
    Left,
}

impl JoinKind {
    /// Returns the word used in the registry. The word is part of fingerprints and must not change.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inner => "inner",
            Self::Left => "left",
        }
    }
}

/// A dimension that groups the result of a capture.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    /// The name in results.
    pub name: String,
    /// The value, of type integer, number, text or boolean. If it is an aggregate, it has a value
    /// for each `per` group; else it groups the rows of a `per` group.
    pub expr: Expr,
    /// The ranges into which `expr` puts a number.
    pub ranges: Option<Buckets>,
}

/// A capture with hand-written SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlCapture {
    /// The SQL for PostgreSQL. At least one of the two statements exists; without a statement for a
    /// database, the capture is skipped there.
    pub postgres: Option<SqlText>,
    /// The SQL for SQLite.
    pub sqlite: Option<SqlText>,
    /// The selected columns, in order.
    pub columns: Vec<SqlColumn>,
    /// The database that the statements read, or `None` for the main database.
    pub database: Option<String>,
}

impl SqlCapture {
    /// Returns the statements.
    pub fn texts(&self) -> impl Iterator<Item = &SqlText> {
        self.postgres.iter().chain(&self.sqlite)
    }
}

/// A column that hand-written SQL selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlColumn {
    /// The name of the column.
    pub name: String,
    /// The type: integer, number, text or boolean. A measure is an integer or number.
    pub ty: ValueType,
    /// The declared values of a text. Other values count as `@other`.
    pub values: Option<Vec<String>>,
    /// Whether the column is a dimension rather than a measure.
    pub dimension: bool,
}
