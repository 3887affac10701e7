//! Conversion of a text to a time where the other operand is a time.

use pings_model::{Expr, ExprKind, Literal, ValueType};

use crate::lower::timestamp::timestamp;

/// Converts a text literal that is compared with a time to a time.
pub(super) fn aligned(left: Expr, right: Expr) -> (Expr, Expr) {
    let (left_ty, right_ty) = (left.ty, right.ty);
    (beside(left, right_ty), beside(right, left_ty))
}

/// Converts the expression to a time if it is a text literal and the other operand is a time.
pub(super) fn beside(expr: Expr, other: ValueType) -> Expr {
    match time_beside(&expr, other) {
        Some(time) => Expr {
            kind: ExprKind::Literal(Literal::Timestamp(time)),
            ty: ValueType::Timestamp,
        },
        None => expr,
    }
}

/// Returns the type of the result of [`beside`].
pub(super) fn type_beside(expr: &Expr, other: ValueType) -> ValueType {
    time_beside(expr, other).map_or(expr.ty, |_| ValueType::Timestamp)
}

fn time_beside(expr: &Expr, other: ValueType) -> Option<String> {
    match &expr.kind {
        ExprKind::Literal(Literal::Text(text)) if other == ValueType::Timestamp => timestamp(text),
        _ => None,
    }
}
