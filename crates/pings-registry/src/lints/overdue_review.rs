//! Finds pings whose review was due before today.

use pings_model::Lint;

use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    let Some(today) = subject.today else { return };
    for (at, ping) in subject.registry.pings().iter().enumerate() {
        let review = ping.review.as_deref().filter(|_| ping.removed.is_none());
        // Texts of dates are in the order of the dates.
        let Some(review) = review.filter(|review| *review < today) else {
            continue;
        };
        let message = format!("the review of ping `{}` was due on {review}", ping.id);
        let place = subject.in_ping(at, "review");
        let diagnostic = Diagnostic::new(Lint::OverdueReview, place, message)
            .label(format!("today is {today}"))
            .help("decide whether the ping is still needed, and set the date of the next `review`")
            .help("or remove the ping: `removed`");
        found.add(Site::Ping(at), diagnostic);
    }
}
