//! `EXISTS (table ON …)`, which is short for `EXISTS (SELECT … FROM table WHERE …)`.

use pings_model::{Expr, ExprKind};
use sqlparser::ast::{self, Query, Select, SelectItem, SetExpr, Spanned, TableFactor};

use super::{Place, Result, Typer, boolean};
use crate::diagnostic::{Diagnostic, Rule};

impl Typer<'_> {
    pub(super) fn exists(
        &self,
        parsed: &ast::Expr,
        query: &Query,
        negated: bool,
        place: Place,
    ) -> Result<Expr> {
        if place == Place::Group {
            let message = "`EXISTS` has a value for each row, not for each group";
            let misplaced = Diagnostic::new(Rule::MisplacedAggregate, self.span(parsed), message);
            return Err(Some(
                misplaced.help("use it in `where`, or inside the aggregate"),
            ));
        }
        let simple = select(query).and_then(|select| Some((table(select)?, select)));
        let Some(((table, alias), select)) = simple else {
            return Err(self.not_portable(
                parsed,
                "EXISTS reads a single table: `EXISTS (orders ON orders.user_id = users.id)`; for a second table, nest another EXISTS in the condition",
            ));
        };
        let Some(condition) = &select.selection else {
            return Err(self.not_portable(
                parsed,
                "add a condition for the rows of the table: `EXISTS (orders ON orders.user_id = users.id)`",
            ));
        };
        let parts: Vec<&str> = table
            .0
            .iter()
            .filter_map(|part| Some(part.as_ident()?.value.as_str()))
            .collect();
        let place_of = || self.written.place(table.span());
        let (scope, table) = self
            .scope
            .with_table(&parts.join("."), alias, &place_of)
            .map_err(Some)?;
        let within = Typer {
            written: self.written,
            scope: &scope,
            aggregation: self.aggregation,
        };
        let on = within.condition(condition, Place::Row)?;
        Ok(boolean(ExprKind::Exists {
            name: scope.name(table.table).to_owned(),
            table,
            on: Box::new(on),
            negated,
        }))
    }
}

/// Returns the `SELECT` of a query without other clauses.
fn select(query: &Query) -> Option<&Select> {
    let Query {
        with: None,
        body,
        order_by: None,
        limit_clause: None,
        fetch: None,
        ..
    } = query
    else {
        return None;
    };
    match body.as_ref() {
        SetExpr::Select(select) => is_simple(select).then_some(select),
        _ => None,
    }
}

/// Returns whether the query has one row for each table row that matches `WHERE`. An aggregate also
/// returns a row if no rows match.
fn is_simple(select: &Select) -> bool {
    let is_plain = |item: &SelectItem| match item {
        SelectItem::Wildcard(_) => true,
        SelectItem::UnnamedExpr(expr) => matches!(
            expr,
            ast::Expr::Value(_) | ast::Expr::Identifier(_) | ast::Expr::CompoundIdentifier(_)
        ),
        _ => false,
    };
    let is_ungrouped = matches!(
        &select.group_by,
        ast::GroupByExpr::Expressions(by, with) if by.is_empty() && with.is_empty()
    );
    is_ungrouped
        && select.having.is_none()
        && select.distinct.is_none()
        && select.into.is_none()
        && select.qualify.is_none()
        && select.projection.iter().all(is_plain)
}

/// Returns the only table that a `SELECT` reads, with its alias.
fn table(select: &Select) -> Option<(&ast::ObjectName, Option<&str>)> {
    let [from] = select.from.as_slice() else {
        return None;
    };
    let TableFactor::Table {
        name,
        alias,
        args: None,
        sample: None,
        ..
    } = &from.relation
    else {
        return None;
    };
    let has_columns = alias
        .as_ref()
        .is_some_and(|alias| !alias.columns.is_empty());
    let is_alone = from.joins.is_empty() && !has_columns;
    is_alone.then_some((name, alias.as_ref().map(|alias| alias.name.value.as_str())))
}
