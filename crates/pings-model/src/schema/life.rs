//! The schema of the versions that send a metric, and of those that send wrong data.

use super::shape::{Key, Record, Shape, optional, required};

/// `added` of a metric or funnel.
pub(super) const ADDED: Key = optional(
    "added",
    Shape::Version,
    "The first version that sends this code; default: that of the ping.",
);

/// `broken` of a metric or funnel.
pub(super) const BROKEN_TOO: Key = optional(
    "broken",
    Shape::List(&RANGE),
    "The versions that send wrong data for this code, in addition to those of the ping.",
);

static RANGE: Shape = Shape::Record(&BROKEN);

/// `removed` of a metric or funnel.
pub(super) const REMOVED: Key = optional(
    "removed",
    Shape::Version,
    "The first version that no longer sends this code; default: that of the ping.",
);

/// `prs` of a metric or funnel.
pub(super) const PRS: Key = optional(
    "prs",
    Shape::List(&Shape::Integer),
    "The pull requests that implemented this code; default: those of the ping.",
);

pub(super) static BROKEN: Record = Record {
    name: "breakage",
    doc: "Versions with wrong data.",
    keys: &[
        required(
            "versions",
            Shape::VersionRange,
            "The versions: \"3.30\", \"3.25-3.26\", or \"3.31+\" if they are not fixed yet.",
        ),
        optional("reason", Shape::Text, "What is wrong with the data."),
        optional("fix", Shape::Integer, "The pull request with the fix."),
    ],
};
