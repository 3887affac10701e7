//! Comparison of which users count, and who counts as one user.

use pings_model::{EventId, Identity, Registry};

use crate::change::Kind;
use crate::context::{Context, event_names};
use crate::location::MetricRef;
use crate::result_columns::new_code;

/// Compares the events that a user must all have done.
pub(crate) fn compare_all_of(
    cx: &mut Context<'_>,
    old: &[Vec<EventId>],
    new: &[Vec<EventId>],
    coded: MetricRef<'_>,
) {
    // A list that has the same events in another order of lists means the same.
    let is_in = |was: &Vec<EventId>| new.iter().any(|is| cx.are_same(was, is));
    if old.len() == new.len() && old.iter().all(is_in) {
        return;
    }
    let text = |registry: &Registry, lists: &[Vec<EventId>]| {
        let list = |ids: &Vec<EventId>| event_names(registry, ids).replace(", ", " or ");
        match lists.is_empty() {
            true => "any of the events".to_owned(),
            false => lists.iter().map(list).collect::<Vec<_>>().join(" and "),
        }
    };
    let code = &coded.metric.code;
    let message = format!("users of metric `{code}` must have done other events");
    let (was, is) = (text(cx.old, old), text(cx.new, new));
    let at = coded.key("all_of");
    cx.changed(Kind::EventsChanged, at, message, was, is, new_code(code));
}

/// Compares who counts as one user.
pub(crate) fn compare_identity(
    cx: &mut Context<'_>,
    old: Identity,
    new: Identity,
    coded: MetricRef<'_>,
) {
    if old == new {
        return;
    }
    let code = &coded.metric.code;
    let message = format!("metric `{code}` counts other users as one");
    let (was, is) = (old.as_str(), new.as_str());
    let at = coded.key("identity");
    cx.changed(Kind::IdentityChanged, at, message, was, is, new_code(code));
}
