//! The bounds of the window that a capture uses, and the time of its run.

use pings_model::{Capture, Expr, ExprKind, SqlCapture, SqlPiece, SqlText, ValueType};

use crate::dialect::Dialect;
use crate::dialect::time::{Border, border_value};
use crate::layout::Block;
use crate::parameters::Parameters;

/// The bounds of the window, and the time of the run, that a query uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Borders {
    start: bool,
    end: bool,
    now: bool,
}

impl Borders {
    /// Returns the parameters of a query that uses these borders.
    pub fn parameters(self) -> Parameters {
        if self.start || self.end {
            Parameters::Window
        } else if self.now {
            Parameters::Now
        } else {
            Parameters::None
        }
    }

    /// Returns a condition that is always true and uses the parameters of `needed`, if the query
    /// does not use all of them. A query must use each of its parameters.
    pub fn guard(self, needed: Self, dialect: Dialect) -> Option<Block> {
        let value = |border| border_value(border, dialect);
        match needed.parameters() {
            Parameters::Window if !(self.start && self.end) => {
                Some(format!("{} < {}", value(Border::Start), value(Border::End)).into())
            }
            Parameters::Now if !self.now => {
                Some(format!("{} IS NOT NULL", value(Border::Now)).into())
            }
            _ => None,
        }
    }
}

/// Returns the borders that a capture uses.
pub fn of_capture(capture: &Capture) -> Borders {
    let mut borders = Borders::default();
    capture
        .expressions()
        .for_each(|expr| visit(expr, &mut borders));
    borders
}

/// Returns the borders that any statement of a capture uses. The statements take the same
/// parameters.
pub fn of_sql(capture: &SqlCapture) -> Borders {
    let mut borders = Borders::default();
    for of in capture.texts().map(of_text) {
        borders.start |= of.start;
        borders.end |= of.end;
        borders.now |= of.now;
    }
    borders
}

/// Returns the borders that a statement uses.
pub fn of_text(text: &SqlText) -> Borders {
    Borders {
        start: text.0.contains(&SqlPiece::WeekStart),
        end: text.0.contains(&SqlPiece::WeekEnd),
        now: text.0.contains(&SqlPiece::Now),
    }
}

fn visit(expr: &Expr, borders: &mut Borders) {
    // NULL is rendered without its operands.
    if expr.ty == ValueType::Null {
        return;
    }
    match expr.kind {
        ExprKind::WeekStart => borders.start = true,
        ExprKind::WeekEnd => borders.end = true,
        ExprKind::Now => borders.now = true,
        _ => {}
    }
    for part in expr.parts() {
        visit(part, borders);
    }
}
