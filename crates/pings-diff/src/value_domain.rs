//! Comparison of the declared texts of a dimension, which are the only texts that instances send.

use pings_model::{Dimension, Expr, Sensitivity, ValueDomain};

use crate::change::{Change, Kind};
use crate::context::Context;
use crate::location::MetricRef;

/// Reports texts that instances send now and did not send before.
fn added(
    cx: &mut Context<'_>,
    before: &ValueDomain,
    after: &ValueDomain,
    new: &Dimension,
    coded: MetricRef<'_>,
) {
    let what = format!("dimension `{}` of metric `{}`", new.name, coded.metric.code);
    let message = match (before, after) {
        (ValueDomain::Declared(was), ValueDomain::Declared(is)) => {
            let more: Vec<String> = is.difference(was).map(|it| format!("`{it}`")).collect();
            if more.is_empty() {
                return;
            }
            format!("{what} now sends {} instead of `@other`", more.join(", "))
        }
        (ValueDomain::Free, ValueDomain::Declared(_)) => {
            format!("{what} is no longer free text, so instances now send the metric")
        }
        _ => return,
    };
    let (path, subject) = coded.key("by");
    let change = Change::new(
        Kind::DimensionTextsAdded,
        path.key(&new.name),
        subject,
        message,
    );
    cx.report(
        change
            .help("announce it in the release notes: instances agreed to a metric that sent less"),
    );
}

/// Compares the texts of a dimension whose expression is unchanged.
pub(crate) fn compare(cx: &mut Context<'_>, old: &Expr, new: &Dimension, coded: MetricRef<'_>) {
    // Identifying pings send any text. Other pings never sent free text.
    let before = ValueDomain::of_expr(cx.old, old);
    let after = ValueDomain::of_expr(cx.new, &new.expr);
    if coded.ping.ping.sensitivity == Sensitivity::Identifying {
        return;
    }
    added(cx, &before, &after, new, coded);
    let ValueDomain::Declared(was) = before else {
        return;
    };
    let what = format!("dimension `{}` of metric `{}`", new.name, coded.metric.code);
    let (message, help) = match after {
        ValueDomain::Declared(is) => {
            let gone: Vec<String> = was.difference(&is).map(|it| format!("`{it}`")).collect();
            if gone.is_empty() {
                return;
            }
            let message = format!("{what} no longer declares {}", gone.join(", "));
            (
                message,
                "undeclared values arrive as `@other`: keep the values in the `enum` of the column",
            )
        }
        ValueDomain::Numbers => return,
        ValueDomain::Free | ValueDomain::EventNames => (
            format!("{what} is now free text"),
            "metrics that are grouped by free text are not sent: keep the `enum` of the column",
        ),
    };
    let (path, subject) = coded.key("by");
    let path = path.key(&new.name);
    cx.report(Change::new(Kind::DimensionNarrowed, path, subject, message).help(help));
}
