//! SQL expressions of captures, in the portable subset that every dialect renders itself.

use crate::{ColumnType, TableId, TableRef};

/// An expression whose names are resolved and whose types agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it computes.
    pub kind: ExprKind,
    /// The type of its value.
    pub ty: ValueType,
}

impl Expr {
    /// The expressions that it is made of, in the order in which they are written.
    #[must_use]
    pub fn parts(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Column { .. }
            | ExprKind::Literal(_)
            | ExprKind::WeekStart
            | ExprKind::WeekEnd
            | ExprKind::Aggregate(Aggregate::CountRows) => Vec::new(),
            ExprKind::Negate(inner)
            | ExprKind::Not(inner)
            | ExprKind::Lower(inner)
            | ExprKind::Length(inner)
            | ExprKind::JsonText(inner, _)
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
            | ExprKind::SecondsBetween(left, right) => vec![left, right],
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

    /// Adds the tables that its `EXISTS` read.
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
    /// A point in time, UTC.
    Timestamp,
    /// A JSON document.
    Json,
    /// Only ever NULL, which fits every type.
    Null,
}

impl ValueType {
    /// Its word. The word is part of fingerprints and stays as it is.
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
    /// Whether it can be computed with.
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
            ColumnType::Text | ColumnType::Enum(_) => Self::Text,
            ColumnType::Boolean => Self::Boolean,
            ColumnType::Timestamp => Self::Timestamp,
            ColumnType::Json => Self::Json,
        }
    }
}

/// The forms of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A column of a table in the capture's `from` or `join`.
    Column {
        /// The table that declares it.
        table: TableId,
        /// How the capture calls the table: its alias, or else its name.
        qualifier: String,
        /// The column's name.
        column: String,
    },
    /// A literal.
    Literal(Literal),
    /// `:week_start`, the first instant of the window; a timestamp.
    WeekStart,
    /// `:week_end`, the first instant after the window; a timestamp.
    WeekEnd,
    /// `-x`
    Negate(Box<Expr>),
    /// `l + r` and the like, on numbers. Division by zero is NULL.
    Arithmetic(ArithmeticOp, Box<Expr>, Box<Expr>),
    /// `l = r` and the like; both sides are of one type, or both numeric.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// All of these; at least two.
    And(Vec<Expr>),
    /// Any of these; at least two.
    Or(Vec<Expr>),
    /// `NOT x`
    Not(Box<Expr>),
    /// `x IS NULL`, or `x IS NOT NULL`.
    IsNull {
        /// What is tested.
        expr: Box<Expr>,
        /// `IS NOT NULL`
        negated: bool,
    },
    /// `x IN (a, b)`, or `NOT IN`.
    In {
        /// What is looked for.
        expr: Box<Expr>,
        /// Where; at least one.
        list: Vec<Expr>,
        /// `NOT IN`
        negated: bool,
    },
    /// `x BETWEEN low AND high`, both included; or `NOT BETWEEN`.
    Between {
        /// What is compared.
        expr: Box<Expr>,
        /// The lowest value that is in.
        low: Box<Expr>,
        /// The highest value that is in.
        high: Box<Expr>,
        /// `NOT BETWEEN`
        negated: bool,
    },
    /// `x LIKE 'pattern'`, case-sensitive; or `NOT LIKE`.
    Like {
        /// What is matched; text.
        expr: Box<Expr>,
        /// The pattern, taken apart.
        pattern: Vec<LikePiece>,
        /// `NOT LIKE`
        negated: bool,
    },
    /// `EXISTS (table ON …)`, or `NOT EXISTS`: whether the table has a row for which the condition
    /// holds.
    Exists {
        /// The table, with its alias in the condition.
        table: TableRef,
        /// Its name, as the registry declares it.
        name: String,
        /// The condition; it may name the table and those around it.
        on: Box<Expr>,
        /// `NOT EXISTS`
        negated: bool,
    },
    /// `CASE [operand] WHEN … THEN … [ELSE …] END`
    Case {
        /// What each `WHEN` is compared with; without it each `WHEN` is a condition.
        operand: Option<Box<Expr>>,
        /// `WHEN`, `THEN`; at least one.
        branches: Vec<(Expr, Expr)>,
        /// `ELSE`
        otherwise: Option<Box<Expr>>,
    },
    /// The first that is not NULL; at least one.
    Coalesce(Vec<Expr>),
    /// `lower(x)` of text.
    Lower(Box<Expr>),
    /// `length(x)` of text, in characters.
    Length(Box<Expr>),
    /// `a || b || …` of texts and whole numbers; at least two.
    Concat(Vec<Expr>),
    /// `seconds_between(a, b)`: seconds from `a` to `b`, positive where `b` is later.
    SecondsBetween(Box<Expr>, Box<Expr>),
    /// `json_text(column, 'key')`: the text of a member of a JSON object, NULL where there is none.
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
    /// A number with a fraction, as it was written: digits, at most one point, at most one exponent.
    Number(String),
    /// A text.
    Text(String),
    /// A point in time, UTC, as `YYYY-MM-DD hh:mm:ss` (from a text literal compared with a timestamp).
    Timestamp(String),
}

/// Arithmetic on numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithmeticOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`; of whole numbers the whole part.
    Divide,
    /// `%`, on whole numbers.
    Remainder,
}

impl ArithmeticOp {
    /// Its sign in SQL. The word is part of fingerprints and stays as it is.
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

/// A comparison.
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
    /// Its sign in SQL. The word is part of fingerprints and stays as it is.
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

/// A piece of a `LIKE` pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LikePiece {
    /// `%`: any text, also none.
    AnyText,
    /// `_`: any one character.
    AnyCharacter,
    /// This text.
    Text(String),
}

/// An aggregate function.
#[derive(Clone, Debug, PartialEq)]
pub enum Aggregate {
    /// `count(*)`: rows.
    CountRows,
    /// `count(x)`: rows where `x` is not NULL.
    Count(Box<Expr>),
    /// `count(DISTINCT x)`
    CountDistinct(Box<Expr>),
    /// `sum(x)`; NULL of no rows.
    Sum(Box<Expr>),
    /// `avg(x)`
    Avg(Box<Expr>),
    /// `min(x)` of numbers.
    Min(Box<Expr>),
    /// `max(x)` of numbers.
    Max(Box<Expr>),
}
