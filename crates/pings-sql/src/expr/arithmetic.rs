//! Computing with numbers: whole numbers as 64 bits, others in double precision.

use pings_model::{ArithmeticOp, Expr, ExprKind, Literal, ValueType};

use super::{is_exact, presence, value};
use crate::binding::{Binding, Sql};
use crate::dialect::Dialect;
use crate::layout::Block;

/// `-x`
pub fn negation(inner: &Expr, ty: ValueType, dialect: Dialect) -> Sql {
    let mut sql = operand(inner, ty, dialect);
    if dialect == Dialect::Postgres && is_literal(inner) {
        sql = sql.cast(ty, dialect);
    }
    let inner = sql.within(Binding::Primary);
    Sql::new(Block::from("-").then(inner), Binding::Sign)
}

/// `l + r` and the like.
pub fn operation(
    op: ArithmeticOp,
    left: &Expr,
    right: &Expr,
    ty: ValueType,
    dialect: Dialect,
) -> Sql {
    let (sign, binding, tighter) = match op {
        ArithmeticOp::Add => ("+", Binding::Sum, Binding::Product),
        ArithmeticOp::Subtract => ("-", Binding::Sum, Binding::Product),
        ArithmeticOp::Multiply => ("*", Binding::Product, Binding::Primary),
        ArithmeticOp::Divide => ("/", Binding::Product, Binding::Primary),
        ArithmeticOp::Remainder => ("%", Binding::Product, Binding::Primary),
    };
    let mut left_sql = operand(left, ty, dialect);
    // A literal takes the type of what it is computed with, so one side must have it.
    if dialect == Dialect::Postgres && is_literal(left) && is_literal(right) {
        left_sql = left_sql.cast(ty, dialect);
    }
    let right_sql = match op {
        ArithmeticOp::Divide | ArithmeticOp::Remainder => divisor(right, ty, dialect),
        _ => operand(right, ty, dialect),
    };
    let block = left_sql
        .within(binding)
        .then(format!(" {sign} "))
        .then(right_sql.within(tighter));
    Sql::new(block, binding)
}

/// `seconds_between(from, to)`
pub fn seconds_between(from: &Expr, to: &Expr, dialect: Dialect) -> Sql {
    let between = |point: fn(&Expr, Dialect) -> Block| {
        point(to, dialect).then(" - ").then(point(from, dialect))
    };
    Sql::primary(match dialect {
        // Of borders and literals it is whole, and a whole number uses an index on Unix seconds.
        Dialect::Postgres if is_unix_epoch(from) && is_whole_second(to) => {
            epoch(to, dialect).then("::bigint")
        }
        Dialect::Sqlite if is_unix_epoch(from) && is_whole_second(to) => {
            Block::from("CAST(strftime('%s', ")
                .then(value(to, dialect).alone())
                .then(") AS INTEGER)")
        }
        Dialect::Postgres => Block::from("(")
            .then(between(epoch))
            .then(")::double precision"),
        // Julian days are kept to less than a tenth of a millisecond.
        Dialect::Sqlite => Block::from("round((")
            .then(between(julian_day))
            .then(") * 86400.0, 3)"),
    })
}

/// Whether it is the time from which Unix counts seconds.
fn is_unix_epoch(time: &Expr) -> bool {
    matches!(&time.kind, ExprKind::Literal(Literal::Timestamp(text)) if text == "1970-01-01 00:00:00")
}

/// Whether it is written or bound to the second.
fn is_whole_second(time: &Expr) -> bool {
    matches!(
        time.kind,
        ExprKind::WeekStart | ExprKind::WeekEnd | ExprKind::Literal(Literal::Timestamp(_))
    )
}

fn epoch(time: &Expr, dialect: Dialect) -> Block {
    if time.ty == ValueType::Null {
        return "NULL::double precision".into();
    }
    value(time, dialect).within(Binding::Product)
}

fn julian_day(time: &Expr, dialect: Dialect) -> Block {
    let (time, reading) = match time.kind {
        ExprKind::Column { .. } => (presence(time, dialect), ", 'auto')"),
        _ => (value(time, dialect), ")"),
    };
    Block::from("julianday(").then(time.alone()).then(reading)
}

/// A number that is computed with.
pub fn operand(expr: &Expr, ty: ValueType, dialect: Dialect) -> Sql {
    let sql = value(expr, dialect);
    // SQLite adds up whole numbers and others as they are; only its division asks which they are.
    let fits = match dialect {
        Dialect::Postgres => is_literal(expr),
        Dialect::Sqlite => is_literal(expr) || ty == ValueType::Integer,
    };
    if fits || is_exact(expr, ty, dialect) {
        sql
    } else {
        sql.cast(ty, dialect)
    }
}

/// In PostgreSQL division by zero is an error, in SQLite NULL.
fn divisor(expr: &Expr, ty: ValueType, dialect: Dialect) -> Sql {
    let sql = operand(expr, ty, dialect);
    if dialect == Dialect::Sqlite || is_nonzero_literal(expr) {
        return sql;
    }
    let sql = if is_literal(expr) {
        sql.cast(ty, dialect)
    } else {
        sql
    };
    Sql::primary(Block::from("nullif(").then(sql.alone()).then(", 0)"))
}

/// NULL is none: it has no type of its own.
fn is_literal(expr: &Expr) -> bool {
    expr.ty != ValueType::Null && matches!(expr.kind, ExprKind::Literal(_))
}

fn is_nonzero_literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(Literal::Integer(number)) => *number != 0,
        ExprKind::Literal(Literal::Number(digits)) => {
            digits.parse().is_ok_and(|number: f64| number != 0.0)
        }
        _ => false,
    }
}
