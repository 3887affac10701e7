//! The window of all time.
//!
//! Events are pruned, so an instance keeps the totals of each day and the first time of each user.
//! Only measures that can be computed from these have the window.

use pings_model::{EventDimension, EventMeasure, EventMetric, Identity, Measure, Period, Source};

use crate::context::Context;
use crate::diagnostic::Rule;
use crate::tree::Node;

const KEPT: &str =
    "use `count`, `sum` or `unique_users`, or a metric of its own with other windows";

/// Reports what prevents a metric from having the window of all time. `metric` is the node of the
/// metric or funnel, and `ping` that of its ping.
pub(super) fn check(metric: &Node<'_>, ping: &Node<'_>, source: &Source, cx: &mut Context<'_>) {
    let windows = metric.get("window").or_else(|| ping.get("window"));
    let words = windows.map_or(&[][..], Node::one_or_many).iter();
    let mut words = words.filter(|it| it.text() == Some(Period::AllTime.as_str()));
    let Some(word) = words.next() else { return };
    let refused = match source {
        Source::Events(events) => return check_events(metric, events, cx),
        Source::Funnel(_) => ("a funnel", "its steps are pruned: use `month` or `days_28`"),
        Source::Capture(_) | Source::Sql(_) => (
            "a capture",
            "use a ping with `aggregation: total`, which counts all rows of the tables",
        ),
        // The other windows of a value were already reported.
        Source::Value(_) => return,
    };
    let (what, help) = refused;
    let message = format!("{what} has no window `all_time`");
    cx.error(Rule::MisplacedWindow, word.span, message, help);
}

fn check_events(node: &Node<'_>, metric: &EventMetric, cx: &mut Context<'_>) {
    let words = node.get("measure").map_or(&[][..], Node::one_or_many);
    for (word, measure) in words.iter().zip(&metric.measures) {
        let is_kept = matches!(
            measure,
            EventMeasure::UniqueUsers | EventMeasure::Of(Measure::Count | Measure::Sum(_))
        );
        if !is_kept {
            let word_text = word.text().unwrap_or_default();
            let message = format!("`{word_text}` has no value for all time");
            cx.error(Rule::WrongMeasure, word.span, message, KEPT);
        }
    }
    let is_bucket = |by: &EventDimension| matches!(by, EventDimension::Bucket(..));
    for (key, is_there) in [
        ("bucket", metric.by.iter().any(is_bucket)),
        ("min_group", metric.min_group.is_some()),
        ("all_of", !metric.all_of.is_empty()),
        ("identity", metric.identity != Identity::Actor),
    ] {
        if let Some(entry) = node.entry(key).filter(|_| is_there) {
            let message = format!("`{key}` in a metric with the window `all_time`");
            let help = "remove it, or make a metric of its own for `all_time`";
            cx.error(Rule::MisplacedKey, entry.key_span, message, help);
        }
    }
}
