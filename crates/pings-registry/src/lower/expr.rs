//! Conversion of parsed SQL expressions to the typed, portable subset.

mod aggregates;
mod alignment;
mod calendar;
mod compare;
mod exists;
mod function;
mod leaf;
mod literal;
mod words;

use pings_model::{Aggregation, ArithmeticOp, Comparison, Expr, ExprKind, Literal, ValueType};
use sqlparser::ast::{self, BinaryOperator, Spanned, UnaryOperator, Value};

use self::aggregates::calls_aggregate;
use self::alignment::{aligned, beside};
pub(super) use self::calendar::is_date;
pub(super) use self::literal::like;
pub(super) use self::words::a;
use self::words::plural;
use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::lower::bounds;
use crate::lower::scope::Scope;
use crate::lower::sql::expression as parse;
use crate::lower::written::Written;
use crate::source::Span;
use crate::tree::Node;

/// The context in which an expression is evaluated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Each row.
    Row,
    /// Each `per` group, outside an aggregate.
    Group,
    /// Each `per` group if the expression calls an aggregate, else each row.
    RowOrGroup,
    /// Each row of a group, inside an aggregate.
    Aggregate,
}

/// Converts the expression in a scalar. Reports an error and returns `None` if it is invalid.
pub(super) fn expression(
    node: &Node<'_>,
    scope: &Scope<'_>,
    aggregation: Aggregation,
    place: Place,
    cx: &mut Context<'_>,
) -> Option<Expr> {
    let written = Written {
        source: cx.text,
        node,
        text: node.text()?,
    };
    let lower = || {
        let parsed = parse(&written)?;
        let place = match place {
            Place::RowOrGroup if calls_aggregate(&parsed) => Place::Group,
            Place::RowOrGroup => Place::Row,
            place => place,
        };
        let typer = Typer {
            written,
            scope,
            aggregation,
        };
        let expr = typer.expr(&parsed, place)?;
        if place == Place::Group && !expr.has_aggregate() {
            let message = "with `per`, `value` must aggregate the rows of each group";
            return Err(Some(
                Diagnostic::new(Rule::MisplacedAggregate, node.span, message)
                    .help("use count, sum, avg, min or max: `count(order_item.id)`"),
            ));
        }
        Ok(expr)
    };
    match bounds::with_stack(written.text, lower) {
        Ok(expr) => Some(expr),
        Err(diagnostic) => {
            cx.diagnostics.extend(diagnostic);
            None
        }
    }
}

/// The result of a conversion. The error is `None` if the problem was already reported elsewhere.
type Result<T> = std::result::Result<T, Option<Diagnostic>>;

/// The state shared by all expressions in one scalar.
struct Typer<'s> {
    written: Written<'s>,
    scope: &'s Scope<'s>,
    aggregation: Aggregation,
}

impl Typer<'_> {
    fn expr(&self, parsed: &ast::Expr, place: Place) -> Result<Expr> {
        match parsed {
            ast::Expr::Nested(inner) => self.expr(inner, place),
            ast::Expr::Identifier(name) => self.column(None, name, place),
            ast::Expr::CompoundIdentifier(names) => match names.as_slice() {
                [table @ .., column] if !table.is_empty() => {
                    self.column(Some(table), column, place)
                }
                _ => Err(self.not_portable(parsed, "a column is written `table.column`")),
            },
            ast::Expr::CompoundFieldAccess { root, access_chain } => {
                self.column_of_a_word(parsed, root, access_chain, place)
            }
            ast::Expr::Value(value) => self.value(&value.value, parsed),
            ast::Expr::UnaryOp {
                op: UnaryOperator::Not,
                expr,
            } => Ok(boolean(ExprKind::Not(Box::new(
                self.condition(expr, place)?,
            )))),
            ast::Expr::UnaryOp {
                op: UnaryOperator::Minus,
                expr,
            } => {
                let inner = self.numeric(expr, place)?;
                Ok(Expr {
                    ty: inner.ty,
                    kind: ExprKind::Negate(Box::new(inner)),
                })
            }
            ast::Expr::UnaryOp {
                op: UnaryOperator::Plus,
                expr,
            } => self.numeric(expr, place),
            ast::Expr::BinaryOp { left, op, right } => self.binary(parsed, left, op, right, place),
            ast::Expr::IsNull(inner) => self.is_null(inner, false, place),
            ast::Expr::IsNotNull(inner) => self.is_null(inner, true, place),
            // In these operators, NULL counts as neither true nor false.
            ast::Expr::IsTrue(inner) => Ok(or_else(self.condition(inner, place)?, false)),
            ast::Expr::IsFalse(inner) => Ok(or_else(not(self.condition(inner, place)?), false)),
            ast::Expr::IsNotTrue(inner) => Ok(not(or_else(self.condition(inner, place)?, false))),
            ast::Expr::IsNotFalse(inner) => Ok(or_else(self.condition(inner, place)?, true)),
            ast::Expr::InList {
                expr,
                list,
                negated,
            } => self.in_list(expr, list, *negated, place),
            ast::Expr::Between {
                expr,
                negated,
                low,
                high,
            } => {
                let inner = self.expr(expr, place)?;
                self.in_order(&inner, expr)?;
                let low = self.comparable(&inner, expr, low, place)?;
                let high = self.comparable(&inner, expr, high, place)?;
                let (expr, low) = aligned(inner, low);
                let (expr, high) = aligned(expr, high);
                Ok(boolean(ExprKind::Between {
                    expr: Box::new(expr),
                    low: Box::new(low),
                    high: Box::new(high),
                    negated: *negated,
                }))
            }
            ast::Expr::Like {
                negated,
                any: false,
                expr,
                pattern,
                escape_char: None,
            } => {
                let inner = self.text(expr, place)?;
                let ast::Expr::Value(value) = pattern.as_ref() else {
                    return Err(
                        self.not_portable(pattern, "the pattern of LIKE must be a quoted text")
                    );
                };
                let Value::SingleQuotedString(pattern) = &value.value else {
                    return Err(
                        self.not_portable(pattern, "the pattern of LIKE must be a quoted text")
                    );
                };
                Ok(boolean(ExprKind::Like {
                    expr: Box::new(inner),
                    pattern: like(pattern),
                    negated: *negated,
                }))
            }
            ast::Expr::Like { .. } => {
                Err(self.not_portable(parsed, "ESCAPE is not supported: use a backslash to escape"))
            }
            ast::Expr::ILike { .. } => Err(self.not_portable(
                parsed,
                "ILIKE is not supported by all databases: use `lower(x) LIKE 'pattern'`",
            )),
            ast::Expr::Cast { .. } => Err(self.not_portable(
                parsed,
                "remove the cast: declared types are cast where necessary",
            )),
            ast::Expr::Case {
                operand,
                conditions,
                else_result,
                ..
            } => self.case(
                operand.as_deref(),
                conditions,
                else_result.as_deref(),
                place,
            ),
            ast::Expr::Function(function) => self.function(parsed, function, place),
            ast::Expr::Exists { subquery, negated } => {
                self.exists(parsed, subquery, *negated, place)
            }
            ast::Expr::InSubquery { .. } => Err(self.not_portable(
                parsed,
                "check whether a matching row exists: `EXISTS (orders ON orders.user_id = users.id)`",
            )),
            ast::Expr::Subquery(_) => Err(self.not_portable(
                parsed,
                "replace the subquery: join the table, use `EXISTS (table ON …)`, or write `sql`",
            )),
            _ => Err(self.not_portable(parsed, SUBSET)),
        }
    }

    fn span(&self, parsed: &ast::Expr) -> Span {
        self.written.place(parsed.span())
    }

    fn not_portable(&self, parsed: &ast::Expr, help: &str) -> Option<Diagnostic> {
        let message = "this is outside the portable subset of SQL";
        Some(Diagnostic::new(Rule::NotPortable, self.span(parsed), message).help(help))
    }

    fn mismatch(&self, parsed: &ast::Expr, message: String, help: &str) -> Option<Diagnostic> {
        Some(Diagnostic::new(Rule::TypeMismatch, self.span(parsed), message).help(help))
    }

    fn condition(&self, parsed: &ast::Expr, place: Place) -> Result<Expr> {
        self.of_type(parsed, place, ValueType::Boolean, "compare it with a value")
    }

    fn text(&self, parsed: &ast::Expr, place: Place) -> Result<Expr> {
        self.of_type(parsed, place, ValueType::Text, "use a text")
    }

    fn numeric(&self, parsed: &ast::Expr, place: Place) -> Result<Expr> {
        let expr = self.expr(parsed, place)?;
        if expr.ty.is_numeric() {
            return Ok(expr);
        }
        Err(self.mismatch(
            parsed,
            format!("expected a number, found {}", a(expr.ty)),
            "use `length` for texts and `seconds_between` for times",
        ))
    }

    fn of_type(&self, parsed: &ast::Expr, place: Place, ty: ValueType, help: &str) -> Result<Expr> {
        let expr = self.expr(parsed, place)?;
        if expr.ty == ty || expr.ty == ValueType::Null {
            return Ok(expr);
        }
        Err(self.mismatch(
            parsed,
            format!("expected {}, found {}", a(ty), a(expr.ty)),
            help,
        ))
    }

    fn binary(
        &self,
        parsed: &ast::Expr,
        left: &ast::Expr,
        op: &BinaryOperator,
        right: &ast::Expr,
        place: Place,
    ) -> Result<Expr> {
        let comparison = |comparison| self.compare(comparison, left, right, place);
        match op {
            BinaryOperator::And | BinaryOperator::Or => self.junction(parsed, op, place),
            BinaryOperator::Eq => comparison(Comparison::Equal),
            BinaryOperator::NotEq => comparison(Comparison::NotEqual),
            BinaryOperator::Lt => comparison(Comparison::Less),
            BinaryOperator::LtEq => comparison(Comparison::LessOrEqual),
            BinaryOperator::Gt => comparison(Comparison::Greater),
            BinaryOperator::GtEq => comparison(Comparison::GreaterOrEqual),
            BinaryOperator::Plus
            | BinaryOperator::Minus
            | BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::Modulo => self.arithmetic(parsed, place),
            BinaryOperator::StringConcat => self.concat(parsed, place),
            BinaryOperator::Arrow | BinaryOperator::LongArrow => {
                let help =
                    "use `json_text(column, 'key')` to read a member of a JSON object as text";
                Err(self.not_portable(parsed, help))
            }
            _ => Err(self.not_portable(parsed, SUBSET)),
        }
    }

    /// Flattens `a AND b AND c` into one list of three, regardless of nesting.
    fn junction(&self, parsed: &ast::Expr, op: &BinaryOperator, place: Place) -> Result<Expr> {
        let operands: Vec<_> = operands(parsed, op)
            .into_iter()
            .map(|operand| self.condition(operand, place))
            .collect::<Result<_>>()?;
        Ok(boolean(match op {
            BinaryOperator::And => ExprKind::And(operands),
            _ => ExprKind::Or(operands),
        }))
    }

    fn concat(&self, parsed: &ast::Expr, place: Place) -> Result<Expr> {
        let mut parts = Vec::new();
        for operand in operands(parsed, &BinaryOperator::StringConcat) {
            let part = self.expr(operand, place)?;
            if !matches!(
                part.ty,
                ValueType::Text | ValueType::Integer | ValueType::Null
            ) {
                let help = "concatenate only texts and integers, because other types are formatted differently by each database";
                return Err(self.mismatch(
                    operand,
                    format!("{} in a concatenation", a(part.ty)),
                    help,
                ));
            }
            parts.push(part);
        }
        Ok(Expr {
            kind: ExprKind::Concat(parts),
            ty: ValueType::Text,
        })
    }

    /// Evaluates `a + b - c` from left to right, one operator at a time.
    fn arithmetic(&self, parsed: &ast::Expr, place: Place) -> Result<Expr> {
        let mut first = parsed;
        let mut rest = Vec::new();
        while let ast::Expr::BinaryOp { left, op, right } = first
            && let Some(op) = arithmetic_op(op)
        {
            rest.push((op, right.as_ref()));
            first = left;
        }
        let mut result = self.numeric(first, place)?;
        for (op, right_parsed) in rest.into_iter().rev() {
            let right = self.numeric(right_parsed, place)?;
            let number = [&result, &right]
                .iter()
                .any(|side| side.ty == ValueType::Number);
            if number && op == ArithmeticOp::Remainder {
                return Err(self.mismatch(
                    right_parsed,
                    "the remainder of numbers that are not integers".to_owned(),
                    "use `%` only with integers",
                ));
            }
            let ty = if number {
                ValueType::Number
            } else {
                ValueType::Integer
            };
            result = Expr {
                kind: ExprKind::Arithmetic(op, Box::new(result), Box::new(right)),
                ty,
            };
        }
        Ok(result)
    }

    fn is_null(&self, inner: &ast::Expr, negated: bool, place: Place) -> Result<Expr> {
        let inner = self.expr(inner, place)?;
        Ok(boolean(ExprKind::IsNull {
            expr: Box::new(inner),
            negated,
        }))
    }

    fn case(
        &self,
        operand_parsed: Option<&ast::Expr>,
        conditions: &[ast::CaseWhen],
        otherwise: Option<&ast::Expr>,
        place: Place,
    ) -> Result<Expr> {
        let operand = operand_parsed
            .map(|operand| self.expr(operand, place))
            .transpose()?;
        let mut branches = Vec::new();
        let mut ty = ValueType::Null;
        for when in conditions {
            let condition = match (&operand, operand_parsed) {
                (Some(operand), Some(operand_parsed)) => {
                    let value = self.comparable(operand, operand_parsed, &when.condition, place)?;
                    beside(value, operand.ty)
                }
                _ => self.condition(&when.condition, place)?,
            };
            let result = self.expr(&when.result, place)?;
            ty = self.common(ty, &result, &when.result)?;
            branches.push((condition, result));
        }
        let otherwise = match otherwise {
            Some(parsed) => {
                let result = self.expr(parsed, place)?;
                ty = self.common(ty, &result, parsed)?;
                Some(Box::new(result))
            }
            None => None,
        };
        let kind = ExprKind::Case {
            operand: operand.map(Box::new),
            branches,
            otherwise,
        };
        Ok(Expr { kind, ty })
    }

    /// Returns the type that includes both types, for results of alternative branches.
    fn common(&self, ty: ValueType, expr: &Expr, parsed: &ast::Expr) -> Result<ValueType> {
        match (ty, expr.ty) {
            (ValueType::Null, other) | (other, ValueType::Null) => Ok(other),
            (a, b) if a == b => Ok(a),
            (a, b) if a.is_numeric() && b.is_numeric() => Ok(ValueType::Number),
            (first, second) => {
                let message = format!(
                    "this is {}, but the previous results are {}",
                    a(second),
                    plural(first)
                );
                Err(self.mismatch(parsed, message, "all results must have the same type"))
            }
        }
    }
}

const SUBSET: &str = "supported are columns, literals, arithmetic, comparisons, AND/OR/NOT, IN, BETWEEN, LIKE, IS NULL, EXISTS, CASE, ||, and the functions coalesce, lower, length, starts_with, round, seconds_between, age_days, trunc, json_text and json_number; for anything else, use `sql`";

fn boolean(kind: ExprKind) -> Expr {
    Expr {
        kind,
        ty: ValueType::Boolean,
    }
}

fn not(condition: Expr) -> Expr {
    boolean(ExprKind::Not(Box::new(condition)))
}

/// Returns the condition, with `otherwise` in place of NULL.
fn or_else(condition: Expr, otherwise: bool) -> Expr {
    let otherwise = boolean(ExprKind::Literal(Literal::Boolean(otherwise)));
    boolean(ExprKind::Coalesce(vec![condition, otherwise]))
}

/// Returns the operands of a chain of one operator, in the order in which they are written.
fn operands<'e>(parsed: &'e ast::Expr, op: &BinaryOperator) -> Vec<&'e ast::Expr> {
    let mut operands = Vec::new();
    let mut waiting = vec![parsed];
    while let Some(next) = waiting.pop() {
        let chained = match next {
            ast::Expr::Nested(inner) => inner.as_ref(),
            _ => next,
        };
        match chained {
            ast::Expr::BinaryOp {
                left,
                op: other,
                right,
            } if other == op => waiting.extend([right.as_ref(), left.as_ref()]),
            _ => operands.push(next),
        }
    }
    operands
}

fn arithmetic_op(op: &BinaryOperator) -> Option<ArithmeticOp> {
    Some(match op {
        BinaryOperator::Plus => ArithmeticOp::Add,
        BinaryOperator::Minus => ArithmeticOp::Subtract,
        BinaryOperator::Multiply => ArithmeticOp::Multiply,
        BinaryOperator::Divide => ArithmeticOp::Divide,
        BinaryOperator::Modulo => ArithmeticOp::Remainder,
        _ => return None,
    })
}
