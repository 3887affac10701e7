//! SQL expressions: from the parser's tree to the portable subset, typed.

mod function;
mod literal;

use pings_model::{
    ArithmeticOp, ColumnType, Comparison, Expr, ExprKind, Literal, ValueType, Window,
};
use sqlparser::ast::{self, BinaryOperator, Spanned, UnaryOperator, Value};

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::lower::scope::{Lookup, Scope};
use crate::lower::sql::{Written, expression as parse};
use crate::lower::statement::window_of_total;
use crate::shape::with_suggestion;
use crate::source::Span;
use crate::tree::Node;

/// What an expression is evaluated for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Each row.
    Row,
    /// Each `per` group, outside of an aggregate.
    Group,
    /// Each row of a group, inside of an aggregate.
    Aggregate,
}

/// The expression of a scalar; none where it is wrong, which is then reported.
pub(super) fn expression(
    node: &Node<'_>,
    scope: &Scope<'_>,
    window: Window,
    place: Place,
    cx: &mut Context<'_>,
) -> Option<Expr> {
    let written = Written {
        source: cx.text,
        node,
        text: node.text()?,
    };
    let lowered = parse(&written).map_err(Some).and_then(|parsed| {
        let typer = Typer {
            written,
            scope,
            window,
        };
        let expr = typer.expr(&parsed, place)?;
        if place == Place::Group && !has_aggregate(&expr) {
            let message = "a `value` that has a `per` aggregates the rows of each group";
            return Err(Some(
                Diagnostic::new(Rule::MisplacedAggregate, node.span, message)
                    .help("count, sum, avg, min or max them: `count(order_item.id)`"),
            ));
        }
        Ok(expr)
    });
    match lowered {
        Ok(expr) => Some(expr),
        Err(diagnostic) => {
            cx.diagnostics.extend(diagnostic);
            None
        }
    }
}

/// A mistake; none where it lies in another part, which has been reported.
type Result<T> = std::result::Result<T, Option<Diagnostic>>;

/// What the expressions of one scalar have in common.
struct Typer<'s> {
    written: Written<'s>,
    scope: &'s Scope<'s>,
    window: Window,
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
            // What is not known is neither true nor false.
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
                        self.not_portable(pattern, "the pattern of LIKE is a text in quotes")
                    );
                };
                let Value::SingleQuotedString(pattern) = &value.value else {
                    return Err(
                        self.not_portable(pattern, "the pattern of LIKE is a text in quotes")
                    );
                };
                Ok(boolean(ExprKind::Like {
                    expr: Box::new(inner),
                    pattern: literal::like(pattern),
                    negated: *negated,
                }))
            }
            ast::Expr::Like { .. } => {
                Err(self.not_portable(parsed, "LIKE has no ESCAPE: a backslash escapes"))
            }
            ast::Expr::ILike { .. } => Err(self.not_portable(
                parsed,
                "ILIKE is not in every database: write `lower(x) LIKE 'pattern'`",
            )),
            ast::Expr::Cast { .. } => Err(self.not_portable(
                parsed,
                "casts are not needed: declared types are cast where they must be",
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
            ast::Expr::Subquery(_) | ast::Expr::Exists { .. } | ast::Expr::InSubquery { .. } => {
                Err(self.not_portable(
                    parsed,
                    "a query within an expression: join the table, or write `sql`",
                ))
            }
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

    fn column(
        &self,
        table: Option<&[ast::Ident]>,
        name: &ast::Ident,
        place: Place,
    ) -> Result<Expr> {
        let span = self.written.place(name.span);
        let lookup = match table {
            Some(parts) => {
                let table_span = Spanned::span(&ast::ObjectName::from(parts.to_vec()));
                let parts: Vec<&str> = parts.iter().map(|part| part.value.as_str()).collect();
                let table_span = self.written.place(table_span);
                self.scope
                    .qualified(&parts.join("."), table_span, &name.value, span)
            }
            None => self.scope.bare(&name.value, span),
        };
        let found = match lookup {
            Lookup::Found(found) => found,
            Lookup::Unknown(diagnostic) => return Err(Some(diagnostic)),
            Lookup::Unsound => return Err(None),
        };
        if place == Place::Group {
            let message = format!(
                "`{}` has one value for each row, not for each group",
                name.value
            );
            return Err(Some(
                Diagnostic::new(Rule::MisplacedAggregate, span, message).help(format!(
                    "aggregate it: `count({0})`, `max({0})`",
                    name.value
                )),
            ));
        }
        Ok(Expr {
            ty: ValueType::from(&found.column.ty),
            kind: ExprKind::Column {
                table: found.table,
                qualifier: found.qualifier,
                column: found.column.name.clone(),
            },
        })
    }

    /// `user.id`, which the parser takes for a member of what the word `user` is in SQL.
    fn column_of_a_word(
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

    fn value(&self, value: &Value, parsed: &ast::Expr) -> Result<Expr> {
        let (literal, ty) = match value {
            Value::Null => (Literal::Null, ValueType::Null),
            Value::Boolean(value) => (Literal::Boolean(*value), ValueType::Boolean),
            Value::SingleQuotedString(text) => (Literal::Text(text.clone()), ValueType::Text),
            Value::Number(digits, _) => match literal::number(digits) {
                Some((literal, ty)) => (literal, ty),
                None => {
                    return Err(self.mismatch(
                        parsed,
                        format!("`{digits}` does not fit in 64 bits"),
                        "write a smaller number",
                    ));
                }
            },
            Value::Placeholder(name) => return self.border(name, parsed),
            _ => {
                return Err(self.not_portable(
                    parsed,
                    "literals are numbers, 'texts', TRUE, FALSE and NULL",
                ));
            }
        };
        Ok(Expr {
            kind: ExprKind::Literal(literal),
            ty,
        })
    }

    fn border(&self, name: &str, parsed: &ast::Expr) -> Result<Expr> {
        let kind = match name {
            ":week_start" => ExprKind::WeekStart,
            ":week_end" => ExprKind::WeekEnd,
            _ => {
                let message = format!("there is no parameter `{name}`");
                let unknown = Diagnostic::new(Rule::MisplacedWindow, self.span(parsed), message);
                return Err(Some(
                    unknown.help("a weekly capture has :week_start and :week_end"),
                ));
            }
        };
        if self.window != Window::Weekly {
            return Err(Some(window_of_total(self.span(parsed))));
        }
        Ok(Expr {
            kind,
            ty: ValueType::Timestamp,
        })
    }

    fn condition(&self, parsed: &ast::Expr, place: Place) -> Result<Expr> {
        self.of_type(
            parsed,
            place,
            ValueType::Boolean,
            "compare it with something",
        )
    }

    fn text(&self, parsed: &ast::Expr, place: Place) -> Result<Expr> {
        self.of_type(parsed, place, ValueType::Text, "text is needed here")
    }

    fn numeric(&self, parsed: &ast::Expr, place: Place) -> Result<Expr> {
        let expr = self.expr(parsed, place)?;
        if expr.ty.is_numeric() {
            return Ok(expr);
        }
        Err(self.mismatch(
            parsed,
            format!("expected a number, found {}", a(expr.ty)),
            "numbers are computed with; texts have `length`, times `seconds_between`",
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
        let arithmetic = |op| self.arithmetic(op, left, right, place);
        match op {
            BinaryOperator::And | BinaryOperator::Or => self.junction(parsed, op, place),
            BinaryOperator::Eq => comparison(Comparison::Equal),
            BinaryOperator::NotEq => comparison(Comparison::NotEqual),
            BinaryOperator::Lt => comparison(Comparison::Less),
            BinaryOperator::LtEq => comparison(Comparison::LessOrEqual),
            BinaryOperator::Gt => comparison(Comparison::Greater),
            BinaryOperator::GtEq => comparison(Comparison::GreaterOrEqual),
            BinaryOperator::Plus => arithmetic(ArithmeticOp::Add),
            BinaryOperator::Minus => arithmetic(ArithmeticOp::Subtract),
            BinaryOperator::Multiply => arithmetic(ArithmeticOp::Multiply),
            BinaryOperator::Divide => arithmetic(ArithmeticOp::Divide),
            BinaryOperator::Modulo => arithmetic(ArithmeticOp::Remainder),
            BinaryOperator::StringConcat => self.concat(parsed, place),
            BinaryOperator::Arrow | BinaryOperator::LongArrow => {
                let help = "a member of a JSON object is `json_text(column, 'key')`, its text";
                Err(self.not_portable(parsed, help))
            }
            _ => Err(self.not_portable(parsed, SUBSET)),
        }
    }

    /// `a AND b AND c` is one list of three, however it nests.
    fn junction(&self, parsed: &ast::Expr, op: &BinaryOperator, place: Place) -> Result<Expr> {
        let mut operands = Vec::new();
        flatten(parsed, op, &mut operands);
        let operands: Vec<_> = operands
            .into_iter()
            .map(|operand| self.condition(operand, place))
            .collect::<Result<_>>()?;
        Ok(boolean(match op {
            BinaryOperator::And => ExprKind::And(operands),
            _ => ExprKind::Or(operands),
        }))
    }

    fn concat(&self, parsed: &ast::Expr, place: Place) -> Result<Expr> {
        let mut operands = Vec::new();
        flatten(parsed, &BinaryOperator::StringConcat, &mut operands);
        let mut parts = Vec::new();
        for operand in operands {
            let part = self.expr(operand, place)?;
            if !matches!(
                part.ty,
                ValueType::Text | ValueType::Integer | ValueType::Null
            ) {
                let help =
                    "texts and whole numbers have the same text in every database; others do not";
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

    fn arithmetic(
        &self,
        op: ArithmeticOp,
        left: &ast::Expr,
        right: &ast::Expr,
        place: Place,
    ) -> Result<Expr> {
        let (l, r) = (self.numeric(left, place)?, self.numeric(right, place)?);
        let number = [&l, &r].iter().any(|side| side.ty == ValueType::Number);
        if number && op == ArithmeticOp::Remainder {
            return Err(self.mismatch(
                right,
                "the remainder of numbers with fractions".to_owned(),
                "`%` is of whole numbers",
            ));
        }
        let ty = if number {
            ValueType::Number
        } else {
            ValueType::Integer
        };
        Ok(Expr {
            kind: ExprKind::Arithmetic(op, Box::new(l), Box::new(r)),
            ty,
        })
    }

    fn compare(
        &self,
        comparison: Comparison,
        left: &ast::Expr,
        right: &ast::Expr,
        place: Place,
    ) -> Result<Expr> {
        let l = self.expr(left, place)?;
        let r = self.comparable(&l, left, right, place)?;
        let (l, r) = aligned(l, r);
        Ok(boolean(ExprKind::Compare(
            comparison,
            Box::new(l),
            Box::new(r),
        )))
    }

    /// The expression, if it can be compared with `other`.
    fn comparable(
        &self,
        other: &Expr,
        other_parsed: &ast::Expr,
        parsed: &ast::Expr,
        place: Place,
    ) -> Result<Expr> {
        let expr = self.expr(parsed, place)?;
        for (side, side_parsed) in [(other, other_parsed), (&expr, parsed)] {
            if side.ty == ValueType::Null && matches!(side.kind, ExprKind::Literal(_)) {
                let message = "nothing equals NULL, not even NULL".to_owned();
                return Err(self.mismatch(side_parsed, message, "write IS NULL or IS NOT NULL"));
            }
        }
        self.known_value(other, &expr, parsed)?;
        self.known_value(&expr, other, other_parsed)?;
        let both_numeric = other.ty.is_numeric() && expr.ty.is_numeric();
        let (aligned_other, aligned_expr) = aligned(other.clone(), expr.clone());
        if both_numeric || (aligned_other.ty == aligned_expr.ty && expr.ty != ValueType::Json) {
            return Ok(expr);
        }
        let message = format!("{} cannot be compared with {}", a(other.ty), a(expr.ty));
        let help = match (other.ty, expr.ty) {
            (ValueType::Integer | ValueType::Number, ValueType::Timestamp)
            | (ValueType::Timestamp, ValueType::Integer | ValueType::Number) => {
                "Unix seconds are compared with `seconds_between('1970-01-01', :week_start)`"
            }
            (ValueType::Boolean, _) | (_, ValueType::Boolean) => {
                "write TRUE or FALSE, or the column alone"
            }
            (ValueType::Timestamp, _) | (_, ValueType::Timestamp) => {
                "a time is written as '2021-01-25' or '2021-01-25 12:00:00', a day that there is, in UTC and without an offset"
            }
            (ValueType::Json, _) | (_, ValueType::Json) => {
                "take a member out of it: `json_text(column, 'key')`"
            }
            _ => "both sides must be of one type",
        };
        Err(self.mismatch(parsed, message, help))
    }

    /// A text that is compared with a column of known values must be one of them.
    fn known_value(&self, column: &Expr, literal: &Expr, parsed: &ast::Expr) -> Result<()> {
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

    fn is_null(&self, inner: &ast::Expr, negated: bool, place: Place) -> Result<Expr> {
        let inner = self.expr(inner, place)?;
        Ok(boolean(ExprKind::IsNull {
            expr: Box::new(inner),
            negated,
        }))
    }

    fn in_list(
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
                    aligned(operand.clone(), value).1
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

    /// The type that holds both, for results of which any may be taken.
    fn common(&self, ty: ValueType, expr: &Expr, parsed: &ast::Expr) -> Result<ValueType> {
        match (ty, expr.ty) {
            (ValueType::Null, other) | (other, ValueType::Null) => Ok(other),
            (a, b) if a == b => Ok(a),
            (a, b) if a.is_numeric() && b.is_numeric() => Ok(ValueType::Number),
            (first, second) => {
                let message = format!(
                    "this is {}, the results before it are {}",
                    a(second),
                    plural(first)
                );
                Err(self.mismatch(parsed, message, "all results must be of one type"))
            }
        }
    }
}

const SUBSET: &str = "there are columns, literals, arithmetic, comparisons, AND/OR/NOT, IN, BETWEEN, LIKE, \
    IS NULL, CASE, ||, coalesce, lower, length, seconds_between(a, b) and json_text(column, 'key'); \
    more than that takes `sql`";

fn boolean(kind: ExprKind) -> Expr {
    Expr {
        kind,
        ty: ValueType::Boolean,
    }
}

fn not(condition: Expr) -> Expr {
    boolean(ExprKind::Not(Box::new(condition)))
}

/// The condition, or this where it is not known.
fn or_else(condition: Expr, otherwise: bool) -> Expr {
    let otherwise = boolean(ExprKind::Literal(Literal::Boolean(otherwise)));
    boolean(ExprKind::Coalesce(vec![condition, otherwise]))
}

/// A text literal beside a time is a time.
fn aligned(left: Expr, right: Expr) -> (Expr, Expr) {
    let as_time = |expr: Expr, other: ValueType| match &expr.kind {
        ExprKind::Literal(Literal::Text(text)) if other == ValueType::Timestamp => {
            match crate::lower::timestamp::timestamp(text) {
                Some(time) => Expr {
                    kind: ExprKind::Literal(Literal::Timestamp(time)),
                    ty: ValueType::Timestamp,
                },
                None => expr,
            }
        }
        _ => expr,
    };
    let (left_ty, right_ty) = (left.ty, right.ty);
    (as_time(left, right_ty), as_time(right, left_ty))
}

/// The operands of a chain of one operator.
fn flatten<'e>(parsed: &'e ast::Expr, op: &BinaryOperator, operands: &mut Vec<&'e ast::Expr>) {
    match parsed {
        ast::Expr::BinaryOp {
            left,
            op: other,
            right,
        } if other == op => {
            flatten(left, op, operands);
            flatten(right, op, operands);
        }
        ast::Expr::Nested(inner) if matches!(inner.as_ref(), ast::Expr::BinaryOp { op: other, .. } if other == op) =>
        {
            flatten(inner, op, operands);
        }
        _ => operands.push(parsed),
    }
}

fn has_aggregate(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Aggregate(_) => true,
        ExprKind::Column { .. }
        | ExprKind::Literal(_)
        | ExprKind::WeekStart
        | ExprKind::WeekEnd => false,
        ExprKind::Negate(a)
        | ExprKind::Not(a)
        | ExprKind::Lower(a)
        | ExprKind::Length(a)
        | ExprKind::JsonText(a, _) => has_aggregate(a),
        ExprKind::IsNull { expr, .. } | ExprKind::Like { expr, .. } => has_aggregate(expr),
        ExprKind::Arithmetic(_, a, b)
        | ExprKind::Compare(_, a, b)
        | ExprKind::SecondsBetween(a, b) => has_aggregate(a) || has_aggregate(b),
        ExprKind::And(list)
        | ExprKind::Or(list)
        | ExprKind::Coalesce(list)
        | ExprKind::Concat(list) => list.iter().any(has_aggregate),
        ExprKind::In { expr, list, .. } => has_aggregate(expr) || list.iter().any(has_aggregate),
        ExprKind::Between {
            expr, low, high, ..
        } => has_aggregate(expr) || has_aggregate(low) || has_aggregate(high),
        ExprKind::Case {
            operand,
            branches,
            otherwise,
        } => {
            operand.as_deref().is_some_and(has_aggregate)
                || otherwise.as_deref().is_some_and(has_aggregate)
                || branches
                    .iter()
                    .any(|(when, then)| has_aggregate(when) || has_aggregate(then))
        }
    }
}

/// A type in a sentence: "a number".
pub(super) fn a(ty: ValueType) -> &'static str {
    match ty {
        ValueType::Integer => "a whole number",
        ValueType::Number => "a number",
        ValueType::Text => "text",
        ValueType::Boolean => "true or false",
        ValueType::Timestamp => "a time",
        ValueType::Json => "a JSON document",
        ValueType::Null => "NULL",
    }
}

fn plural(ty: ValueType) -> &'static str {
    match ty {
        ValueType::Integer | ValueType::Number => "numbers",
        ValueType::Text => "texts",
        ValueType::Boolean => "true or false",
        ValueType::Timestamp => "times",
        ValueType::Json => "JSON documents",
        ValueType::Null => "NULL",
    }
}
