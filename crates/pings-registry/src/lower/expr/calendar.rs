//! Functions of times, of numbers and of the start of a text.

use pings_model::{Aggregate, DateUnit, Expr, ExprKind, LikePiece, ValueType};
use sqlparser::ast::{self, Value};

use super::function::{is_copied, is_copied_within_times};
use super::{Place, Result, Typer, a, boolean};

/// The largest number of decimals of `round`: more digits are not significant.
const MOST_DECIMALS: u8 = 15;

impl Typer<'_> {
    /// `trunc(week, x)`
    pub(super) fn trunc(&self, unit: &ast::Expr, time: &ast::Expr, place: Place) -> Result<Expr> {
        let word = match unit {
            ast::Expr::Identifier(word) => word.value.to_ascii_lowercase(),
            _ => String::new(),
        };
        let Some(unit) = DateUnit::ALL.into_iter().find(|it| it.as_str() == word) else {
            let help = "use day, week, month, quarter or year: `trunc(week, ticket.opened_at)`";
            return Err(self.not_portable(unit, help));
        };
        let value = self.time(time, place)?;
        self.written_once(time, &[&value], is_copied)?;
        Ok(Expr {
            kind: ExprKind::Trunc(unit, Box::new(value)),
            ty: ValueType::Timestamp,
        })
    }

    /// `age_days(from, to)`
    pub(super) fn age_days(
        &self,
        parsed: &ast::Expr,
        from: &ast::Expr,
        to: &ast::Expr,
        place: Place,
    ) -> Result<Expr> {
        let (from, to) = (self.time(from, place)?, self.time(to, place)?);
        self.written_once(parsed, &[&from, &to], is_copied_within_times)?;
        Ok(Expr {
            kind: ExprKind::AgeDays(Box::new(from), Box::new(to)),
            ty: ValueType::Integer,
        })
    }

    /// `round(x)` and `round(x, n)`. A whole number stays as it is.
    pub(super) fn round(
        &self,
        number: &ast::Expr,
        decimals: Option<&ast::Expr>,
        place: Place,
    ) -> Result<Expr> {
        let value = self.numeric(number, place)?;
        let decimals = match decimals {
            None => Some(0),
            Some(ast::Expr::Value(it)) => match &it.value {
                Value::Number(digits, _) => digits.parse().ok(),
                _ => None,
            },
            Some(_) => None,
        };
        let Some(decimals) = decimals.filter(|it| *it <= MOST_DECIMALS) else {
            let help =
                format!("write the number of decimals, from 0 to {MOST_DECIMALS}: `round(x, 2)`");
            return Err(self.not_portable(number, &help));
        };
        self.written_once(number, &[&value], |kind| {
            matches!(kind, ExprKind::Round(..))
        })?;
        if value.ty != ValueType::Number {
            return Ok(value);
        }
        Ok(Expr {
            kind: ExprKind::Round(Box::new(value), decimals),
            ty: ValueType::Number,
        })
    }

    /// `starts_with(x, 'a')`, which is `x LIKE 'a%'` without special characters.
    pub(super) fn starts_with(
        &self,
        text: &ast::Expr,
        start: &ast::Expr,
        place: Place,
    ) -> Result<Expr> {
        let value = self.text(text, place)?;
        let literal = match start {
            ast::Expr::Value(it) => match &it.value {
                Value::SingleQuotedString(literal) => Some(literal.clone()),
                _ => None,
            },
            _ => None,
        };
        let Some(literal) = literal.filter(|it| !it.is_empty()) else {
            let help = "the start must be a text in single quotes: `starts_with(x, 'a')`";
            return Err(self.not_portable(start, help));
        };
        Ok(boolean(ExprKind::Like {
            expr: Box::new(value),
            pattern: vec![LikePiece::Text(literal), LikePiece::AnyText],
            negated: false,
        }))
    }

    /// Converts the argument of `min` and `max`.
    pub(super) fn number_or_time(&self, parsed: &ast::Expr) -> Result<Expr> {
        let value = self.expr(parsed, Place::Aggregate)?;
        if value.ty.is_numeric() || value.ty == ValueType::Timestamp {
            return Ok(value);
        }
        let message = format!("expected a number or a time, found {}", a(value.ty));
        Err(self.mismatch(
            parsed,
            message,
            "use `length` for texts and `seconds_between` for times",
        ))
    }
}

/// Returns whether a time is always the start of a period, so that its date says everything.
pub(in crate::lower) fn is_date(expr: &Expr) -> bool {
    let all = |items: &[&Expr]| {
        items
            .iter()
            .all(|it| is_date(it) || it.ty == ValueType::Null)
    };
    match &expr.kind {
        ExprKind::Trunc(..) => true,
        ExprKind::Coalesce(items) => all(&items.iter().collect::<Vec<_>>()),
        ExprKind::Case {
            branches,
            otherwise,
            ..
        } => {
            let results = branches.iter().map(|(_, then)| then);
            all(&results.chain(otherwise.as_deref()).collect::<Vec<_>>())
        }
        ExprKind::Aggregate(Aggregate::Min(inner) | Aggregate::Max(inner)) => is_date(inner),
        _ => false,
    }
}
