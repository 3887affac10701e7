//! The versions that send a metric, and those that send wrong data.

use pings_model::{Broken, OwnLife, Version};

use crate::syntax::{RawBroken, RawFunnel, RawMetric};

/// Returns the life that a metric declares itself.
pub(super) fn of_metric(raw: &RawMetric) -> OwnLife {
    OwnLife {
        added: version(raw.added.as_ref()),
        removed: version(raw.removed.as_ref()),
        broken: broken(&raw.broken),
        prs: raw.prs.clone(),
    }
}

/// Returns the life that a funnel declares itself.
pub(super) fn of_funnel(raw: &RawFunnel) -> OwnLife {
    OwnLife {
        added: version(raw.added.as_ref()),
        removed: version(raw.removed.as_ref()),
        broken: broken(&raw.broken),
        prs: raw.prs.clone(),
    }
}

/// Returns a version, whose form was already checked.
pub(super) fn version(text: Option<&String>) -> Option<Version> {
    text?.parse().ok()
}

pub(super) fn broken(raw: &[RawBroken]) -> Vec<Broken> {
    let ranges = raw.iter().filter_map(|raw| {
        Some(Broken {
            versions: raw.versions.parse().ok()?,
            reason: raw.reason.clone(),
            fix: raw.fix,
        })
    });
    ranges.collect()
}
