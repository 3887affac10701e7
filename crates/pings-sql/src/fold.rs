//! Folding of undeclared enum values into one group.

use pings_model::{ColumnType, Expr, ExprKind, Literal, Registry, ValueType};

/// The group of undeclared values.
pub const OTHER: &str = "@other";

/// Returns a dimension in which each enum column evaluates to a declared value, [`OTHER`] or NULL.
///
/// Only columns whose values the expression may return are changed. A condition in a `CASE` still
/// compares the value in the database.
pub fn folded(registry: &Registry, expr: &Expr) -> Expr {
    let inner = |expr: &Expr| Box::new(folded(registry, expr));
    let kind = match &expr.kind {
        ExprKind::Column { table, column, .. } => {
            let declared = registry.table(*table).column(column);
            match declared.map(|column| &column.ty) {
                Some(ColumnType::Enum(values)) => declared_or_other(expr, values),
                _ => return expr.clone(),
            }
        }
        ExprKind::Version(column) => version_or_other(expr, column),
        ExprKind::Case {
            operand,
            branches,
            otherwise,
        } => ExprKind::Case {
            operand: operand.clone(),
            branches: branches
                .iter()
                .map(|(when, then)| (when.clone(), folded(registry, then)))
                .collect(),
            otherwise: otherwise.as_deref().map(inner),
        },
        ExprKind::Coalesce(items) => {
            ExprKind::Coalesce(items.iter().map(|item| folded(registry, item)).collect())
        }
        ExprKind::Lower(text) => ExprKind::Lower(inner(text)),
        _ => return expr.clone(),
    };
    Expr { kind, ty: expr.ty }
}

/// `CASE WHEN x IN (…) THEN x WHEN x IS NOT NULL THEN '@other' END`
fn declared_or_other(column: &Expr, values: &[String]) -> ExprKind {
    let condition = |kind| Expr {
        kind,
        ty: ValueType::Boolean,
    };
    let is_declared = condition(ExprKind::In {
        expr: Box::new(column.clone()),
        list: values.iter().map(|value| text(value)).collect(),
        negated: false,
    });
    ExprKind::Case {
        operand: None,
        branches: vec![(is_declared, column.clone()), other_if_there(column)],
        otherwise: None,
    }
}

/// `coalesce(version, CASE WHEN column IS NOT NULL THEN '@other' END)`
fn version_or_other(version: &Expr, column: &Expr) -> ExprKind {
    let other = ExprKind::Case {
        operand: None,
        branches: vec![other_if_there(column)],
        otherwise: None,
    };
    let other = Expr {
        kind: other,
        ty: ValueType::Text,
    };
    ExprKind::Coalesce(vec![version.clone(), other])
}

/// `WHEN x IS NOT NULL THEN '@other'`
fn other_if_there(column: &Expr) -> (Expr, Expr) {
    let kind = ExprKind::IsNull {
        expr: Box::new(column.clone()),
        negated: true,
    };
    let is_there = Expr {
        kind,
        ty: ValueType::Boolean,
    };
    (is_there, text(OTHER))
}

fn text(text: &str) -> Expr {
    Expr {
        kind: ExprKind::Literal(Literal::Text(text.to_owned())),
        ty: ValueType::Text,
    }
}
