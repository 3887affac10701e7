//! Windows other than the week have a value only if none of it is missing.

use pings_model::Registry;
use pings_payload::{Measured, Payload, Reason, Value, Windowed};
use pings_runtime::{Consent, Delivery, EventLog, Import, NewMetrics, Reporter, Week};
use pings_sql::Dialect;
use pings_tests::place::Place;
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

/// A registry with views in each window, and shares since version 2.0.
fn registry() -> Registry {
    let text = r#"
format: 1
name: forum
title: Forum
events: { View: {}, Share: {} }
pings:
  - id: views
    section: Forum
    title: Views
    type: fe_event
    window: [day, week, days_28, month]
    added: "1.0"
    metrics: [{ code: View, measure: [count, unique_users, first_time_users] }]
  - id: shares
    title: Shares
    type: fe_event
    aggregation: weekly
    added: "2.0"
    metrics: [{ code: Share, window: days_28 }]
"#;
    pings_registry::parse(text).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

async fn import(log: &EventLog, events: &[(&str, &str, &str)]) {
    let lines = events.iter().map(|(name, at, version)| {
        let line = json!({ "name": name, "user_id": 1, "timestamp": at, "version": version });
        format!("{line}\n")
    });
    let text: String = lines.collect();
    let done = Import::new(log).read(text.as_bytes(), |_| {}).await;
    assert_eq!(done.expect("an import").imported, events.len() as u64);
}

/// Returns the JSON of the report of 2021-W04, which ends at the end of January.
async fn report(log: &EventLog, registry: &Registry, now: OffsetDateTime) -> Json {
    let week: Week = "2021-W04".parse().expect("a week");
    let reporter = Reporter::new(log, registry);
    let report = reporter.report(week, now, &mut |_| {}).await;
    serde_json::to_value(report.expect("a report")).expect("JSON")
}

/// Returns the metric of a report in its only window of that kind.
fn of<'j>(report: &'j Json, window: &str, code: &str) -> &'j Json {
    let windows = report["windows"].as_array().expect("windows");
    let mut windows = windows.iter().filter(|it| it["window"] == window);
    let found = windows.next().expect("a window");
    assert_eq!(windows.next(), None);
    &found["metrics"][code]
}

const END: OffsetDateTime = datetime!(2021-02-01 0:00 UTC);

async fn what_is_missing_is_not_counted(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let registry = registry();
    let error = json!({ "error": "the product was not seen running in this week" });
    let nothing = report(&log, &registry, END).await;
    assert_eq!(*of(&nothing, "month", "View"), error);
    // Recording began within the four weeks.
    let later = [
        ("View", "2021-01-12T10:00:00Z", "1.0"),
        ("View", "2021-01-31T10:00:00Z", "2.0"),
        ("Share", "2021-01-31T10:00:00Z", "2.0"),
    ];
    import(&log, &later).await;
    let began = report(&log, &registry, END).await;
    assert_eq!(began["metrics"]["View"]["count"], 1);
    assert_eq!(began["metrics"]["Share"], Json::Null);
    let error =
        json!({ "error": "recording began after the start of the window, 2021-01-04T00:00:00Z" });
    assert_eq!(*of(&began, "days_28", "View"), error);
    assert_eq!(*of(&began, "days_28", "Share"), error);
    let error =
        json!({ "error": "recording began after the start of the window, 2021-01-01T00:00:00Z" });
    assert_eq!(*of(&began, "month", "View"), error);
    let days = began["windows"].as_array().expect("windows").iter();
    let days = days.filter(|it| it["window"] == "day");
    let counts: Vec<&Json> = days.map(|it| &it["metrics"]["View"]["count"]).collect();
    assert_eq!(counts, [0, 0, 0, 0, 0, 0, 1]);

    // It began before the month, and a version of the first week did not have the shares yet.
    let earlier = [
        ("View", "2020-12-30T10:00:00Z", "1.0"),
        ("View", "2021-01-05T10:00:00Z", "1.0"),
    ];
    import(&log, &earlier).await;
    let whole = report(&log, &registry, END).await;
    let value = json!({ "count": 3, "unique_users": 1, "first_time_users": 0 });
    assert_eq!(*of(&whole, "days_28", "View"), value);
    assert_eq!(*of(&whole, "month", "View"), value);
    let error =
        json!({ "error": "no version of 2021-W01, which is in the window, sends the metric" });
    assert_eq!(*of(&whole, "days_28", "Share"), error);

    // The month loses a day. The four weeks are whole.
    let mut pruned = log.prune(datetime!(2021-01-04 0:00 UTC), |_| {}).await;
    pruned.as_mut().expect("a number of rows");
    let after = report(&log, &registry, END).await;
    assert_eq!(*of(&after, "days_28", "View"), value);
    let error = json!({ "error": "events before 2021-01-04T00:00:00Z were pruned" });
    assert_eq!(*of(&after, "month", "View"), error);
    pruned = log.prune(datetime!(2021-01-04 0:00:01 UTC), |_| {}).await;
    pruned.expect("a number of rows");
    let error = json!({ "error": "events before 2021-01-04T00:00:01Z were pruned" });
    let after = report(&log, &registry, END).await;
    assert_eq!(*of(&after, "days_28", "View"), error);
    assert_eq!(after["metrics"]["View"]["count"], 1);

    // In the running week, only the days that have begun are there.
    let now = datetime!(2021-01-27 0:00 UTC);
    let running = report(&log, &registry, now).await;
    let windows = running["windows"].as_array().expect("windows").iter();
    let days = windows.filter(|it| it["window"] == "day");
    let days: Vec<&Json> = days.map(|it| &it["start"]).collect();
    assert_eq!(
        days,
        [
            "2021-01-25T00:00:00Z",
            "2021-01-26T00:00:00Z",
            "2021-01-27T00:00:00Z"
        ]
    );
}

fn delivery<'a>(log: &'a EventLog, registry: &'a Registry) -> Delivery<'a> {
    Delivery {
        log,
        registry,
        consent: Consent {
            new_metrics: NewMetrics::Allow,
            ..Consent::default()
        },
        version: Some("2.0".parse().expect("a version")),
    }
}

async fn queue(delivery: &Delivery<'_>, now: OffsetDateTime) -> Vec<Payload> {
    let queued = delivery.queue(time::Duration::ZERO, now, &mut |_| {}).await;
    let queued = queued.expect("weeks");
    let payloads = queued.iter().map(|entry| entry.payload());
    payloads.collect::<Result<_, _>>().expect("payloads")
}

fn window<'p>(payload: &'p Payload, period: &str) -> &'p Windowed {
    let mut windows = payload.windows.iter();
    let found = windows.find(|it| it.span.period().as_str() == period);
    found.expect("a window")
}

fn count(measured: &Measured) -> Option<u64> {
    match measured.outcome.as_ref().ok()? {
        Value::One(measures) => measures.first()?.1.as_ref()?.as_u64(),
        _ => None,
    }
}

async fn late_events_revise_the_windows_of_later_weeks(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let registry = registry();
    let events = [
        ("View", "2020-12-30T10:00:00Z", "1.0"),
        ("View", "2021-01-05T10:00:00Z", "1.0"),
        ("View", "2021-01-12T10:00:00Z", "1.1"),
        ("View", "2021-01-20T10:00:00Z", "2.0"),
        ("View", "2021-01-31T10:00:00Z", "2.0"),
    ];
    import(&log, &events).await;
    let delivery = delivery(&log, &registry);
    let sent = queue(&delivery, datetime!(2021-02-01 3:00 UTC)).await;
    let last = sent.last().expect("a week");
    assert_eq!(last.week.to_string(), "2021-W04");
    let text = last.json();
    assert_eq!(Payload::read(text.as_bytes()).expect("a payload"), *last);
    let four_weeks = window(last, "days_28");
    assert_eq!(count(&four_weeks.metrics["View"]), Some(4));
    let versions: Vec<String> = four_weeks
        .versions
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(versions, ["1.0", "1.1", "2.0"]);
    assert_eq!(count(&window(last, "month").metrics["View"]), Some(4));
    assert_eq!(window(last, "day").versions.len(), 1);

    import(&log, &[("View", "2021-01-13T10:00:00Z", "1.1")]).await;
    let revised = queue(&delivery, datetime!(2021-02-01 4:00 UTC)).await;
    let weeks: Vec<String> = revised.iter().map(|it| it.week.to_string()).collect();
    assert_eq!(weeks, ["2021-W02", "2021-W03", "2021-W04"]);
    let last = revised.last().expect("a week");
    assert_eq!(last.reasons, [Reason::LateEvents].into());
    assert_eq!(count(&last.metrics["View"]), Some(1));
    assert_eq!(count(&window(last, "days_28").metrics["View"]), Some(5));

    // A revision keeps the windows whose events were pruned.
    let pruned = log.prune(datetime!(2021-01-18 0:00 UTC), |_| {}).await;
    pruned.expect("a number of rows");
    import(&log, &[("View", "2021-01-27T10:00:00Z", "2.0")]).await;
    let revised = queue(&delivery, datetime!(2021-02-01 5:00 UTC)).await;
    let last = revised.last().expect("a week");
    assert_eq!(last.week.to_string(), "2021-W04");
    assert_eq!(count(&last.metrics["View"]), Some(2));
    assert_eq!(count(&window(last, "days_28").metrics["View"]), Some(5));
}

async fn a_window_waits_for_consent_to_its_first_week(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let registry = registry();
    import(&log, &[("View", "2020-11-30T10:00:00Z", "2.0")]).await;
    let mut delivery = delivery(&log, &registry);
    delivery.consent.send = false;
    queue(&delivery, datetime!(2020-12-31 12:00 UTC)).await;
    delivery.consent.send = true;
    queue(&delivery, datetime!(2020-12-31 13:00 UTC)).await;
    import(&log, &[("View", "2021-01-31T10:00:00Z", "2.0")]).await;
    let sent = queue(&delivery, datetime!(2021-02-01 3:00 UTC)).await;
    let last = sent.last().expect("a week");
    assert_eq!(count(&window(last, "days_28").metrics["View"]), Some(1));
    // The month began in the week in which sending was turned on.
    let failure = window(last, "month").metrics["View"].outcome.clone();
    let failure = failure.expect_err("no value");
    assert_eq!(failure.kind.name(), "not_agreed");
}

#[tokio::test]
async fn what_is_missing_is_not_counted_on_postgres() {
    what_is_missing_is_not_counted(Dialect::Postgres).await;
}

#[tokio::test]
async fn what_is_missing_is_not_counted_on_sqlite() {
    what_is_missing_is_not_counted(Dialect::Sqlite).await;
}

#[tokio::test]
async fn late_events_revise_the_windows_of_later_weeks_on_postgres() {
    late_events_revise_the_windows_of_later_weeks(Dialect::Postgres).await;
}

#[tokio::test]
async fn late_events_revise_the_windows_of_later_weeks_on_sqlite() {
    late_events_revise_the_windows_of_later_weeks(Dialect::Sqlite).await;
}

#[tokio::test]
async fn a_window_waits_for_consent_to_its_first_week_on_postgres() {
    a_window_waits_for_consent_to_its_first_week(Dialect::Postgres).await;
}

#[tokio::test]
async fn a_window_waits_for_consent_to_its_first_week_on_sqlite() {
    a_window_waits_for_consent_to_its_first_week(Dialect::Sqlite).await;
}
