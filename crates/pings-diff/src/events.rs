//! Comparison of events: removed, added, renamed.

use std::collections::HashMap;

use pings_model::{Event, Path};

use crate::change::{Change, Kind};
use crate::context::Context;
use crate::{arguments, location, order, prose};

pub(crate) fn compare(cx: &mut Context<'_>) {
    let (old, new) = (cx.old, cx.new);
    // For each new event, the old event that corresponds to it.
    let mut known: Vec<Option<&Event>> = vec![None; new.events().len()];
    let mut merged = Vec::new();
    for (at, event) in old.events().iter().enumerate() {
        let Some(place) = cx.place_of(at) else {
            continue;
        };
        // An old event with the same name takes precedence over events that were merged into it.
        let first = &mut known[place];
        match *first {
            None => *first = Some(event),
            Some(other) if event.name == new.events()[place].name => {
                merged.push((other, place));
                *first = Some(event);
            }
            Some(_) => merged.push((event, place)),
        }
    }
    let gone: Vec<&Event> = old
        .events()
        .iter()
        .enumerate()
        .filter(|(at, _)| cx.place_of(*at).is_none())
        .map(|(_, event)| event)
        .collect();
    if !gone.is_empty() {
        let added: Vec<&Event> = known
            .iter()
            .zip(new.events())
            .filter(|(was, _)| was.is_none())
            .map(|(_, event)| event)
            .collect();
        let likely = Likely::new(&added);
        for event in gone {
            removed(cx, event, likely.of(event));
        }
    }
    for (gone, place) in merged {
        merge(cx, gone, &new.events()[place]);
    }
    for (at, (event, was)) in new.events().iter().zip(known).enumerate() {
        match was {
            Some(was) => changed(cx, at, was, event),
            None => {
                let (path, subject) = location::of_event(event);
                let message = format!("event `{}` was added", event.name);
                cx.report(Change::new(Kind::EventAdded, path, subject, message));
            }
        }
    }
}

/// New events by description and number of arguments, which a rename does not change.
struct Likely<'a>(HashMap<(&'a str, usize), Vec<&'a Event>>);

impl<'a> Likely<'a> {
    fn new(added: &[&'a Event]) -> Self {
        let mut by_look: HashMap<_, Vec<&Event>> = HashMap::new();
        for event in added {
            by_look.entry(look(event)).or_default().push(event);
        }
        Self(by_look)
    }

    /// Returns the only new event that equals a removed event except for its name.
    fn of(&self, gone: &Event) -> Option<&'a Event> {
        let alike = self.0.get(&look(gone))?;
        match alike.as_slice() {
            [only] if only.args == gone.args && look(gone) != ("", 0) => Some(only),
            _ => None,
        }
    }
}

fn look(event: &Event) -> (&str, usize) {
    let description = event.description.as_deref().unwrap_or_default();
    (description, event.args.len())
}

fn removed(cx: &mut Context<'_>, event: &Event, likely: Option<&Event>) {
    let help = match likely {
        Some(new) => format!(
            "if `{}` is its new name, add `renamed_from: [{}]` there, so that the old name still counts",
            new.name, event.name
        ),
        None => format!(
            "keep the event while old instances log it; if it was renamed, add `renamed_from: [{}]` to the new event",
            event.name
        ),
    };
    let message = format!("event `{}` was removed", event.name);
    let path = match likely {
        Some(new) => location::of_event(new).0,
        None => Path::default().key("events"),
    };
    cx.report(
        Change::new(
            Kind::EventRemoved,
            path,
            location::event_subject(event),
            message,
        )
        .help(help),
    );
}

fn merge(cx: &mut Context<'_>, gone: &Event, event: &Event) {
    let message = format!(
        "event `{}` was merged into event `{}`",
        gone.name, event.name
    );
    let (path, _) = location::of_event(event);
    let help = format!(
        "keep both events, and count them together under a new code: `of: [{}, {}]`",
        event.name, gone.name
    );
    let change = Change::new(
        Kind::EventsMerged,
        path.key("renamed_from"),
        location::event_subject(event),
        message,
    );
    cx.report(change.was(&gone.name).is(&event.name).help(help));
}

fn changed(cx: &mut Context<'_>, at: usize, old: &Event, new: &Event) {
    if old == new {
        return;
    }
    let Event {
        name,
        description,
        renamed_from,
        search,
        args,
    } = old;
    if *name != new.name {
        let (path, subject) = location::of_event(new);
        let message = format!(
            "event `{name}` was renamed to `{}`, and its old name still counts",
            new.name
        );
        cx.report(
            Change::new(Kind::EventRenamed, path, subject, message)
                .was(name)
                .is(&new.name),
        );
    }
    aliases(cx, name, renamed_from, new);
    prose::optional(
        cx,
        "description",
        description.as_deref(),
        new.description.as_deref(),
        || {
            let (path, subject) = location::of_event(new);
            (path.key("description"), subject)
        },
    );
    prose::optional(
        cx,
        "search",
        search.as_deref(),
        new.search.as_deref(),
        || {
            let (path, subject) = location::of_event(new);
            (path.key("search"), subject)
        },
    );
    arguments::compare(cx, at, new, args, &new.args);
}

fn aliases(cx: &mut Context<'_>, name: &str, old: &[String], new: &Event) {
    if old == new.renamed_from {
        return;
    }
    let at = || {
        let (path, subject) = location::of_event(new);
        (path.key("renamed_from"), subject)
    };
    for alias in old {
        if !new.wire_names().any(|name| name == alias) {
            let (path, subject) = at();
            let message = format!(
                "events logged as `{alias}` no longer count as `{}`",
                new.name
            );
            let help = format!("keep `{alias}` in `renamed_from`: old instances still log it");
            cx.report(Change::new(Kind::AliasRemoved, path, subject, message).help(help));
        }
    }
    for alias in &new.renamed_from {
        if alias != name && !old.contains(alias) && !cx.was_event(alias) {
            let (path, subject) = at();
            let message = format!("events logged as `{alias}` also count as `{}`", new.name);
            cx.report(Change::new(Kind::AliasAdded, path, subject, message));
        }
    }
    let is = new.renamed_from.iter().map(String::as_str);
    order::compare(cx, "previous names", old.iter().map(String::as_str), is, at);
}
