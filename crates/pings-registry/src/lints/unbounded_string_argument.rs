//! Finds dimensions of free text in a ping that is not `identifying`.

use pings_model::{Lint, Sensitivity, Source, ValueDomain};

use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    for (at, ping) in subject.registry.pings().iter().enumerate() {
        if ping.sensitivity == Sensitivity::Identifying {
            continue;
        }
        for (nth, metric) in ping.metrics.iter().enumerate() {
            for (name, texts) in ValueDomain::of(subject.registry, metric) {
                if texts != ValueDomain::Free {
                    continue;
                }
                let remedy = match &metric.source {
                    Source::Events(_) => "declare the values of the argument: `{ enum: [a, b] }`",
                    Source::Capture(_) => {
                        "declare the values of its columns, `{ enum: [a, b] }`, or list them in a `CASE` with an `ELSE`"
                    }
                    Source::Sql(_) | Source::Funnel(_) | Source::Value(_) => {
                        "declare the values under `columns`: `{ enum: [a, b] }`"
                    }
                };
                let place = subject.dimension(at, nth, name);
                let message = format!("`{name}` is free text, so `{}` is never sent", metric.code);
                let diagnostic = Diagnostic::new(Lint::UnboundedStringArgument, place, message)
                    .label("it may contain personal data")
                    .help(remedy)
                    .help("or declare the ping as identifying: `sensitivity: identifying`");
                found.add(Site::Metric(at, nth), diagnostic);
            }
        }
    }
}
