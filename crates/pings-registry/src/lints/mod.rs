//! Lints, which find valid entries that are seldom intended. Each file contains one lint as a
//! function with the same signature.
//!
//! Lints run on a registry that passed all checks, so each element has the same index in the
//! registry and in the syntax tree. The tree is only searched for findings.

mod expired_ping;
mod identity_leaves;
mod inexact_week;
mod levels;
mod missing_owner;
mod missing_purpose;
mod multiplying_join;
mod near_duplicate_codes;
mod near_duplicate_owners;
mod number_as_a_dimension;
mod overdue_review;
mod removed_ping_still_fired;
mod soft_deletion;
pub mod subject;
mod suppression;
mod todo_in_considerations;
mod unbounded_string_argument;
mod unfixed_broken_range;
mod unique_count_over_total;
mod unused_event;
mod weekly_capture_without_week;

use pings_model::{Level, Registry};

pub use levels::{InvalidDate, Levels, UnknownLint};
pub use subject::Finding;

use crate::tree::Node;
use subject::{Found, Subject};

/// The functions of all lints.
const LINTS: &[fn(&Subject<'_>, &mut Found)] = &[
    expired_ping::find,
    identity_leaves::find,
    inexact_week::find,
    missing_owner::find,
    missing_purpose::find,
    multiplying_join::find,
    near_duplicate_codes::find,
    near_duplicate_owners::find,
    number_as_a_dimension::find,
    overdue_review::find,
    removed_ping_still_fired::find,
    soft_deletion::find,
    todo_in_considerations::find,
    unbounded_string_argument::find,
    unfixed_broken_range::find,
    unique_count_over_total::find,
    unused_event::find,
    weekly_capture_without_week::find,
];

/// Returns all findings except those with the level `allow`, ordered by location. Suppressed
/// findings are included.
pub(crate) fn find(
    registry: &Registry,
    root: &Node<'_>,
    text: &str,
    levels: &Levels,
) -> Vec<Finding> {
    let subject = Subject {
        registry,
        text,
        today: levels.today(),
        events: root.get("events").map_or(&[], Node::entries),
        pings: root.get("pings").map_or(&[], Node::items),
    };
    let mut found = Found::default();
    for lint in LINTS {
        lint(&subject, &mut found);
    }
    let levels = levels::resolved(root, levels);
    let mut findings = suppression::apply(&subject, found);
    findings.retain_mut(|finding| {
        finding.level = levels(finding.diagnostic.rule);
        finding.level > Level::Allow
    });
    findings.sort_by_key(|finding| (finding.diagnostic.span, finding.diagnostic.rule));
    findings
}
