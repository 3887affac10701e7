//! The numbers of a ping.

use crate::{ArgumentType, Buckets, EventId, Expr, Percentile, SqlText, TableId, ValueType};

/// One number, or one small table of numbers, of a ping.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Its name in the payload, unique in the registry.
    pub code: String,
    /// What it is called on the page, where that is not its code.
    pub title: Option<String>,
    /// What the page says about this code; Markdown.
    pub note: Option<String>,
    /// The text to search the code for, instead of its name.
    pub search: Option<String>,
    /// Where it comes from.
    pub source: Source,
}

/// Where a metric comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Events of the window.
    Events(EventMetric),
    /// Users on their way through steps of events.
    Funnel(Funnel),
    /// The product's tables.
    Capture(Capture),
    /// The product's tables, by hand-written SQL.
    Sql(SqlCapture),
}

/// A measure of events in a window.
#[derive(Clone, Debug, PartialEq)]
pub struct EventMetric {
    /// The events; at least one.
    pub of: Vec<EventId>,
    /// What their arguments must be; all of these.
    pub filters: Vec<Filter>,
    /// What the result is grouped by.
    pub by: Vec<EventDimension>,
    /// Groups of fewer users than this become the group `@other`; at least 2.
    pub min_group: Option<u32>,
    /// What is measured; at least one, none twice.
    pub measures: Vec<EventMeasure>,
}

/// An argument that all events of a metric declare alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventArgument {
    /// Its key in the JSON object.
    pub name: String,
    /// Keys that it had before in any of the events.
    pub renamed_from: Vec<String>,
    /// What it may hold; of an enum the values that any of the events declares.
    pub ty: ArgumentType,
}

impl EventArgument {
    /// The key and then the keys that it had before. The first that a row has counts.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name)
            .chain(&self.renamed_from)
            .map(String::as_str)
    }
}

/// A condition on an argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// The argument.
    pub argument: EventArgument,
    /// What it may be; at least one, each of the argument's type or [`Scalar::Missing`].
    pub values: Vec<Scalar>,
}

/// A value of an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// `null`: the argument is missing.
    Missing,
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction; finite.
    Number(f64),
    /// True or false.
    Boolean(bool),
}

/// What the result of an event metric is grouped by.
#[derive(Clone, Debug, PartialEq)]
pub enum EventDimension {
    /// `@event`: which of the events it was, by its newest name.
    Event,
    /// The value of an argument.
    Argument(EventArgument),
    /// The range that the value of a numeric argument lies in.
    Bucket(EventArgument, Buckets),
}

impl EventDimension {
    /// Its name in results: `@event`, or the argument's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.argument()
            .map_or("@event", |argument| argument.name.as_str())
    }

    /// The argument that it reads; none of `@event`.
    #[must_use]
    pub fn argument(&self) -> Option<&EventArgument> {
        match self {
            Self::Event => None,
            Self::Argument(argument) | Self::Bucket(argument, _) => Some(argument),
        }
    }
}

/// What is measured of events.
#[derive(Clone, Debug, PartialEq)]
pub enum EventMeasure {
    /// Distinct users.
    UniqueUsers,
    /// Users whose first such event ever lies in the window.
    FirstTimeUsers,
    /// The events, or an argument of theirs.
    Of(Measure<EventArgument>),
}

/// What is measured of rows, `V` being what tells their value.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure<V> {
    /// How many.
    Count,
    /// How many distinct values.
    Distinct(V),
    /// The sum of the values; 0 of none.
    Sum(V),
    /// Average, minimum, maximum, median and sample standard deviation.
    Stats(V),
    /// Percentiles, interpolated.
    Percentiles {
        /// The value.
        value: V,
        /// Which; at least one, ascending.
        at: Vec<Percentile>,
    },
}

impl<V> Measure<V> {
    /// The value that is measured; none where rows are counted.
    #[must_use]
    pub fn value(&self) -> Option<&V> {
        match self {
            Self::Count => None,
            Self::Distinct(value)
            | Self::Sum(value)
            | Self::Stats(value)
            | Self::Percentiles { value, .. } => Some(value),
        }
    }
}

/// Users on their way through steps of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funnel {
    /// The steps, at least two; the events of a step are alternatives.
    pub steps: Vec<Vec<EventId>>,
}

/// A measure of the product's tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Capture {
    /// The table whose rows are measured.
    pub from: TableRef,
    /// Tables joined to it, in order.
    pub joins: Vec<Join>,
    /// Which rows; a condition.
    pub filter: Option<Expr>,
    /// What the result is grouped by.
    pub by: Vec<Dimension>,
    /// Groups of fewer rows than this, or of fewer values of `per`, become the group `@other`; at least 2.
    /// Then each dimension is a text.
    pub min_group: Option<u32>,
    /// One value for each of these: then the values of `measures` are
    /// aggregates, and each measure is [`Measure::Stats`] or [`Measure::Percentiles`].
    pub per: Option<Expr>,
    /// What is measured; at least one, none twice.
    pub measures: Vec<Measure<Expr>>,
}

impl Capture {
    /// All its expressions.
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

    /// The tables that it reads: `from`, those of `join`, and those of `EXISTS`.
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

/// A table and what a capture calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRef {
    /// The table.
    pub table: TableId,
    /// Another name for it in this capture.
    pub alias: Option<String>,
}

/// A joined table.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// The table.
    pub table: TableRef,
    /// Whether rows without a partner stay.
    pub kind: JoinKind,
    /// Which rows are partners; a condition.
    pub on: Expr,
}

/// What becomes of rows without a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    /// They go.
    Inner,
    /// They stay.
    Left,
}

impl JoinKind {
    /// Its word in the registry. The word is part of fingerprints and stays as it is.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inner => "inner",
            Self::Left => "left",
        }
    }
}

/// What the result of a capture is grouped by.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    /// Its name in results.
    pub name: String,
    /// What it is; of type integer, number, text or boolean.
    pub expr: Expr,
}

/// A capture in SQL of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlCapture {
    /// For PostgreSQL.
    pub postgres: SqlText,
    /// For SQLite.
    pub sqlite: SqlText,
    /// What it selects, in order.
    pub columns: Vec<SqlColumn>,
}

/// A column that hand-written SQL selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlColumn {
    /// Its name.
    pub name: String,
    /// Its type: integer, number, text or boolean; a measure is integer or number.
    pub ty: ValueType,
    /// Whether the result is grouped by it, rather than measured in it.
    pub dimension: bool,
}
