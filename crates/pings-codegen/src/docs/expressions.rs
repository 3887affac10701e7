//! Expressions of captures in words, as Markdown.

use pings_model::{Aggregate, Capture, Comparison, Expr, ExprKind, LikePiece, Literal, ValueType};

use crate::markdown::code;
use crate::text::comma_separated;

/// Puts the expressions of a capture into words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    /// Whether columns are named with their table.
    has_tables: bool,
}

impl Words {
    pub(super) fn new(capture: &Capture) -> Self {
        Self {
            has_tables: capture.tables().len() > 1,
        }
    }

    /// Returns a condition in the form `` `state` is `open` and `closed_at` is missing ``.
    pub(super) fn condition(self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::And(items) => self.joined(items, " and "),
            ExprKind::Or(items) => self.joined(items, " or "),
            ExprKind::Not(inner) => match inner.kind {
                ExprKind::Column { .. } => format!("{} is false", self.value(inner)),
                _ => format!("not ({})", self.condition(inner)),
            },
            ExprKind::Compare(comparison, left, right) => {
                let is_time = [left, right].iter().any(|it| it.ty == ValueType::Timestamp);
                let is = compared(*comparison, is_time);
                format!("{} {is} {}", self.value(left), self.value(right))
            }
            ExprKind::IsNull { expr, negated } => {
                format!("{} is {}missing", self.value(expr), not(*negated))
            }
            ExprKind::In {
                expr,
                list,
                negated,
            } => {
                let list = comma_separated(list.iter().map(|it| self.value(it)));
                let of = if *negated { "none" } else { "one" };
                format!("{} is {of} of {list}", self.value(expr))
            }
            ExprKind::Between {
                expr,
                low,
                high,
                negated,
            } => format!(
                "{} is {}from {} to {}",
                self.value(expr),
                not(*negated),
                self.value(low),
                self.value(high)
            ),
            ExprKind::Like {
                expr,
                pattern,
                negated,
            } => {
                let pattern: String = pattern.iter().map(LikePiece::written).collect();
                format!(
                    "{} is {}like {}",
                    self.value(expr),
                    not(*negated),
                    code(&pattern)
                )
            }
            ExprKind::Exists {
                name, on, negated, ..
            } => {
                let a = if *negated { "no" } else { "a" };
                format!("{} has {a} row where {}", code(name), self.operand(on))
            }
            ExprKind::Column { .. } => format!("{} is true", self.value(expr)),
            _ => self.value(expr),
        }
    }

    /// Returns a value in the form `` the seconds from `opened_at` to `closed_at` ``.
    pub(super) fn value(self, expr: &Expr) -> String {
        let value = |expr: &Expr| self.value(expr);
        let all = |items: &[Expr]| comma_separated(items.iter().map(value));
        match &expr.kind {
            ExprKind::Column {
                qualifier, column, ..
            } => match self.has_tables {
                true => code(&format!("{qualifier}.{column}")),
                false => code(column),
            },
            ExprKind::Literal(literal) => written(literal),
            ExprKind::WeekStart => "the start of the window".to_owned(),
            ExprKind::WeekEnd => "the end of the window".to_owned(),
            ExprKind::Now => "the time of the capture".to_owned(),
            ExprKind::Negate(inner) => format!("-{}", value(inner)),
            ExprKind::Arithmetic(operator, left, right) => {
                format!("({} {} {})", value(left), operator.as_str(), value(right))
            }
            ExprKind::Case {
                operand,
                branches,
                otherwise,
            } => self.cases(operand.as_deref(), branches, otherwise.as_deref()),
            ExprKind::Coalesce(items) => format!("the first of {} that is not missing", all(items)),
            ExprKind::Lower(inner) => format!("{} in lower case", value(inner)),
            ExprKind::Length(inner) => format!("the length of {}", value(inner)),
            ExprKind::Version(inner) => value(inner),
            ExprKind::Concat(items) => format!("the texts {} together", all(items)),
            ExprKind::SecondsBetween(from, to) => {
                format!("the seconds from {} to {}", value(from), value(to))
            }
            ExprKind::AgeDays(from, to) => {
                format!("the days from {} to {}", value(from), value(to))
            }
            ExprKind::Trunc(unit, inner) => {
                format!("the start of the {} of {}", unit.as_str(), value(inner))
            }
            ExprKind::DateText(inner) => format!("the date of {}", value(inner)),
            ExprKind::Round(inner, decimals) => {
                format!("{} rounded to {decimals} decimals", value(inner))
            }
            ExprKind::JsonNumber(inner, key) | ExprKind::JsonText(inner, key) => {
                format!("{} in {}", code(key), value(inner))
            }
            ExprKind::Aggregate(aggregate) => match aggregate {
                Aggregate::CountRows => "the number of rows".to_owned(),
                Aggregate::Count(inner) => format!("the number of rows with {}", value(inner)),
                Aggregate::CountDistinct(inner) => {
                    format!("the number of distinct values of {}", value(inner))
                }
                Aggregate::Sum(inner) => format!("the sum of {}", value(inner)),
                Aggregate::Avg(inner) => format!("the average of {}", value(inner)),
                Aggregate::Min(inner) => format!("the least {}", value(inner)),
                Aggregate::Max(inner) => format!("the greatest {}", value(inner)),
            },
            ExprKind::Compare(..)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::IsNull { .. }
            | ExprKind::In { .. }
            | ExprKind::Between { .. }
            | ExprKind::Like { .. }
            | ExprKind::Exists { .. } => format!("whether {}", self.operand(expr)),
        }
    }

    /// Returns conditions with a word between them.
    fn joined(self, items: &[Expr], word: &str) -> String {
        let items: Vec<String> = items.iter().map(|it| self.operand(it)).collect();
        items.join(word)
    }

    /// Returns a condition, in parentheses if it has several parts.
    fn operand(self, expr: &Expr) -> String {
        let text = self.condition(expr);
        match expr.kind {
            ExprKind::And(_) | ExprKind::Or(_) => format!("({text})"),
            _ => text,
        }
    }

    /// Returns `a if …, b if …, else c`.
    fn cases(
        self,
        operand: Option<&Expr>,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
    ) -> String {
        let branches = branches.iter().map(|(when, then)| {
            let when = match operand {
                Some(operand) => format!("{} is {}", self.value(operand), self.value(when)),
                None => self.operand(when),
            };
            format!("{} if {when}", self.value(then))
        });
        let otherwise = otherwise.map(|it| format!("else {}", self.value(it)));
        comma_separated(branches.chain(otherwise))
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "not " } else { "" }
}

fn compared(comparison: Comparison, is_time: bool) -> &'static str {
    match (comparison, is_time) {
        (Comparison::Equal, _) => "is",
        (Comparison::NotEqual, _) => "is not",
        (Comparison::Less, true) => "is before",
        (Comparison::LessOrEqual, true) => "is at or before",
        (Comparison::Greater, true) => "is after",
        (Comparison::GreaterOrEqual, true) => "is at or after",
        (Comparison::Less, false) => "is less than",
        (Comparison::LessOrEqual, false) => "is at most",
        (Comparison::Greater, false) => "is more than",
        (Comparison::GreaterOrEqual, false) => "is at least",
    }
}

fn written(literal: &Literal) -> String {
    match literal {
        Literal::Null => "missing".to_owned(),
        Literal::Boolean(value) => value.to_string(),
        Literal::Integer(number) => code(&number.to_string()),
        Literal::Number(number) => code(number),
        Literal::Text(text) if text.trim().is_empty() => "empty".to_owned(),
        Literal::Text(text) | Literal::Timestamp(text) => code(text),
    }
}
