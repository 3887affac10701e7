//! Comparison of values that the product sets.

use std::collections::HashSet;

use pings_model::{ValueKind, ValueMetric};

use crate::change::{Change, Kind};
use crate::context::Context;
use crate::location::MetricRef;

pub(crate) fn compare(
    cx: &mut Context<'_>,
    old: &ValueMetric,
    new: &ValueMetric,
    coded: MetricRef<'_>,
) {
    let code = &coded.metric.code;
    let (ValueKind::Enum(was), ValueKind::Enum(is)) = (&old.kind, &new.kind) else {
        if old.kind != new.kind {
            cx.changed(
                Kind::ValueChanged,
                coded.key("value"),
                format!("the type of metric `{code}` changed"),
                old.kind.to_string(),
                new.kind.to_string(),
                format!("give the new value a new code, and end `{code}` with `removed:`"),
            );
        }
        return;
    };
    let beyond = |some: &[String], others: &[String]| {
        let others: HashSet<&String> = others.iter().collect();
        let texts = some.iter().filter(|it| !others.contains(it));
        let texts: Vec<String> = texts.map(|it| format!("`{it}`")).collect();
        texts.join(", ")
    };
    let (more, gone) = (beyond(is, was), beyond(was, is));
    let report = |cx: &mut Context<'_>, kind, message, help: &str| {
        let (path, subject) = coded.key("value");
        cx.report(Change::new(kind, path, subject, message).help(help));
    };
    if !more.is_empty() {
        let message = format!("metric `{code}` now sends {more}");
        let help = "announce it in the release notes: instances agreed to a metric that sent less";
        report(cx, Kind::DimensionTextsAdded, message, help);
    }
    if !gone.is_empty() {
        let message = format!("metric `{code}` no longer declares {gone}");
        let help = "undeclared values arrive as `@other`: keep the values in the `enum`";
        report(cx, Kind::DimensionNarrowed, message, help);
    }
    if more.is_empty() && gone.is_empty() && was != is {
        let (path, subject) = coded.key("value");
        let message = format!("the order of the values of metric `{code}` changed");
        cx.report(Change::new(Kind::Reordered, path, subject, message));
    }
}
