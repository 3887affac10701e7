//! Comparison of the aggregation of a ping and of the versions that send it.

use pings_model::{Aggregation, Path, Period, Version};

use crate::change::{Change, Kind, Subject, WAITS};
use crate::context::Context;

pub(crate) fn aggregation(
    cx: &mut Context<'_>,
    what: &str,
    was: Aggregation,
    is: Aggregation,
    at: impl FnOnce() -> (Path, Subject),
) {
    if was == is {
        return;
    }
    let help = "weekly values and totals are not the same series: give the new metric a new code";
    let message = format!("the time window of {what} changed");
    cx.changed(
        Kind::WindowChanged,
        at(),
        message,
        was.as_str(),
        is.as_str(),
        help,
    );
}

/// Compares the windows of a metric. A metric of the current state has none, and is reported with its
/// ping.
pub(crate) fn windows(
    cx: &mut Context<'_>,
    code: &str,
    was: &[Period],
    is: &[Period],
    at: impl Fn() -> (Path, Subject),
) {
    let [was, is] =
        [was, is].map(|windows| windows.iter().copied().map(any_week).collect::<Vec<_>>());
    if was == is || was.is_empty() || is.is_empty() {
        return;
    }
    let text = |windows: &[Period]| {
        let words = windows.iter().map(|window| window.as_str());
        words.collect::<Vec<_>>().join(", ")
    };
    let mut report = |kind, message: String, help: &str| {
        cx.changed(kind, at(), message, text(&was), text(&is), help);
    };
    let lost: Vec<Period> = was.iter().copied().filter(|it| !is.contains(it)).collect();
    if !lost.is_empty() {
        let message = format!("metric `{code}` is no longer sent for {}", text(&lost));
        let help = "keep the window: its series ends, and the other windows are other series";
        report(Kind::WindowChanged, message, help);
    }
    let gained: Vec<Period> = is.iter().copied().filter(|it| !was.contains(it)).collect();
    if !gained.is_empty() {
        let message = format!("metric `{code}` is also sent for {}", text(&gained));
        report(Kind::WindowAdded, message, WAITS);
    }
}

pub(crate) fn added(
    cx: &mut Context<'_>,
    what: &str,
    was: Version,
    is: Version,
    at: impl FnOnce() -> (Path, Subject),
) {
    if was != is {
        let help = format!("keep `added: \"{was}\"`; list versions with wrong data under `broken`");
        let message = format!("the version that added {what} changed");
        cx.changed(
            Kind::AddedMoved,
            at(),
            message,
            was.to_string(),
            is.to_string(),
            help,
        );
    } else if was.to_string() != is.to_string() {
        rewritten(cx, was.to_string(), is.to_string(), at());
    }
}

pub(crate) fn removed(
    cx: &mut Context<'_>,
    what: &str,
    was: Option<Version>,
    is: Option<Version>,
    at: impl FnOnce() -> (Path, Subject),
) {
    match (was, is) {
        (None, None) => {}
        (None, Some(is)) => {
            let (path, subject) = at();
            let message = format!("{what} is no longer sent from {is} on");
            cx.report(Change::new(Kind::PingRemoved, path, subject, message).is(is.to_string()));
        }
        (Some(was), None) => {
            let (path, subject) = at();
            let message = format!("{what} is sent again from {was} on");
            let help = "add the versions that did not send it as a range under `broken`";
            let change = Change::new(Kind::RemovalWithdrawn, path, subject, message);
            cx.report(change.was(was.to_string()).help(help));
        }
        (Some(was), Some(is)) if was != is => {
            let message = format!("the version that removed {what} changed");
            let help = "this decides whether rows of the versions between the two are trusted";
            cx.changed(
                Kind::RemovalMoved,
                at(),
                message,
                was.to_string(),
                is.to_string(),
                help,
            );
        }
        (Some(was), Some(is)) if was.to_string() != is.to_string() => {
            rewritten(cx, was.to_string(), is.to_string(), at());
        }
        (Some(_), Some(_)) => {}
    }
}

/// Reports that the same versions are written in another way.
pub(crate) fn rewritten(cx: &mut Context<'_>, was: String, is: String, at: (Path, Subject)) {
    let (path, subject) = at;
    let message = "the same versions are written differently";
    cx.report(
        Change::new(Kind::VersionRewritten, path, subject, message)
            .was(was)
            .is(is),
    );
}

/// Returns the window without the day on which its weeks begin, which is a key of the registry.
fn any_week(window: Period) -> Period {
    match window.is_week() {
        true => Period::Week,
        false => window,
    }
}

/// Compares the days on which weeks begin.
pub(crate) fn week(cx: &mut Context<'_>, old: Period) {
    let new = cx.new.week();
    if old == new {
        return;
    }
    let (was, is) = (old.first_day_of_week(), new.first_day_of_week());
    let path = Path::default().key("week_starts");
    let help = format!(
        "keep `week_starts: {was}`: the values of other weeks continue each series with another meaning"
    );
    let message = "weeks begin on another day";
    let at = (path, Subject::default());
    cx.changed(Kind::WindowChanged, at, message, was, is, help);
}
