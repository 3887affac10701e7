//! Whoever records an event does not wait for memory.

use code_insights_events::{Event, InsightType};
use pings_runtime::{Actor, EventLog, Options, Recorder};
use pings_sql::Dialect;
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
