//! The names of aggregates.

use std::ops::ControlFlow;

use sqlparser::ast;

pub(super) const AGGREGATES: &[&str] = &["count", "sum", "avg", "min", "max"];

/// Returns whether an expression calls an aggregate.
pub(super) fn calls_aggregate(parsed: &ast::Expr) -> bool {
    let found = ast::visit_expressions(parsed, |expr| match expr {
        ast::Expr::Function(function)
            if AGGREGATES.contains(&function.name.to_string().to_ascii_lowercase().as_str()) =>
        {
            ControlFlow::Break(())
        }
        _ => ControlFlow::Continue(()),
    });
    found.is_break()
}
