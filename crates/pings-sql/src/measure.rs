//! Aggregation of rows into one row per group.

use pings_model::{Buckets, EventArgument, EventMeasure, Measure, Percentile, ValueType};

use crate::column::{Column, Role};
use crate::dialect::{Dialect, quote};
use crate::fold::OTHER;
use crate::layout::{Block, Select, with};

/// The largest finite number of double precision.
const MOST_FINITE: &str = "1.7976931348623157e308";

/// A measure, independent of the source of its rows. A value is identified by its index in
/// [`Plan::values`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MeasurePlan<'a> {
    Count,
    UniqueUsers,
    FirstTimeUsers,
    Distinct(usize),
    Sum(usize),
    Stats(usize),
    Percentiles(usize, &'a [Percentile]),
    Histogram(usize, &'a Buckets),
    Value(usize),
}

/// The measures of a metric and their values, without duplicates.
#[derive(Debug)]
pub struct Plan<'a, V> {
    /// The measures, in the order of the metric.
    pub wanted: Vec<MeasurePlan<'a>>,
    /// The measured values.
    pub values: Vec<&'a V>,
}

impl<'a> Plan<'a, EventArgument> {
    /// Creates the plan for measures of events.
    pub fn of_events(measures: &'a [EventMeasure]) -> Self {
        let mut values = Vec::new();
        let wanted = measures
            .iter()
            .map(|measure| match measure {
                EventMeasure::UniqueUsers => MeasurePlan::UniqueUsers,
                EventMeasure::FirstTimeUsers => MeasurePlan::FirstTimeUsers,
                EventMeasure::Of(measure) => wanted(measure, &mut values),
            })
            .collect();
        Self { wanted, values }
    }
}

impl<'a, V: PartialEq> Plan<'a, V> {
    /// Creates the plan for measures of rows.
    pub fn of_rows(measures: &'a [Measure<V>]) -> Self {
        let mut values = Vec::new();
        let wanted = measures
            .iter()
            .map(|measure| wanted(measure, &mut values))
            .collect();
        Self { wanted, values }
    }
}

impl<V> Plan<'_, V> {
    /// Returns the columns of the measures, given the type of each value.
    pub fn columns(&self, ty: impl Fn(&V) -> ValueType) -> Vec<Column> {
        let column = |wanted: &MeasurePlan<'_>, name: String| {
            let (ty, nullable) = match wanted {
                MeasurePlan::Sum(value) if ty(self.values[*value]) == ValueType::Number => {
                    (ValueType::Number, false)
                }
                // If there are no values, the deviation is 0 and the other statistics are NULL.
                MeasurePlan::Stats(_) => (ValueType::Number, name != "stddev"),
                MeasurePlan::Percentiles(..) => (ValueType::Number, true),
                MeasurePlan::Value(value) => (ty(self.values[*value]), true),
                _ => (ValueType::Integer, false),
            };
            Column {
                name,
                ty,
                holds: ty,
                nullable,
                role: Role::Measure,
            }
        };
        self.wanted
            .iter()
            .flat_map(|wanted| wanted.names().into_iter().map(|name| column(wanted, name)))
            .collect()
    }
}

fn wanted<'a, V: PartialEq>(measure: &'a Measure<V>, values: &mut Vec<&'a V>) -> MeasurePlan<'a> {
    let mut place = |value: &'a V| {
        let known = values.iter().position(|known| *known == value);
        known.unwrap_or_else(|| {
            values.push(value);
            values.len() - 1
        })
    };
    match measure {
        Measure::Count => MeasurePlan::Count,
        Measure::Distinct(value) => MeasurePlan::Distinct(place(value)),
        Measure::Sum(value) => MeasurePlan::Sum(place(value)),
        Measure::Stats(value) => MeasurePlan::Stats(place(value)),
        Measure::Percentiles { value, at } => MeasurePlan::Percentiles(place(value), at),
        Measure::Histogram { value, buckets } => MeasurePlan::Histogram(place(value), buckets),
        Measure::Value(value) => MeasurePlan::Value(place(value)),
    }
}

impl MeasurePlan<'_> {
    /// Returns the names of the result columns.
    pub fn names(self) -> Vec<String> {
        let names: &[&str] = match self {
            Self::Count => &["count"],
            Self::UniqueUsers => &["unique_users"],
            Self::FirstTimeUsers => &["first_time_users"],
            Self::Distinct(_) => &["distinct"],
            Self::Sum(_) => &["sum"],
            Self::Stats(_) => &["avg", "min", "max", "median", "stddev"],
            Self::Percentiles(_, at) => return at.iter().map(|at| at.name()).collect(),
            Self::Histogram(_, buckets) => return buckets.labels(),
            Self::Value(_) => &["value"],
        };
        names.iter().map(ToString::to_string).collect()
    }

    /// Returns whether the value is written several times, so that it needs a name.
    pub fn repeats_value(self) -> bool {
        matches!(self, Self::Histogram(..)) || self.ranked_value().is_some()
    }

    /// Returns the index of the value that must be sorted for this measure.
    pub fn ranked_value(self) -> Option<usize> {
        match self {
            Self::Stats(value) | Self::Percentiles(value, _) => Some(value),
            _ => None,
        }
    }
}

/// A column that the rows are grouped by.
#[derive(Clone, Debug)]
pub struct Group {
    /// The quoted name in the query.
    pub inner: String,
    /// The quoted name in the result.
    pub outer: String,
    /// The type of the column.
    pub ty: ValueType,
    /// The type of the values that a text holds, as in [`Column`].
    pub holds: ValueType,
}

impl Group {
    /// Renders the group in the `SELECT` list.
    pub fn selected(&self) -> Block {
        if self.inner == self.outer {
            self.inner.as_str().into()
        } else {
            format!("{} AS {}", self.inner, self.outer).into()
        }
    }

    /// Renders the group in `ORDER BY`. Texts are ordered by their bytes and NULL comes first, as
    /// is the default in SQLite.
    fn ordered(&self, dialect: Dialect) -> Vec<Block> {
        let text = order(&self.inner, self.ty, dialect);
        if self.ty != ValueType::Text || !self.holds.is_numeric() {
            return vec![text];
        }
        // `@other` comes before the numbers.
        let is_number = format!("CASE WHEN {0} <> {1} THEN", self.inner, quote::text(OTHER));
        let number = match dialect {
            Dialect::Postgres => format!("{is_number} {}::numeric END NULLS FIRST", self.inner),
            Dialect::Sqlite => format!("{is_number} CAST({} AS REAL) END", self.inner),
        };
        vec![number.into(), text]
    }
}

/// Renders a column in `ORDER BY`.
pub fn order(column: &str, ty: ValueType, dialect: Dialect) -> Block {
    match (dialect, ty) {
        (Dialect::Sqlite, _) => column.into(),
        (Dialect::Postgres, ValueType::Text) => {
            format!("{column} COLLATE \"C\" NULLS FIRST").into()
        }
        (Dialect::Postgres, _) => format!("{column} NULLS FIRST").into(),
    }
}

/// A measured value.
#[derive(Clone, Debug)]
pub struct Value {
    /// The value as SQL.
    pub sql: Block,
    /// The type of the value.
    pub ty: ValueType,
}

/// The rows that are measured.
#[derive(Debug)]
pub struct Rows {
    /// The common table expressions, in order: a name and its `SELECT`.
    pub defined: Vec<(String, Block)>,
    /// The lines of `FROM` and `JOIN`.
    pub from: Vec<Block>,
    /// The conditions on the rows.
    pub conditions: Vec<Block>,
    /// The groups.
    pub groups: Vec<Group>,
    /// The values of a row.
    pub values: Vec<Value>,
    /// The column with the user.
    pub person: String,
    /// The column that says whether this is the user's first time.
    pub first_time: String,
    /// The column with the number of events that a row represents, if that is not always 1.
    pub alike: Option<String>,
}

/// Returns the groups for `GROUP BY`.
pub fn grouped(groups: &[Group]) -> Vec<Block> {
    groups
        .iter()
        .map(|group| group.inner.as_str().into())
        .collect()
}

/// Returns the groups for `ORDER BY`.
pub fn ordered(groups: &[Group], dialect: Dialect) -> Vec<Block> {
    groups
        .iter()
        .flat_map(|group| group.ordered(dialect))
        .collect()
}

/// Renders a `SELECT` with its common table expressions.
pub fn finished(defined: Vec<(String, Block)>, select: Select) -> Block {
    if defined.is_empty() {
        select.block()
    } else {
        with(defined, select.block())
    }
}

/// Renders a measure that both databases compute with nearly the same SQL.
pub fn aggregate(wanted: MeasurePlan<'_>, rows: &Rows, dialect: Dialect) -> Block {
    let person = &rows.person;
    match wanted {
        MeasurePlan::Count => match (&rows.alike, dialect) {
            (None, _) => "count(*)".into(),
            (Some(alike), Dialect::Postgres) => format!("coalesce(sum({alike}), 0)::bigint").into(),
            (Some(alike), Dialect::Sqlite) => format!("coalesce(sum({alike}), 0)").into(),
        },
        MeasurePlan::UniqueUsers => format!("count(DISTINCT {person})").into(),
        MeasurePlan::FirstTimeUsers => format!(
            "count(DISTINCT {person}) FILTER (WHERE {})",
            rows.first_time
        )
        .into(),
        MeasurePlan::Distinct(value) => Block::from("count(DISTINCT ")
            .then(rows.values[value].sql.clone())
            .then(")"),
        MeasurePlan::Sum(value) => sum(&rows.values[value], dialect),
        // These measures are rendered by other functions.
        MeasurePlan::Stats(_)
        | MeasurePlan::Percentiles(..)
        | MeasurePlan::Histogram(..)
        | MeasurePlan::Value(_) => Block::empty(),
    }
}

/// Renders the number of values in each range. A value that is missing, infinite or not a number is
/// in no range.
pub fn histogram(value: &str, buckets: &Buckets) -> Vec<Block> {
    let bounds = buckets.bounds();
    let (least, most) = match buckets {
        Buckets::Whole(_) => (None, None),
        // PostgreSQL sorts NaN above all numbers.
        Buckets::Real(_) => (
            Some(format!("{value} >= -{MOST_FINITE}")),
            Some(format!("{value} <= {MOST_FINITE}")),
        ),
    };
    let from = bounds
        .iter()
        .map(|bound| Some(format!("{value} >= {bound}")));
    let below = bounds
        .iter()
        .map(|bound| Some(format!("{value} < {bound}")));
    let from = std::iter::once(least).chain(from);
    let below = below.chain([most]);
    from.zip(below)
        .map(|(from, below)| {
            let conditions: Vec<String> = from.into_iter().chain(below).collect();
            format!("count(*) FILTER (WHERE {})", conditions.join(" AND ")).into()
        })
        .collect()
}

/// Renders a sum. The sum of no values is 0. PostgreSQL sums whole numbers as `numeric`.
fn sum(value: &Value, dialect: Dialect) -> Block {
    let (zero, cast) = match (dialect, value.ty) {
        (Dialect::Postgres, ValueType::Number) => ("0", ""),
        (Dialect::Postgres, _) => ("0", "::bigint"),
        (Dialect::Sqlite, ValueType::Number) => ("0.0", ""),
        (Dialect::Sqlite, _) => ("0", ""),
    };
    Block::from("coalesce(sum(")
        .then(value.sql.clone())
        .then(format!("), {zero}){cast}"))
}
