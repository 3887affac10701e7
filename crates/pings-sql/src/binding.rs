//! Operator precedence, which determines where parentheses are needed.

use pings_model::ValueType;

use crate::dialect::Dialect;
use crate::layout::{Block, parenthesised};

/// The precedence of an expression's outermost operator.
///
/// PostgreSQL gives `||` a lower precedence than `+`, SQLite gives it a higher precedence than `*`,
/// and they disagree on nested comparisons. Therefore only primary expressions are operands of
/// `||`, and a nested predicate always gets parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Binding {
    /// `OR`
    Or,
    /// `AND`
    And,
    /// `NOT`
    Not,
    /// Predicates such as `=`, `IN` and `IS NULL`.
    Predicate,
    /// `||`
    Concatenation,
    /// `+`, `-`
    Sum,
    /// `*`, `/`, `%`
    Product,
    /// `-x`
    Sign,
    /// A primary expression, which never needs parentheses.
    Primary,
}

/// An expression as SQL.
#[derive(Clone, Debug)]
pub struct Sql {
    block: Block,
    binding: Binding,
}

impl Sql {
    /// Creates an expression with the precedence of its outermost operator.
    pub fn new(block: impl Into<Block>, binding: Binding) -> Self {
        Self {
            block: block.into(),
            binding,
        }
    }

    /// Creates an expression that never needs parentheses.
    pub fn primary(block: impl Into<Block>) -> Self {
        Self::new(block, Binding::Primary)
    }

    /// Renders the expression on its own, without parentheses.
    pub fn alone(self) -> Block {
        self.block
    }

    /// Renders the expression as an operand, with parentheses if its precedence is lower than
    /// `binding`.
    pub fn within(self, binding: Binding) -> Block {
        if self.binding < binding {
            parenthesised(self.block)
        } else {
            self.block
        }
    }

    /// Casts the expression to a type.
    pub fn cast(self, ty: ValueType, dialect: Dialect) -> Self {
        let name = type_name(ty, dialect);
        Self::primary(match dialect {
            Dialect::Postgres => self.within(Binding::Primary).then(format!("::{name}")),
            Dialect::Sqlite => Block::from("CAST(")
                .then(self.alone())
                .then(format!(" AS {name})")),
        })
    }
}

/// Returns the database's name for the type of a selected value.
fn type_name(ty: ValueType, dialect: Dialect) -> &'static str {
    match (ty, dialect) {
        // NULL is selected as an integer, because a column needs some type.
        (ValueType::Integer | ValueType::Null, Dialect::Postgres) => "bigint",
        (ValueType::Number | ValueType::Timestamp, Dialect::Postgres) => "double precision",
        (ValueType::Text | ValueType::Json, Dialect::Postgres) => "text",
        (ValueType::Boolean, Dialect::Postgres) => "boolean",
        (ValueType::Integer | ValueType::Boolean | ValueType::Null, Dialect::Sqlite) => "INTEGER",
        (ValueType::Number, Dialect::Sqlite) => "REAL",
        (ValueType::Text | ValueType::Json | ValueType::Timestamp, Dialect::Sqlite) => "TEXT",
    }
}
