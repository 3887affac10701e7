//! Finds unbounded numeric dimensions in a ping that is not `identifying`.

use pings_model::{
    ArgumentType, ArithmeticOp, EventDimension, Expr, ExprKind, Lint, Literal, Metric, Sensitivity,
    Source,
};

use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

/// The maximum number of remainders in a dimension such as `day % 7`.
const MOST: i64 = 100;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    for (at, ping) in subject.registry.pings().iter().enumerate() {
        if ping.sensitivity == Sensitivity::Identifying {
            continue;
        }
        for (nth, metric) in ping.metrics.iter().enumerate() {
            for name in unbounded(metric) {
                let remedy = match &metric.source {
                    Source::Events(_) | Source::Capture(_) => {
                        format!("put the numbers into ranges: `bucket: {{ {name}: [1, 10, 100] }}`")
                    }
                    Source::Sql(_) | Source::Funnel(_) | Source::Value(_) => {
                        "if the statement selects only a few values, suppress the lint and state their range"
                            .to_owned()
                    }
                };
                let place = subject.dimension(at, nth, name);
                let message =
                    format!("`{name}` is an unbounded number, and each value is sent to the store");
                let diagnostic = Diagnostic::new(Lint::NumberAsADimension, place, message)
                    .label("a number can identify a person or a company")
                    .help(remedy)
                    .help("or declare the ping as identifying: `sensitivity: identifying`");
                found.add(Site::Metric(at, nth), diagnostic);
            }
        }
    }
}

/// Returns the dimensions of a metric that are unbounded numbers.
fn unbounded(metric: &Metric) -> Vec<&str> {
    match &metric.source {
        Source::Events(metric) => metric
            .by
            .iter()
            .filter(|by| {
                matches!(by, EventDimension::Argument(argument)
                    if matches!(argument.ty, ArgumentType::Integer | ArgumentType::Number))
            })
            .map(EventDimension::name)
            .collect(),
        Source::Capture(capture) => capture
            .by
            .iter()
            .filter(|by| !is_bounded(&by.expr))
            .map(|by| by.name.as_str())
            .collect(),
        Source::Sql(capture) => capture
            .columns
            .iter()
            .filter(|column| column.dimension && column.ty.is_numeric())
            .map(|column| column.name.as_str())
            .collect(),
        Source::Funnel(_) | Source::Value(_) => Vec::new(),
    }
}

/// Returns whether an expression is not a number, or has a few values that the registry names.
fn is_bounded(expr: &Expr) -> bool {
    if !expr.ty.is_numeric() {
        return true;
    }
    match &expr.kind {
        ExprKind::Literal(_) => true,
        ExprKind::Case {
            branches,
            otherwise,
            ..
        } => {
            let results = branches.iter().map(|(_, then)| then);
            results.chain(otherwise.as_deref()).all(is_bounded)
        }
        ExprKind::Arithmetic(ArithmeticOp::Remainder, _, divisor) => matches!(
            divisor.kind,
            ExprKind::Literal(Literal::Integer(divisor)) if (-MOST..=MOST).contains(&divisor)
        ),
        ExprKind::Coalesce(_) | ExprKind::Negate(_) | ExprKind::Arithmetic(..) => {
            expr.parts().into_iter().all(is_bounded)
        }
        _ => false,
    }
}
