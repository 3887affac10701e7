//! What a statement selects, as far as its text tells.

use sqlparser::ast::{Expr, Ident, Query, Select, SelectItem, SetExpr, Spanned};
use sqlparser::tokenizer::Span;

/// Something that is selected.
pub(super) struct Selected {
    pub(super) span: Span,
    /// What it is called; none where the database decides.
    pub(super) name: Option<String>,
}

/// What a query selects, in order; none where the text does not tell.
pub(super) fn selected(query: &Query) -> Option<Vec<Selected>> {
    select(&query.body)?.projection.iter().map(item).collect()
}

/// The SELECT that names the columns of a query.
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
        // A wildcard is as many columns as the table has.
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
