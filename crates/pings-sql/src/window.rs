//! The bounds of the window that a capture uses.

use pings_model::{Capture, Expr, ExprKind, SqlPiece, SqlText, ValueType};

use crate::dialect::Dialect;
use crate::dialect::time::{Border, border_value};
use crate::layout::Block;

/// The bounds of the window that a query uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Borders {
    start: bool,
    end: bool,
}

impl Borders {
    /// Returns whether the query takes the window as parameters.
    pub fn any(self) -> bool {
        self.start || self.end
    }

    /// Returns a condition that uses both bounds and is always true, if the query uses only one
    /// bound. A query that takes the window must use both parameters.
    pub fn guard(self, dialect: Dialect) -> Option<Block> {
        (self.start != self.end).then(|| {
            let [start, end] =
                [Border::Start, Border::End].map(|border| border_value(border, dialect));
            format!("{start} < {end}").into()
        })
    }
}

/// Returns the bounds that a capture uses.
pub fn of_capture(capture: &Capture) -> Borders {
    let mut borders = Borders::default();
    capture
        .expressions()
        .for_each(|expr| visit(expr, &mut borders));
    borders
}

/// Returns the bounds that hand-written SQL uses.
pub fn of_text(text: &SqlText) -> Borders {
    Borders {
        start: text.0.contains(&SqlPiece::WeekStart),
        end: text.0.contains(&SqlPiece::WeekEnd),
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
        _ => {}
    }
    for part in expr.parts() {
        visit(part, borders);
    }
}
