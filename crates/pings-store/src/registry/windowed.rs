//! The names under which values of a code are stored.
//!
//! The values of a code in another window than the week are stored like those of another code, with
//! an origin of their own: the versions that ran in all weeks of the window. Trust is therefore
//! decided as for weeks.

use pings_model::{Metric, Period, Span};

/// Returns the name under which the values of a code in a window are stored: `Code` for a week on
/// whichever day it begins, `Code@month`, and `Code@day1` to `Code@day7` for the days of a week, from Monday.
pub(crate) fn stored_code(code: &str, span: Span) -> String {
    match span.period() {
        period if period.is_week() => code.to_owned(),
        Period::Day => of_day(code, span.weekday()),
        period => format!("{code}@{period}"),
    }
}

/// Returns the names under which the values of a metric are stored.
pub(crate) fn stored_codes(metric: &Metric) -> Vec<String> {
    let code = &metric.code;
    let windows = metric.other_windows().filter(|period| !period.is_week());
    let windows = windows.flat_map(|period| match period {
        Period::Day => (1..=7).map(|weekday| of_day(code, weekday)).collect(),
        period => vec![format!("{code}@{period}")],
    });
    std::iter::once(code.clone()).chain(windows).collect()
}

fn of_day(code: &str, weekday: u32) -> String {
    format!("{code}@{}{weekday}", Period::Day)
}
