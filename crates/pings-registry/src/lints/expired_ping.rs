//! Finds pings that are still sent by a released version with which they expire, or after the day on
//! which they expire.

use pings_model::{Expiry, Lint};

use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    for (at, ping) in subject.registry.pings().iter().enumerate() {
        let Some(expires) = ping.expires.as_ref().filter(|_| ping.removed.is_none()) else {
            continue;
        };
        let Some(label) = reached(subject, expires) else {
            continue;
        };
        let (with, later) = match expires {
            Expiry::Version(_) => ("with", "version"),
            Expiry::Date(_) => ("on", "date"),
        };
        let message = format!("ping `{}` has expired {with} {expires}", ping.id);
        let place = subject.in_ping(at, "expires");
        let diagnostic = Diagnostic::new(Lint::ExpiredPing, place, message)
            .label(label)
            .help("remove the ping: `removed`")
            .help(format!("or name a later {later} if it is still needed"));
        found.add(Site::Ping(at), diagnostic);
    }
}

/// Returns which version or day it is, if that is the expiry or later.
fn reached(subject: &Subject<'_>, expires: &Expiry) -> Option<String> {
    match expires {
        Expiry::Version(version) => {
            let released = subject.registry.released()?;
            let is_reached = subject.registry.is_released(*version);
            is_reached.then(|| format!("the newest release is {released}"))
        }
        // Texts of dates are in the order of the dates.
        Expiry::Date(date) => {
            let today = subject.today.filter(|today| date.as_str() <= *today)?;
            Some(format!("today is {today}"))
        }
    }
}
