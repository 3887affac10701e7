//! Measures the memory that is allocated for recording an event and for parsing a payload.

use code_insights_events::{Event, InsightType};
use pings_payload::Payload;
use pings_runtime::{Actor, EventLog, Options, Recorder};
use pings_sql::Dialect;
use pings_store::Incoming;
use pings_tests::bombs::bombs;
use pings_tests::place::Place;

#[tokio::test]
async fn an_event_without_texts_needs_no_memory() {
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    EventLog::init(&place.url()).await.expect("an event log");
    let recorder = Recorder::start(&place.url(), Options::new("3.36.0")).expect("a recorder");
    let insight_type = InsightType::SearchInsights;
    let visitor = "2c1f1b8e-3a1b-4c1e-9d7a-0123456789ab";
    let allocated = allocation_counter::measure(|| {
        recorder.record(&Event::InsightAddition { insight_type }, Actor::user(7));
        recorder.record(
            &Event::InsightsPageView,
            Actor::anonymous(visitor).url("/insights"),
        );
    });
    assert_eq!(allocated.count_total, 0);
    let title = "x".repeat(500);
    let event = Event::InsightsGetStartedTabClick { tab_name: title };
    let allocated = allocation_counter::measure(|| recorder.record(&event, Actor::user(7)));
    assert!(
        allocated.count_total > 0,
        "a long text does, so it is counted"
    );
    recorder.shutdown().await.expect("it stops");
}

#[test]
fn reading_a_payload_allocates_no_more_than_its_budget() {
    let budget = 8 << 20;
    for (what, bomb) in bombs(1 << 20) {
        let now = time::OffsetDateTime::now_utc();
        let mut reason = None;
        let allocated = allocation_counter::measure(|| {
            let read = Incoming::read(bomb.clone(), now, budget);
            reason = read.err().map(|error| error.to_string());
        });
        // The budget does not include the body, its digest and the text of an error.
        let most = budget + 4 * bomb.len();
        assert!(
            allocated.bytes_max <= most as u64,
            "{what}: {} bytes, {reason:?}",
            allocated.bytes_max
        );
        let reason = reason.unwrap_or_default();
        assert!(reason.len() < 2_000, "{what}: {} bytes", reason.len());
    }
}

#[test]
fn a_payload_with_more_parts_than_its_budget_is_too_large() {
    let body = pings_tests::vendor::payload(1, 0, 1, 1).to_string();
    assert!(Payload::read_within(body.as_bytes(), 20_000).is_ok());
    let error = Payload::read_within(body.as_bytes(), 2_000).unwrap_err();
    assert!(error.is_too_large, "{error}");
    assert_eq!(
        error.reason,
        "reading this payload takes more than 2000 bytes"
    );
}
