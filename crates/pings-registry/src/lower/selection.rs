//! The events that a metric counts, and the rows that it reads of them.

use pings_model::{ActorSelection, EventFilter, EventId, Identity, Selection};

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::lower::filters;
use crate::lower::names::Names;
use crate::nearest::with_suggestion;
use crate::tree::Node;

/// The word in `of` for the rows of all events.
const ANY: &str = "any";

/// The value of `of`.
#[derive(Default)]
pub(super) struct Of {
    /// The declared events.
    pub(super) events: Vec<EventId>,
    /// Whether undeclared events count as well.
    pub(super) any_name: bool,
    /// The conditions on some of the events.
    pub(super) filters: Vec<EventFilter>,
    /// The lists of events of which a user must have done one each, in `all_of`.
    pub(super) all_of: Vec<Vec<EventId>>,
    /// The events of each item of the list.
    parts: Vec<Vec<EventId>>,
}

/// Returns the events that a metric counts.
pub(super) fn of(node: &Node<'_>, names: &Names<'_>, cx: &mut Context<'_>) -> Option<Of> {
    if let Some(all_of) = node.get("all_of") {
        return together(node, all_of, names, cx);
    }
    let Some(of) = node.get("of") else {
        return Some(Of {
            events: default_event(node, names, cx)?,
            ..Of::default()
        });
    };
    // An event of this name was there first.
    let is_any = |node: &Node<'_>| node.text() == Some(ANY) && !names.event_ids.contains_key(ANY);
    let Some(any) = of.one_or_many().iter().find(|node| is_any(node)) else {
        return listed(of, names, cx);
    };
    if of.one_or_many().len() > 1 {
        let help = "remove the other events, or `any`";
        cx.error(
            Rule::DuplicateValue,
            any.span,
            "`any` counts every event",
            help,
        );
        return None;
    }
    Some(Of {
        events: (0..names.events.len()).map(EventId).collect(),
        any_name: true,
        ..Of::default()
    })
}

/// Returns the events of `all_of`, and reports keys that cannot be combined with it.
fn together(
    node: &Node<'_>,
    all_of: &Node<'_>,
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<Of> {
    for key in ["of", "by", "min_group"] {
        cx.misplaced(
            node,
            key,
            "cannot be combined with `all_of`",
            "remove it, or make another metric",
        );
    }
    let measures = node
        .get("measure")
        .map(Node::one_or_many)
        .unwrap_or_default();
    if !matches!(measures, [only] if only.text() == Some("unique_users")) {
        let help = "set `measure: unique_users`";
        let message = "`all_of` counts users only";
        cx.error(Rule::WrongMeasure, all_of.head(), message, help);
        return None;
    }
    if all_of.items().len() < 2 {
        let help = "list at least two events, or use `of`";
        cx.error(
            Rule::WrongType,
            all_of.head(),
            "`all_of` has a single event",
            help,
        );
        return None;
    }
    let of = listed(all_of, names, cx)?;
    for (item, events) in all_of.items().iter().zip(&of.parts) {
        if events.is_empty() && item.get("prefix").is_some() {
            let message = "the events of this prefix are all in other items";
            cx.error(Rule::DuplicateValue, item.head(), message, "remove one");
            return None;
        }
    }
    Some(Of {
        all_of: of.parts.clone(),
        ..of
    })
}

/// Returns who counts as one user of a funnel or a metric.
pub(super) fn identity(node: &Node<'_>) -> Identity {
    let word = node.get("identity").and_then(Node::text);
    match word == Some(Identity::Person.as_str()) {
        true => Identity::Person,
        false => Identity::Actor,
    }
}

/// Returns who counts as one user of a metric, and reports measures that do not count persons.
pub(super) fn identity_of_users(node: &Node<'_>, cx: &mut Context<'_>) -> Option<Identity> {
    let identity = identity(node);
    let Some(entry) = node
        .entry("identity")
        .filter(|_| identity == Identity::Person)
    else {
        return Some(identity);
    };
    let words = node
        .get("measure")
        .map(Node::one_or_many)
        .unwrap_or_default();
    let measures = |word: &str| words.iter().any(|node| node.text() == Some(word));
    let (message, help) = if measures("first_time_users") {
        (
            "`identity: person` cannot be combined with `first_time_users`",
            "measure first-time users in a separate metric",
        )
    } else if !measures("unique_users") {
        (
            "`identity: person` without `unique_users`",
            "add `measure: unique_users`, or remove `identity`",
        )
    } else {
        return Some(identity);
    };
    cx.error(Rule::WrongMeasure, entry.key_span, message, help);
    None
}

/// Returns the rows that a metric reads.
pub(super) fn selection(node: &Node<'_>, any_name: bool, cx: &mut Context<'_>) -> Selection {
    let mut sources: Vec<String> = Vec::new();
    for node in node
        .get("source")
        .map(Node::one_or_many)
        .unwrap_or_default()
    {
        let Some(source) = node.text() else { continue };
        if sources.iter().any(|known| known == source) {
            let message = format!("`{source}` is listed twice");
            cx.error(Rule::DuplicateValue, node.span, message, "remove one");
        } else {
            sources.push(source.to_owned());
        }
    }
    let word = node.get("actor").and_then(Node::text);
    let actors = [ActorSelection::SignedIn, ActorSelection::Anonymous];
    let actor = actors.into_iter().find(|it| Some(it.as_str()) == word);
    Selection {
        any_name,
        sources,
        actor: actor.unwrap_or_default(),
    }
}

/// Without `of`, the metric counts the event with the same name as its code.
fn default_event(node: &Node<'_>, names: &Names<'_>, cx: &mut Context<'_>) -> Option<Vec<EventId>> {
    let code = node.get("code")?;
    let name = code.text()?;
    let Some(id) = names.event_ids.get(name) else {
        let unknown = Diagnostic::new(
            Rule::UnknownEvent,
            code.span,
            format!("there is no event `{name}`"),
        )
        .label("without `of`, the code must be an event");
        let unknown = with_suggestion(unknown, name, "the events are", names.event_names());
        cx.report(
            unknown.help("declare it under `events`, or list the measured events: `of: [Event]`"),
        );
        return None;
    };
    Some(vec![*id])
}

/// Returns the events in a name, a mapping, or a list of these.
fn listed(node: &Node<'_>, names: &Names<'_>, cx: &mut Context<'_>) -> Option<Of> {
    let mut of = Of::default();
    let mut sound = true;
    for node in node.one_or_many() {
        let found = match (node.text(), node.get("event"), node.get("prefix")) {
            (Some(_), _, _) => event(node, &of.events, names, cx),
            (None, Some(named), None) => event(named, &of.events, names, cx),
            (None, None, Some(prefix)) => of_prefix(prefix, &of.events, names, cx),
            (None, named, _) => {
                let (message, help) = match named {
                    Some(_) => ("`event` and `prefix` cannot be combined", "remove one"),
                    None => (
                        "neither `event` nor `prefix`",
                        "name the event: `event: Name`",
                    ),
                };
                cx.error(Rule::MisplacedKey, node.head(), message, help);
                None
            }
        };
        let Some(found) = found else {
            sound = false;
            continue;
        };
        if let Some(conditions) = node.get("where") {
            match filters::filters(conditions, &found, names, cx) {
                Some(filters) if filters.is_empty() || found.is_empty() => {}
                Some(filters) => of.filters.push(EventFilter {
                    events: found.clone(),
                    filters,
                }),
                None => sound = false,
            }
        }
        of.parts.push(found.clone());
        of.events.extend(found);
    }
    sound.then_some(of)
}

/// Returns the events in a name or a list of names.
pub(super) fn events(
    node: &Node<'_>,
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<Vec<EventId>> {
    listed(node, names, cx).map(|of| of.events)
}

/// Returns the event with a name, unless it is already in the list.
fn event(
    node: &Node<'_>,
    ids: &[EventId],
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<Vec<EventId>> {
    let name = node.text()?;
    match names.event_ids.get(name) {
        Some(id) if ids.contains(id) => {
            cx.error(
                Rule::DuplicateValue,
                node.span,
                format!("`{name}` is listed twice"),
                "remove one",
            );
            Some(Vec::new())
        }
        Some(id) => Some(vec![*id]),
        None => {
            let unknown = Diagnostic::new(
                Rule::UnknownEvent,
                node.span,
                format!("there is no event `{name}`"),
            );
            cx.report(match names.old_names.get(name) {
                Some(id) => unknown.help(format!(
                    "it was renamed: use `{}`, which also counts the old name",
                    names.events[id.0].name
                )),
                None => with_suggestion(unknown, name, "the events are", names.event_names())
                    .help("declare events under `events`"),
            });
            None
        }
    }
}

/// Returns the events whose current names begin with a prefix, without those in the list.
fn of_prefix(
    node: &Node<'_>,
    ids: &[EventId],
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<Vec<EventId>> {
    let prefix = node.text()?;
    let all = names.events.iter().enumerate();
    let found: Vec<EventId> = all
        .filter(|(_, event)| event.name.starts_with(prefix))
        .map(|(id, _)| EventId(id))
        .collect();
    if found.is_empty() {
        let message = format!("no event begins with `{prefix}`");
        let unknown = Diagnostic::new(Rule::UnknownEvent, node.span, message);
        cx.report(with_suggestion(
            unknown,
            prefix,
            "the events are",
            names.event_names(),
        ));
        return None;
    }
    let is_new = |id: &EventId| !ids.contains(id);
    Some(found.into_iter().filter(is_new).collect())
}
