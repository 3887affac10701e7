//! Finds pings without an owner.

use pings_model::Lint;

use super::missing_purpose::says_nothing;
use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    for (at, ping) in subject.registry.pings().iter().enumerate() {
        if ping.owners.iter().all(|it| says_nothing(Some(it))) {
            let key = match ping.owners.len() {
                0 => "id",
                _ => subject.owners(at),
            };
            let message = format!("ping `{}` has no owner", ping.id);
            let diagnostic = Diagnostic::new(Lint::MissingOwner, subject.in_ping(at, key), message)
                .help("add the owner: `owner: team/checkout`");
            found.add(Site::Ping(at), diagnostic);
        }
    }
}
