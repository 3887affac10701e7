//! Comparison of the order of parts, which affects only the generated page.

use std::collections::HashMap;

use pings_model::Path;

use crate::change::{Change, Kind, Subject};
use crate::context::Context;

/// Compares the order of the names that are in both lists.
pub(crate) fn compare<'n>(
    cx: &mut Context<'_>,
    what: &str,
    old: impl Iterator<Item = &'n str> + Clone,
    new: impl Iterator<Item = &'n str> + Clone,
    at: impl FnOnce() -> (Path, Subject),
) {
    if old.clone().eq(new.clone()) {
        return;
    }
    let places: HashMap<&str, usize> = new.zip(0..).collect();
    let mut before = None;
    for name in old {
        let Some(place) = places.get(name) else {
            continue;
        };
        if before.is_some_and(|before| before > place) {
            let (path, subject) = at();
            let message = format!("the order of the {what} of {} changed", subject.named());
            return cx.report(Change::new(Kind::Reordered, path, subject, message));
        }
        before = Some(place);
    }
}
