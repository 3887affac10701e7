//! Which ends of the window a capture speaks of.

use pings_model::{Aggregate, Capture, Expr, ExprKind, Measure, SqlPiece, SqlText, ValueType};

use crate::dialect::Dialect;
use crate::dialect::time::{Border, border_value};
use crate::layout::Block;

/// The ends of the window that a query names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Borders {
    start: bool,
    end: bool,
}

impl Borders {
    /// Whether the query takes the window.
    pub fn any(self) -> bool {
        self.start || self.end
    }

    /// A query that takes the window takes both ends. Where it names but one,
    /// this names both, and is true of every window.
    pub fn guard(self, dialect: Dialect) -> Option<Block> {
        (self.start != self.end).then(|| {
            let [start, end] =
                [Border::Start, Border::End].map(|border| border_value(border, dialect));
            format!("{start} < {end}").into()
        })
    }
}

/// The ends that a capture names.
pub fn of_capture(capture: &Capture) -> Borders {
    let mut borders = Borders::default();
    let joins = capture.joins.iter().map(|join| &join.on);
    let dimensions = capture.by.iter().map(|dimension| &dimension.expr);
    let values = capture.measures.iter().filter_map(|measure| match measure {
        Measure::Count => None,
        Measure::Distinct(value)
        | Measure::Sum(value)
        | Measure::Stats(value)
        | Measure::Percentiles { value, .. } => Some(value),
    });
    joins
        .chain(&capture.filter)
        .chain(dimensions)
        .chain(&capture.per)
        .chain(values)
        .for_each(|expr| visit(expr, &mut borders));
    borders
}

/// The ends that hand-written SQL names.
pub fn of_text(text: &SqlText) -> Borders {
    Borders {
        start: text.0.contains(&SqlPiece::WeekStart),
        end: text.0.contains(&SqlPiece::WeekEnd),
    }
}

fn visit(expr: &Expr, borders: &mut Borders) {
    // What is only ever NULL is written without its parts.
    if expr.ty == ValueType::Null {
        return;
    }
    match expr.kind {
        ExprKind::WeekStart => borders.start = true,
        ExprKind::WeekEnd => borders.end = true,
        _ => {}
    }
    for part in parts(expr) {
        visit(part, borders);
    }
}

/// The expressions that an expression is made of.
fn parts(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Column { .. }
        | ExprKind::Literal(_)
        | ExprKind::WeekStart
        | ExprKind::WeekEnd
        | ExprKind::Aggregate(Aggregate::CountRows) => Vec::new(),
        ExprKind::Negate(inner)
        | ExprKind::Not(inner)
        | ExprKind::Lower(inner)
        | ExprKind::Length(inner)
        | ExprKind::JsonText(inner, _)
        | ExprKind::IsNull { expr: inner, .. }
        | ExprKind::Like { expr: inner, .. }
        | ExprKind::Aggregate(
            Aggregate::Count(inner)
            | Aggregate::CountDistinct(inner)
            | Aggregate::Sum(inner)
            | Aggregate::Avg(inner)
            | Aggregate::Min(inner)
            | Aggregate::Max(inner),
        ) => vec![inner],
        ExprKind::Arithmetic(_, left, right)
        | ExprKind::Compare(_, left, right)
        | ExprKind::SecondsBetween(left, right) => vec![left, right],
        ExprKind::And(items)
        | ExprKind::Or(items)
        | ExprKind::Coalesce(items)
        | ExprKind::Concat(items) => items.iter().collect(),
        ExprKind::In { expr, list, .. } => std::iter::once(&**expr).chain(list).collect(),
        ExprKind::Between {
            expr, low, high, ..
        } => vec![expr, low, high],
        ExprKind::Case {
            operand,
            branches,
            otherwise,
        } => operand
            .as_deref()
            .into_iter()
            .chain(branches.iter().flat_map(|(when, then)| [when, then]))
            .chain(otherwise.as_deref())
            .collect(),
    }
}
