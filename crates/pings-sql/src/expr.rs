//! Rendering of capture expressions.
//!
//! The actual type of a column may be narrower than its logical type or have a different name. A
//! text is therefore cast if its characters matter, and a number is cast if it is used in
//! arithmetic. In a comparison, a number is not cast, because only a bare column can use its index.

mod aggregate;
mod arithmetic;
mod dates;
mod predicate;
mod text;

use pings_model::{Expr, ExprKind, Literal, ValueType};

use crate::binding::{Binding, Sql};
use crate::dialect::time::{self, Border};
use crate::dialect::{Dialect, json, quote};
use crate::layout::{Block, case_of, list};

pub use predicate::{conditions, matches};

/// Renders an expression for a comparison.
pub fn value(expr: &Expr, dialect: Dialect) -> Sql {
    // NULL is rendered without its operands, because PostgreSQL would try to infer their types.
    if expr.ty == ValueType::Null {
        return Sql::primary("NULL");
    }
    match &expr.kind {
        ExprKind::Column {
            qualifier, column, ..
        } => column_value(&column_name(qualifier, column), expr.ty, dialect),
        ExprKind::Literal(value) => literal(value, dialect),
        ExprKind::WeekStart => Sql::primary(time::border_instant(Border::Start, dialect)),
        ExprKind::WeekEnd => Sql::primary(time::border_instant(Border::End, dialect)),
        ExprKind::Now => Sql::primary(time::border_instant(Border::Now, dialect)),
        ExprKind::Negate(inner) => arithmetic::negation(inner, expr.ty, dialect),
        ExprKind::Arithmetic(op, left, right) => {
            arithmetic::operation(*op, left, right, expr.ty, dialect)
        }
        ExprKind::Compare(comparison, left, right) => {
            predicate::compare(*comparison, left, right, dialect)
        }
        ExprKind::And(items) => predicate::all(items, dialect),
        ExprKind::Or(items) => predicate::any(items, dialect),
        ExprKind::Not(inner) => predicate::not(inner, dialect),
        ExprKind::IsNull { expr, negated } => predicate::is_null(expr, *negated, dialect),
        ExprKind::In {
            expr,
            list,
            negated,
        } => predicate::one_of(expr, list, *negated, dialect),
        ExprKind::Between {
            expr,
            low,
            high,
            negated,
        } => predicate::between(expr, low, high, *negated, dialect),
        ExprKind::Like {
            expr,
            pattern,
            negated,
        } => predicate::like(expr, pattern, *negated, dialect),
        ExprKind::Exists {
            table,
            name,
            on,
            negated,
        } => {
            let name = quote::table(name, table.alias.as_deref());
            predicate::exists(&name, on, *negated, dialect)
        }
        ExprKind::Case {
            operand,
            branches,
            otherwise,
        } => case(operand.as_deref(), branches, otherwise.as_deref(), dialect),
        ExprKind::Coalesce(items) => Sql::primary(list(
            "coalesce(",
            items
                .iter()
                .map(|item| value(item, dialect).alone())
                .collect(),
            ")",
        )),
        ExprKind::Lower(inner) => text::lower(inner, dialect),
        ExprKind::Length(inner) => text::length(inner, dialect),
        ExprKind::Version(inner) => text::version(inner, dialect),
        ExprKind::Concat(items) => text::concat(items, dialect),
        ExprKind::SecondsBetween(from, to) => arithmetic::seconds_between(from, to, dialect),
        ExprKind::AgeDays(from, to) => dates::age_days(from, to, dialect),
        ExprKind::Trunc(unit, time) => dates::trunc(*unit, time, dialect),
        ExprKind::DateText(time) => dates::text(time, dialect),
        ExprKind::Round(number, decimals) => arithmetic::round(number, *decimals, dialect),
        ExprKind::JsonNumber(document, key) => {
            Sql::primary(json_member(document, key, dialect, json::member_number))
        }
        ExprKind::JsonText(document, key) => {
            Sql::primary(json_member(document, key, dialect, json::member_text))
        }
        ExprKind::Aggregate(aggregate) => aggregate::call(aggregate, dialect),
    }
}

/// Renders an expression for a NULL check.
pub fn presence(expr: &Expr, dialect: Dialect) -> Sql {
    match &expr.kind {
        ExprKind::Column {
            qualifier, column, ..
        } => Sql::primary(column_name(qualifier, column)),
        _ => value(expr, dialect),
    }
}

/// Renders an expression for a SELECT list, with exactly its declared type.
pub fn selected(expr: &Expr, dialect: Dialect) -> Sql {
    let sql = value(expr, dialect);
    if is_exact(expr, expr.ty, dialect) {
        return sql;
    }
    match (&expr.kind, expr.ty, dialect) {
        (ExprKind::Column { .. }, ValueType::Number, _) => arithmetic::finite(sql, dialect),
        // A cast keeps the collation of a column.
        (ExprKind::Column { .. }, ValueType::Text, Dialect::Sqlite) => {
            binary(sql.cast(expr.ty, dialect))
        }
        _ => sql.cast(expr.ty, dialect),
    }
}

/// Renders an expression for comparing distinct values: texts are compared by their bytes.
///
/// Only a column in SQLite can have another collation. In PostgreSQL, captures of columns with a
/// nondeterministic collation are rejected before they run, because a comparison in a different
/// collation cannot use an index.
pub fn distinct(expr: &Expr, dialect: Dialect) -> Sql {
    let sql = value(expr, dialect);
    match (&expr.kind, expr.ty, dialect) {
        (ExprKind::Column { .. }, ValueType::Text, Dialect::Sqlite) => binary(sql),
        _ => sql,
    }
}

fn binary(sql: Sql) -> Sql {
    Sql::primary(sql.within(Binding::Primary).then(" COLLATE BINARY"))
}

/// Returns whether the result of [`value`] already has this exact type in the database.
fn is_exact(expr: &Expr, ty: ValueType, dialect: Dialect) -> bool {
    if expr.ty == ValueType::Null {
        return dialect == Dialect::Sqlite;
    }
    if expr.ty != ty {
        return false;
    }
    if matches!(ty, ValueType::Boolean | ValueType::Timestamp) {
        return true;
    }
    // PostgreSQL infers types, and has only one type for text.
    let inferred = dialect == Dialect::Postgres && matches!(ty, ValueType::Text | ValueType::Json);
    match &expr.kind {
        ExprKind::Column { .. } => inferred,
        ExprKind::Literal(_) | ExprKind::Length(_) => inferred || dialect == Dialect::Sqlite,
        ExprKind::Case {
            branches,
            otherwise,
            ..
        } => {
            let mut results = branches
                .iter()
                .map(|(_, result)| result)
                .chain(otherwise.as_deref());
            inferred || dialect == Dialect::Sqlite && results.all(|it| is_exact(it, ty, dialect))
        }
        ExprKind::Coalesce(items) => {
            inferred
                || dialect == Dialect::Sqlite && items.iter().all(|it| is_exact(it, ty, dialect))
        }
        _ => true,
    }
}

/// Renders a member of a document: `json_text(column, 'key')`.
fn json_member(
    document: &Expr,
    key: &str,
    dialect: Dialect,
    member: fn(&str, &str, Dialect) -> Block,
) -> Block {
    let document = presence(document, dialect)
        .within(Binding::Primary)
        .finished();
    member(document.trim_end(), key, dialect)
}

/// Returns a qualified column name.
fn column_name(qualifier: &str, column: &str) -> String {
    format!(
        "{}.{}",
        quote::identifier(qualifier),
        quote::identifier(column)
    )
}

/// Renders a column for a comparison.
fn column_value(name: &str, ty: ValueType, dialect: Dialect) -> Sql {
    let bare = Sql::primary(name);
    match (ty, dialect) {
        (ValueType::Text | ValueType::Json, Dialect::Postgres) => bare.cast(ty, dialect),
        (ValueType::Timestamp, _) => Sql::primary(time::instant(name, dialect)),
        (ValueType::Boolean, Dialect::Sqlite) => Sql::primary(boolean(name)),
        _ => bare,
    }
}

/// Renders a boolean column in SQLite, which may contain numbers or the words that PostgreSQL
/// accepts. Any number except 0 is true, as in SQLite conditions.
fn boolean(name: &str) -> Block {
    Block::from("CASE")
        .within(format!(
            "WHEN typeof({name}) = 'text' THEN lower({name}) IN ('t', 'true', 'y', 'yes', 'on', '1')"
        ))
        .within(format!("ELSE {name} <> 0"))
        .below("END")
}

fn literal(literal: &Literal, dialect: Dialect) -> Sql {
    let text = match literal {
        Literal::Null => "NULL".to_owned(),
        Literal::Boolean(true) => "TRUE".to_owned(),
        Literal::Boolean(false) => "FALSE".to_owned(),
        Literal::Integer(number) => number.to_string(),
        Literal::Number(digits) => digits.clone(),
        Literal::Text(text) => quote::text(text),
        Literal::Timestamp(time) => time::literal_instant(time, dialect),
    };
    // `- -1` without parentheses would be a comment.
    let binding = if text.starts_with('-') {
        Binding::Sign
    } else {
        Binding::Primary
    };
    Sql::new(text, binding)
}

fn case(
    operand: Option<&Expr>,
    branches: &[(Expr, Expr)],
    otherwise: Option<&Expr>,
    dialect: Dialect,
) -> Sql {
    let sql = |expr: &Expr| value(expr, dialect).alone();
    let mut lines: Vec<Block> = branches
        .iter()
        .map(|(when, then)| {
            Block::from("WHEN ")
                .then(sql(when))
                .then(" THEN ")
                .then(sql(then))
        })
        .collect();
    lines.extend(otherwise.map(|otherwise| Block::from("ELSE ").then(sql(otherwise))));
    let opening = match operand {
        Some(operand) => Block::from("CASE ").then(distinct(operand, dialect).alone()),
        None => "CASE".into(),
    };
    Sql::primary(case_of(opening, lines))
}
