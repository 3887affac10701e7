//! Predicates, which are true, false or NULL.

use pings_model::{Comparison, Expr, ExprKind, LikePiece, ValueType};

use super::{column_name, distinct, presence, value};
use crate::binding::{Binding, Sql};
use crate::dialect::time::{self, Border};
use crate::dialect::{Dialect, quote};
use crate::layout::{Block, Select, chain, list, parenthesised};

/// Returns the operands of a condition that selects rows.
///
/// A comparison with a bound of the window gets an additional condition that can use an index. The
/// condition follows from the comparison, so it only affects performance.
pub fn conditions(expr: &Expr, dialect: Dialect) -> Vec<Sql> {
    let mut bounds = match &expr.kind {
        ExprKind::And(items) => {
            return items
                .iter()
                .flat_map(|item| conditions(item, dialect))
                .collect();
        }
        ExprKind::Compare(comparison, left, right) => bounds(*comparison, left, right, dialect),
        ExprKind::Between {
            expr,
            low,
            high,
            negated: false,
        } => {
            let mut all = bounds(Comparison::GreaterOrEqual, expr, low, dialect);
            all.extend(bounds(Comparison::LessOrEqual, expr, high, dialect));
            all
        }
        _ => Vec::new(),
    };
    bounds.push(value(expr, dialect));
    bounds
}

/// Renders a conjunction.
pub fn all(conditions: &[Expr], dialect: Dialect) -> Sql {
    joined("AND", Binding::And, conditions, dialect)
}

/// Renders a disjunction.
pub fn any(conditions: &[Expr], dialect: Dialect) -> Sql {
    joined("OR", Binding::Or, conditions, dialect)
}

/// Mixed AND and OR always get parentheses, for readability.
fn joined(word: &str, binding: Binding, conditions: &[Expr], dialect: Dialect) -> Sql {
    let items = conditions
        .iter()
        .map(|condition| value(condition, dialect).within(Binding::Not));
    Sql::new(chain(word, items.collect()), binding)
}

/// `NOT x`
pub fn not(inner: &Expr, dialect: Dialect) -> Sql {
    let inner = value(inner, dialect).within(Binding::Concatenation);
    Sql::new(Block::from("NOT ").then(inner), Binding::Not)
}

/// `x IS NULL`
pub fn is_null(expr: &Expr, negated: bool, dialect: Dialect) -> Sql {
    let test = if negated { " IS NOT NULL" } else { " IS NULL" };
    predicate(presence(expr, dialect), test)
}

/// `x IN (a, b)`
pub fn one_of(expr: &Expr, values: &[Expr], negated: bool, dialect: Dialect) -> Sql {
    let opening = if negated { " NOT IN (" } else { " IN (" };
    let values = values.iter().map(|it| value(it, dialect).alone()).collect();
    predicate(distinct(expr, dialect), list(opening, values, ")"))
}

/// `EXISTS (SELECT 1 FROM …)`
pub fn exists(table: &str, on: &Expr, negated: bool, dialect: Dialect) -> Sql {
    let select = Select {
        columns: vec!["1".into()],
        from: vec![format!("FROM {table}").into()],
        conditions: conditions(on, dialect)
            .into_iter()
            .map(|condition| condition.within(Binding::Not))
            .collect(),
        ..Select::default()
    };
    let select = select.block();
    let select = select.clone().flat().unwrap_or(select);
    if negated {
        let whole = Block::from("NOT EXISTS ").then(parenthesised(select));
        return Sql::new(whole, Binding::Not);
    }
    Sql::primary(Block::from("EXISTS ").then(parenthesised(select)))
}

/// Renders `x LIKE 'pattern'`. In SQLite, only GLOB is case-sensitive.
pub fn like(expr: &Expr, pattern: &[LikePiece], negated: bool, dialect: Dialect) -> Sql {
    let not = if negated { " NOT" } else { "" };
    predicate(
        value(expr, dialect),
        format!("{not} {}", matches(pattern, dialect)),
    )
}

/// Renders `LIKE 'pattern'`.
pub fn matches(pattern: &[LikePiece], dialect: Dialect) -> String {
    let (operator, piece_text): (_, fn(&LikePiece) -> String) = match dialect {
        Dialect::Postgres => ("LIKE", LikePiece::written),
        Dialect::Sqlite => ("GLOB", glob_piece),
    };
    let pattern: String = pattern.iter().map(piece_text).collect();
    format!("{operator} {}", quote::text(&pattern))
}

fn glob_piece(piece: &LikePiece) -> String {
    match piece {
        LikePiece::AnyText => "*".to_owned(),
        LikePiece::AnyCharacter => "?".to_owned(),
        LikePiece::Text(text) => text
            .chars()
            .map(|c| match c {
                '*' | '?' | '[' => format!("[{c}]"),
                _ => c.to_string(),
            })
            .collect(),
    }
}

/// Renders a comparison such as `l = r`.
pub fn compare(comparison: Comparison, left: &Expr, right: &Expr, dialect: Dialect) -> Sql {
    let (sign, is_order) = match comparison {
        Comparison::Equal => ("=", false),
        Comparison::NotEqual => ("<>", false),
        Comparison::Less => ("<", true),
        Comparison::LessOrEqual => ("<=", true),
        Comparison::Greater => (">", true),
        Comparison::GreaterOrEqual => (">=", true),
    };
    let left = if is_order {
        ordered(left, dialect)
    } else {
        distinct(left, dialect)
    };
    let right = distinct(right, dialect).within(Binding::Concatenation);
    predicate(left, Block::from(format!(" {sign} ")).then(right))
}

/// `x BETWEEN low AND high`
pub fn between(expr: &Expr, low: &Expr, high: &Expr, negated: bool, dialect: Dialect) -> Sql {
    let word = if negated {
        " NOT BETWEEN "
    } else {
        " BETWEEN "
    };
    let limit = |expr: &Expr| value(expr, dialect).within(Binding::Concatenation);
    let test = Block::from(word)
        .then(limit(low))
        .then(" AND ")
        .then(limit(high));
    predicate(ordered(expr, dialect), test)
}

/// Renders a value for an ordering comparison. Texts are ordered by their bytes, as in SQLite.
fn ordered(expr: &Expr, dialect: Dialect) -> Sql {
    let sql = distinct(expr, dialect);
    if expr.ty == ValueType::Text && dialect == Dialect::Postgres {
        Sql::primary(sql.within(Binding::Primary).then(" COLLATE \"C\""))
    } else {
        sql
    }
}

fn predicate(subject: Sql, test: impl Into<Block>) -> Sql {
    Sql::new(
        subject.within(Binding::Concatenation).then(test),
        Binding::Predicate,
    )
}

/// Returns conditions that follow from a comparison with a bound of the window and can use an
/// index.
fn bounds(comparison: Comparison, left: &Expr, right: &Expr, dialect: Dialect) -> Vec<Sql> {
    let (column, comparison, limit) = if border(right).is_some() {
        (left, comparison, right)
    } else {
        (right, mirrored(comparison), left)
    };
    let (Some(name), Some(border)) = (time_column(column), border(limit)) else {
        return Vec::new();
    };
    let (from, to) = match comparison {
        Comparison::Equal => (true, true),
        Comparison::NotEqual => (false, false),
        Comparison::Less | Comparison::LessOrEqual => (false, true),
        Comparison::Greater | Comparison::GreaterOrEqual => (true, false),
    };
    let from = from.then(|| time::not_long_before(&name, border, dialect));
    let to = to.then(|| time::not_long_after(&name, border, dialect));
    from.into_iter()
        .chain(to)
        .flatten()
        .map(|bound| Sql::new(bound, Binding::Predicate))
        .collect()
}

fn time_column(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Column {
            qualifier, column, ..
        } => Some(column_name(qualifier, column)),
        _ => None,
    }
}

fn border(expr: &Expr) -> Option<Border> {
    match expr.kind {
        ExprKind::WeekStart => Some(Border::Start),
        ExprKind::WeekEnd => Some(Border::End),
        ExprKind::Now => Some(Border::Now),
        _ => None,
    }
}

/// Returns the equivalent comparison with swapped operands.
fn mirrored(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal | Comparison::NotEqual => comparison,
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
    }
}
