//! What a query is, whatever it asks.

use pings_model::{Metric, Ping, Registry, ValueType};

/// A database that queries are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// PostgreSQL, 13 and later.
    Postgres,
    /// SQLite, 3.38 and later.
    Sqlite,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Postgres, Self::Sqlite];

    /// Its name in paths and flags: `postgres`, `sqlite`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }
}

/// A metric as a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The SQL: one read-only statement, ending with a line break and without a semicolon.
    pub text: String,
    /// What it takes.
    pub parameters: Parameters,
}

/// What a query takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameters {
    /// Nothing.
    None,
    /// The first instant of the window and the first instant after it.
    Window,
}

/// A column of a query's result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the result and in reports.
    pub name: String,
    /// The type of its values: integer, number, text or boolean.
    pub ty: ValueType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// What it is for.
    pub role: Role,
}

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The result is grouped by it.
    Dimension,
    /// It was measured.
    Measure,
}

/// What a metric's query selects, in order; the same in every dialect.
#[must_use]
pub fn columns(metric: &Metric) -> Vec<Column> {
    let _ = metric;
    Vec::new()
}

/// The query of a metric.
#[must_use]
pub fn query(registry: &Registry, ping: &Ping, metric: &Metric, dialect: Dialect) -> Query {
    let _ = (registry, ping, metric, dialect);
    Query {
        text: String::new(),
        parameters: Parameters::None,
    }
}
