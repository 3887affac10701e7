//! Takes captures and assembles payloads, as an instance does.

use std::time::Duration;

use pings_model::Registry;
use pings_payload::Uuid;
use pings_runtime::{Access, Captures, Consent, Database, Delivery, EventLog, Week};
use pings_tests::place::Place;
use serde_json::Value as Json;
use time::OffsetDateTime;
use time::macros::datetime;

/// The time of the captures, in week 4 of 2021.
const NOW: OffsetDateTime = datetime!(2021-01-27 12:00 UTC);

/// Takes all captures with a time limit for each, and returns a line per capture with its value or
/// failure.
pub(crate) async fn take(place: &Place, registry: &Registry, limit: Duration) -> Vec<String> {
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let product = Database::open(&place.url(), Access::Read).await;
    let product = product.expect("a product");
    let captures = Captures {
        limit,
        ..Captures::new(&product, registry, NOW)
    };
    let taken = captures.take(&log, "2.4.0", || NOW, |_| {}).await;
    product.close().await;
    log.close().await;
    let told = taken
        .expect("captures")
        .into_iter()
        .map(|it| match it.outcome {
            Ok(value) => format!("{}  {}", it.code, value.json()),
            Err(reason) => format!("{}  failed: {reason}", it.code),
        });
    told.collect()
}

/// Returns the payload of week 4 of 2021 as JSON.
pub(crate) async fn payload(place: &Place, registry: &Registry) -> Json {
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let home = Delivery {
        log: &log,
        registry,
        consent: Consent::default(),
        version: Some("2.4.0".parse().expect("a version")),
    };
    let week: Week = "2021-W04".parse().expect("a week");
    let payload = home
        .payload(Uuid::from_u128(7), week, 1, week.end(), &mut |_| {})
        .await;
    let text = payload.expect("a payload").json();
    log.close().await;
    serde_json::from_str(&text).expect("JSON")
}
