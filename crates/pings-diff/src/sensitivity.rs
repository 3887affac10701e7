//! Comparison of the sensitivity of a ping or of a metric.

use pings_model::{Path, Sensitivity};

use crate::change::{Kind, Subject};
use crate::context::Context;

pub(crate) fn compare(
    cx: &mut Context<'_>,
    what: &str,
    was: Sensitivity,
    is: Sensitivity,
    at: impl FnOnce() -> (Path, Subject),
) {
    if was == is {
        return;
    }
    let care = |sensitivity: Sensitivity| match sensitivity {
        Sensitivity::Usage => 0,
        Sensitivity::Operational => 1,
        Sensitivity::Identifying => 2,
    };
    if was == Sensitivity::Identifying {
        let message =
            format!("{what} is now sent by default; before, it was sent only if switched on");
        let help = "keep `sensitivity: identifying`, and put metrics that are not identifying into a new ping: instances have not agreed to send this one";
        let (was, is) = (was.as_str(), is.as_str());
        cx.changed(Kind::NoLongerIdentifying, at(), message, was, is, help);
        return;
    }
    if is == Sensitivity::Identifying {
        let message =
            format!("{what} is now sent only if the operator of the instance switches it on");
        let help = "its series ends on most instances: keep metrics that are not identifying in a separate ping";
        let (was, is) = (was.as_str(), is.as_str());
        cx.changed(Kind::MadeIdentifying, at(), message, was, is, help);
        return;
    }
    let (kind, message) = if care(is) > care(was) {
        (
            Kind::SensitivityRaised,
            format!("{what} has a more restrictive sensitivity"),
        )
    } else {
        (
            Kind::SensitivityLowered,
            format!(
                "{what} has a less restrictive sensitivity, also for data that is already collected"
            ),
        )
    };
    let help = "announce it in the release notes: another switch now covers the ping, and instances withhold it until an operator agrees";
    let (was, is) = (was.as_str(), is.as_str());
    cx.changed(kind, at(), message, was, is, help);
}
