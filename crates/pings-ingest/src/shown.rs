//! The events of a batch, for those who watch them arrive.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use crate::batch::RawEvent;
use crate::feed::{Feed, Line};
use crate::refusal::Refusal;

/// The events of a batch. Nothing is kept unless somebody reads the feed.
pub(crate) struct Shown<'a> {
    feed: Option<&'a Feed>,
    is_user: bool,
    source: &'a str,
    events: HashMap<String, Event>,
}

struct Event {
    is_visitor: bool,
    members: Map<String, Json>,
}

impl<'a> Shown<'a> {
    pub(crate) fn new(feed: Option<&'a Feed>, is_user: bool, source: &'a str) -> Self {
        Self {
            feed: feed.filter(|feed| feed.is_read()),
            is_user,
            source,
            events: HashMap::new(),
        }
    }

    /// Keeps an event, before it is checked.
    pub(crate) fn note(&mut self, event: &Result<RawEvent, Refusal>) {
        if let (Some(_), Ok(event)) = (self.feed, event) {
            let mut members = event.members.clone();
            let is_visitor = members
                .shift_remove("anonymous_id")
                .is_some_and(|id| id.is_string());
            let shown = Event {
                is_visitor,
                members,
            };
            self.events.insert(event.id.clone(), shown);
        }
    }

    /// Shows an event that was recorded, now or before.
    pub(crate) fn recorded(&self, id: &str, outcome: &'static str) {
        self.show(id, outcome, None);
    }

    /// Shows an event that was refused.
    pub(crate) fn refused(&self, refusal: &Refusal) {
        self.show(&refusal.id, "refused", Some(refusal));
    }

    fn show(&self, id: &str, outcome: &'static str, refusal: Option<&Refusal>) {
        let Some(feed) = self.feed else {
            return;
        };
        let unreadable = Map::new();
        let event = self.events.get(id);
        let is_visitor = event.is_some_and(|event| event.is_visitor);
        feed.send(&Line {
            outcome,
            reason: refusal.map(|it| it.reason),
            message: refusal.map(|it| it.message.as_str()),
            actor: match (self.is_user, is_visitor) {
                (true, _) => "user",
                (false, true) => "visitor",
                (false, false) => "nobody",
            },
            source: self.source,
            event: event.map_or(&unreadable, |event| &event.members),
        });
    }
}
