//! The configuration that a page contains for its client.

use pings_model::{EventMeasure, Period, Registry, Source};
use pings_runtime::VisitorIds;
use serde::Serialize;

/// The consent that the product gives to a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PageConsent {
    /// The page records and sends events.
    #[default]
    Granted,
    /// The page drops events until the user agrees.
    Ask,
    /// The page records nothing.
    Denied,
}

/// The content of the script element.
#[derive(Serialize)]
struct Configuration<'a> {
    url: &'a str,
    consent: PageConsent,
    anonymous: VisitorIds,
    /// Milliseconds from the start of a week to the first instant of 1970, if weeks do not begin on
    /// Monday.
    #[serde(skip_serializing_if = "Option::is_none")]
    week: Option<u32>,
}

/// Returns the script element that configures the client.
pub(crate) fn script(
    url: &str,
    consent: PageConsent,
    visitors: VisitorIds,
    week: Period,
) -> String {
    let configuration = Configuration {
        url,
        consent,
        anonymous: visitors,
        week: (week != Period::Week).then(|| to_1970(week)),
    };
    // Texts and words always serialize. `<` could end the element.
    let json = serde_json::to_string(&configuration).unwrap_or_default();
    let json = json.replace('<', "\\u003c");
    format!("<script type=\"application/json\" id=\"pings\">{json}</script>")
}

/// Returns the milliseconds from the start of a week to Thursday, the first day of 1970.
fn to_1970(week: Period) -> u32 {
    (3 + week.days_before_monday()) * 24 * 60 * 60 * 1000
}

/// Returns the id of a visitor if the administrator allows it. A page that was opened before the
/// setting changed sends ids as before. The client begins an id that does not change with `0-`.
pub(crate) fn allowed_id(id: &str, visitors: VisitorIds) -> &str {
    match visitors {
        VisitorIds::Browser => id,
        VisitorIds::Week if !id.starts_with("0-") => id,
        _ => "",
    }
}

/// Returns how long a visitor keeps an id: only as long as the registry needs it, and at most as
/// long as the administrator allows.
pub(crate) fn visitors(registry: &Registry, allowed: VisitorIds) -> VisitorIds {
    let counts_first_time = registry.metrics().any(|(_, metric)| match &metric.source {
        Source::Events(events) => events.measures.contains(&EventMeasure::FirstTimeUsers),
        Source::Funnel(_) | Source::Capture(_) | Source::Sql(_) | Source::Value(_) => false,
    });
    match allowed {
        VisitorIds::Browser if !counts_first_time => VisitorIds::Week,
        allowed => allowed,
    }
}
