//! The newest version that has been released, which bounds the versions that are trusted.

use std::cmp::Ordering;

use pings_model::{Path, Version};

use crate::change::{Change, Kind, Subject};
use crate::context::Context;

/// Compares `released`. Two spellings never mean the same: `5.2` is every 5.2.x, and `5.2.0` is
/// only every 5.2.0.x.
pub(crate) fn compare(cx: &mut Context<'_>, was: Option<Version>) {
    let change = match (was, cx.new.released()) {
        (None, None) => return,
        (None, Some(is)) => {
            change(Kind::ReleasedAdded, no_longer_trusted(is)).help("raise `released` with each release")
        }
        (Some(was), None) => change(
            Kind::ReleasedRemoved,
            format!("numbers of versions after {was} become trusted"),
        )
        .help(format!(
            "keep `released: \"{was}\"`: without it a sender can make up a version that is trusted"
        )),
        (Some(was), Some(is)) => match is.key_after().cmp(&was.key_after()) {
            Ordering::Equal => return,
            Ordering::Greater => change(
                Kind::ReleasedRaised,
                format!("numbers of versions after {was} become trusted, up to {is}"),
            ),
            Ordering::Less => change(Kind::ReleasedLowered, no_longer_trusted(is)).help(format!(
                "keep {was} unless it was never released; released versions whose numbers are wrong go under `broken`"
            )),
        },
    };
    let change = match was {
        Some(was) => change.was(was.to_string()),
        None => change,
    };
    let change = match cx.new.released() {
        Some(is) => change.is(is.to_string()),
        None => change,
    };
    cx.report(change);
}

fn no_longer_trusted(is: Version) -> String {
    format!("numbers of versions after {is} are no longer trusted")
}

fn change(kind: Kind, message: String) -> Change {
    let path = Path::default().key("released");
    Change::new(kind, path, Subject::default(), message)
}
