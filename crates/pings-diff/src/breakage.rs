//! Versions that were broken: which of them are no longer, and which are now.

use pings_model::{Broken, Path, VersionRange};

use crate::change::{Change, Kind, Subject};
use crate::context::Context;
use crate::pings::Placed;
use crate::{life, order};

pub(crate) fn compare(cx: &mut Context<'_>, what: &str, was: &[Broken], placed: Placed<'_>) {
    let is = &placed.ping.broken;
    let pairs = pairs(was, is);
    for (old, new) in was.iter().zip(&pairs) {
        match new {
            Some(at) => changed(cx, what, old, &is[*at], || range_place(placed, *at)),
            None => {
                let (path, subject) = placed.key("broken");
                let message = format!("{what} was never broken in {}", old.versions);
                let help = "their rows are believed again, in every chart: keep the range unless it was a mistake";
                let mut change = Change::new(Kind::BreakageWithdrawn, path, subject, message);
                change.was = Some(text(old));
                cx.report(change.help(help));
            }
        }
    }
    for (at, new) in is.iter().enumerate() {
        if !pairs.contains(&Some(at)) {
            let (path, subject) = range_place(placed, at);
            let message = format!("{what} is broken in {}", new.versions);
            cx.report(Change::new(Kind::BreakageOpened, path, subject, message).is(text(new)));
        }
    }
    // By the place of what each has become.
    let before: Vec<String> = pairs.iter().flatten().map(usize::to_string).collect();
    let after: Vec<String> = (0..is.len()).map(|at| at.to_string()).collect();
    order::compare(
        cx,
        "breakages",
        before.iter().map(String::as_str),
        after.iter().map(String::as_str),
        || placed.key("broken"),
    );
}

fn range_place(placed: Placed<'_>, at: usize) -> (Path, Subject) {
    let (path, subject) = placed.key("broken");
    (path.item(at).key("versions"), subject)
}

/// Of each old breakage the new one that it is: of the same beginning, or else one that overlaps.
fn pairs(was: &[Broken], is: &[Broken]) -> Vec<Option<usize>> {
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
    at: impl Fn() -> (Path, Subject),
) {
    let Broken {
        versions,
        reason,
        fix,
    } = old;
    let (was, is) = (versions.to_string(), new.versions.to_string());
    match kind(versions, &new.versions) {
        Some((kind, words)) => {
            let help = match kind {
                Kind::BreakageShrunk | Kind::BreakageClosed | Kind::BreakageMoved => {
                    "rows of the versions that are out of it are believed again, in every chart"
                }
                _ => "rows of these versions are no longer believed, in any chart",
            };
            let message = format!("{what}: a breakage {words}");
            cx.changed(kind, at(), message, was, is, help);
        }
        None if was != is => life::rewritten(cx, was, is, at()),
        None => {}
    }
    if *reason != new.reason {
        let (path, subject) = at();
        let message = format!(
            "{what}: what is wrong with {is} is said otherwise",
            is = new.versions
        );
        let mut change = Change::new(Kind::ReasonReworded, path, subject, message);
        change.was.clone_from(reason);
        change.is.clone_from(&new.reason);
        cx.report(change);
    }
    if *fix != new.fix {
        let (path, subject) = at();
        let message = format!("{what}: another pull request mends {}", new.versions);
        let mut change = Change::new(Kind::FixChanged, path, subject, message);
        change.was = fix.map(|number| number.to_string());
        change.is = new.fix.map(|number| number.to_string());
        cx.report(change);
    }
}

/// What became of a range; nothing where it means the same.
fn kind(old: &VersionRange, new: &VersionRange) -> Option<(Kind, &'static str)> {
    let (first, after) = (
        (old.first().key(), new.first().key()),
        (old.key_after(), new.key_after()),
    );
    let same_start = first.0 == first.1;
    match after {
        (None, Some(_)) => return Some((Kind::BreakageClosed, "that had no end has one")),
        (Some(_), None) => return Some((Kind::BreakageReopened, "that had an end has none")),
        _ => {}
    }
    if same_start && after.0 == after.1 {
        return None;
    }
    // Both end, or neither does.
    let starts_later = first.1 >= first.0;
    let ends_sooner = after.1 <= after.0;
    let starts_sooner = first.1 <= first.0;
    let ends_later = after.1 >= after.0;
    Some(if starts_later && ends_sooner {
        (Kind::BreakageShrunk, "is of fewer versions")
    } else if starts_sooner && ends_later {
        (Kind::BreakageWidened, "is of more versions")
    } else {
        (Kind::BreakageMoved, "is of other versions")
    })
}

fn text(broken: &Broken) -> String {
    match &broken.reason {
        Some(reason) => format!("{}: {reason}", broken.versions),
        None => broken.versions.to_string(),
    }
}
