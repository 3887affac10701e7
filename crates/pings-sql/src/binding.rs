//! Parentheses: where an expression needs them within another, and where not.

use pings_model::ValueType;

use crate::dialect::Dialect;
use crate::layout::{Block, parenthesised};

/// How tightly the outermost operator of an expression binds.
///
/// PostgreSQL binds `||` looser than `+` and SQLite tighter than `*`, and they
/// disagree on comparisons of comparisons. So nothing but primary expressions
/// stands beside `||`, and a predicate within a predicate gets parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Binding {
    /// `OR`
    Or,
    /// `AND`
    And,
    /// `NOT`
    Not,
    /// `=`, `IN`, `IS NULL` and the like.
    Predicate,
    /// `||`
    Concatenation,
    /// `+`, `-`
    Sum,
    /// `*`, `/`, `%`
    Product,
    /// `-x`
    Sign,
    /// What nothing can tear apart.
    Primary,
}

/// An expression as SQL.
#[derive(Clone, Debug)]
pub struct Sql {
    block: Block,
    binding: Binding,
}

impl Sql {
    /// An expression whose outermost operator binds like that.
    pub fn new(block: impl Into<Block>, binding: Binding) -> Self {
        Self {
            block: block.into(),
            binding,
        }
    }

    /// An expression that nothing can tear apart.
    pub fn primary(block: impl Into<Block>) -> Self {
        Self::new(block, Binding::Primary)
    }

    /// It where nothing stands beside it.
    pub fn alone(self) -> Block {
        self.block
    }

    /// It where something stands beside it: with parentheses if it binds looser than that.
    pub fn within(self, binding: Binding) -> Block {
        if self.binding < binding {
            parenthesised(self.block)
        } else {
            self.block
        }
    }

    /// It as a value of that type.
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

/// What the database calls the type of a value that is selected.
fn type_name(ty: ValueType, dialect: Dialect) -> &'static str {
    match (ty, dialect) {
        // What is only ever NULL is an integer as much as anything else.
        (ValueType::Integer | ValueType::Null, Dialect::Postgres) => "bigint",
        (ValueType::Number | ValueType::Timestamp, Dialect::Postgres) => "double precision",
        (ValueType::Text | ValueType::Json, Dialect::Postgres) => "text",
        (ValueType::Boolean, Dialect::Postgres) => "boolean",
        (ValueType::Integer | ValueType::Boolean | ValueType::Null, Dialect::Sqlite) => "INTEGER",
        (ValueType::Number, Dialect::Sqlite) => "REAL",
        (ValueType::Text | ValueType::Json | ValueType::Timestamp, Dialect::Sqlite) => "TEXT",
    }
}
