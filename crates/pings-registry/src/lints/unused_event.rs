//! Finds events that no ping counts.

use pings_model::Lint;

use super::removed_ping_still_fired::users;
use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    for (id, users) in users(subject.registry).into_iter().enumerate() {
        if users.is_none() {
            let name = &subject.registry.events()[id].name;
            let message = format!("no ping counts `{name}` by name");
            let diagnostic =
                Diagnostic::new(Lint::UnusedEvent, subject.events[id].key_span, message)
                    .help("count it in a ping, or remove it and its call sites");
            found.add(Site::Event(id), diagnostic);
        }
    }
}
