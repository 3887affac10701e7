//! Comparison of pings: removed, added, renamed; and their own properties.

use std::collections::HashMap;

use pings_model::{Path, Ping};

use crate::breakage::{self, Ranges};
use crate::change::{Change, Kind, Subject, WAITS};
use crate::context::Context;
use crate::location::{PingRef, ping_subject};
use crate::metrics::Codes;
use crate::{lifecycle, metrics, order, prose, sensitivity};

pub(crate) fn compare(cx: &mut Context<'_>) {
    let (old, new) = (cx.old, cx.new);
    let before: HashMap<&str, usize> = old
        .pings()
        .iter()
        .map(|it| it.id.as_str())
        .zip(0..)
        .collect();
    let after: HashMap<&str, usize> = new
        .pings()
        .iter()
        .map(|it| it.id.as_str())
        .zip(0..)
        .collect();
    let codes = Codes::new(old, new);
    // Returns the new ping that has all metrics of an old ping, if its id differs.
    let elsewhere = |ping: &Ping| {
        let mut places = ping.metrics.iter().map(|it| codes.after(&it.code));
        let (place, _) = places.next()??;
        let is_one = places.all(|it| it.is_some_and(|(other, _)| other == place));
        (is_one && new.pings()[place].id != ping.id).then_some(place)
    };

    // For each new ping, the old ping that corresponds to it.
    let mut same: Vec<Option<&Ping>> = vec![None; new.pings().len()];
    let mut gone = Vec::new();
    for ping in old.pings() {
        let renamed = || {
            let place = ping
                .metrics
                .iter()
                .find_map(|metric| codes.after(&metric.code))?
                .0;
            let is_new = !before.contains_key(new.pings()[place].id.as_str());
            (is_new && same[place].is_none()).then_some(place)
        };
        // Two or more pings have exchanged their ids if the ping with this ping's metrics has the
        // id of another old ping whose metrics moved as well. A single move is not an exchange:
        // metrics can move to a ping of their own, and new metrics can take their place.
        let exchanged = || {
            let old_id = |place: usize| before.get(new.pings()[place].id.as_str());
            let place = elsewhere(ping).filter(|place| same[*place].is_none())?;
            let next = elsewhere(&old.pings()[*old_id(place)?])?;
            old_id(next).map(|_| place)
        };
        let kept = after.get(ping.id.as_str()).copied();
        match kept.and_then(|_| exchanged()).or(kept).or_else(renamed) {
            Some(place) => same[place] = Some(ping),
            None => gone.push(ping),
        }
    }
    for ping in gone {
        deleted(cx, ping);
    }
    for (at, ping) in new.pings().iter().enumerate() {
        let placed = PingRef { at, ping };
        match same[at] {
            Some(was) => changed(cx, was, placed),
            None => added(cx, placed),
        }
        metrics::compare(cx, same[at], placed, &codes);
    }
    let was = old.pings().iter().map(|it| it.id.as_str());
    let is = new.pings().iter().map(|it| it.id.as_str());
    order::compare(cx, "pings", was, is, || {
        (Path::default().key("pings"), Subject::default())
    });
}

fn deleted(cx: &mut Context<'_>, ping: &Ping) {
    let message = format!("ping `{}` was removed from the registry", ping.id);
    let codes: Vec<_> = ping.metrics.iter().map(|it| it.code.as_str()).collect();
    let help = "keep the ping, and set the first version that no longer sends it: `removed: \"…\"`; old instances still send it, and readers of its rows need its documentation";
    let path = Path::default().key("pings");
    let change = Change::new(Kind::PingDeleted, path, ping_subject(ping), message);
    cx.report(change.was(codes.join(", ")).help(help));
}

fn added(cx: &mut Context<'_>, placed: PingRef<'_>) {
    let (path, subject) = placed.whole();
    let message = format!(
        "ping `{}` was added in {}",
        placed.ping.id, placed.ping.added
    );
    let codes: Vec<_> = placed
        .ping
        .metrics
        .iter()
        .map(|it| it.code.as_str())
        .collect();
    let change = Change::new(Kind::PingAdded, path, subject, message).is(codes.join(", "));
    cx.report(change.help(WAITS));
}

fn changed(cx: &mut Context<'_>, old: &Ping, placed: PingRef<'_>) {
    let new = placed.ping;
    let Ping {
        id,
        section,
        title,
        kind,
        purpose,
        implementation,
        considerations,
        aggregation,
        aggregation_note,
        added,
        removed,
        broken,
        prs,
        owners,
        tags,
        review,
        expires,
        sensitivity,
        metrics: _,
    } = old;
    if *id != new.id {
        let help = format!("keep `id: {id}`; to change the title that people read, edit `title`");
        let message = format!("ping `{id}` has another id");
        cx.changed(
            Kind::PingRenamed,
            placed.key("id"),
            message,
            id,
            &new.id,
            help,
        );
    }
    if *kind != new.kind {
        let help = "give the metrics of the new type new codes, and end this ping with `removed:`";
        let message = format!("the type of ping `{id}` changed");
        cx.changed(
            Kind::PingTypeChanged,
            placed.key("type"),
            message,
            kind.as_str(),
            new.kind.as_str(),
            help,
        );
    }
    lifecycle::aggregation(
        cx,
        &format!("ping `{id}`"),
        *aggregation,
        new.aggregation,
        || placed.key("aggregation"),
    );
    lifecycle::added(cx, &format!("ping `{id}`"), *added, new.added, || {
        placed.key("added")
    });
    lifecycle::removed(cx, &format!("ping `{id}`"), *removed, new.removed, || {
        placed.key("removed")
    });
    let (was, is) = (
        Ranges::alone(broken.iter()),
        Ranges::alone(new.broken.iter()),
    );
    breakage::compare(cx, &format!("ping `{id}`"), &was, &is, &|at| {
        breakage::range_place(placed.key("broken"), at)
    });
    for (key, was, is) in [
        ("section", Some(section), Some(&new.section)),
        ("title", Some(title), Some(&new.title)),
        ("purpose", purpose.as_ref(), new.purpose.as_ref()),
        (
            "implementation",
            implementation.as_ref(),
            new.implementation.as_ref(),
        ),
        (
            "considerations",
            considerations.as_ref(),
            new.considerations.as_ref(),
        ),
        (
            "aggregation_note",
            aggregation_note.as_ref(),
            new.aggregation_note.as_ref(),
        ),
    ] {
        let (was, is) = (was.map(String::as_str), is.map(String::as_str));
        prose::optional(cx, key, was, is, || placed.key(key));
    }
    prose::pull_requests(cx, &format!("ping `{id}`"), prs, &new.prs, || {
        placed.key("prs")
    });
    for (kind, key, what, was, is) in [
        (Kind::OwnerChanged, "owner", "owner", owners, &new.owners),
        (Kind::Reworded, "tags", "tags", tags, &new.tags),
    ] {
        prose::list(cx, kind, &format!("{what} of ping `{id}`"), was, is, || {
            placed.key(key)
        });
    }
    let expiry = [expires, &new.expires].map(|it| it.as_ref().map(ToString::to_string));
    for (kind, key, was, is) in [
        (Kind::ReviewChanged, "review", review, &new.review),
        (Kind::ExpiryChanged, "expires", &expiry[0], &expiry[1]),
    ] {
        prose::list(
            cx,
            kind,
            &format!("`{key}` of ping `{id}`"),
            was.as_slice(),
            is.as_slice(),
            || placed.key(key),
        );
    }
    sensitivity::compare(
        cx,
        &format!("ping `{id}`"),
        *sensitivity,
        new.sensitivity,
        || placed.key("sensitivity"),
    );
}
