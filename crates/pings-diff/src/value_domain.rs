//! Comparison of the declared texts of a dimension, which are the only texts that instances send.

use pings_model::{Sensitivity, ValueDomain};

use crate::change::{Change, Kind};
use crate::context::Context;
use crate::location::MetricRef;

/// A dimension, with the key of the metric that declares its texts.
#[derive(Clone, Copy)]
pub(crate) struct DimensionRef<'a> {
    pub(crate) name: &'a str,
    pub(crate) key: &'static str,
    pub(crate) coded: MetricRef<'a>,
}

impl DimensionRef<'_> {
    fn what(self) -> String {
        format!(
            "dimension `{}` of metric `{}`",
            self.name, self.coded.metric.code
        )
    }

    fn change(self, kind: Kind, message: String) -> Change {
        let (path, subject) = self.coded.key(self.key);
        let path = match self.key {
            "value" => path,
            _ => path.key(self.name),
        };
        Change::new(kind, path, subject, message)
    }
}

/// Reports texts that instances send now and did not send before.
fn added(
    cx: &mut Context<'_>,
    before: &ValueDomain,
    after: &ValueDomain,
    dimension: DimensionRef<'_>,
) {
    let what = dimension.what();
    let message = match (before, after) {
        (ValueDomain::Declared(was), ValueDomain::Declared(is)) => {
            let more: Vec<String> = is.difference(was).map(|it| format!("`{it}`")).collect();
            if more.is_empty() {
                return;
            }
            format!("{what} now sends {} instead of `@other`", more.join(", "))
        }
        (ValueDomain::Free, ValueDomain::Declared(_)) => {
            format!("{what} is no longer free text, so instances now send the metric")
        }
        _ => return,
    };
    let change = dimension.change(Kind::DimensionTextsAdded, message);
    cx.report(
        change
            .help("announce it in the release notes: instances agreed to a metric that sent less"),
    );
}

/// Compares the texts of a dimension that is otherwise unchanged.
pub(crate) fn compare(
    cx: &mut Context<'_>,
    before: ValueDomain,
    after: ValueDomain,
    dimension: DimensionRef<'_>,
) {
    // Identifying pings send any text. Other pings never sent free text.
    if dimension.coded.ping.ping.sensitivity == Sensitivity::Identifying {
        return;
    }
    added(cx, &before, &after, dimension);
    let ValueDomain::Declared(was) = before else {
        return;
    };
    let what = dimension.what();
    let (message, help) = match after {
        ValueDomain::Declared(is) => {
            let gone: Vec<String> = was.difference(&is).map(|it| format!("`{it}`")).collect();
            if gone.is_empty() {
                return;
            }
            let message = format!("{what} no longer declares {}", gone.join(", "));
            (
                message,
                "undeclared values arrive as `@other`: keep the values in the `enum` of the column",
            )
        }
        ValueDomain::Numbers
        | ValueDomain::Booleans
        | ValueDomain::Dates
        | ValueDomain::Versions => return,
        ValueDomain::Free | ValueDomain::EventNames => (
            format!("{what} is now free text"),
            "metrics that are grouped by free text are not sent: keep the `enum` of the column",
        ),
    };
    cx.report(
        dimension
            .change(Kind::DimensionNarrowed, message)
            .help(help),
    );
}
