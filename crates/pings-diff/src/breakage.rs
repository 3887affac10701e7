//! Comparison of the broken version ranges of a ping or metric.

use pings_model::{Broken, Path, Version, VersionRange};

use crate::change::{Change, Kind, Subject};
use crate::context::Context;
use crate::prose::EXCHANGED;
use crate::{lifecycle, order};

/// The broken ranges of a ping or metric.
pub(crate) struct Ranges<'a> {
    /// The compared ranges.
    pub(crate) compared: Vec<&'a Broken>,
    /// Further ranges that apply to the metric, and that are compared with those of its ping.
    pub(crate) others: &'a [Broken],
}

impl<'a> Ranges<'a> {
    /// Returns ranges to which no others are added.
    pub(crate) fn alone(compared: impl Iterator<Item = &'a Broken>) -> Self {
        Self {
            compared: compared.collect(),
            others: &[],
        }
    }

    fn versions(&self) -> Versions {
        Versions::of(self.compared.iter().copied().chain(self.others))
    }
}

/// Compares broken ranges. `place` returns the place of the new list, or of the new range with an
/// index.
pub(crate) fn compare(
    cx: &mut Context<'_>,
    what: &str,
    old: &Ranges<'_>,
    new: &Ranges<'_>,
    place: &dyn Fn(Option<usize>) -> (Path, Subject),
) {
    let (was, is) = (&*old.compared, &*new.compared);
    let is_empty = was.is_empty() && is.is_empty();
    if is_empty || (was == is && all(was) == all(is)) {
        return;
    }
    let pairs = pairs(was, is);
    let (before, after) = (old.versions(), new.versions());
    let mut is_divided = false;
    for (old, new) in was.iter().zip(&pairs) {
        match new {
            Some(at) => {
                let new = is[*at];
                let kept = Kept {
                    old: after.has_all(&old.versions),
                    new: before.has_all(&new.versions),
                };
                is_divided |= kept.old && kept.new && !are_same(&old.versions, &new.versions);
                changed(cx, what, old, new, &kept, || place(Some(*at)));
            }
            None if after.has_all(&old.versions) => is_divided = true,
            None => {
                let (path, subject) = place(None);
                let message = format!("{what}: the broken range {} was removed", old.versions);
                let help = "keep the range unless it was a mistake: rows that are known to be wrong become trusted in all charts";
                let mut change = Change::new(Kind::BreakageWithdrawn, path, subject, message);
                change.was = Some(text(old));
                cx.report(change.help(help));
            }
        }
    }
    for (at, new) in is.iter().enumerate() {
        if pairs.contains(&Some(at)) {
            continue;
        }
        if before.has_all(&new.versions) {
            is_divided = true;
        } else {
            let (path, subject) = place(Some(at));
            let message = format!("{what} is now declared broken in {}", new.versions);
            cx.report(Change::new(Kind::BreakageOpened, path, subject, message).is(text(new)));
        }
    }
    if is_divided {
        let (path, subject) = place(None);
        let message = format!("{what}: the broken versions are divided differently");
        let change = Change::new(Kind::VersionRewritten, path, subject, message);
        cx.report(change.was(all(was)).is(all(is)));
    }
    // The old ranges are compared by the position of their new form, because a range has no name.
    let before: Vec<String> = pairs.iter().flatten().map(usize::to_string).collect();
    let after: Vec<String> = (0..is.len()).map(|at| at.to_string()).collect();
    order::compare(
        cx,
        "broken ranges",
        before.iter().map(String::as_str),
        after.iter().map(String::as_str),
        || place(None),
    );
}

/// Returns the place of a range in the list `broken` at this place, or that of the list.
pub(crate) fn range_place((path, subject): (Path, Subject), at: Option<usize>) -> (Path, Subject) {
    match at {
        Some(at) => (path.item(at).key("versions"), subject),
        None => (path, subject),
    }
}

/// Returns, for each old range, the index of its new form: a range with the same first version, or
/// else a range that overlaps.
fn pairs(was: &[&Broken], is: &[&Broken]) -> Vec<Option<usize>> {
    let mut taken = vec![false; is.len()];
    let mut pairs = vec![None; was.len()];
    let begins_alike = |old: &VersionRange, new: &VersionRange| old.first() == new.first();
    for are_one in [begins_alike, VersionRange::overlaps] {
        for (old, pair) in was.iter().zip(&mut pairs) {
            if pair.is_some() {
                continue;
            }
            let found = is
                .iter()
                .zip(&taken)
                .position(|(new, taken)| !taken && are_one(&old.versions, &new.versions));
            if let Some(at) = found {
                taken[at] = true;
                *pair = Some(at);
            }
        }
    }
    pairs
}

fn changed(
    cx: &mut Context<'_>,
    what: &str,
    old: &Broken,
    new: &Broken,
    kept: &Kept,
    at: impl Fn() -> (Path, Subject),
) {
    let Broken {
        versions,
        reason,
        fix,
    } = old;
    let (was, is) = (versions.to_string(), new.versions.to_string());
    match kind(versions, &new.versions, kept) {
        Some((kind, words)) => {
            let help = match kind {
                Kind::BreakageShrunk | Kind::BreakageClosed | Kind::BreakageMoved => {
                    "rows of versions that left the range become trusted in all charts, although they were known to be wrong"
                }
                _ => "charts no longer trust rows of these versions",
            };
            let message = format!("{what}: a broken range {words}");
            cx.changed(kind, at(), message, was, is, help);
        }
        None if was != is && are_same(versions, &new.versions) => {
            lifecycle::rewritten(cx, was, is, at())
        }
        None => {}
    }
    if *reason != new.reason {
        let (path, subject) = at();
        let is_exchanged = cx.is_exchanged("reason", reason.as_deref(), new.reason.as_deref());
        let (kind, text) = match &new.reason {
            None => (Kind::ReasonDropped, "was removed"),
            Some(_) if is_exchanged => (Kind::TextsExchanged, "was taken from another range"),
            Some(_) => (Kind::ReasonReworded, "changed"),
        };
        let message = format!(
            "{what}: the reason for the broken range {} {text}",
            new.versions
        );
        let mut change = Change::new(kind, path, subject, message);
        match kind {
            Kind::ReasonDropped => {
                change = change.help("keep the reason: without it, readers cannot judge the range");
            }
            Kind::TextsExchanged => change = change.help(EXCHANGED),
            _ => {}
        }
        change.was.clone_from(reason);
        change.is.clone_from(&new.reason);
        cx.report(change);
    }
    if *fix != new.fix {
        let (path, subject) = at();
        let message = format!(
            "{what}: the fix of the broken range {} changed",
            new.versions
        );
        let mut change = Change::new(Kind::FixChanged, path, subject, message);
        change.was = fix.map(|number| number.to_string());
        change.is = new.fix.map(|number| number.to_string());
        cx.report(change);
    }
}

/// Whether all versions of a range are also broken in the other registry, in any range.
struct Kept {
    old: bool,
    new: bool,
}

/// Returns how a range changed, or `None` if its versions are broken as before.
fn kind(old: &VersionRange, new: &VersionRange, kept: &Kept) -> Option<(Kind, &'static str)> {
    let ends = (old.key_after().is_some(), new.key_after().is_some());
    Some(match (kept.old, kept.new) {
        (true, true) => return None,
        (false, _) if ends == (false, true) => (Kind::BreakageClosed, "got an end"),
        (_, false) if ends == (true, false) => (Kind::BreakageReopened, "lost its end"),
        (false, true) => (Kind::BreakageShrunk, "covers fewer versions"),
        (true, false) => (Kind::BreakageWidened, "covers more versions"),
        (false, false) => (Kind::BreakageMoved, "covers other versions"),
    })
}

fn are_same(one: &VersionRange, other: &VersionRange) -> bool {
    one.first() == other.first() && one.key_after() == other.key_after()
}

/// The broken versions of a ping or metric, as ranges that neither touch nor overlap.
struct Versions(Vec<(Key, Option<Key>)>);

type Key = [u32; Version::PARTS];

impl Versions {
    fn of<'a>(broken: impl Iterator<Item = &'a Broken>) -> Self {
        let ranges = broken.map(|it| &it.versions);
        let mut ranges: Vec<(Key, Option<Key>)> = ranges
            .map(|range| (range.first().key(), range.key_after()))
            .collect();
        ranges.sort_unstable();
        let mut joined: Vec<(Key, Option<Key>)> = Vec::with_capacity(ranges.len());
        for (first, after) in ranges {
            match joined.last_mut() {
                Some((_, end)) if end.is_none_or(|end| end >= first) => {
                    *end = match (*end, after) {
                        (Some(end), Some(after)) => Some(end.max(after)),
                        _ => None,
                    };
                }
                _ => joined.push((first, after)),
            }
        }
        Self(joined)
    }

    /// Returns whether every version of a range is broken.
    fn has_all(&self, range: &VersionRange) -> bool {
        let (first, after) = (range.first().key(), range.key_after());
        self.0.iter().any(|(start, end)| {
            *start <= first && end.is_none_or(|end| after.is_some_and(|after| after <= end))
        })
    }
}

fn all(broken: &[&Broken]) -> String {
    let ranges: Vec<String> = broken.iter().map(|it| it.versions.to_string()).collect();
    ranges.join(", ")
}

fn text(broken: &Broken) -> String {
    match &broken.reason {
        Some(reason) => format!("{}: {reason}", broken.versions),
        None => broken.versions.to_string(),
    }
}
