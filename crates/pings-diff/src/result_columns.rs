//! Comparison of what a metric's result consists of: its dimensions and its measures by name.

use crate::change::{Change, Kind, WAITS};
use crate::context::Context;
use crate::location::MetricRef;

pub(crate) fn dimension_removed(
    cx: &mut Context<'_>,
    name: &str,
    likely: Option<&str>,
    coded: MetricRef<'_>,
) {
    let code = &coded.metric.code;
    let (path, subject) = coded.key("by");
    let message = format!("metric `{code}` lost the dimension `{name}`");
    let help = match likely {
        Some(likely) => format!(
            "the dimension was probably renamed to `{likely}`: keep the name `{name}`, because readers of the metric use it"
        ),
        None => format!("keep `{name}` in `by`, and add a new code without this dimension"),
    };
    cx.report(Change::new(Kind::DimensionRemoved, path, subject, message).help(help));
}

pub(crate) fn dimension_added(cx: &mut Context<'_>, name: &str, coded: MetricRef<'_>) {
    let code = &coded.metric.code;
    let (path, subject) = coded.key("by");
    let message =
        format!("metric `{code}` gained the dimension `{name}`, which splits every value");
    let help = format!("keep `{code}`, and give the split values a new code");
    cx.report(Change::new(Kind::DimensionAdded, path, subject, message).help(help));
}

/// Compares the names of the measures.
pub(crate) fn measures(cx: &mut Context<'_>, old: &[String], new: &[String], coded: MetricRef<'_>) {
    let code = &coded.metric.code;
    for name in old.iter().filter(|name| !new.contains(name)) {
        let (path, subject) = coded.key("measure");
        let message = format!("measure `{name}` of metric `{code}` was removed");
        let help = format!(
            "keep `{name}`; list both measures (`measure: […]`), or give the replacement a new code"
        );
        cx.report(Change::new(Kind::MeasureRemoved, path, subject, message).help(help));
    }
    for name in new.iter().filter(|name| !old.contains(name)) {
        let (path, subject) = coded.key("measure");
        let message = format!("measure `{name}` of metric `{code}` was added");
        let change = Change::new(Kind::MeasureAdded, path, subject, message);
        cx.report(change.help(WAITS));
    }
}

/// Returns the help for a change that would give a code another meaning.
pub(crate) fn new_code(code: &str) -> String {
    format!(
        "values before and after are not the same series: give the new meaning a new code, and end `{code}` with `removed:`"
    )
}
