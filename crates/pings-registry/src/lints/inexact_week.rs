//! A weekly capture that compares a time with both borders of its week, one of them wrongly.

mod hand_written;

use pings_model::{Capture, Comparison, Expr, ExprKind, Lint, Source, Window};

use super::weekly_capture_without_week::expressions;
use super::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

/// What is wrong with a border.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wrong {
    /// `> :week_start`
    Start,
    /// `<= :week_end`
    End,
}

/// How a time is compared with a border; the time is on the left.
struct Bound<T> {
    time: T,
    is_start: bool,
    comparison: Comparison,
}

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    for (at, ping) in subject.registry.pings.iter().enumerate() {
        if ping.window != Window::Weekly {
            continue;
        }
        for (nth, metric) in ping.metrics.iter().enumerate() {
            let (wrong, key) = match &metric.source {
                Source::Capture(capture) => (of_capture(capture), "where"),
                Source::Sql(capture) => (hand_written::wrong(capture), "sql"),
                Source::Events(_) | Source::Funnel(_) => continue,
            };
            for wrong in wrong {
                let code = &metric.code;
                let message = match wrong {
                    Wrong::Start => format!("`{code}` loses the first instant of its week"),
                    Wrong::End => format!("`{code}` counts the first instant of the next week too"),
                };
                let label = match wrong {
                    Wrong::Start => "a week begins with `>= :week_start`",
                    Wrong::End => {
                        "a week ends before `:week_end`, which is the first instant after it"
                    }
                };
                let key = if subject.metric(at, nth).get(key).is_some() {
                    key
                } else {
                    "code"
                };
                let place = subject.in_metric(at, nth, key);
                let diagnostic = Diagnostic::new(Lint::InexactWeek, place, message)
                    .label(label)
                    .help("compare a time so: `orders.paid_at >= :week_start AND orders.paid_at < :week_end`");
                found.add(Site::Metric(at, nth), diagnostic);
            }
        }
    }
}

fn of_capture(capture: &Capture) -> Vec<Wrong> {
    let mut bounds = Vec::new();
    for expr in expressions(capture) {
        add(expr, &mut bounds);
    }
    wrong(&bounds)
}

/// Borders that a time is compared with wrongly, where it is compared with both: one that is
/// compared with one only may end after the week begins, or begin before it.
fn wrong<T: PartialEq>(bounds: &[Bound<T>]) -> Vec<Wrong> {
    let has_other = |it: &Bound<T>| {
        let mut others = bounds.iter();
        others.any(|other| other.time == it.time && other.is_start != it.is_start)
    };
    let wrong = bounds.iter().filter(|it| has_other(it)).filter_map(|it| {
        match (it.is_start, it.comparison) {
            (true, Comparison::Greater) => Some(Wrong::Start),
            (false, Comparison::LessOrEqual) => Some(Wrong::End),
            _ => None,
        }
    });
    let mut wrong: Vec<Wrong> = wrong.collect();
    wrong.sort_unstable();
    wrong.dedup();
    wrong
}

/// The comparisons of an expression, but for those under a `NOT`.
fn add<'e>(expr: &'e Expr, bounds: &mut Vec<Bound<&'e Expr>>) {
    match &expr.kind {
        ExprKind::Not(_) | ExprKind::Between { negated: true, .. } => return,
        ExprKind::Compare(comparison, left, right) => {
            let sides = [
                (left, right, *comparison),
                (right, left, turned(*comparison)),
            ];
            for (time, border, comparison) in sides {
                bounds.extend(bound(time, border, comparison));
            }
        }
        ExprKind::Between {
            expr, low, high, ..
        } => {
            bounds.extend(bound(expr, low, Comparison::GreaterOrEqual));
            bounds.extend(bound(expr, high, Comparison::LessOrEqual));
        }
        _ => {}
    }
    for part in expr.parts() {
        add(part, bounds);
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

/// The comparison with its sides exchanged.
fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same @ (Comparison::Equal | Comparison::NotEqual) => same,
    }
}
