//! The events that a metric counts, and the rows that it reads of them.

use pings_model::{ActorSelection, EventFilter, EventId, Selection};

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
}

/// Returns the events that a metric counts.
pub(super) fn of(node: &Node<'_>, names: &Names<'_>, cx: &mut Context<'_>) -> Option<Of> {
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
