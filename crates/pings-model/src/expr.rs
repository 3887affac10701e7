//! SQL expressions of captures, in the portable subset that every dialect renders.

use crate::{ColumnType, LikePiece, TableId, TableRef};

/// An expression with resolved names and checked types.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// The kind of the expression, with its operands.
    pub kind: ExprKind,
    /// The type of the value.
    pub ty: ValueType,
}

impl Expr {
    /// Returns the direct subexpressions, in the order in which they are written.
    #[must_use]
    pub fn parts(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Column { .. }
            | ExprKind::Literal(_)
            | ExprKind::WeekStart
            | ExprKind::WeekEnd
            | ExprKind::Now
            | ExprKind::Aggregate(Aggregate::CountRows) => Vec::new(),
            ExprKind::Negate(inner)
            | ExprKind::Not(inner)
            | ExprKind::Lower(inner)
            | ExprKind::Length(inner)
            | ExprKind::Version(inner)
            | ExprKind::JsonText(inner, _)
            | ExprKind::JsonNumber(inner, _)
            | ExprKind::Round(inner, _)
            | ExprKind::Trunc(_, inner)
            | ExprKind::DateText(inner)
            | ExprKind::IsNull { expr: inner, .. }
            | ExprKind::Like { expr: inner, .. }
            | ExprKind::Exists { on: inner, .. }
            | ExprKind::Aggregate(
                Aggregate::Count(inner)
                | Aggregate::CountDistinct(inner)
                | Aggregate::Sum(inner)
                | Aggregate::Avg(inner)
                | Aggregate::Min(inner)
                | Aggregate::Max(inner),
            ) => vec![inner],
            ExprKind::Arithmetic(_, left, right)
            | ExprKind::Compare(_, left, right)
            | ExprKind::SecondsBetween(left, right)
            | ExprKind::AgeDays(left, right) => vec![left, right],
            ExprKind::And(items)
            | ExprKind::Or(items)
            | ExprKind::Coalesce(items)
            | ExprKind::Concat(items) => items.iter().collect(),
            ExprKind::In { expr, list, .. } => std::iter::once(&**expr).chain(list).collect(),
            ExprKind::Between {
                expr, low, high, ..
            } => vec![expr, low, high],
            ExprKind::Case {
                operand,
                branches,
                otherwise,
            } => operand
                .as_deref()
                .into_iter()
                .chain(branches.iter().flat_map(|(when, then)| [when, then]))
                .chain(otherwise.as_deref())
                .collect(),
        }
    }

    /// Returns whether the expression aggregates the rows of a `per` group.
    #[must_use]
    pub fn has_aggregate(&self) -> bool {
        matches!(self.kind, ExprKind::Aggregate(_))
            || self.parts().into_iter().any(Self::has_aggregate)
    }

    /// Adds the tables that `EXISTS` subexpressions read.
    pub(crate) fn add_tables<'e>(&'e self, tables: &mut Vec<&'e TableRef>) {
        if let ExprKind::Exists { table, .. } = &self.kind {
            tables.push(table);
        }
        for part in self.parts() {
            part.add_tables(tables);
        }
    }
}

/// The type of an expression's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// A 64-bit whole number.
    Integer,
    /// A double-precision number.
    Number,
    /// Text.
    Text,
    /// True or false.
    Boolean,
    /// A point in time, in UTC.
    Timestamp,
    /// A JSON document.
    Json,
    /// The type of NULL, which is compatible with every type.
    Null,
}

impl ValueType {
    /// Returns the name of the type. The name is part of fingerprints and must not change.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Timestamp => "timestamp",
            Self::Json => "json",
            Self::Null => "null",
        }
    }
}

impl ValueType {
    /// Returns whether arithmetic accepts the type.
    #[must_use]
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Number | Self::Null)
    }
}

impl From<&ColumnType> for ValueType {
    fn from(ty: &ColumnType) -> Self {
        match ty {
            ColumnType::Integer => Self::Integer,
            ColumnType::Number => Self::Number,
            ColumnType::Text | ColumnType::Enum(_) | ColumnType::Version => Self::Text,
            ColumnType::Boolean => Self::Boolean,
            ColumnType::Timestamp => Self::Timestamp,
            ColumnType::Json => Self::Json,
        }
    }
}

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A column of a table in the capture's `from` or `join`.
    Column {
        /// The table that declares the column.
        table: TableId,
        /// The table's name in the capture: the alias if there is an alias, otherwise the table
        /// name.
        qualifier: String,
        /// The name of the column.
        column: String,
    },
    /// A literal.
    Literal(Literal),
    /// `:week_start`, the first instant of the window; a timestamp.
    WeekStart,
    /// `:week_end`, the first instant after the window; a timestamp.
    WeekEnd,
    /// `:now`, the time of the run of captures, in whole seconds; a timestamp.
    Now,
    /// `-x`
    Negate(Box<Expr>),
    /// An arithmetic operation such as `l + r` on numbers. Division by zero is NULL.
    Arithmetic(ArithmeticOp, Box<Expr>, Box<Expr>),
    /// A comparison such as `l = r`. Both sides have the same type or are numeric.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// A conjunction of at least two conditions.
    And(Vec<Expr>),
    /// A disjunction of at least two conditions.
    Or(Vec<Expr>),
    /// `NOT x`
    Not(Box<Expr>),
    /// `x IS NULL`, or `x IS NOT NULL`.
    IsNull {
        /// The tested expression.
        expr: Box<Expr>,
        /// `IS NOT NULL`
        negated: bool,
    },
    /// `x IN (a, b)`, or `NOT IN`.
    In {
        /// The expression to look for.
        expr: Box<Expr>,
        /// The list to search, with at least one item.
        list: Vec<Expr>,
        /// `NOT IN`
        negated: bool,
    },
    /// `x BETWEEN low AND high` with inclusive bounds, or `NOT BETWEEN`.
    Between {
        /// The compared expression.
        expr: Box<Expr>,
        /// The lower bound, inclusive.
        low: Box<Expr>,
        /// The upper bound, inclusive.
        high: Box<Expr>,
        /// `NOT BETWEEN`
        negated: bool,
    },
    /// A case-sensitive `x LIKE 'pattern'`, or `NOT LIKE`.
    Like {
        /// The text to match.
        expr: Box<Expr>,
        /// The parsed pattern.
        pattern: Vec<LikePiece>,
        /// `NOT LIKE`
        negated: bool,
    },
    /// `EXISTS (table ON …)`, or `NOT EXISTS`: whether the table has a row that meets the
    /// condition.
    Exists {
        /// The table, with its alias in the condition.
        table: TableRef,
        /// The table name, as the registry declares it.
        name: String,
        /// The condition, which may refer to the table and to the tables of the enclosing
        /// expression.
        on: Box<Expr>,
        /// `NOT EXISTS`
        negated: bool,
    },
    /// `CASE [operand] WHEN … THEN … [ELSE …] END`
    Case {
        /// The operand that each `WHEN` is compared with. Without an operand, each `WHEN` is a
        /// condition.
        operand: Option<Box<Expr>>,
        /// The `WHEN` and `THEN` pairs, at least one.
        branches: Vec<(Expr, Expr)>,
        /// `ELSE`
        otherwise: Option<Box<Expr>>,
    },
    /// `coalesce(a, b, …)`: the first value that is not NULL; at least one argument.
    Coalesce(Vec<Expr>),
    /// `lower(x)` of text.
    Lower(Box<Expr>),
    /// `length(x)` of text, in characters.
    Length(Box<Expr>),
    /// A column with the version of a build, as the text that
    /// [`Version::reduced`](crate::Version::reduced) returns, or NULL.
    Version(Box<Expr>),
    /// `a || b || …` of texts and whole numbers, with at least two operands.
    Concat(Vec<Expr>),
    /// `seconds_between(a, b)`: the seconds from `a` to `b`, positive if `b` is later.
    SecondsBetween(Box<Expr>, Box<Expr>),
    /// `age_days(a, b)`: the whole days of 24 hours from `a` to `b`, rounded down.
    AgeDays(Box<Expr>, Box<Expr>),
    /// `trunc(week, x)`: the first instant in UTC of the period that contains the time.
    Trunc(DateUnit, Box<Expr>),
    /// The date of a time in UTC as a text such as `2026-11-30`.
    DateText(Box<Expr>),
    /// `round(x, n)`: the number with 15 significant digits, rounded to `n` decimals; half away from
    /// zero. Numbers of 1e15 and more are not changed.
    Round(Box<Expr>, u8),
    /// `json_number(column, 'key')`: a member of a JSON object, or NULL if the member is not a number
    /// of at most 1e150 in size.
    JsonNumber(Box<Expr>, String),
    /// `json_text(column, 'key')`: the text of a member of a JSON object, or NULL if the member is
    /// missing.
    JsonText(Box<Expr>, String),
    /// An aggregate over the rows of one `per` group.
    Aggregate(Aggregate),
}

/// A literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `NULL`
    Null,
    /// `TRUE` or `FALSE`
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction, as written: digits, at most one decimal point, at most one
    /// exponent.
    Number(String),
    /// A text.
    Text(String),
    /// A UTC point in time in the format `YYYY-MM-DD hh:mm:ss`, from a text literal that is
    /// compared with a timestamp.
    Timestamp(String),
}

/// A period of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateUnit {
    /// A day.
    Day,
    /// A week from Monday to Sunday.
    Week,
    /// A month.
    Month,
    /// A quarter of a year.
    Quarter,
    /// A year.
    Year,
}

impl DateUnit {
    /// All periods, from the shortest.
    pub const ALL: [Self; 5] = [
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Quarter,
        Self::Year,
    ];

    /// Returns the word used in the registry. The word is part of fingerprints and must not change.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// An arithmetic operator on numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithmeticOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`; for whole numbers, the quotient is truncated.
    Divide,
    /// `%`, on whole numbers.
    Remainder,
}

impl ArithmeticOp {
    /// Returns the operator in SQL. The text is part of fingerprints and must not change.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// Returns the operator in SQL. The text is part of fingerprints and must not change.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// An aggregate function.
#[derive(Clone, Debug, PartialEq)]
pub enum Aggregate {
    /// `count(*)`: the number of rows.
    CountRows,
    /// `count(x)`: the number of rows in which `x` is not NULL.
    Count(Box<Expr>),
    /// `count(DISTINCT x)`
    CountDistinct(Box<Expr>),
    /// `sum(x)`, or NULL if there are no rows.
    Sum(Box<Expr>),
    /// `avg(x)`
    Avg(Box<Expr>),
    /// `min(x)` of numbers.
    Min(Box<Expr>),
    /// `max(x)` of numbers.
    Max(Box<Expr>),
}
