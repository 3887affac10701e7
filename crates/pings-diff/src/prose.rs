//! Comparison of texts that only people read.

use std::collections::HashSet;
use std::hash::Hash;

use pings_model::Path;

use crate::change::{Change, Kind, Subject};
use crate::context::Context;

/// The help for texts that were swapped.
pub(crate) const EXCHANGED: &str = "move the texts back, because each explains its number; accept the change if they were wrong before";

/// Compares a required text.
pub(crate) fn text(
    cx: &mut Context<'_>,
    what: &str,
    was: &str,
    is: &str,
    at: impl FnOnce() -> (Path, Subject),
) {
    optional(cx, what, Some(was), Some(is), at);
}

/// Compares an optional text.
pub(crate) fn optional(
    cx: &mut Context<'_>,
    what: &str,
    was: Option<&str>,
    is: Option<&str>,
    at: impl FnOnce() -> (Path, Subject),
) {
    if was == is {
        return;
    }
    let (path, subject) = at();
    let is_exchanged = cx.is_exchanged(what, was, is);
    let named = subject.named();
    let message = match (was, is) {
        (None, _) => format!("the {what} of {named} was added"),
        (_, None) => format!("the {what} of {named} was removed"),
        _ if is_exchanged => format!("the {what} of {named} was taken from another part"),
        _ => format!("the {what} of {named} changed"),
    };
    let mut change = match is_exchanged {
        true => Change::new(Kind::TextsExchanged, path, subject, message).help(EXCHANGED),
        false => Change::new(Kind::Reworded, path, subject, message),
    };
    change.was = was.map(str::to_owned);
    change.is = is.map(str::to_owned);
    cx.report(change);
}

/// Compares the pull requests of a ping or metric.
pub(crate) fn pull_requests(
    cx: &mut Context<'_>,
    what: &str,
    old: &[u64],
    new: &[u64],
    at: impl FnOnce() -> (Path, Subject),
) {
    let what = format!("pull requests of {what}");
    list(cx, Kind::PullRequestsChanged, &what, old, new, at);
}

/// Compares a list whose order has no meaning. `kind` is the kind of a change of its items.
pub(crate) fn list<T: Eq + Hash + ToString>(
    cx: &mut Context<'_>,
    kind: Kind,
    what: &str,
    old: &[T],
    new: &[T],
    at: impl FnOnce() -> (Path, Subject),
) {
    if old == new {
        return;
    }
    let (path, subject) = at();
    let is_reordered = old.iter().collect::<HashSet<_>>() == new.iter().collect();
    let (kind, message) = match is_reordered {
        true => (Kind::Reordered, format!("the order of the {what} changed")),
        false => (kind, format!("the {what} changed")),
    };
    let text = |items: &[T]| {
        let texts: Vec<String> = items.iter().map(T::to_string).collect();
        texts.join(", ")
    };
    let change = Change::new(kind, path, subject, message);
    cx.report(change.was(text(old)).is(text(new)));
}
