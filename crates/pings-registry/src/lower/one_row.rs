//! Captures of the value of one row.

use pings_model::{Capture, Dimension, Measure, ValueType};

use crate::context::Context;
use crate::diagnostic::Rule;
use crate::lower::expr;
use crate::tree::Node;

/// The name of the value in results.
const VALUE: &str = "value";

/// Returns a capture whose measure is `value` as a capture of one row, and any other capture as it
/// is. A value that is not a number becomes a dimension.
pub(super) fn one_row(
    mut capture: Capture,
    metric: &Node<'_>,
    cx: &mut Context<'_>,
) -> Option<Capture> {
    let is_value = |measure: &Measure<_>| matches!(measure, Measure::Value(_));
    let Some(place) = capture.measures.iter().position(is_value) else {
        return Some(capture);
    };
    let before = cx.diagnostics.len();
    if capture.measures.len() > 1 {
        let span = metric.get("measure").map_or(metric.head(), |it| it.span);
        let message = "`value` cannot be combined with other measures";
        let help = "make another metric for the other measures";
        cx.error(Rule::WrongMeasure, span, message, help);
    }
    for key in ["by", "bucket", "min_group", "per"] {
        cx.misplaced(
            metric,
            key,
            "does not apply to the value of one row",
            "remove it, or choose another measure",
        );
    }
    let Measure::Value(value) = capture.measures.swap_remove(place) else {
        return None;
    };
    if matches!(value.ty, ValueType::Timestamp | ValueType::Null) {
        let span = metric.get(VALUE).map_or(metric.head(), |it| it.span);
        let message = format!("the value cannot be {}", expr::a(value.ty));
        let help = match value.ty {
            ValueType::Timestamp => "send the date: `trunc(day, settings.expires_at)`",
            _ => "use a column: `settings.seats`",
        };
        cx.error(Rule::TypeMismatch, span, message, help);
    }
    if cx.diagnostics.len() > before {
        return None;
    }
    let (by, measure) = match value.ty.is_numeric() {
        true => (None, Measure::Value(value)),
        false => {
            let dimension = Dimension {
                name: VALUE.to_owned(),
                expr: value,
                ranges: None,
            };
            (Some(dimension), Measure::Count)
        }
    };
    Some(Capture {
        by: by.into_iter().collect(),
        measures: vec![measure],
        one_row: true,
        ..capture
    })
}
