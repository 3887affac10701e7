//! Finds weekly captures that compare a time with both bounds of the week, one of them incorrectly.

mod bound;
mod hand_written;

use pings_model::{Aggregation, Capture, Comparison, Expr, ExprKind, Lint, Source};

use self::bound::{Bound, Wrong, negated, pairs, sorted, turned, wrong};
use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    for (at, ping) in subject.registry.pings().iter().enumerate() {
        if ping.aggregation != Aggregation::Weekly {
            continue;
        }
        for (nth, metric) in ping.metrics.iter().enumerate() {
            let (wrong, key) = match &metric.source {
                Source::Capture(capture) => (of_capture(capture), "where"),
                Source::Sql(capture) => (hand_written::wrong(capture), "sql"),
                Source::Events(_) | Source::Funnel(_) | Source::Value(_) => continue,
            };
            for wrong in wrong {
                let (message, label) = wrong.words();
                let message = format!("`{}` {message}", metric.code);
                let key = if subject.metric(at, nth).get(key).is_some() {
                    key
                } else {
                    "code"
                };
                let place = subject.in_metric(at, nth, key);
                let diagnostic = Diagnostic::new(Lint::InexactWeek, place, message)
                    .label(label)
                    .help("compare the time like this: `orders.paid_at >= :week_start AND orders.paid_at < :week_end`");
                found.add(Site::Metric(at, nth), diagnostic);
            }
        }
    }
}

fn of_capture(capture: &Capture) -> Vec<Wrong> {
    let mut found = Vec::new();
    let mut bounds = Vec::new();
    for expr in capture.expressions() {
        add(expr, false, &mut bounds, &mut found);
    }
    found.extend(wrong(&bounds));
    sorted(found)
}

/// Collects the comparisons that are true whenever the expression is true, or whenever it is false
/// if `is_negated`. Mistakes inside other subexpressions are added to `found` directly.
fn add<'e>(
    expr: &'e Expr,
    is_negated: bool,
    bounds: &mut Vec<Bound<&'e Expr>>,
    found: &mut Vec<Wrong>,
) {
    match &expr.kind {
        ExprKind::Not(inner) => add(inner, !is_negated, bounds, found),
        ExprKind::Compare(comparison, left, right) => {
            let comparison = match is_negated {
                true => negated(*comparison),
                false => *comparison,
            };
            bounds.extend(bound(left, right, comparison));
            bounds.extend(bound(right, left, turned(comparison)));
        }
        ExprKind::Between {
            expr,
            low,
            high,
            negated,
        } if *negated == is_negated => {
            bounds.extend(bound(expr, low, Comparison::GreaterOrEqual));
            bounds.extend(bound(expr, high, Comparison::LessOrEqual));
        }
        ExprKind::And(items) if !is_negated => {
            for item in items {
                add(item, false, bounds, found);
            }
        }
        ExprKind::Or(items) if is_negated => {
            for item in items {
                add(item, true, bounds, found);
            }
        }
        ExprKind::And(items) | ExprKind::Or(items) => either(items, is_negated, found),
        _ => {
            for part in expr.parts() {
                let mut bounds = Vec::new();
                add(part, false, &mut bounds, found);
                found.extend(wrong(&bounds));
            }
        }
    }
}

/// Checks the alternatives of a disjunction.
fn either(items: &[Expr], is_negated: bool, found: &mut Vec<Wrong>) {
    use Comparison::{Greater, GreaterOrEqual, Less, LessOrEqual};
    let mut singles = Vec::new();
    for item in items {
        let mut bounds = Vec::new();
        add(item, is_negated, &mut bounds, found);
        found.extend(wrong(&bounds));
        if bounds.len() == 1 {
            singles.append(&mut bounds);
        }
    }
    let is_always = |pair| matches!(pair, (Greater | GreaterOrEqual, Less | LessOrEqual));
    if pairs(&singles).any(is_always) {
        found.push(Wrong::Always);
    }
}

fn bound<'e>(time: &'e Expr, border: &Expr, comparison: Comparison) -> Option<Bound<&'e Expr>> {
    let is_start = match border.kind {
        ExprKind::WeekStart => true,
        ExprKind::WeekEnd => false,
        _ => return None,
    };
    Some(Bound {
        time,
        is_start,
        comparison,
    })
}
