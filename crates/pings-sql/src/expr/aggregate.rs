//! Aggregates over the rows of one `per` group.

use pings_model::{Aggregate, Expr, ValueType};

use super::{arithmetic, distinct, presence, value};
use crate::binding::Sql;
use crate::dialect::Dialect;
use crate::layout::Block;

/// Renders the call of an aggregate.
pub fn call(aggregate: &Aggregate, dialect: Dialect) -> Sql {
    match aggregate {
        Aggregate::CountRows => Sql::primary("count(*)"),
        Aggregate::Count(inner) => applied("count(", presence(inner, dialect)),
        Aggregate::CountDistinct(inner) => applied("count(DISTINCT ", distinct(inner, dialect)),
        Aggregate::Sum(inner) => numeric("sum(", inner, inner.ty, dialect),
        Aggregate::Avg(inner) => numeric("avg(", inner, ValueType::Number, dialect),
        Aggregate::Min(inner) => extreme("min(", inner, dialect),
        Aggregate::Max(inner) => extreme("max(", inner, dialect),
    }
}

/// Renders the smallest or largest number or time.
fn extreme(function: &str, inner: &Expr, dialect: Dialect) -> Sql {
    match inner.ty {
        ValueType::Timestamp => applied(function, value(inner, dialect)),
        ty => numeric(function, inner, ty, dialect),
    }
}

fn applied(function: &str, inner: Sql) -> Sql {
    Sql::primary(Block::from(function).then(inner.alone()).then(")"))
}

/// Casts the result, because PostgreSQL chooses the type of a sum itself.
fn numeric(function: &str, inner: &Expr, ty: ValueType, dialect: Dialect) -> Sql {
    let operand = match inner.ty {
        ValueType::Integer => value(inner, dialect),
        _ => arithmetic::operand(inner, ValueType::Number, dialect),
    };
    let result = applied(function, operand);
    match dialect {
        Dialect::Postgres => result.cast(ty, dialect),
        Dialect::Sqlite => result,
    }
}
