//! Finds distinct counts in pings that cover all data at capture time.

use pings_model::{Aggregation, Lint, Measure, Source};

use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;
use crate::tree::Node;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    for (at, ping) in subject.registry.pings().iter().enumerate() {
        if ping.aggregation != Aggregation::Total {
            continue;
        }
        for (nth, metric) in ping.metrics.iter().enumerate() {
            let Source::Capture(capture) = &metric.source else {
                continue;
            };
            let is_unique = |measure: &Measure<_>| matches!(measure, Measure::Distinct(_));
            if !capture.measures.iter().any(is_unique) {
                continue;
            }
            let node = subject.metric(at, nth);
            let words = node.get("measure").map_or(&[][..], Node::one_or_many);
            let word = words.iter().find(|word| word.text() == Some("distinct"));
            let place = word.map_or_else(|| node.head(), |word| word.span);
            let message = format!("`{}` is a distinct count over all time", metric.code);
            let diagnostic = Diagnostic::new(Lint::UniqueCountOverTotal, place, message)
                .label("it does not add up over instances or dimensions")
                .related(subject.in_ping(at, "aggregation"), "over all time")
                .help(
                    "count in a weekly capture, or count the rows of the table that has one row for each value",
                );
            found.add(Site::Metric(at, nth), diagnostic);
        }
    }
}
