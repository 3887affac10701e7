//! Receives the events of clients, each once.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use pings_ingest::{Ingest, PageConsent, User};
use pings_model::Registry;
use pings_runtime::{Actor, Week};
use pings_runtime::{
    Consent, EventLog, Options, Outage, Receipt, Received, ReceivedEvent, Recorder, Reporter,
    VisitorIds,
};
use pings_sql::Dialect;
use pings_tests::databases::Database;
use pings_tests::place::Place;
use pings_tests::server::Server;
use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tower::ServiceExt;
use uuid::Uuid;

const REGISTRY: &str = include_str!("../../conformance/pings.yaml");
const CASES: &str = include_str!("../../conformance/cases.json");

fn registry() -> Arc<Registry> {
    Arc::new(pings_registry::parse(REGISTRY).expect("a registry"))
}

fn options(place: &Place) -> Options {
    Options {
        outage: Outage::Spill(place.folder().join("spill")),
        consent: Some(Consent::default()),
        ..Options::new("5.2.1")
    }
}

async fn recorder(place: &Place) -> Recorder {
    EventLog::init(&place.url()).await.expect("an event log");
    Recorder::start(&place.url(), options(place)).expect("a recorder")
}

/// The endpoint. The header `user` says who is signed in.
fn ingest(recorder: &Recorder) -> Ingest {
    Ingest::new(registry(), recorder.clone(), |request| {
        let user = request.headers.get("user")?.to_str().ok()?;
        Some(user.parse::<i64>().map_or(User::from(user), User::from))
    })
}

/// Returns the next UUIDv7 of this time.
fn id(at: OffsetDateTime) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let milliseconds = (at.unix_timestamp_nanos() / 1_000_000) as u128;
    let next = u128::from(NEXT.fetch_add(1, Ordering::Relaxed));
    Uuid::from_u128(milliseconds << 80 | 7 << 76 | 8 << 60 | next).to_string()
}

fn rfc3339(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).expect("a time")
}

fn event(name: &str, args: &Json) -> Json {
    let now = OffsetDateTime::now_utc();
    json!({
        "id": id(now), "name": name, "at": rfc3339(now), "version": "5.2.1",
        "anonymous_id": "2970-00000000-0000-7abc-8def-0123456789ab", "args": args,
    })
}

fn viewed() -> Json {
    event("DeskViewed", &json!({}))
}

fn batch(events: &[Json]) -> String {
    json!({ "v": 1, "sent_at": rfc3339(OffsetDateTime::now_utc()), "events": events }).to_string()
}

/// Sends a body with headers, and returns the answer.
async fn send(
    routes: &Router,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> (StatusCode, Json, axum::http::HeaderMap) {
    let mut request = Request::post("/-/pings");
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        request = request.header("content-type", "text/plain;charset=UTF-8");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(body.into()).expect("a request");
    let answer = routes.clone().oneshot(request).await.expect("an answer");
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
    let json = serde_json::from_slice(&body).expect("each answer is JSON");
    (parts.status, json, parts.headers)
}

/// Sends events, and returns the answer without the messages.
async fn sent(routes: &Router, events: &[Json]) -> Json {
    let (status, answer, _) = send(routes, &[], batch(events)).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let refused = answer["refused"].as_array().expect("a list");
    let sum = answer["accepted"].as_u64().unwrap() + answer["duplicates"].as_u64().unwrap();
    assert_eq!(sum as usize + refused.len(), events.len(), "{answer}");
    let reasons: Vec<&Json> = refused.iter().map(|it| &it["reason"]).collect();
    json!([answer["accepted"], answer["duplicates"], reasons])
}

/// Returns the rows of the event log: name, arguments, user, visitor, version.
async fn rows(database: &mut Database) -> Vec<(String, Json, String, String, String)> {
    let sql = AssertSqlSafe(
        "SELECT name, CAST(argument AS text), CAST(user_id AS text), anonymous_user_id, version \
         FROM event_logs ORDER BY id",
    );
    let rows: Vec<(String, String, String, String, String)> = match database {
        Database::Postgres(db) => sqlx::query_as(sql).fetch_all(db).await,
        Database::Sqlite(db) => sqlx::query_as(sql).fetch_all(db).await,
    }
    .expect("the event log");
    let json = |text: String| serde_json::from_str(&text).expect("JSON");
    rows.into_iter()
        .map(|(name, args, user, visitor, version)| (name, json(args), user, visitor, version))
        .collect()
}

async fn number(database: &mut Database, sql: &str) -> i64 {
    let sql = AssertSqlSafe(sql.to_owned());
    match database {
        Database::Postgres(db) => sqlx::query_scalar(sql).fetch_one(db).await,
        Database::Sqlite(db) => sqlx::query_scalar(sql).fetch_one(db).await,
    }
    .expect("a number")
}

async fn counter(database: &mut Database, name: &str) -> i64 {
    let sql = format!(
        "SELECT CAST(coalesce(sum(value), 0) AS bigint) FROM pings_counters WHERE name = '{name}'"
    );
    number(database, &sql).await
}

/// Each case of the suite that clients are tested with, too.
async fn conforms(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let recorder = recorder(&place).await;
    let routes = ingest(&recorder).router();
    let mut database = place.connect().await;
    let suite: Json = serde_json::from_str(CASES).expect("cases");
    for case in suite["cases"].as_array().expect("a list") {
        let with = case["with"].as_object().cloned().unwrap_or_default();
        let events: Vec<Json> = case["events"]
            .as_array()
            .expect("events")
            .iter()
            .map(|recorded| {
                let mut event = event(recorded["name"].as_str().unwrap(), &json!({}));
                let members = event.as_object_mut().unwrap();
                match recorded.get("args") {
                    Some(args) => members.insert("args".to_owned(), args.clone()),
                    None => members.shift_remove("args"),
                };
                members.extend(with.clone());
                event
            })
            .collect();
        database.execute("DELETE FROM event_logs").await;
        let answer = &case["answer"];
        let expected = json!([answer["accepted"], 0, answer["refused"]]);
        assert_eq!(sent(&routes, &events).await, expected, "{}", case["name"]);
        // All that was accepted is a duplicate now, and all else is refused again.
        let again = json!([0, answer["accepted"], answer["refused"]]);
        assert_eq!(sent(&routes, &events).await, again, "{}", case["name"]);
        let found = rows(&mut database).await;
        let found: Vec<Json> = found
            .iter()
            .map(|(name, args, ..)| json!({ "name": name, "args": args }))
            .collect();
        assert_eq!(json!(found), case["rows"], "{}", case["name"]);
    }
    recorder.shutdown().await.expect("it stops");
    for (name, count) in [("dropped", 201), ("rejected", 2), ("invalid", 3)] {
        assert_eq!(
            counter(&mut database, &format!("client_{name}")).await,
            count
        );
    }
    let refused = suite["cases"].as_array().unwrap().iter();
    let refused = refused.map(|case| case["answer"]["refused"].as_array().unwrap().len());
    let twice = 2 * refused.sum::<usize>() as i64;
    assert_eq!(counter(&mut database, "client_refused").await, twice);
    // The report of the week has the counts.
    let log = EventLog::open(&place.url()).await.expect("the event log");
    let now = OffsetDateTime::now_utc();
    let registry = registry();
    let reporter = Reporter::new(&log, &registry);
    let week = Week::containing(now);
    let report = reporter.report(week, now, &mut |_| {}).await;
    let report = report.expect("a report");
    assert_eq!(report.runtime.client.dropped, 201);
    assert_eq!(report.runtime.client.refused, twice as u64);
    let json = serde_json::to_value(&report).expect("JSON");
    assert_eq!(json["runtime"]["client"]["invalid"], 3);
}

#[tokio::test]
async fn the_endpoint_conforms_on_postgres() {
    conforms(Dialect::Postgres).await;
}

#[tokio::test]
async fn the_endpoint_conforms_on_sqlite() {
    conforms(Dialect::Sqlite).await;
}

/// Several processes receive the same events at the same time.
async fn once(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let recorders = [recorder(&place).await, recorder(&place).await];
    let routes = recorders.each_ref().map(|it| ingest(it).router());
    let events: Vec<Json> = (0..300).map(|_| viewed()).collect();
    let mut tasks = Vec::new();
    for turn in 0..24 {
        let routes = routes[turn % 2].clone();
        // Each event is in several batches, in different orders.
        let mut events = events[turn % 3 * 100..][..100].to_vec();
        if turn % 4 > 1 {
            events.reverse();
        }
        events.push(events[0].clone());
        tasks.push(tokio::spawn(async move { sent(&routes, &events).await }));
    }
    let (mut accepted, mut duplicates) = (0, 0);
    for task in tasks {
        let answer = task.await.expect("an answer");
        accepted += answer[0].as_u64().unwrap();
        duplicates += answer[1].as_u64().unwrap();
    }
    assert_eq!((accepted, duplicates), (300, 24 * 101 - 300));
    let mut database = place.connect().await;
    assert_eq!(rows(&mut database).await.len(), 300);
    for recorder in recorders {
        recorder.shutdown().await.expect("it stops");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_logged_once_on_postgres() {
    once(Dialect::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_logged_once_on_sqlite() {
    once(Dialect::Sqlite).await;
}

/// While the database is down, events are as durable as the disk, and the ids decide later.
#[tokio::test]
async fn events_of_an_outage_are_logged_once() {
    let Some(mut server) = Server::start_new().await else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let url = server.address().parse().expect("an address");
    EventLog::init(&url).await.expect("an event log");
    let options = Options {
        outage: Outage::Spill(folder.path().join("spill")),
        consent: Some(Consent::default()),
        ..Options::new("5.2.1")
    };
    let recorder = Recorder::start(&url, options).expect("a recorder");
    let routes = ingest(&recorder).router();
    let before = [viewed(), viewed()];
    assert_eq!(sent(&routes, &before).await, json!([2, 0, []]));
    server.stop("-KILL");
    let during = [before[0].clone(), viewed(), viewed()];
    assert_eq!(sent(&routes, &during).await, json!([3, 0, []]));
    assert_eq!(sent(&routes, &during[1..]).await, json!([2, 0, []]));
    server.start().await;
    let start = std::time::Instant::now();
    while recorder.flush().await.expect("it is kept") != pings_runtime::Durability::Logged {
        assert!(
            start.elapsed().as_secs() < 60,
            "{:?}",
            recorder.last_error()
        );
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(sent(&routes, &during).await, json!([0, 3, []]));
    recorder.shutdown().await.expect("it stops");
    let mut database = Database::Postgres(
        PgConnection::connect(&server.address())
            .await
            .expect("PostgreSQL"),
    );
    assert_eq!(rows(&mut database).await.len(), 4);
    assert_eq!(counter(&mut database, "spilled").await, 5);
}

/// The session says who the user is. A user has no visitor's id.
async fn knows_users(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let recorder = recorder(&place).await;
    let routes = ingest(&recorder).router();
    for headers in [&[("user", "7")][..], &[], &[("user", "0")]] {
        let (status, ..) = send(&routes, headers, batch(&[viewed()])).await;
        assert_eq!(status, StatusCode::OK);
    }
    let mut database = place.connect().await;
    let visitor = "2970-00000000-0000-7abc-8def-0123456789ab";
    let found = rows(&mut database).await;
    let found: Vec<_> = found.iter().map(|it| (&*it.2, &*it.3, &*it.4)).collect();
    assert_eq!(
        found,
        [
            ("7", "", "5.2.1"),
            ("0", visitor, "5.2.1"),
            ("0", visitor, "5.2.1")
        ]
    );
    // The log has numbers as ids: a text is refused, and the answer does not say more.
    let (_, answer, _) = send(&routes, &[("user", "jane@example.com")], batch(&[viewed()])).await;
    assert_eq!(answer["refused"][0]["reason"], "rejected");
    assert!(!answer.to_string().contains("jane"), "{answer}");
    recorder.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn the_session_says_who_the_user_is_on_postgres() {
    knows_users(Dialect::Postgres).await;
}

#[tokio::test]
async fn the_session_says_who_the_user_is_on_sqlite() {
    knows_users(Dialect::Sqlite).await;
}

/// A clock that is wrong by more than a day is corrected, and each event is counted once.
#[tokio::test]
async fn wrong_clocks_are_corrected_and_counted() {
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    let recorder = recorder(&place).await;
    let routes = ingest(&recorder).router();
    let now = OffsetDateTime::now_utc();
    for (wrong, hours_ago) in [
        (Duration::hours(1), 2),
        (Duration::days(-400), 3),
        (Duration::days(30), 0),
    ] {
        let clock = now + wrong;
        let at = clock - Duration::hours(hours_ago);
        let event =
            json!({ "id": id(at), "name": "DeskViewed", "at": rfc3339(at), "version": "5.2.1" });
        let body = json!({ "v": 1, "sent_at": rfc3339(clock), "events": [event] }).to_string();
        for answer in ["accepted", "duplicates"] {
            let (status, found, _) = send(&routes, &[], body.clone()).await;
            assert_eq!(status, StatusCode::OK);
            assert_eq!(found[answer], 1, "{found}");
        }
    }
    recorder.shutdown().await.expect("it stops");
    let mut database = place.connect().await;
    assert_eq!(counter(&mut database, "client_corrected").await, 2);
    let Database::Sqlite(db) = &mut database else {
        panic!("it is SQLite");
    };
    let times: Vec<String> = sqlx::query_scalar("SELECT timestamp FROM event_logs ORDER BY id")
        .fetch_all(db)
        .await
        .expect("times");
    let expected = [now - Duration::hours(1), now - Duration::hours(3), now];
    for (found, expected) in times.iter().zip(expected) {
        let found = OffsetDateTime::parse(found, &Rfc3339).expect("a time");
        assert!(
            (found - expected).abs() < Duration::minutes(2),
            "{found} {expected}"
        );
    }
    assert_eq!(times.len(), 3);
}

/// Events from a time when gathering was switched off are not logged when it is on again.
async fn respects_off_times(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let recorder = recorder(&place).await;
    let routes = ingest(&recorder).router();
    let now = OffsetDateTime::now_utc();
    let mut database = place.connect().await;
    for (change, is_on, hours_ago) in [(1, 1, 72), (2, 0, 48), (3, 1, 24)] {
        let since = rfc3339(
            (now - Duration::hours(hours_ago))
                .replace_nanosecond(0)
                .unwrap(),
        );
        let sql = format!(
            "INSERT INTO pings_consent (switch, change, is_on, since, decided_by, fingerprint) \
             VALUES ('gather', {change}, {is_on}, '{since}', 'default', '')"
        );
        database.execute(&sql).await;
    }
    let events: Vec<Json> = [60, 40, 30, 10]
        .map(|hours| {
            let at = now - Duration::hours(hours);
            json!({ "id": id(at), "name": "DeskViewed", "at": rfc3339(at), "version": "5.2.1" })
        })
        .to_vec();
    let off = ["switched-off", "switched-off"];
    assert_eq!(sent(&routes, &events).await, json!([2, 0, off]));
    assert_eq!(sent(&routes, &events).await, json!([0, 2, off]));
    assert_eq!(rows(&mut database).await.len(), 2);
    recorder.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn events_of_off_times_are_refused_on_postgres() {
    respects_off_times(Dialect::Postgres).await;
}

#[tokio::test]
async fn events_of_off_times_are_refused_on_sqlite() {
    respects_off_times(Dialect::Sqlite).await;
}

/// A client is not newer than the product, and a count cannot overflow.
async fn bounds_clients(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let recorder = recorder(&place).await;
    let product = "5.2.1".parse().expect("a version");
    let routes = ingest(&recorder).product_version(product).router();
    let mut newer = viewed();
    newer["version"] = json!("99999.0.0");
    let answer = sent(&routes, &[newer, viewed()]).await;
    assert_eq!(answer, json!([1, 0, ["invalid-version"]]));
    // An old argument key beside the new one is checked, too.
    let odd = event(
        "TicketOpened",
        &json!({ "channel": "mail", "priority": 1, "urgency": { "a": "x" } }),
    );
    assert_eq!(sent(&routes, &[odd]).await, json!([0, 0, ["wrong-type"]]));
    // Refused events are counted although no event is logged.
    let mut database = place.connect().await;
    let start = std::time::Instant::now();
    while counter(&mut database, "client_refused").await < 2 {
        assert!(start.elapsed().as_secs() < 30, "refused events are counted");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let full = "UPDATE pings_counters SET value = 9007199254740991";
    database.execute(full).await;
    let week = Week::containing(OffsetDateTime::now_utc());
    let sql = format!(
        "INSERT INTO pings_counters (week, name, value) VALUES ('{week}', 'client_dropped', 9007199254740990)"
    );
    database.execute(&sql).await;
    for _ in 0..2 {
        let lost = event("$lost", &json!({ "ceiling": 1_000_000 }));
        assert_eq!(sent(&routes, &[lost]).await, json!([1, 0, []]));
    }
    let lost = event("$lost", &json!({ "ceiling": 1_000_001 }));
    assert_eq!(sent(&routes, &[lost]).await, json!([0, 0, ["wrong-type"]]));
    assert_eq!(
        counter(&mut database, "client_dropped").await,
        9_007_199_254_740_991
    );
    recorder.shutdown().await.expect("it stops");
}

#[tokio::test]
async fn clients_are_bounded_on_postgres() {
    bounds_clients(Dialect::Postgres).await;
}

#[tokio::test]
async fn clients_are_bounded_on_sqlite() {
    bounds_clients(Dialect::Sqlite).await;
}

/// The administrator decides about the ids of visitors, whatever an older page sends.
#[tokio::test]
async fn visitors_have_the_ids_that_are_allowed() {
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    let recorder = recorder(&place).await;
    let long = "0-00000000-0000-4000-8000-0123456789ab";
    for (visitors, kept) in [(VisitorIds::None, false), (VisitorIds::Week, true)] {
        let routes = ingest(&recorder).visitor_ids(visitors).router();
        let mut lasting = viewed();
        lasting["anonymous_id"] = json!(long);
        assert_eq!(sent(&routes, &[viewed(), lasting]).await, json!([2, 0, []]));
        let mut database = place.connect().await;
        let found = rows(&mut database).await;
        let has_id: Vec<bool> = found.iter().map(|row| !row.3.is_empty()).collect();
        assert_eq!(has_id, [kept, false], "{visitors:?}");
        database.execute("DELETE FROM event_logs").await;
    }
    recorder.shutdown().await.expect("it stops");
}

/// Requests that are refused as a whole.
#[tokio::test]
async fn bad_requests_are_refused_with_a_reason() {
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    let recorder = recorder(&place).await;
    let routes = ingest(&recorder)
        .allow_origin("https://app.example.com")
        .router();
    let good = batch(&[viewed()]);
    let large = batch(&[event(
        "TicketRated",
        &json!({ "comment": "x".repeat(300_000) }),
    )]);
    let secret = r#"{"v":1,"sent_at":"secret","events":[]}"#;
    let no_id = r#"{"v":1,"sent_at":"2026-11-30T08:00:00Z","events":[{"name":"secret"}]}"#;
    for (headers, body, status, message) in [
        (&[][..], "", 400, "not JSON"),
        (&[], "{\"v\":1", 400, "line 1, column 6"),
        (&[], "[]", 400, "not a batch of events"),
        (
            &[],
            r#"{"v":"secret","events":[]}"#,
            400,
            "not a batch of events",
        ),
        (
            &[],
            r#"{"v":2,"sent_at":"","events":[]}"#,
            400,
            "`v` must be 1",
        ),
        (&[], secret, 400, "`sent_at` is not"),
        (&[], no_id, 400, "event 1 has no `id`"),
        (&[], &large, 413, "256 KB"),
        (&[("content-encoding", "gzip")], &good, 415, "compressed"),
        (
            &[("content-type", "application/x-www-form-urlencoded")],
            &good,
            415,
            "text/plain",
        ),
        (
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://evil.test"),
            ],
            &good,
            403,
            "another site",
        ),
        (
            &[("origin", "https://evil.test"), ("host", "a.test")],
            &good,
            403,
            "another site",
        ),
        (&[("origin", "null")], &good, 403, "another site"),
    ] {
        let (found, answer, headers) = send(&routes, headers, body.to_owned()).await;
        assert_eq!(found.as_u16(), status, "{message}: {answer}");
        let text = answer["message"].as_str().expect("a message");
        assert!(text.contains(message), "{text}");
        assert!(!text.contains("secret"), "{text}");
        assert_eq!(headers["cache-control"], "no-store");
    }
    for headers in [
        &[("content-type", "application/json")][..],
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://app.example.com"),
        ],
        &[
            ("sec-fetch-site", "same-origin"),
            ("origin", "http://behind.a.proxy"),
        ],
    ] {
        let (status, answer, answered) = send(&routes, headers, good.clone()).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let is_listed = headers.iter().any(|it| it.1 == "https://app.example.com");
        assert_eq!(
            answered.contains_key("access-control-allow-origin"),
            is_listed
        );
    }
    recorder.shutdown().await.expect("it stops");
}

/// An unpaired surrogate, which JSON allows and Unicode does not, spoils its own event only.
#[tokio::test]
async fn an_event_that_is_not_unicode_does_not_spoil_its_batch() {
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    let recorder = recorder(&place).await;
    let routes = ingest(&recorder).router();
    let bad = event("TicketRated", &json!({ "comment": "SURROGATE" }));
    let body = batch(&[viewed(), bad.clone()]).replace("SURROGATE", "\\ud800");
    let (status, answer, _) = send(&routes, &[], body).await;
    assert_eq!(
        (status, &answer["accepted"]),
        (StatusCode::OK, &json!(1)),
        "{answer}"
    );
    assert_eq!(answer["refused"][0]["id"], bad["id"]);
    assert_eq!(answer["refused"][0]["reason"], "malformed-event");
    recorder.shutdown().await.expect("it stops");
}

/// Answers never repeat what a client sent, except ids.
#[tokio::test]
async fn answers_repeat_no_value() {
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    let recorder = recorder(&place).await;
    let routes = ingest(&recorder).router();
    let mut events = vec![
        event("secret", &json!({})),
        event("DeskViewed", &json!({ "secret": 1 })),
        event("TicketOpened", &json!({ "channel": "secret", "secret": 1 })),
        event("TicketOpened", &json!({ "chanel": "secret" })),
        event("TicketRated", &json!({ "stars": "secret", "public": true })),
        event(
            "TicketRated",
            &json!({ "stars": 1, "public": true, "comment": "secret".repeat(200) }),
        ),
    ];
    for member in ["version", "at", "anonymous_id", "args"] {
        let mut event = viewed();
        event[member] = json!("secret of a user");
        events.push(event);
    }
    let (_, answer, _) = send(&routes, &[], batch(&events)).await;
    assert_eq!(answer["refused"].as_array().unwrap().len(), events.len());
    assert!(!answer.to_string().contains("secret"), "{answer}");
    let reasons: HashSet<&str> = answer["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["reason"].as_str().unwrap())
        .collect();
    assert_eq!(reasons.len(), 10, "{answer}");
    recorder.shutdown().await.expect("it stops");
}

/// A client that sends too much must wait, and others are not affected.
#[tokio::test]
async fn each_client_has_a_limit() {
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    let recorder = recorder(&place).await;
    let routes = ingest(&recorder)
        .requests_per_second(3.try_into().unwrap())
        .router();
    let mut statuses = Vec::new();
    for _ in 0..8 {
        let (status, answer, headers) = send(&routes, &[("user", "1")], batch(&[])).await;
        if status != StatusCode::OK {
            assert_eq!(
                (status, &headers["retry-after"]),
                (StatusCode::TOO_MANY_REQUESTS, &"1".parse().unwrap())
            );
            assert!(answer["message"].is_string());
        }
        statuses.push(status);
    }
    let refused = statuses.iter().filter(|it| **it != StatusCode::OK).count();
    assert!((1..=5).contains(&refused), "{statuses:?}");
    let (status, ..) = send(&routes, &[("user", "2")], batch(&[])).await;
    assert_eq!(status, StatusCode::OK);
    recorder.shutdown().await.expect("it stops");
}

/// If gathering is switched off, pages record nothing, and events of old pages are refused.
#[tokio::test]
async fn nothing_is_recorded_if_gathering_is_switched_off() {
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    let consent = Consent {
        gather: false,
        ..Consent::default()
    };
    let options = Options {
        consent: Some(consent),
        ..options(&place)
    };
    let recorder = Recorder::start(&place.url(), options).expect("a recorder");
    let ingest = ingest(&recorder);
    assert!(
        ingest
            .script(PageConsent::Granted)
            .contains("\"consent\":\"denied\"")
    );
    let answer = sent(&ingest.router(), &[viewed()]).await;
    assert_eq!(answer, json!([0, 0, ["switched-off"]]));
    assert!(!place.folder().join("pings.db").exists());
}

/// The page gets what its client needs, and its visitors keep an id no longer than necessary.
#[tokio::test]
async fn the_script_element_configures_the_client() {
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    let recorder = recorder(&place).await;
    let ingest = ingest(&recorder);
    assert_eq!(
        ingest.script(PageConsent::Granted),
        r#"<script type="application/json" id="pings">{"url":"/-/pings","consent":"granted","anonymous":"week"}</script>"#
    );
    let elsewhere = ingest.clone().path("/</script>").script(PageConsent::Ask);
    assert!(
        elsewhere.contains(r#""url":"/\u003c/script>","consent":"ask""#),
        "{elsewhere}"
    );
    // No path makes the router panic.
    for path in ["", "x", "/{x", "/:x/*y", "/a b"] {
        let _ = ingest.clone().path(path).tail_token("t").router();
    }
    let none = ingest.clone().visitor_ids(VisitorIds::None);
    assert!(
        none.script(PageConsent::Granted)
            .contains(r#""anonymous":"none""#)
    );
    // Weeks from Sunday begin four days before 1970.
    let sundays = format!("{REGISTRY}\nweek_starts: sunday\n");
    let sundays = Arc::new(pings_registry::parse(&sundays).expect("a registry"));
    let sundays = Ingest::new(sundays, recorder.clone(), |_| None);
    assert!(
        sundays
            .script(PageConsent::Granted)
            .contains(r#""anonymous":"week","week":345600000}"#)
    );
    // No metric of this registry counts first-time users.
    let long = ingest.visitor_ids(VisitorIds::Browser);
    assert!(
        long.script(PageConsent::Granted)
            .contains(r#""anonymous":"week""#)
    );
    let counting = format!(
        "{REGISTRY}\npings:\n  - id: new_visitors\n    title: New visitors\n    section: Desk\n    type: fe_event\n    \
         purpose: To know.\n    aggregation: weekly\n    added: \"5.0\"\n    metrics:\n      \
         - {{ code: NewVisitors, of: [DeskViewed], measure: first_time_users }}\n"
    );
    let counting = Arc::new(pings_registry::parse(&counting).expect("a registry"));
    let long = Ingest::new(counting, recorder.clone(), |_| None).visitor_ids(VisitorIds::Browser);
    assert!(
        long.script(PageConsent::Granted)
            .contains(r#""anonymous":"browser""#)
    );
    recorder.shutdown().await.expect("it stops");
}

/// Ids are removed once no event with them is accepted any more, and not before.
async fn forgets(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    EventLog::init(&place.url()).await.expect("an event log");
    let mut database = place.connect().await;
    let clocks: [fn() -> OffsetDateTime; 3] = [
        || datetime!(2026-11-30 12:00 UTC),
        || datetime!(2027-02-28 11:00 UTC),
        || datetime!(2027-03-02 12:00 UTC),
    ];
    let event = |at: OffsetDateTime| ReceivedEvent {
        id: id(at).parse().expect("an id"),
        name: "DeskViewed",
        argument: "{}",
        version: "5.2.1",
        actor: Actor::anonymous(""),
        at,
        is_corrected: false,
    };
    // An old event, and one of a client whose clock is ahead by a year.
    let first = [
        Received::Event(event(clocks[0]())),
        Received::Event(event(clocks[0]() + Duration::days(365))),
    ];
    for (turn, (clock, kept)) in clocks.into_iter().zip([2, 2, 1]).enumerate() {
        let options = Options {
            clock: Some(clock),
            ..options(&place)
        };
        let recorder = Recorder::start(&place.url(), options).expect("a recorder");
        if turn == 0 {
            let receipts = recorder.record_received(&first).await.expect("receipts");
            assert_eq!(receipts, [Receipt::Logged, Receipt::Logged]);
        }
        // The ids are removed when the recorder notes that the product is running.
        let week = Week::containing(clock());
        let noted = format!("SELECT count(*) FROM pings_running WHERE week = '{week}'");
        let start = std::time::Instant::now();
        while number(&mut database, &noted).await == 0 || start.elapsed().as_millis() < 300 {
            assert!(
                start.elapsed().as_secs() < 30,
                "the product is noted as running"
            );
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        recorder.shutdown().await.expect("it stops");
        let ids = number(&mut database, "SELECT count(*) FROM pings_received").await;
        assert_eq!(ids, kept, "at {}", clock());
    }
}

#[tokio::test]
async fn ids_are_remembered_as_long_as_needed_on_postgres() {
    forgets(Dialect::Postgres).await;
}

#[tokio::test]
async fn ids_are_remembered_as_long_as_needed_on_sqlite() {
    forgets(Dialect::Sqlite).await;
}
