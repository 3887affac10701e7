//! The leaves of expressions: columns, literals and the bounds of the window.

use pings_model::{ColumnType, Expr, ExprKind, Literal, ValueType};
use sqlparser::ast::{self, Spanned, Value};

use super::{Place, Result, Typer, literal};
use crate::diagnostic::{Diagnostic, Rule};
use crate::lower::scope::{Lookup, Named};
use crate::lower::statement::misplaced_parameter;

impl Typer<'_> {
    pub(super) fn column(
        &self,
        table: Option<&[ast::Ident]>,
        name: &ast::Ident,
        place: Place,
    ) -> Result<Expr> {
        // Determining a location scans the whole text, so it is only done for errors.
        let place_of = |named: Named| match (named, table) {
            (Named::Table, Some(parts)) => {
                let table = ast::ObjectName::from(parts.to_vec());
                self.written.place(Spanned::span(&table))
            }
            _ => self.written.place(name.span),
        };
        let lookup = match table {
            Some(parts) => {
                let parts: Vec<&str> = parts.iter().map(|part| part.value.as_str()).collect();
                self.scope
                    .qualified(&parts.join("."), &name.value, &place_of)
            }
            None => self.scope.bare(&name.value, &place_of),
        };
        let found = match lookup {
            Lookup::Found(found) => found,
            Lookup::Unknown(diagnostic) => return Err(Some(diagnostic)),
            Lookup::Unsound => return Err(None),
        };
        if place == Place::Group {
            let message = format!(
                "`{}` has a value for each row, not for each group",
                name.value
            );
            return Err(Some(
                Diagnostic::new(Rule::MisplacedAggregate, place_of(Named::Column), message).help(
                    format!("aggregate it: `count({0})`, `max({0})`", name.value),
                ),
            ));
        }
        let column = Expr {
            ty: ValueType::from(&found.column.ty),
            kind: ExprKind::Column {
                table: found.table,
                qualifier: found.qualifier,
                column: found.column.name.clone(),
            },
        };
        Ok(match found.column.ty {
            ColumnType::Version => Expr {
                ty: column.ty,
                kind: ExprKind::Version(Box::new(column)),
            },
            _ => column,
        })
    }

    /// Converts `user.id`, which the parser reads as a member access because `user` is a keyword in
    /// SQL.
    pub(super) fn column_of_a_word(
        &self,
        parsed: &ast::Expr,
        root: &ast::Expr,
        access: &[ast::AccessExpr],
        place: Place,
    ) -> Result<Expr> {
        if let ast::Expr::Function(word) = root
            && matches!(word.args, ast::FunctionArguments::None)
            && let [table] = word.name.0.as_slice()
            && let Some(table) = table.as_ident()
            && let [ast::AccessExpr::Dot(ast::Expr::Identifier(column))] = access
        {
            return self.column(Some(std::slice::from_ref(table)), column, place);
        }
        Err(self.not_portable(parsed, "a column is written `table.column`"))
    }

    pub(super) fn value(&self, value: &Value, parsed: &ast::Expr) -> Result<Expr> {
        let (literal, ty) = match value {
            Value::Null => (Literal::Null, ValueType::Null),
            Value::Boolean(value) => (Literal::Boolean(*value), ValueType::Boolean),
            Value::SingleQuotedString(text) => (Literal::Text(text.clone()), ValueType::Text),
            Value::Number(digits, _) => match literal::number(digits) {
                Some((literal, ty)) => (literal, ty),
                None => {
                    return Err(self.mismatch(
                        parsed,
                        format!("`{digits}` does not fit into 64 bits"),
                        "use a smaller number",
                    ));
                }
            },
            Value::Placeholder(name) => return self.border(name, parsed),
            _ => {
                return Err(self.not_portable(parsed, "use numbers, 'texts', TRUE, FALSE or NULL"));
            }
        };
        Ok(Expr {
            kind: ExprKind::Literal(literal),
            ty,
        })
    }

    fn border(&self, name: &str, parsed: &ast::Expr) -> Result<Expr> {
        misplaced_parameter(name, self.aggregation, &|| self.span(parsed))?;
        let kind = match name {
            ":week_start" | ":window_start" => ExprKind::WeekStart,
            ":week_end" | ":window_end" => ExprKind::WeekEnd,
            _ => ExprKind::Now,
        };
        Ok(Expr {
            kind,
            ty: ValueType::Timestamp,
        })
    }
}
