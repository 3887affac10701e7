//! From rows to one row for each group.

use pings_model::{EventArgument, EventMeasure, Measure, Percentile, ValueType};

use crate::dialect::{Dialect, quote};
use crate::layout::{Block, Select, with};
use crate::names::Names;
use crate::query::{Column, Role};
use crate::rank;

/// What is measured, wherever the rows come from; a value is told by its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wanted<'a> {
    Count,
    UniqueUsers,
    FirstTimeUsers,
    Distinct(usize),
    Sum(usize),
    Stats(usize),
    Percentiles(usize, &'a [Percentile]),
}

/// The measures of a metric, and the values they are of, each once.
#[derive(Debug)]
pub struct Plan<'a, V> {
    /// What is measured, in the metric's order.
    pub wanted: Vec<Wanted<'a>>,
    /// What it is measured of.
    pub values: Vec<&'a V>,
}

impl<'a> Plan<'a, EventArgument> {
    /// The plan for measures of events.
    pub fn of_events(measures: &'a [EventMeasure]) -> Self {
        let mut values = Vec::new();
        let wanted = measures
            .iter()
            .map(|measure| match measure {
                EventMeasure::UniqueUsers => Wanted::UniqueUsers,
                EventMeasure::FirstTimeUsers => Wanted::FirstTimeUsers,
                EventMeasure::Of(measure) => wanted(measure, &mut values),
            })
            .collect();
        Self { wanted, values }
    }
}

impl<'a, V: PartialEq> Plan<'a, V> {
    /// The plan for measures of rows.
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
    /// The columns of what is measured, given the type of a value.
    pub fn columns(&self, ty: impl Fn(&V) -> ValueType) -> Vec<Column> {
        let column = |wanted: &Wanted<'_>, name: String| {
            let (ty, nullable) = match wanted {
                Wanted::Sum(value) if ty(self.values[*value]) == ValueType::Number => {
                    (ValueType::Number, false)
                }
                // Of no values there is a deviation, 0, and nothing else.
                Wanted::Stats(_) => (ValueType::Number, name != "stddev"),
                Wanted::Percentiles(..) => (ValueType::Number, true),
                _ => (ValueType::Integer, false),
            };
            Column {
                name,
                ty,
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

fn wanted<'a, V: PartialEq>(measure: &'a Measure<V>, values: &mut Vec<&'a V>) -> Wanted<'a> {
    let mut place = |value: &'a V| {
        let known = values.iter().position(|known| *known == value);
        known.unwrap_or_else(|| {
            values.push(value);
            values.len() - 1
        })
    };
    match measure {
        Measure::Count => Wanted::Count,
        Measure::Distinct(value) => Wanted::Distinct(place(value)),
        Measure::Sum(value) => Wanted::Sum(place(value)),
        Measure::Stats(value) => Wanted::Stats(place(value)),
        Measure::Percentiles { value, at } => Wanted::Percentiles(place(value), at),
    }
}

impl Wanted<'_> {
    /// The names of its columns in the result.
    pub fn names(self) -> Vec<String> {
        let names: &[&str] = match self {
            Self::Count => &["count"],
            Self::UniqueUsers => &["unique_users"],
            Self::FirstTimeUsers => &["first_time_users"],
            Self::Distinct(_) => &["distinct"],
            Self::Sum(_) => &["sum"],
            Self::Stats(_) => &["avg", "min", "max", "median", "stddev"],
            Self::Percentiles(_, at) => return at.iter().map(|at| at.name()).collect(),
        };
        names.iter().map(ToString::to_string).collect()
    }

    /// The value that must be sorted for it.
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
    /// What the query calls it, quoted.
    pub inner: String,
    /// What the result calls it, quoted.
    pub outer: String,
    /// The type of its values.
    pub ty: ValueType,
}

impl Group {
    /// It in the list of a `SELECT`.
    pub fn selected(&self) -> Block {
        if self.inner == self.outer {
            self.inner.as_str().into()
        } else {
            format!("{} AS {}", self.inner, self.outer).into()
        }
    }

    /// It in `ORDER BY`: texts by their bytes and NULL first, as SQLite has it of itself.
    fn ordered(&self, dialect: Dialect) -> Block {
        order(&self.inner, self.ty, dialect)
    }
}

/// A column in `ORDER BY`.
pub fn order(column: &str, ty: ValueType, dialect: Dialect) -> Block {
    match (dialect, ty) {
        (Dialect::Sqlite, _) => column.into(),
        (Dialect::Postgres, ValueType::Text) => {
            format!("{column} COLLATE \"C\" NULLS FIRST").into()
        }
        (Dialect::Postgres, _) => format!("{column} NULLS FIRST").into(),
    }
}

/// A value that is measured.
#[derive(Clone, Debug)]
pub struct Value {
    /// It as SQL.
    pub sql: Block,
    /// Its type.
    pub ty: ValueType,
}

/// Rows that are measured.
#[derive(Debug)]
pub struct Rows {
    /// What defines them, in order: a name and its `SELECT`.
    pub defined: Vec<(String, Block)>,
    /// Where they are.
    pub from: Vec<Block>,
    /// Which of them.
    pub conditions: Vec<Block>,
    /// What they are grouped by.
    pub groups: Vec<Group>,
    /// The values of a row.
    pub values: Vec<Value>,
    /// The column with the user.
    pub person: String,
    /// The column that tells whether it is the user's first time.
    pub first_time: String,
    /// The column that tells how many rows a row stands for, where it is not one.
    pub alike: Option<String>,
}

/// The query that measures rows. Without groups it gives exactly one row.
pub fn measured(rows: Rows, wanted: &[Wanted<'_>], names: Names, dialect: Dialect) -> Block {
    let ranks = wanted.iter().any(|wanted| wanted.ranked_value().is_some());
    if dialect == Dialect::Sqlite && ranks {
        return rank::measured(rows, wanted, names);
    }
    let mut columns: Vec<Block> = rows.groups.iter().map(Group::selected).collect();
    columns.extend(
        wanted
            .iter()
            .flat_map(|wanted| aggregates(*wanted, &rows, dialect)),
    );
    let select = Select {
        columns,
        from: rows.from,
        conditions: rows.conditions,
        group_by: grouped(&rows.groups),
        order_by: ordered(&rows.groups, dialect),
        ..Select::default()
    };
    finished(rows.defined, select)
}

/// The groups in `GROUP BY`.
pub fn grouped(groups: &[Group]) -> Vec<Block> {
    groups
        .iter()
        .map(|group| group.inner.as_str().into())
        .collect()
}

/// The groups in `ORDER BY`.
pub fn ordered(groups: &[Group], dialect: Dialect) -> Vec<Block> {
    groups.iter().map(|group| group.ordered(dialect)).collect()
}

/// A `SELECT` after what it builds on.
pub fn finished(defined: Vec<(String, Block)>, select: Select) -> Block {
    if defined.is_empty() {
        select.block()
    } else {
        with(defined, select.block())
    }
}

/// The columns that measure this.
fn aggregates(wanted: Wanted<'_>, rows: &Rows, dialect: Dialect) -> Vec<Block> {
    let calls = match wanted {
        Wanted::Stats(value) => stats(&rows.values[value]),
        Wanted::Percentiles(value, at) => at
            .iter()
            .map(|at| percentile(&rows.values[value], &at.fraction()))
            .collect(),
        _ => vec![aggregate(wanted, rows, dialect)],
    };
    calls
        .into_iter()
        .zip(wanted.names())
        .map(|(call, name)| call.then(format!(" AS {}", quote::identifier(&name))))
        .collect()
}

/// What both databases measure with the same words.
pub fn aggregate(wanted: Wanted<'_>, rows: &Rows, dialect: Dialect) -> Block {
    let person = &rows.person;
    match wanted {
        Wanted::Count => match (&rows.alike, dialect) {
            (None, _) => "count(*)".into(),
            (Some(alike), Dialect::Postgres) => format!("coalesce(sum({alike}), 0)::bigint").into(),
            (Some(alike), Dialect::Sqlite) => format!("coalesce(sum({alike}), 0)").into(),
        },
        Wanted::UniqueUsers => format!("count(DISTINCT {person})").into(),
        Wanted::FirstTimeUsers => format!(
            "count(DISTINCT {person}) FILTER (WHERE {})",
            rows.first_time
        )
        .into(),
        Wanted::Distinct(value) => Block::from("count(DISTINCT ")
            .then(rows.values[value].sql.clone())
            .then(")"),
        Wanted::Sum(value) => sum(&rows.values[value], dialect),
        // These are lists of columns and written by their own functions.
        Wanted::Stats(_) | Wanted::Percentiles(..) => Block::empty(),
    }
}

/// The sum of no values is 0. PostgreSQL sums up whole numbers as `numeric`.
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

/// Average, minimum, maximum, median and standard deviation, in PostgreSQL.
fn stats(value: &Value) -> Vec<Block> {
    let cast = match value.ty {
        ValueType::Number => "",
        _ => "::double precision",
    };
    let call = |function: &str, rest: String| {
        Block::from(format!("{function}("))
            .then(value.sql.clone())
            .then(format!("){rest}"))
    };
    vec![
        call("avg", cast.to_owned()),
        call("min", cast.to_owned()),
        call("max", cast.to_owned()),
        percentile(value, "0.5"),
        // Of fewer than two values it is 0. Of whole numbers PostgreSQL rounds it where they are large.
        Block::from("coalesce(stddev_samp(")
            .then(value.sql.clone())
            .then(format!("{cast}), 0)")),
    ]
}

/// A percentile in PostgreSQL.
fn percentile(value: &Value, fraction: &str) -> Block {
    Block::from(format!(
        "percentile_cont({fraction}) WITHIN GROUP (ORDER BY "
    ))
    .then(value.sql.clone())
    .then(")")
}
