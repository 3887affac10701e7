//! Past weeks keep their values, and a week in which the product did not run has no zeros.

use pings_model::{Registry, ValueType};
use pings_payload::{FailureKind, Measured, Payload, Reason, Value, fingerprint};
use pings_runtime::foresee;
use pings_runtime::{
    Access, Captures, Consent, Database, Delivery, Entry, EventLog, Import, NewMetrics, Options,
    Outage, Recorder, Report, Reporter, Week,
};
use pings_sql::Dialect;
use pings_store::{Received, Series, SeriesOptions, Store};
use pings_tests::place::Place;
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

const VIEWS: &str = "
  - id: views
    section: Forum
    title: Views
    type: fe_event
    aggregation: weekly
    added: \"1.0\"
    metrics:
      - { code: View }
";

const SHARES: &str = "
  - id: shares
    section: Forum
    title: Shares
    type: fe_event
    aggregation: weekly
    added: \"1.0\"
    metrics:
      - { code: Share }
";

const ACTIVE: &str = "
  - id: active
    section: Forum
    title: Active users
    type: be_capture
    aggregation: weekly
    added: \"1.0\"
    metrics:
      - { code: Active, from: person, where: \"person.seen_at >= :week_start AND person.seen_at < :week_end\" }
";

const TOTAL: &str = "
  - id: all
    section: Forum
    title: All views
    type: be_capture
    aggregation: total
    added: \"1.0\"
    metrics:
      - { code: AllViews, from: event_logs, where: \"event_logs.name = 'View'\" }
";

fn registry(pings: &[&str]) -> Registry {
    let text = format!(
        "format: 1\nname: forum\ntitle: Forum\nevents:\n  View: {{}}\n  Share: {{}}\n\
         tables:\n  person: {{ id: integer, seen_at: timestamp }}\n  event_logs: {{ name: text }}\npings:{}",
        pings.concat()
    );
    pings_registry::parse(&text).unwrap_or_else(|mistakes| {
        let told: Vec<String> = mistakes.iter().map(|it| it.message.to_string()).collect();
        panic!("{told:?}: {text}")
    })
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

fn home<'a>(log: &'a EventLog, registry: &'a Registry, version: &str) -> Delivery<'a> {
    Delivery {
        log,
        registry,
        // Metrics that a later registry adds are allowed.
        consent: Consent {
            new_metrics: NewMetrics::Allow,
            ..Consent::default()
        },
        version: Some(version.parse().expect("a version")),
    }
}

async fn queue(home: &Delivery<'_>, now: OffsetDateTime) -> Vec<Payload> {
    let queued = home.queue(time::Duration::ZERO, now, &mut |_| {}).await;
    let queued = queued.expect("weeks");
    let payloads = queued.iter().map(|entry| entry.payload());
    payloads.collect::<Result<_, _>>().expect("payloads")
}

fn week(text: &str) -> Week {
    text.parse().expect("a week")
}

async fn report(reporter: &Reporter<'_>, of: &str, now: OffsetDateTime) -> Report {
    let report = reporter.report(week(of), now, &mut |_| {}).await;
    report.expect("a report")
}

fn count(measured: Option<&Measured>) -> Option<u64> {
    match measured?.outcome.as_ref().ok()? {
        Value::One(measures) => measures.first()?.1.as_ref()?.as_u64(),
        _ => None,
    }
}

async fn a_removed_ping_keeps_its_history(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let old = registry(&[VIEWS, SHARES]);
    let events = [
        ("Share", "2025-08-06T10:00:00Z", "1.3.0"),
        ("Share", "2025-08-06T11:00:00Z", "1.3.0"),
        ("View", "2025-08-06T12:00:00Z", "1.3.0"),
        ("View", "2025-08-12T12:00:00Z", "1.3.0"),
    ];
    import(&log, &events).await;
    let sent = queue(&home(&log, &old, "1.3.0"), datetime!(2025-08-13 3:00 UTC)).await;
    assert_eq!(count(sent[0].metrics.get("Share")), Some(2));
    // The ping ends with a version, or is deleted. The upgrade alone changes nothing.
    let ended = SHARES.replace("added:", "removed: \"1.4\"\n    added:");
    let ended = registry(&[VIEWS, &ended]);
    let deleted = registry(&[VIEWS]);
    for (registry, revision, at) in [(&ended, 2, "13:00:00"), (&deleted, 3, "14:00:00")] {
        let home = home(&log, registry, "1.4.0");
        let now = datetime!(2025-08-13 4:00 UTC);
        assert_eq!(queue(&home, now).await, [], "an upgrade is not a change");
        let late = format!("2025-08-06T{at}Z");
        import(&log, &[("View", &late, "1.3.0")]).await;
        let queued = queue(&home, now).await;
        let [payload] = queued.as_slice() else {
            panic!("{queued:?}");
        };
        assert_eq!(
            (payload.week, payload.revision),
            (week("2025-W32"), revision)
        );
        assert_eq!(payload.reasons, [Reason::LateEvents].into());
        assert_eq!(
            count(payload.metrics.get("View")),
            Some(u64::from(revision))
        );
        assert_eq!(count(payload.metrics.get("Share")), Some(2));
        let kept_from = payload.metrics["Share"].kept_from.clone();
        let is_deleted = revision == 3;
        assert_eq!(kept_from, is_deleted.then(|| fingerprint(&ended)));
        let read = Payload::read(payload.json().as_bytes()).expect("a payload");
        assert_eq!(read.metrics["Share"].kept_from, kept_from);
    }
    // The report of the week also covers the versions that ran in it.
    let reporter = Reporter::new(&log, &ended).at_version("1.4.0".parse().expect("a version"));
    let report = report(&reporter, "2025-W32", datetime!(2025-08-13 4:00 UTC)).await;
    let share = report.metrics.iter().find(|it| it.code == "Share");
    assert_eq!(
        share
            .and_then(|it| it.outcome.clone().ok())
            .expect("it")
            .json(),
        r#"{"count":2}"#
    );
}

async fn what_consent_ends_says_so(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let operational = SHARES.replace("added:", "sensitivity: operational\n    added:");
    let registry = registry(&[VIEWS, &operational]);
    let mut home = home(&log, &registry, "1.3.0");
    import(&log, &[("Share", "2025-08-06T10:00:00Z", "1.3.0")]).await;
    let now = datetime!(2025-08-13 3:00 UTC);
    queue(&home, now).await;
    let all = Entry::all(&log).await.expect("an outbox");
    let mut before = all[0].payload().expect("a payload");
    home.consent.operational = false;
    let next = home
        .payload(before.instance, before.week, 2, now, &mut |_| {})
        .await;
    let mut next = next.expect("a payload");
    let agreement = foresee(&log, &registry, &home.consent.into(), now).await;
    let agreement = agreement.expect("an agreement");
    assert!(home.keep(&agreement, &before, &mut next));
    let failure = next.metrics["Share"].outcome.clone().expect_err("no value");
    assert_eq!(failure.kind, FailureKind::Withdrawn);
    assert_eq!(next.reasons, [Reason::Withdrawn].into());
    // A further revision repeats the withdrawal and is not a change.
    before = next.clone();
    assert!(!home.keep(&agreement, &before, &mut next));
}

async fn people(place: &Place) {
    let mut database = place.connect().await;
    let moment = match place.url().file() {
        Some(_) => "text",
        None => "timestamptz",
    };
    let sql = format!(
        "CREATE TABLE person (id integer, seen_at {moment}); \
         INSERT INTO person VALUES (1, '2025-08-06 10:00:00'), (2, '2025-08-06 10:00:00')"
    );
    database.execute(&sql).await;
}

async fn active(log: &EventLog, registry: &Registry, now: OffsetDateTime) -> (Json, Json) {
    let report = report(&Reporter::new(log, registry), "2025-W32", now).await;
    let json = serde_json::to_value(report).expect("JSON");
    (json["metrics"]["Active"].clone(), json)
}

async fn the_first_capture_of_a_week_stands(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let registry = registry(&[ACTIVE, VIEWS]);
    import(&log, &[("View", "2025-08-06T12:00:00Z", "1.3.0")]).await;
    let product = Database::open(&place.url(), Access::Create)
        .await
        .expect("a product");
    let captures = Captures {
        week: week("2025-W32"),
        ..Captures::new(&product, &registry, datetime!(2025-08-13 3:00 UTC))
    };
    let take = async |clock: fn() -> OffsetDateTime| {
        captures
            .take(&log, "1.3.0", clock, |_| {})
            .await
            .expect("captures")
    };
    let early: fn() -> OffsetDateTime = || datetime!(2025-08-11 1:00 UTC);
    let later: fn() -> OffsetDateTime = || datetime!(2025-08-14 1:00 UTC);
    // A failed capture is taken again.
    assert!(take(early).await[0].outcome.is_err());
    let home = home(&log, &registry, "1.3.0");
    let first = queue(&home, early()).await;
    let failure = first[0].metrics["Active"]
        .outcome
        .clone()
        .expect_err("no table");
    assert_eq!(failure.kind, FailureKind::Schema);
    people(&place).await;
    assert!(take(early).await[0].outcome.is_ok());
    let second = queue(&home, early()).await;
    assert_eq!(count(second[0].metrics.get("Active")), Some(2));
    assert_eq!(second[0].reasons, [Reason::Captured].into());
    // The first person returns in the running week.
    let mut database = place.connect().await;
    database
        .execute("UPDATE person SET seen_at = '2025-08-12 09:00:00' WHERE id = 1")
        .await;
    assert_eq!(take(later).await.len(), 0, "the first capture is kept");
    assert_eq!(queue(&home, later()).await, []);
    let (value, _) = active(&log, &registry, later()).await;
    assert_eq!(value["count"], 2);
    // On request the capture is taken again, and is marked as retaken.
    let again = captures
        .retake(&log, "1.3.0", later, |_| {})
        .await
        .expect("captures");
    assert!(again[0].is_retaken);
    let (value, report) = active(&log, &registry, later()).await;
    assert_eq!(value["count"], 1);
    assert_eq!(report["late_s"], json!({ "Active": 3 * 24 * 3600 + 3600 }));
    assert_eq!(report["retaken"], json!(["Active"]));
    let third = queue(&home, later()).await;
    assert_eq!(third[0].reasons, [Reason::Retaken].into());
    let sent: Json = serde_json::from_str(&third[0].json()).expect("JSON");
    assert_eq!(sent["metrics"]["Active"]["count"], 1);
    assert_eq!(sent["reasons"], json!(["retaken"]));
    assert_eq!(sent["retaken"], json!(["Active"]));
    assert_eq!(sent["late_s"], json!({ "Active": 3 * 24 * 3600 + 3600 }));
    assert_eq!(take(later).await.len(), 0, "the other one stands now");
}

async fn two_processes_capture_once(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    log.close().await;
    people(&place).await;
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let url = place.url();
            tokio::spawn(async move {
                let log = EventLog::open(&url).await.expect("an event log");
                let registry = registry(&[ACTIVE]);
                let product = Database::open(&url, Access::Read).await.expect("a product");
                let now: fn() -> OffsetDateTime = || datetime!(2025-08-13 3:00 UTC);
                let captures = Captures::new(&product, &registry, now());
                let taken = captures.take(&log, "1.3.0", now, |_| {}).await;
                taken.expect("captures").len()
            })
        })
        .collect();
    let mut taken = 0;
    for task in tasks {
        taken += task.await.expect("no panic");
    }
    assert_eq!(taken, 1);
}

async fn a_week_in_which_nothing_ran_is_a_hole(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let registry = registry(&[VIEWS, SHARES]);
    let events = [
        ("View", "2025-01-07T10:00:00Z", "1.0.0"),
        ("View", "2025-02-18T10:00:00Z", "1.2.0"),
    ];
    import(&log, &events).await;
    // A week without events in which the recorder ran.
    let version = "1.0.1-ce";
    let noted = log
        .note_running(version, datetime!(2025-01-15 0:00 UTC))
        .await;
    noted.expect("a note");
    let now = datetime!(2025-02-25 3:00 UTC);
    let queued = queue(&home(&log, &registry, "1.2.0"), now).await;
    let seen: Vec<_> = queued
        .iter()
        .map(|payload| {
            let version = payload.version.map(|it| it.to_string());
            let view = count(payload.metrics.get("View"));
            (payload.week.to_string(), payload.is_running, version, view)
        })
        .collect();
    let ran = |week: &str, version: &str, view: u64| {
        (week.to_owned(), true, Some(version.to_owned()), Some(view))
    };
    let hole = |week: &str| (week.to_owned(), false, None, None);
    assert_eq!(
        seen,
        [
            ran("2025-W02", "1.0.0", 1),
            ran("2025-W03", "1.0.1", 0),
            hole("2025-W04"),
            hole("2025-W05"),
            hole("2025-W06"),
            hole("2025-W07"),
            ran("2025-W08", "1.2.0", 1),
        ]
    );
    let off = report(&Reporter::new(&log, &registry), "2025-W05", now).await;
    let json = serde_json::to_value(off).expect("JSON");
    assert_eq!(json["not_running"], true);
    assert!(json["metrics"]["View"]["error"].is_string(), "{json}");

    let Some(vendor) = Place::new(dialect).await else {
        return;
    };
    let store = Store::open(&vendor.url(), true).await.expect("a store");
    store.learn(&registry, now).await.expect("it is learned");
    let received = queued
        .iter()
        .map(|payload| Received::read(payload.json().into_bytes(), now).expect("a payload"));
    let received: Vec<Received> = received.collect();
    store.accept(&received).await.expect("they are kept");
    let series = series(&store, &registry, "Share").await;
    let weeks: Vec<_> = series
        .weeks
        .iter()
        .map(|it| (it.values[0], it.instances.trusted, it.instances.not_running))
        .collect();
    let (zero, hole) = ((Some(0.0), 1, 0), (None, 0, 1));
    assert_eq!(weeks, [zero, zero, hole, hole, hole, hole, zero]);
    store.rebuild(|_, _| {}).await.expect("rows");
    assert_eq!(self::series(&store, &registry, "Share").await, series);
    let range = "1.0".parse().expect("a range");
    let impact = store
        .impact(&registry, "Share", Some(range), None)
        .await
        .expect("an impact");
    let instances: Vec<u64> = impact[0].weeks.iter().map(|it| it.instances).collect();
    assert_eq!(
        instances,
        [1, 1],
        "an instance that does not run has no version"
    );
    let trust = "SELECT DISTINCT trusts.trust FROM trusts \
        JOIN origins ON origins.id = trusts.origin WHERE origins.versions = '-'";
    assert_eq!(texts(&store, trust).await, ["not_running"]);
}

async fn texts(store: &Store, sql: &str) -> Vec<String> {
    let mut tx = store.read().await.expect("a read");
    let rows = tx.rows(sql, &[], &[ValueType::Text]).await.expect("rows");
    tx.end().await.expect("its end");
    let texts = rows.iter().filter_map(|row| row.first()?.text());
    texts.map(str::to_owned).collect()
}

async fn series(store: &Store, registry: &Registry, code: &str) -> Series {
    let options = SeriesOptions {
        weeks: 26,
        ..SeriesOptions::default()
    };
    store
        .series(registry, code, &options)
        .await
        .expect("a series")
}

async fn a_new_code_of_an_old_ping_is_absent_before_it(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let old = registry(&[VIEWS]);
    let new = VIEWS.replace(
        "      - { code: View }",
        "      - { code: View }\n      - { code: Viewers, of: View, measure: unique_users }",
    );
    let new = registry(&[&new]);
    let events = [
        ("View", "2025-01-07T10:00:00Z", "1.0.0"),
        ("View", "2025-01-14T10:00:00Z", "1.0.0"),
    ];
    import(&log, &events).await;
    let mut sent = queue(&home(&log, &old, "1.0.0"), datetime!(2025-01-15 0:00 UTC)).await;
    // The instance upgrades within the third week, which the new version reports.
    import(&log, &[("View", "2025-01-22T10:00:00Z", "1.5.0")]).await;
    let upgraded = home(&log, &new, "1.5.0");
    sent.extend(queue(&upgraded, datetime!(2025-01-22 11:00 UTC)).await);
    import(&log, &[("View", "2025-01-21T10:00:00Z", "1.0.0")]).await;
    import(&log, &[("View", "2025-01-28T10:00:00Z", "1.5.0")]).await;
    let now = datetime!(2025-02-05 0:00 UTC);
    sent.extend(queue(&upgraded, now).await);
    let store = Store::open(&place.url(), true).await.expect("a store");
    for registry in [&old, &new] {
        store.learn(registry, now).await.expect("it is learned");
    }
    let received = sent
        .iter()
        .map(|payload| Received::read(payload.json().into_bytes(), now).expect("a payload"));
    let received: Vec<Received> = received.collect();
    store.accept(&received).await.expect("they are kept");
    let series = series(&store, &new, "Viewers").await;
    let weeks: Vec<_> = series
        .weeks
        .iter()
        .map(|it| (it.week.to_string(), it.values[0], it.instances.absent))
        .collect();
    assert_eq!(
        weeks,
        [
            ("2025-W02".to_owned(), None, 1),
            ("2025-W03".to_owned(), None, 1),
            ("2025-W04".to_owned(), None, 1),
            ("2025-W05".to_owned(), Some(1.0), 0),
        ]
    );
    let trust = format!(
        "SELECT DISTINCT trusts.trust FROM trusts JOIN codes ON codes.id = trusts.code \
         JOIN origins ON origins.id = trusts.origin \
         WHERE codes.code = 'Viewers' AND origins.fingerprint = '{}'",
        fingerprint(&old)
    );
    assert_eq!(texts(&store, &trust).await, ["absent"]);
}

async fn what_was_never_captured_failed_whatever_is_broken(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let store = Store::open(&place.url(), true).await.expect("a store");
    let broken = ACTIVE.replace(
        "    metrics:",
        "    broken: [{ versions: \"1.2\", reason: counts too many }]\n    metrics:",
    );
    let registry = registry(&[&broken]);
    let now = datetime!(2025-02-05 0:00 UTC);
    store.learn(&registry, now).await.expect("it is learned");
    let sent = |instance: u32, active: Json| {
        let json = json!({
            "format": 1, "registry": "forum", "fingerprint": fingerprint(&registry),
            "instance": format!("00000000-0000-4000-8000-{instance:012}"), "week": "2025-W05",
            "start": "2025-01-27T00:00:00Z", "end": "2025-02-03T00:00:00Z", "revision": 1,
            "versions": { "1.2.0": 1 }, "metrics": { "Active": active },
        });
        Received::read(json.to_string().into_bytes(), now).expect("a payload")
    };
    let batch = [
        sent(1, json!({ "error": "not_captured" })),
        sent(2, json!({ "error": "time_limit", "captured_by": "1.2.0" })),
        sent(3, json!({ "count": 3, "captured_by": "1.3.0" })),
    ];
    store.accept(&batch).await.expect("they are kept");
    let series = series(&store, &registry, "Active").await;
    let of = &series.weeks[0].instances;
    assert_eq!((of.trusted, of.all_broken(), of.reported()), (1, 1, 3));
    assert_eq!(of.failed, [(FailureKind::NotCaptured, 1)].into());
}

async fn the_recorder_notes_that_the_product_runs(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let registry = registry(&[VIEWS]);
    let now: fn() -> OffsetDateTime = || datetime!(2025-01-15 10:00 UTC);
    let options = Options {
        clock: Some(now),
        outage: Outage::Drop,
        ..Options::new("1.3.0")
    };
    // Nothing is recorded.
    let recorder = Recorder::start(&place.url(), options).expect("a recorder");
    let later = datetime!(2025-01-21 0:00 UTC);
    let mut quiet = report(&Reporter::new(&log, &registry), "2025-W03", later).await;
    for _ in 0..300 {
        if quiet.is_running {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        quiet = report(&Reporter::new(&log, &registry), "2025-W03", later).await;
    }
    recorder.shutdown().await.expect("it stops");
    assert!(quiet.is_running, "it left no trace");
    assert_eq!(quiet.version, "1.3.0".parse().ok());
    let view = quiet.metrics[0].outcome.clone().expect("a count");
    assert_eq!(view.json(), r#"{"count":0}"#);
}

async fn counts_of_all_events_do_not_shrink_when_some_are_pruned(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let registry = registry(&[TOTAL, VIEWS]);
    let events = [
        ("View", "2025-01-07T10:00:00Z", "1.0.0"),
        ("View", "2025-02-18T10:00:00Z", "1.2.0"),
    ];
    import(&log, &events).await;
    let product = Database::open(&place.url(), Access::Read)
        .await
        .expect("a product");
    let now: fn() -> OffsetDateTime = || datetime!(2025-02-20 3:00 UTC);
    let captures = Captures::new(&product, &registry, now());
    let taken = async || {
        captures
            .take(&log, "1.2.0", now, |_| {})
            .await
            .expect("captures")
    };
    let first = taken().await;
    assert_eq!(
        first[0].outcome.clone().expect("a value").json(),
        r#"{"count":2}"#
    );
    log.prune(datetime!(2025-02-01 0:00 UTC), |_| {})
        .await
        .expect("it prunes");
    let failure = taken().await[0].outcome.clone().expect_err("it would be 1");
    assert_eq!(failure.kind, FailureKind::Pruned);
}

on_both!(
    a_removed_ping_keeps_its_history,
    what_consent_ends_says_so,
    the_first_capture_of_a_week_stands,
    two_processes_capture_once,
    a_week_in_which_nothing_ran_is_a_hole,
    a_new_code_of_an_old_ping_is_absent_before_it,
    what_was_never_captured_failed_whatever_is_broken,
    the_recorder_notes_that_the_product_runs,
    counts_of_all_events_do_not_shrink_when_some_are_pruned
);
