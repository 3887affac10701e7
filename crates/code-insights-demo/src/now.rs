//! Events that are logged while somebody watches, some of them by a faulty client.

use serde_json::{Value as Json, json};
use time::{Duration, OffsetDateTime};

/// Returns the events as lines for an import.
pub(crate) fn lines(now: OffsetDateTime, version: &str) -> String {
    let hover = |kind: &str| ("InsightHover", json!({ "insightType": kind }));
    let misspelt = ("InsightHovr", json!({ "insightType": "searchInsights" }));
    let events = [
        hover("searchInsights"),
        hover("codeStatsInsights"),
        hover("search-insights"),
        misspelt,
    ];
    let line = |(place, (name, argument)): (i32, (&str, Json))| {
        let at = now + Duration::milliseconds(200) * place;
        let line = json!({
            "name": name, "user_id": 7, "argument": argument, "version": version,
            "timestamp": format!("{}T{:02}:{:02}:{:02}Z", at.date(), at.hour(), at.minute(), at.second()),
        });
        format!("{line}\n")
    };
    (0..).zip(events).map(line).collect()
}
