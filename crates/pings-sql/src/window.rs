//! Which ends of the window a capture speaks of.

use pings_model::{Capture, Expr, ExprKind, SqlPiece, SqlText, ValueType};

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
    capture
        .expressions()
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
    for part in expr.parts() {
        visit(part, borders);
    }
}
