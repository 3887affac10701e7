//! What changed about a ping or an event, by release.

use std::collections::BTreeMap;

use maud::{Markup, html};
use pings_diff::{Change, Class, Kind};
use pings_model::Version;

use crate::markdown::one_line;
use crate::options::{History, Released};

/// A longer text, or one of several lines, is folded away.
const SHORT: usize = 60;

/// A change, with the release that brought it. `None` is the time after the newest release.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'o> {
    /// The position of the change among all, newest first.
    order: usize,
    pub(crate) release: Option<&'o Released>,
    pub(crate) change: &'o Change,
}

/// The changes of each ping and event, newest first, by its name of today.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes<'o> {
    pings: BTreeMap<String, Vec<Entry<'o>>>,
    events: BTreeMap<String, Vec<Entry<'o>>>,
}

impl<'o> Changes<'o> {
    pub(crate) fn new(history: &'o History) -> Self {
        let newest_first = history.releases.iter().rev().map(|release| {
            let changes = release.changes.as_deref().unwrap_or_default();
            (Some(release), changes)
        });
        let mut changes = Self::default();
        // The names of today, by the names of an older release.
        let (mut pings, mut events) = (BTreeMap::new(), BTreeMap::new());
        let all = std::iter::once((None, history.unreleased.as_slice())).chain(newest_first);
        let all = all.flat_map(|(release, changes)| changes.iter().map(move |it| (release, it)));
        for (order, (release, change)) in all.enumerate() {
            let entry = Entry {
                order,
                release,
                change,
            };
            let today = |names: &BTreeMap<String, String>, name: &String| {
                names.get(name).unwrap_or(name).clone()
            };
            if let Some(ping) = &change.subject.ping {
                let today = today(&pings, ping);
                if let (Kind::PingRenamed, Some(was)) = (change.kind, &change.was) {
                    pings.insert(was.clone(), today.clone());
                }
                changes.pings.entry(today).or_default().push(entry);
            }
            if let Some(event) = &change.subject.event {
                let today = today(&events, event);
                if let (Kind::EventRenamed, Some(was)) = (change.kind, &change.was) {
                    events.insert(was.clone(), today.clone());
                }
                changes.events.entry(today).or_default().push(entry);
            }
        }
        changes
    }

    /// Returns the changes of an event, newest first.
    pub(crate) fn of_event(&self, name: &str) -> Vec<Entry<'o>> {
        self.events.get(name).cloned().unwrap_or_default()
    }

    /// Returns the changes of a ping and of its events, newest first.
    pub(crate) fn of_ping<'e>(
        &self,
        id: &str,
        events: impl Iterator<Item = &'e str>,
    ) -> Vec<Entry<'o>> {
        let mut entries = self.pings.get(id).cloned().unwrap_or_default();
        for event in events {
            entries.extend(self.of_event(event));
        }
        entries.sort_by_key(|entry| entry.order);
        entries.dedup_by_key(|entry| entry.order);
        entries
    }
}

/// Returns the releases with their changes. `release` returns a link to the page of a release.
pub(crate) fn by_release(
    entries: &[Entry<'_>],
    release: impl Fn(Option<Version>) -> Markup,
) -> Markup {
    let version = |entry: &Entry<'_>| entry.release.map(|it| it.version);
    html! {
        dl.history {
            @for of_release in entries.chunk_by(|one, next| version(one) == version(next)) {
                @if let Some(first) = of_release.first() {
                    dt {
                        (release(version(first)))
                        @if let Some(released) = first.release { " " span.date { (one_line(&released.date)) } }
                    }
                    dd { ul.changes { @for entry in of_release { li { (shown(entry.change)) } } } }
                }
            }
        }
    }
}

/// Returns a change with its class, and the texts before and after.
pub(crate) fn shown(change: &Change) -> Markup {
    let is_short = |text: &str| text.len() <= SHORT && !text.contains('\n');
    let texts = [("Before", &change.was), ("Now", &change.is)];
    let given = || {
        texts
            .into_iter()
            .filter_map(|(label, text)| Some((label, text.as_ref()?)))
    };
    html! {
        span class={ "badge " (class(change.class())) } { (change.class().name()) } " "
        (ticked(&change.message))
        @if given().next().is_some() {
            @if given().all(|(_, text)| is_short(text)) {
                div.texts {
                    @for (label, text) in given() { span.dim { (label) } " " code { (one_line(text)) } " " }
                }
            } @else {
                details {
                    summary { "Before and now" }
                    @for (label, text) in given() { p.dim { (label) } pre { (text) } }
                }
            }
        }
    }
}

/// Returns the name of a class in the style sheet.
fn class(class: Class) -> &'static str {
    match class {
        Class::Breaking => "broken",
        Class::Trust => "doubtful",
        Class::Consent => "new",
        Class::Compatible | Class::Wording => "absent",
    }
}

/// Returns a message, in which text between backticks becomes code.
pub(crate) fn ticked(message: &str) -> Markup {
    let parts: Vec<&str> = message.split('`').collect();
    html! {
        // A name that contains a backtick makes the beginning of code ambiguous.
        @if parts.len().is_multiple_of(2) {
            span dir="auto" { (one_line(message)) }
        } @else {
            @for (place, part) in parts.iter().enumerate() {
                @if place.is_multiple_of(2) { (kept(part)) } @else { code { (one_line(part)) } }
            }
        }
    }
}

/// Returns a part of a message in one line, with the spaces at its ends.
fn kept(part: &str) -> String {
    let space = |has: bool| if has { " " } else { "" };
    let line = one_line(part);
    match line.is_empty() {
        true => space(!part.is_empty()).to_owned(),
        false => format!(
            "{}{line}{}",
            space(part.starts_with(char::is_whitespace)),
            space(part.ends_with(char::is_whitespace))
        ),
    }
}
