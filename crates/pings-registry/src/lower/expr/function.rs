//! Functions and aggregates.

use pings_model::{Aggregate, Expr, ExprKind, ValueType};
use sqlparser::ast::{
    self, DuplicateTreatment, FunctionArg, FunctionArgExpr, FunctionArguments, Value,
};

use super::aggregates::AGGREGATES;
use super::{Place, Result, Typer, a};
use crate::diagnostic::{Diagnostic, Rule};
use crate::nearest::nearest;

const FUNCTIONS: &[&str] = &[
    "coalesce",
    "lower",
    "length",
    "starts_with",
    "round",
    "seconds_between",
    "age_days",
    "trunc",
    "json_text",
    "json_number",
];

impl Typer<'_> {
    pub(super) fn function(
        &self,
        parsed: &ast::Expr,
        function: &ast::Function,
        place: Place,
    ) -> Result<Expr> {
        let name = function.name.to_string().to_ascii_lowercase();
        let bare = function.filter.is_none()
            && function.over.is_none()
            && function.within_group.is_empty()
            && function.null_treatment.is_none()
            && matches!(function.parameters, FunctionArguments::None);
        let list = match &function.args {
            FunctionArguments::List(list) if bare && list.clauses.is_empty() => list,
            _ => {
                return Err(
                    self.not_portable(parsed, "functions cannot have OVER, FILTER or ORDER BY")
                );
            }
        };
        let mut args = Vec::new();
        for arg in &list.args {
            match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(arg)) => args.push(Some(arg)),
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => args.push(None),
                _ => {
                    return Err(
                        self.not_portable(parsed, "arguments of functions must be expressions")
                    );
                }
            }
        }
        let distinct = match list.duplicate_treatment {
            None => false,
            Some(DuplicateTreatment::Distinct) if name == "count" => true,
            Some(_) => {
                return Err(self.not_portable(parsed, "DISTINCT is supported only in `count`"));
            }
        };
        if AGGREGATES.contains(&name.as_str()) {
            return self.aggregate(parsed, &name, &args, distinct, place);
        }
        let args: Vec<&ast::Expr> = args.into_iter().flatten().collect();
        match (name.as_str(), args.as_slice()) {
            ("lower", [text]) => Ok(Expr {
                kind: ExprKind::Lower(Box::new(self.text(text, place)?)),
                ty: ValueType::Text,
            }),
            ("length", [text]) => Ok(Expr {
                kind: ExprKind::Length(Box::new(self.text(text, place)?)),
                ty: ValueType::Integer,
            }),
            ("coalesce", [_, ..]) => {
                let mut ty = ValueType::Null;
                let mut values = Vec::new();
                for arg in args {
                    let value = self.expr(arg, place)?;
                    ty = self.common(ty, &value, arg)?;
                    values.push(value);
                }
                Ok(Expr {
                    kind: ExprKind::Coalesce(values),
                    ty,
                })
            }
            ("seconds_between", [from, to]) => {
                let (from, to) = (self.time(from, place)?, self.time(to, place)?);
                self.written_once(parsed, &[&from, &to], is_copied_within_times)?;
                let kind = ExprKind::SecondsBetween(Box::new(from), Box::new(to));
                Ok(Expr {
                    kind,
                    ty: ValueType::Number,
                })
            }
            ("starts_with", [text, start]) => self.starts_with(text, start, place),
            ("round", [number]) => self.round(number, None, place),
            ("round", [number, decimals]) => self.round(number, Some(decimals), place),
            ("age_days", [from, to]) => self.age_days(parsed, from, to, place),
            ("trunc", [unit, time]) => self.trunc(unit, time, place),
            ("json_text", [column, key]) => {
                let (document, key) = self.json_member(column, key, place)?;
                Ok(Expr {
                    kind: ExprKind::JsonText(document, key),
                    ty: ValueType::Text,
                })
            }
            ("json_number", [column, key]) => {
                let (document, key) = self.json_member(column, key, place)?;
                Ok(Expr {
                    kind: ExprKind::JsonNumber(document, key),
                    ty: ValueType::Number,
                })
            }
            _ if FUNCTIONS.contains(&name.as_str()) => {
                let message = format!("`{name}` does not take {} arguments", args.len());
                let help = "lower(text), length(text), coalesce(a, b, …), starts_with(text, 'start'), round(number, 2), seconds_between(from, to), age_days(from, to), trunc(week, time), json_text(column, 'key'), json_number(column, 'key')";
                Err(self.mismatch(parsed, message, help))
            }
            _ => {
                let help = match nearest(&name, FUNCTIONS.iter().chain(AGGREGATES).copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if place == Place::Row => format!(
                        "the functions are {}; for anything else, use `sql`",
                        FUNCTIONS.join(", ")
                    ),
                    None => format!(
                        "the functions are {}; the aggregates are {}; for anything else, use `sql`",
                        FUNCTIONS.join(", "),
                        AGGREGATES.join(", ")
                    ),
                };
                let message = format!("`{name}` is outside the portable subset of SQL");
                Err(Some(
                    Diagnostic::new(Rule::NotPortable, self.span(parsed), message).help(help),
                ))
            }
        }
    }

    pub(super) fn time(&self, parsed: &ast::Expr, place: Place) -> Result<Expr> {
        let expr = self.expr(parsed, place)?;
        let expr = super::beside(expr, ValueType::Timestamp);
        if matches!(expr.ty, ValueType::Timestamp | ValueType::Null) {
            return Ok(expr);
        }
        let message = format!("expected a time, found {}", a(expr.ty));
        Err(self.mismatch(
            parsed,
            message,
            "use a timestamp column, :week_start, :week_end, :now or '2021-01-25 12:00:00'",
        ))
    }

    fn json_member(
        &self,
        column: &ast::Expr,
        key: &ast::Expr,
        place: Place,
    ) -> Result<(Box<Expr>, String)> {
        let document = self.of_type(
            column,
            place,
            ValueType::Json,
            "declare the column as `json`",
        )?;
        let key_text = match key {
            ast::Expr::Value(value) => match &value.value {
                Value::SingleQuotedString(text) => Some(text),
                _ => None,
            },
            _ => None,
        };
        let unfit = |text: &&String| {
            !text
                .chars()
                .any(|c| matches!(c, '"' | '\\') || c.is_control())
        };
        let Some(key) = key_text.filter(unfit) else {
            return Err(self.not_portable(
                key,
                "the key must be a text in single quotes that contains no quotes and backslashes",
            ));
        };
        self.written_once(column, &[&document], is_copied)?;
        Ok((Box::new(document), key.clone()))
    }

    /// Rejects nested functions that duplicate their argument. The SQL of these functions repeats
    /// its argument, so the size of nested calls would grow exponentially.
    pub(super) fn written_once(
        &self,
        parsed: &ast::Expr,
        arguments: &[&Expr],
        repeats: fn(&ExprKind) -> bool,
    ) -> Result<()> {
        if !arguments.iter().any(|argument| has(argument, repeats)) {
            return Ok(());
        }
        let help =
            "use a column or a literal in functions of times and JSON, and no `round` in `round`";
        Err(self.not_portable(parsed, help))
    }

    fn aggregate(
        &self,
        parsed: &ast::Expr,
        name: &str,
        args: &[Option<&ast::Expr>],
        distinct: bool,
        place: Place,
    ) -> Result<Expr> {
        let misplaced = |message: &str, help: &str| {
            Some(
                Diagnostic::new(
                    Rule::MisplacedAggregate,
                    self.span(parsed),
                    message.to_owned(),
                )
                .help(help),
            )
        };
        match place {
            Place::Group => {}
            Place::Row | Place::RowOrGroup => {
                return Err(misplaced(
                    &format!(
                        "`{name}` aggregates rows, but this expression is evaluated for each row"
                    ),
                    "use aggregates only in `value` and `by` with `per`; to aggregate the whole metric, use `measure`",
                ));
            }
            Place::Aggregate => {
                return Err(misplaced(
                    "an aggregate inside an aggregate",
                    "use a single aggregate",
                ));
            }
        }
        let [arg] = args else {
            return Err(self.mismatch(
                parsed,
                format!("`{name}` takes one argument"),
                "for example `count(*)` or `sum(x)`",
            ));
        };
        let Some(arg) = arg else {
            return match (name, distinct) {
                ("count", false) => Ok(Expr {
                    kind: ExprKind::Aggregate(Aggregate::CountRows),
                    ty: ValueType::Integer,
                }),
                _ => Err(self.not_portable(parsed, "a star is supported only in `count(*)`")),
            };
        };
        let (aggregate, ty) = if name == "count" {
            let value = Box::new(self.expr(arg, Place::Aggregate)?);
            let aggregate = if distinct {
                Aggregate::CountDistinct(value)
            } else {
                Aggregate::Count(value)
            };
            (aggregate, ValueType::Integer)
        } else {
            let value = match name {
                "min" | "max" => self.number_or_time(arg)?,
                _ => self.numeric(arg, Place::Aggregate)?,
            };
            let ty = if name == "avg" {
                ValueType::Number
            } else {
                value.ty
            };
            let value = Box::new(value);
            let aggregate = match name {
                "sum" => Aggregate::Sum(value),
                "avg" => Aggregate::Avg(value),
                "min" => Aggregate::Min(value),
                _ => Aggregate::Max(value),
            };
            (aggregate, ty)
        };
        Ok(Expr {
            kind: ExprKind::Aggregate(aggregate),
            ty,
        })
    }
}

/// Returns whether the expression or any of its parts is of a kind.
fn has(expr: &Expr, is: fn(&ExprKind) -> bool) -> bool {
    is(&expr.kind) || expr.parts().into_iter().any(|part| has(part, is))
}

/// Returns whether the SQL of a function repeats its argument.
pub(super) fn is_copied(kind: &ExprKind) -> bool {
    is_copied_within_times(kind) || matches!(kind, ExprKind::Trunc(..))
}

/// Returns the same for the arguments of functions of two times, which may be `trunc`: its SQL is
/// short.
pub(super) fn is_copied_within_times(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::SecondsBetween(..)
            | ExprKind::AgeDays(..)
            | ExprKind::Round(..)
            | ExprKind::JsonText(..)
            | ExprKind::JsonNumber(..)
    )
}
