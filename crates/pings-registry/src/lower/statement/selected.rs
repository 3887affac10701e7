//! The columns that a statement selects, if they are visible in its text.

use sqlparser::ast::{Expr, Ident, Query, Select, SelectItem, SetExpr, Spanned};
use sqlparser::tokenizer::Span;

/// A selected column.
pub(super) struct Selected {
    pub(super) span: Span,
    /// The name of the column, or `None` if the database chooses the name.
    pub(super) name: Option<String>,
}

/// Returns the selected columns in order, or `None` if the text does not show them.
pub(super) fn selected(query: &Query) -> Option<Vec<Selected>> {
    select(&query.body)?.projection.iter().map(item).collect()
}

/// Returns the SELECT that defines the column names of a query.
fn select(body: &SetExpr) -> Option<&Select> {
    match body {
        SetExpr::Select(select) => Some(select),
        SetExpr::Query(query) => select(&query.body),
        SetExpr::SetOperation { left, .. } => select(left),
        _ => None,
    }
}

fn item(item: &SelectItem) -> Option<Selected> {
    let name = match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(alias),
        SelectItem::UnnamedExpr(expr) => column(expr),
        // A wildcard selects as many columns as the table has.
        _ => return None,
    };
    Some(Selected {
        span: item.span(),
        name: name.map(|name| name.value.clone()),
    })
}

fn column(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Identifier(name) => Some(name),
        Expr::CompoundIdentifier(parts) => parts.last(),
        _ => None,
    }
}
