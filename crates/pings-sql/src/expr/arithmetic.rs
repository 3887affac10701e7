//! Arithmetic: whole numbers have 64 bits, other numbers have double precision.

use pings_model::{ArithmeticOp, Expr, ExprKind, Literal, ValueType};

use super::{is_exact, presence, value};
use crate::binding::{Binding, Sql};
use crate::dialect::Dialect;
use crate::layout::{Block, chain};

/// `-x`
pub fn negation(inner: &Expr, ty: ValueType, dialect: Dialect) -> Sql {
    let mut sql = operand(inner, ty, dialect);
    if dialect == Dialect::Postgres && is_literal(inner) {
        sql = sql.cast(ty, dialect);
    }
    let inner = sql.within(Binding::Primary);
    Sql::new(Block::from("-").then(inner), Binding::Sign)
}

/// Renders an arithmetic operation such as `l + r`.
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
    // A literal takes the type of the other operand, so one operand must have a type.
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

/// Renders `seconds_between(from, to)`, exact to the microsecond.
pub fn seconds_between(from: &Expr, to: &Expr, dialect: Dialect) -> Sql {
    // The difference of bounds and literals is a whole number, which can use an index on Unix
    // seconds.
    let is_whole = is_unix_epoch(from) && is_whole_second(to);
    Sql::primary(match dialect {
        Dialect::Postgres if is_whole => epoch(to, dialect).then("::bigint"),
        Dialect::Sqlite if is_whole => whole_seconds(value(to, dialect).alone()),
        Dialect::Postgres => {
            let between = epoch(to, dialect).then(" - ").then(epoch(from, dialect));
            // `infinity` has no number of seconds.
            let finite: Vec<Block> = [from, to]
                .into_iter()
                .filter_map(|time| match time.kind {
                    ExprKind::Column { .. } if time.ty != ValueType::Null => {
                        let column = presence(time, dialect).alone();
                        Some(Block::from("isfinite(").then(column).then(")"))
                    }
                    _ => None,
                })
                .collect();
            let seconds = Block::from("round((")
                .then(between)
                .then(")::numeric, 6)::double precision");
            if finite.is_empty() {
                seconds
            } else {
                Block::from("CASE WHEN ")
                    .then(chain("AND", finite))
                    .then(" THEN ")
                    .then(seconds)
                    .then(" END")
            }
        }
        Dialect::Sqlite => Block::from("(")
            .within(microseconds(to))
            .within(Block::from("- ").then(microseconds(from)))
            .below(") / 1000000.0"),
    })
}

/// Returns whether the time is the Unix epoch.
fn is_unix_epoch(time: &Expr) -> bool {
    matches!(&time.kind, ExprKind::Literal(Literal::Timestamp(text)) if text == "1970-01-01 00:00:00")
}

/// Returns whether the time has no fraction of a second.
fn is_whole_second(time: &Expr) -> bool {
    matches!(
        time.kind,
        ExprKind::WeekStart
            | ExprKind::WeekEnd
            | ExprKind::Now
            | ExprKind::Literal(Literal::Timestamp(_))
    )
}

/// Returns the seconds since 1970 in PostgreSQL.
pub fn epoch(time: &Expr, dialect: Dialect) -> Block {
    if time.ty == ValueType::Null {
        return "NULL::double precision".into();
    }
    value(time, dialect).within(Binding::Product)
}

/// Returns the seconds since 1970 for an SQLite time without a fraction.
fn whole_seconds(time: Block) -> Block {
    Block::from("CAST(strftime('%s', ")
        .then(time)
        .then(") AS INTEGER)")
}

/// Returns the microseconds since 1970 in SQLite, whose own functions keep only milliseconds: the
/// fraction in the text is parsed separately.
pub fn microseconds(time: &Expr) -> Block {
    match time.kind {
        ExprKind::WeekStart | ExprKind::WeekEnd | ExprKind::Now | ExprKind::Literal(_) => {
            whole_seconds(value(time, Dialect::Sqlite).alone()).then(" * 1000000")
        }
        _ => {
            let sql = match time.kind {
                ExprKind::Column { .. } => presence(time, Dialect::Sqlite),
                _ => value(time, Dialect::Sqlite),
            };
            let text = sql.within(Binding::Primary).finished();
            let text = text.trim_end();
            let second = without_fraction(text);
            Block::from(format!("CASE typeof({text}) WHEN 'real'"))
                .within(format!(
                    "THEN CAST(round((julianday({text}, 'auto') - 2440587.5) * 86400000.0) AS INTEGER) * 1000"
                ))
                .within(format!(
                    "ELSE CAST(strftime('%s', {second}, 'auto') AS INTEGER) * 1000000"
                ))
                .within(format!(
                    "  + CAST(round(CAST('0' || substr({text}, 20) AS REAL) * 1000000) AS INTEGER)"
                ))
                .below("END")
        }
    }
}

/// Returns a time as a text of SQLite without its fraction of a second.
pub fn without_fraction(text: &str) -> String {
    format!("substr({text}, 1, 19) || ltrim(substr({text}, 20), '.0123456789')")
}

/// Renders `round(x, n)`, half away from zero. The number counts with 15 significant digits, as
/// PostgreSQL converts a `double precision` to `numeric`, so that 1.005 is not just below the half.
pub fn round(number: &Expr, decimals: u8, dialect: Dialect) -> Sql {
    let sql = operand(number, ValueType::Number, dialect);
    let sql = match dialect {
        Dialect::Postgres => sql.cast(ValueType::Number, dialect),
        Dialect::Sqlite => sql,
    };
    let factor = format!("1e{decimals}");
    let rounded = match dialect {
        Dialect::Postgres => Block::from("round(")
            .then(sql.clone().within(Binding::Primary))
            .then(format!("::numeric, {decimals})::double precision")),
        Dialect::Sqlite => Block::from("round(CAST(printf('%.15g', ")
            .then(sql.clone().within(Binding::Product))
            .then(format!(" * {factor}) AS REAL)) / {factor}")),
    };
    let is_small = Block::from("abs(")
        .then(sql.clone().alone())
        .then(") < 1e15");
    Sql::primary(
        Block::from("CASE")
            .within(
                Block::from("WHEN ")
                    .then(is_small)
                    .then(" THEN ")
                    .then(rounded),
            )
            .within(Block::from("ELSE ").then(sql.alone()))
            .below("END"),
    )
}

/// Replaces NaN, infinite numbers and numbers beyond double precision with NULL, because sums
/// cannot contain them.
pub fn finite(column: Sql, dialect: Dialect) -> Sql {
    const LARGEST: &str = "1.7976931348623157e308";
    let bare = column.clone().within(Binding::Concatenation);
    let number = column.cast(ValueType::Number, dialect).alone();
    let subject = match dialect {
        Dialect::Postgres => bare,
        Dialect::Sqlite => number.clone(),
    };
    Sql::primary(
        Block::from("CASE WHEN ")
            .then(subject)
            .then(format!(" BETWEEN -{LARGEST} AND {LARGEST} THEN "))
            .then(number)
            .then(" END"),
    )
}

/// Renders a number as an operand for arithmetic.
pub fn operand(expr: &Expr, ty: ValueType, dialect: Dialect) -> Sql {
    let sql = value(expr, dialect);
    // SQLite adds whole and fractional numbers as they are; only division depends on the type.
    let fits = match dialect {
        Dialect::Postgres => is_literal(expr),
        Dialect::Sqlite => is_literal(expr) || ty == ValueType::Integer,
    };
    let is_number = matches!(expr.kind, ExprKind::Column { .. }) && expr.ty == ValueType::Number;
    if fits || is_exact(expr, ty, dialect) {
        sql
    } else if is_number && ty == ValueType::Number {
        finite(sql, dialect)
    } else {
        sql.cast(ty, dialect)
    }
}

/// Renders a divisor. Division by zero is an error in PostgreSQL and NULL in SQLite.
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

/// NULL does not count as a literal, because it has no type.
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
