//! Finds pings without an owner.

use pings_model::Lint;

use super::missing_purpose::says_nothing;
use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    for (at, ping) in subject.registry.pings().iter().enumerate() {
        if says_nothing(ping.owner.as_deref()) {
            let key = if ping.owner.is_some() { "owner" } else { "id" };
            let message = format!("ping `{}` has no owner", ping.id);
            let diagnostic = Diagnostic::new(Lint::MissingOwner, subject.in_ping(at, key), message)
                .help("add the owner: `owner: team/checkout`");
            found.add(Site::Ping(at), diagnostic);
        }
    }
}
