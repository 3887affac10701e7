//! Finds pings that are still sent by a released version with which they expire.

use pings_model::Lint;

use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    let Some(released) = subject.registry.released() else {
        return;
    };
    for (at, ping) in subject.registry.pings().iter().enumerate() {
        let Some(expires) = ping.expires.filter(|_| ping.removed.is_none()) else {
            continue;
        };
        if subject.registry.is_released(expires) {
            let message = format!("ping `{}` has expired with {expires}", ping.id);
            let place = subject.in_ping(at, "expires");
            let diagnostic = Diagnostic::new(Lint::ExpiredPing, place, message)
                .label(format!("the newest release is {released}"))
                .help("remove the ping: `removed`")
                .help("or name a later version if it is still needed");
            found.add(Site::Ping(at), diagnostic);
        }
    }
}
