//! Comparisons and the types that they accept.

use pings_model::{ColumnType, Comparison, Expr, ExprKind, Literal, ValueType, Version};
use sqlparser::ast;

use super::alignment::{aligned, type_beside};
use super::{Place, Result, Typer, a, boolean};
use crate::diagnostic::{Diagnostic, Rule};
use crate::nearest::with_suggestion;

impl Typer<'_> {
    pub(super) fn compare(
        &self,
        comparison: Comparison,
        left: &ast::Expr,
        right: &ast::Expr,
        place: Place,
    ) -> Result<Expr> {
        let l = self.expr(left, place)?;
        let r = self.comparable(&l, left, right, place)?;
        if !matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            self.in_order(&l, left)?;
            self.in_order(&r, right)?;
        }
        let (l, r) = aligned(l, r);
        Ok(boolean(ExprKind::Compare(
            comparison,
            Box::new(l),
            Box::new(r),
        )))
    }

    /// Returns the expression if it can be compared with `other`.
    pub(super) fn comparable(
        &self,
        other: &Expr,
        other_parsed: &ast::Expr,
        parsed: &ast::Expr,
        place: Place,
    ) -> Result<Expr> {
        let expr = self.expr(parsed, place)?;
        for (side, side_parsed) in [(other, other_parsed), (&expr, parsed)] {
            if side.ty == ValueType::Null && matches!(side.kind, ExprKind::Literal(_)) {
                let message = "a comparison with NULL is never true".to_owned();
                return Err(self.mismatch(side_parsed, message, "use IS NULL or IS NOT NULL"));
            }
        }
        self.known_value(other, &expr, parsed)?;
        self.known_value(&expr, other, other_parsed)?;
        let both_numeric = other.ty.is_numeric() && expr.ty.is_numeric();
        let same = type_beside(other, expr.ty) == type_beside(&expr, other.ty);
        if both_numeric || (same && expr.ty != ValueType::Json) {
            return Ok(expr);
        }
        let message = format!("{} cannot be compared with {}", a(other.ty), a(expr.ty));
        let help = match (other.ty, expr.ty) {
            (ValueType::Integer | ValueType::Number, ValueType::Timestamp)
            | (ValueType::Timestamp, ValueType::Integer | ValueType::Number) => {
                "compare Unix seconds with `seconds_between('1970-01-01', :week_start)`"
            }
            (ValueType::Boolean, _) | (_, ValueType::Boolean) => {
                "use TRUE or FALSE, or the column alone"
            }
            (ValueType::Timestamp, _) | (_, ValueType::Timestamp) => {
                "write a time as '2021-01-25' or '2021-01-25 12:00:00': a valid date, in UTC and without an offset"
            }
            (ValueType::Json, _) | (_, ValueType::Json) => {
                "extract a member: `json_text(column, 'key')`"
            }
            _ => "both sides must have the same type",
        };
        Err(self.mismatch(parsed, message, help))
    }

    /// Reports a version whose order is compared: as texts, 5.10.0 comes before 5.9.0.
    pub(super) fn in_order(&self, expr: &Expr, parsed: &ast::Expr) -> Result<()> {
        match expr.kind {
            ExprKind::Version(_) => Err(self.mismatch(
                parsed,
                "versions have no order in expressions".to_owned(),
                "compare with `=` or `IN`, or declare the column as `text` and use `LIKE '5.%'`",
            )),
            _ => Ok(()),
        }
    }

    /// Reports a text literal that the compared column never has.
    fn known_value(&self, column: &Expr, literal: &Expr, parsed: &ast::Expr) -> Result<()> {
        if let (ExprKind::Version(_), ExprKind::Literal(Literal::Text(text))) =
            (&column.kind, &literal.kind)
        {
            return match Version::reduced(text) {
                Some(reduced) if reduced == *text => Ok(()),
                reduced => {
                    let message = format!("a version of three numbers is never '{text}'");
                    let reduced = reduced.unwrap_or_else(|| "5.2.0".to_owned());
                    let unknown =
                        Diagnostic::new(Rule::UnknownEnumValue, self.span(parsed), message);
                    Err(Some(
                        unknown.help(format!("write a version such as '{reduced}'")),
                    ))
                }
            };
        }
        let (ExprKind::Column { table, column, .. }, ExprKind::Literal(Literal::Text(text))) =
            (&column.kind, &literal.kind)
        else {
            return Ok(());
        };
        let Some(ColumnType::Enum(values)) = self.scope.column_type(*table, column) else {
            return Ok(());
        };
        if values.contains(text) {
            return Ok(());
        }
        let message = format!("`{column}` is never '{text}'");
        let unknown = Diagnostic::new(Rule::UnknownEnumValue, self.span(parsed), message);
        Err(Some(with_suggestion(
            unknown,
            text,
            "its values are",
            values.iter().map(String::as_str),
        )))
    }

    pub(super) fn in_list(
        &self,
        parsed: &ast::Expr,
        list: &[ast::Expr],
        negated: bool,
        place: Place,
    ) -> Result<Expr> {
        let mut expr = self.expr(parsed, place)?;
        let mut items = Vec::new();
        for item in list {
            let item = self.comparable(&expr, parsed, item, place)?;
            let (aligned_expr, item) = aligned(expr, item);
            expr = aligned_expr;
            items.push(item);
        }
        Ok(boolean(ExprKind::In {
            expr: Box::new(expr),
            list: items,
            negated,
        }))
    }
}
