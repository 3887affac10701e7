//! Events: gone, new, called otherwise.

use std::collections::HashSet;

use pings_model::{Event, Path};

use crate::change::{Change, Kind, Subject};
use crate::context::Context;
use crate::{arguments, order, wording};

/// Where an event is, and what it is called.
pub(crate) fn place(event: &Event) -> (Path, Subject) {
    let path = Path::default().key("events").key(&event.name);
    (path, subject(event))
}

fn subject(event: &Event) -> Subject {
    Subject {
        event: Some(event.name.clone()),
        ..Subject::default()
    }
}

pub(crate) fn compare(cx: &mut Context<'_>) {
    let (old, new) = (cx.old, cx.new);
    // Of the new events, those that an old one has become.
    let mut known: Vec<Option<&Event>> = vec![None; new.events.len()];
    let mut merged = Vec::new();
    for (at, event) in old.events.iter().enumerate() {
        let Some(place) = cx.place_of(at) else {
            continue;
        };
        // An event that has kept its name goes before those that became it.
        let first = &mut known[place];
        match *first {
            None => *first = Some(event),
            Some(other) if event.name == new.events[place].name => {
                merged.push((other, place));
                *first = Some(event);
            }
            Some(_) => merged.push((event, place)),
        }
    }
    for (at, event) in old.events.iter().enumerate() {
        if cx.place_of(at).is_none() {
            removed(cx, event);
        }
    }
    for (gone, place) in merged {
        merge(cx, gone, &new.events[place]);
    }
    for (event, was) in new.events.iter().zip(known) {
        match was {
            Some(was) => changed(cx, was, event),
            None => {
                let (path, subject) = place(event);
                let message = format!("event `{}` is new", event.name);
                cx.report(Change::new(Kind::EventAdded, path, subject, message));
            }
        }
    }
    order::compare(
        cx,
        "events",
        old.events.iter().map(|it| it.name.as_str()),
        new.events.iter().map(|it| it.name.as_str()),
        || (Path::default().key("events"), Subject::default()),
    );
}

fn removed(cx: &mut Context<'_>, event: &Event) {
    let old_names: HashSet<&str> = cx.old.events.iter().flat_map(Event::wire_names).collect();
    let likely = cx
        .new
        .events
        .iter()
        .find(|new| {
            !old_names.contains(new.name.as_str())
                && new.args == event.args
                && new.description == event.description
        })
        .filter(|_| event.description.is_some() || !event.args.is_empty());
    let help = match likely {
        Some(new) => format!(
            "if it is called `{}` now, say so there: `renamed_from: [{}]`; the old name then still counts",
            new.name, event.name
        ),
        None => format!(
            "keep it while old instances log it; if it is called otherwise now, say so under its new name: `renamed_from: [{}]`",
            event.name
        ),
    };
    let message = format!("event `{}` is gone", event.name);
    let path = match likely {
        Some(new) => place(new).0,
        None => Path::default().key("events"),
    };
    cx.report(Change::new(Kind::EventRemoved, path, subject(event), message).help(help));
}

fn merge(cx: &mut Context<'_>, gone: &Event, event: &Event) {
    let message = format!(
        "`{}` counts as `{}` too, which were two events",
        gone.name, event.name
    );
    let (path, _) = place(event);
    let help = format!(
        "keep both events, and count them together under a new code: `of: [{}, {}]`",
        event.name, gone.name
    );
    let change = Change::new(
        Kind::EventsMerged,
        path.key("renamed_from"),
        subject(event),
        message,
    );
    cx.report(change.was(&gone.name).is(&event.name).help(help));
}

fn changed(cx: &mut Context<'_>, old: &Event, new: &Event) {
    if old == new {
        return;
    }
    let Event {
        name,
        description,
        renamed_from,
        args,
    } = old;
    if *name != new.name {
        let (path, subject) = place(new);
        let message = format!(
            "event `{name}` is called `{}` now, and its old name still counts",
            new.name
        );
        cx.report(
            Change::new(Kind::EventRenamed, path, subject, message)
                .was(name)
                .is(&new.name),
        );
    }
    aliases(cx, name, renamed_from, new);
    wording::optional(
        cx,
        "description",
        description.as_deref(),
        new.description.as_deref(),
        || {
            let (path, subject) = place(new);
            (path.key("description"), subject)
        },
    );
    arguments::compare(cx, new, args, &new.args);
}

fn aliases(cx: &mut Context<'_>, name: &str, old: &[String], new: &Event) {
    if old == new.renamed_from {
        return;
    }
    let at = || {
        let (path, subject) = place(new);
        (path.key("renamed_from"), subject)
    };
    for alias in old {
        if !new.wire_names().any(|name| name == alias) {
            let (path, subject) = at();
            let message = format!(
                "what was logged as `{alias}` no longer counts as `{}`",
                new.name
            );
            let help = format!("keep `{alias}` in `renamed_from`: old instances still log it");
            cx.report(Change::new(Kind::AliasRemoved, path, subject, message).help(help));
        }
    }
    for alias in &new.renamed_from {
        let is_event = cx.old.events.iter().any(|event| event.name == *alias);
        if alias != name && !old.contains(alias) && !is_event {
            let (path, subject) = at();
            let message = format!("what was logged as `{alias}` counts as `{}` too", new.name);
            cx.report(Change::new(Kind::AliasAdded, path, subject, message));
        }
    }
    let is = new.renamed_from.iter().map(String::as_str);
    order::compare(cx, "old names", old.iter().map(String::as_str), is, at);
}
