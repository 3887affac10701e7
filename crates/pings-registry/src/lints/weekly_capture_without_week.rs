//! Finds weekly captures that do not use the end of the week.

use pings_model::{Aggregation, Capture, Expr, ExprKind, Lint, Source, SqlCapture, SqlPiece};

use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

const WEEKLY: &str =
    "compare a time with both: `orders.paid_at >= :week_start AND orders.paid_at < :week_end`";

const WITH_WINDOWS: &str =
    "compare a time with both: `orders.paid_at >= :window_start AND orders.paid_at < :window_end`";

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    for (at, ping) in subject.registry.pings().iter().enumerate() {
        if ping.aggregation != Aggregation::Weekly {
            continue;
        }
        for (nth, metric) in ping.metrics.iter().enumerate() {
            let bounds = match &metric.source {
                Source::Capture(capture) => Bounds::of_capture(capture),
                Source::Sql(capture) => Bounds::of_sql(capture),
                Source::Events(_) | Source::Funnel(_) | Source::Value(_) => continue,
            };
            if bounds.end {
                continue;
            }
            let message = if bounds.start {
                format!("the week of `{}` has a start but no end", metric.code)
            } else {
                format!("`{}` is weekly, but does not use the week", metric.code)
            };
            let key = if subject.metric(at, nth).get("where").is_some() {
                "where"
            } else {
                "code"
            };
            let place = subject.in_metric(at, nth, key);
            let has_other = metric.other_windows().next().is_some();
            let (weekly, help) = match has_other {
                true => ("window", WITH_WINDOWS),
                false => ("aggregation", WEEKLY),
            };
            let diagnostic = Diagnostic::new(Lint::WeeklyCaptureWithoutWeek, place, message)
                .label("it selects all rows that are in the tables when it runs")
                .related(subject.in_ping(at, weekly), "weekly")
                .help(help)
                .help("or say `aggregation: total`");
            found.add(Site::Metric(at, nth), diagnostic);
        }
    }
}

/// The bounds of the week that a capture uses.
#[derive(Clone, Copy, Default)]
struct Bounds {
    start: bool,
    end: bool,
}

impl Bounds {
    fn of_capture(capture: &Capture) -> Self {
        let mut bounds = Self::default();
        for expr in capture.expressions() {
            bounds.add(expr);
        }
        bounds
    }

    fn add(&mut self, expr: &Expr) {
        match expr.kind {
            ExprKind::WeekStart => self.start = true,
            ExprKind::WeekEnd => self.end = true,
            _ => {}
        }
        for part in expr.parts() {
            self.add(part);
        }
    }

    /// Returns the bounds that all statements use.
    fn of_sql(capture: &SqlCapture) -> Self {
        let in_all = |piece: &SqlPiece| capture.texts().all(|text| text.0.contains(piece));
        Self {
            start: in_all(&SqlPiece::WeekStart),
            end: in_all(&SqlPiece::WeekEnd),
        }
    }
}
