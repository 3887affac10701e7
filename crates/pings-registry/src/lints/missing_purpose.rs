//! Finds pings without a purpose.

use pings_model::Lint;

use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    for (at, ping) in subject.registry.pings().iter().enumerate() {
        if says_nothing(ping.purpose.as_deref()) {
            let key = if ping.purpose.is_some() {
                "purpose"
            } else {
                "id"
            };
            let message = format!("ping `{}` has no purpose", ping.id);
            let diagnostic =
                Diagnostic::new(Lint::MissingPurpose, subject.in_ping(at, key), message)
                    .help("state in `purpose` which question the ping answers");
            found.add(Site::Ping(at), diagnostic);
        }
    }
}

/// Returns whether a text is missing or only a placeholder.
pub(super) fn says_nothing(text: Option<&str>) -> bool {
    let text = text.unwrap_or_default().trim();
    text.is_empty()
        || ["n/a", "none", "tbd", "todo", "-"]
            .iter()
            .any(|word| text.eq_ignore_ascii_case(word))
}
