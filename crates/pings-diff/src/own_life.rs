//! Comparison of the versions that send a metric, as far as they are not those of its ping.

use pings_model::{Metric, Path, Ping, Version};

use crate::breakage::{self, Ranges, range_place};
use crate::change::Subject;
use crate::context::Context;
use crate::location::MetricRef;
use crate::{lifecycle, prose};

/// Compares the life of a metric with that of its old form. If the metric is in the same ping as
/// before, changes of the ping's own versions are reported for the ping.
pub(crate) fn compare(
    cx: &mut Context<'_>,
    (was, old): (&Ping, &Metric),
    coded: MetricRef<'_>,
    is_same_ping: bool,
) {
    let (is, new) = (coded.ping.ping, coded.metric);
    if is_same_ping && old.own_life.is_empty() && new.own_life.is_empty() {
        return;
    }
    let what = format!("metric `{}`", new.code);
    let (before, after) = (was.life(old), is.life(new));
    let (own_before, own_after) = (&old.own_life, &new.own_life);
    // Versions that both registries name only at the ping are compared there.
    let is_compared =
        |was: Option<Version>, is: Option<Version>| !is_same_ping || was.is_some() || is.is_some();
    if is_compared(own_before.added, own_after.added) {
        let at = || place(coded, "added", is_same_ping || own_after.added.is_some());
        lifecycle::added(cx, &what, before.added(), after.added(), at);
        if before.added() == after.added() {
            redeclared(cx, own_before.added, own_after.added, at);
        }
    }
    if is_compared(own_before.removed, own_after.removed) {
        let at = || {
            place(
                coded,
                "removed",
                is_same_ping || own_after.removed.is_some(),
            )
        };
        lifecycle::removed(cx, &what, before.removed(), after.removed(), at);
        if before.removed() == after.removed() {
            redeclared(cx, own_before.removed, own_after.removed, at);
        }
    }
    if is_same_ping {
        let (was, is) = (of_metric(was, old), of_metric(is, new));
        breakage::compare(cx, &what, &was, &is, &|at| {
            range_place(place(coded, "broken", true), at)
        });
    } else {
        let of_ping = is.broken.len();
        let (was, is) = (
            Ranges::alone(was.broken.iter().chain(&own_before.broken)),
            Ranges::alone(is.broken.iter().chain(&own_after.broken)),
        );
        breakage::compare(cx, &what, &was, &is, &|at| match at
            .and_then(|at| at.checked_sub(of_ping))
        {
            Some(own) => range_place(place(coded, "broken", true), Some(own)),
            None => range_place(place(coded, "broken", false), at),
        });
    }
    prose::pull_requests(cx, &what, &own_before.prs, &own_after.prs, || {
        place(coded, "prs", true)
    });
}

/// Returns the ranges that a metric declares itself, beside those of its ping.
fn of_metric<'a>(ping: &'a Ping, metric: &'a Metric) -> Ranges<'a> {
    Ranges {
        compared: metric.own_life.broken.iter().collect(),
        others: &ping.broken,
    }
}

/// Returns the place of a key of the metric, or of its ping.
fn place(coded: MetricRef<'_>, key: &str, is_own: bool) -> (Path, Subject) {
    let (path, subject) = coded.key(key);
    match is_own {
        true => (path, subject),
        false => (coded.ping.key(key).0, subject),
    }
}

/// Reports that the metric names a version instead of its ping, or no longer does.
fn redeclared(
    cx: &mut Context<'_>,
    was: Option<Version>,
    is: Option<Version>,
    at: impl FnOnce() -> (Path, Subject),
) {
    if was.is_some() == is.is_some() {
        return;
    }
    let text = |own: Option<Version>| match own {
        Some(version) => version.to_string(),
        None => "that of the ping".to_owned(),
    };
    lifecycle::rewritten(cx, text(was), text(is), at());
}
