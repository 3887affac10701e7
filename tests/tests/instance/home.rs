//! Delivery: the contents of payloads, texts that must never leave, the outbox, and sending.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;
use pings_model::{Registry, Version};
use pings_payload::{Payload, Uuid};
use pings_runtime::{
    Access, Captures, Consent, Database, Delivery, Entry, EventLog, Import, Instance, State,
    StoreAddress, Week, send_next,
};
use pings_sql::Dialect;
use pings_tests::peer::{Peer, Reply};
use pings_tests::place::Place;
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

/// A registry with all ways in which texts from the data could get into a payload.
const REGISTRY: &str = r#"
format: 1
name: forum
title: Forum
events:
  Post: { args: { kind: { enum: [question, answer] }, title: string } }
tables:
  topic: { id: integer, state: { enum: [open, closed] }, title: text }
pings:
  - id: posts
    section: Forum
    title: Posts
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: Posts, of: Post, measure: [count, unique_users] }
      - { code: PostsByKind, of: Post, by: [kind] }
      - { code: PostsByTitle, of: Post, by: [title] }
      - { code: Titles, of: Post, measure: distinct, value: title }
  - id: titles
    section: Forum
    title: Titles
    type: fe_event
    aggregation: weekly
    added: "1.0"
    sensitivity: identifying
    metrics:
      - { code: IdentifyingTitles, of: Post, by: [title] }
  - id: topics
    section: Forum
    title: Topics
    type: be_capture
    aggregation: total
    added: "1.0"
    metrics:
      - { code: TopicsByState, measure: count, from: topic, by: { state: topic.state } }
      - { code: TopicsByTitle, measure: count, from: topic, by: { title: topic.title } }
      - { code: TopicsByLength, measure: count, from: topic, by: { long: "CASE WHEN length(topic.title) > 5 THEN 'long' ELSE 'short' END" } }
      - code: Failing
        sql:
          postgres: SELECT count(CAST(title AS integer)) AS n FROM topic
          sqlite: SELECT count(*) AS n FROM topic WHERE json(title)
        columns: { n: integer }
"#;

fn registry() -> Registry {
    pings_registry::parse(REGISTRY).unwrap_or_else(|mistakes| {
        let told: Vec<String> = mistakes.iter().map(|it| it.message.to_string()).collect();
        panic!("a registry: {told:?}")
    })
}

fn home<'a>(log: &'a EventLog, registry: &'a Registry) -> Delivery<'a> {
    Delivery {
        log,
        registry,
        consent: Consent::default(),
        version: None,
    }
}

async fn import(log: &EventLog, lines: &[Json]) {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let done = Import::new(log).read(text.as_bytes(), |_| {}).await;
    let done = done.expect("an import");
    assert_eq!(done.imported, lines.len() as u64, "{:?}", done.mistakes);
}

fn post(user: i64, at: &str, version: &str) -> Json {
    json!({ "name": "Post", "user_id": user, "timestamp": at, "version": version,
            "argument": { "kind": "question", "title": "t" } })
}

fn week(text: &str) -> Week {
    text.parse().expect("a week")
}

async fn nothing_leaves_that_is_not_declared(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let lines: Vec<Json> = (0..20)
        .map(|number| {
            json!({
                "name": "Post",
                "url": format!("https://planted{number}.example.com"),
                "user_id": 0,
                "anonymous_user_id": format!("planted-visitor-{number}"),
                "source": "planted-source",
                "version": if number % 2 == 0 { "1.2.0" } else { "planted-version" },
                "timestamp": "2021-01-26T10:00:00Z",
                "argument": { "kind": format!("planted-kind-{number}"), "title": format!("planted-title-{number}"), "planted-key": 1 },
            })
        })
        .collect();
    import(&log, &lines).await;
    let mut database = place.connect().await;
    database
        .execute("CREATE TABLE topic (id bigint, state text, title text)")
        .await;
    for (id, state) in [
        (1, "open"),
        (2, "planted-state"),
        (3, "planted-other"),
        (4, "@other"),
    ] {
        let sql = format!("INSERT INTO topic VALUES ({id}, '{state}', 'planted-topic-{id}')");
        database.execute(&sql).await;
    }
    let registry = registry();
    let product = Database::open(&place.url(), Access::Read)
        .await
        .expect("it opens");
    let captures = Captures::new(&product, &registry, datetime!(2021-01-27 0:00 UTC));
    let clock: fn() -> OffsetDateTime = || datetime!(2021-01-27 0:00 UTC);
    captures
        .take(&log, "1.2.0", clock, |_| {})
        .await
        .expect("captures");

    let now = datetime!(2021-02-02 0:00 UTC);
    let mut home = home(&log, &registry);
    let payload = home
        .payload(Uuid::from_u128(7), week("2021-W04"), 1, now, &mut |_| {})
        .await
        .expect("a payload");
    let text = payload.json();
    assert!(!text.contains("planted"), "{text}");
    let json: Json = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json["versions"], json!({ "1.2.0": 10 }));
    assert_eq!(json["unversioned"], 10);
    let metrics = &json["metrics"];
    assert_eq!(metrics["Posts"], json!({ "count": 20, "unique_users": 20 }));
    assert_eq!(
        metrics["PostsByKind"]["rows"],
        json!([{ "kind": "@other", "count": 20 }])
    );
    assert_eq!(metrics["PostsByTitle"], json!({ "error": "withheld" }));
    assert_eq!(metrics["Titles"], json!({ "distinct": 20 }));
    assert!(metrics.get("IdentifyingTitles").is_none());
    let mut states = metrics["TopicsByState"]["rows"]
        .as_array()
        .expect("rows")
        .clone();
    states.sort_by_key(Json::to_string);
    assert_eq!(
        states,
        [
            json!({ "state": "@other", "count": 3 }),
            json!({ "state": "open", "count": 1 })
        ]
    );
    assert_eq!(metrics["TopicsByTitle"]["error"], "withheld");
    assert_eq!(
        metrics["TopicsByLength"]["rows"],
        json!([{ "long": "long", "count": 4 }])
    );
    assert_eq!(metrics["Failing"]["error"], "query");

    home.consent.identifying = true;
    let payload = home
        .payload(Uuid::from_u128(7), week("2021-W04"), 1, now, &mut |_| {})
        .await
        .expect("a payload");
    let titles: Json = serde_json::from_str(&payload.json()).expect("JSON");
    let rows = titles["metrics"]["IdentifyingTitles"]["rows"]
        .as_array()
        .expect("rows");
    assert_eq!(rows.len(), 20, "whoever agreed to it sends it");
}

async fn every_week_is_queued_once(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let registry = registry();
    let home = home(&log, &registry);
    let queue = async |now: OffsetDateTime| -> Vec<(String, u32)> {
        let queued = home.queue(time::Duration::ZERO, now, &mut |_| {}).await;
        let queued = queued.expect("it queues").into_iter();
        queued
            .map(|entry| (entry.week.to_string(), entry.revision))
            .collect()
    };
    let is = |weeks: &[(&str, u32)]| -> Vec<(String, u32)> {
        weeks
            .iter()
            .map(|(week, revision)| ((*week).to_owned(), *revision))
            .collect()
    };
    // Without any logged event, no week is assembled.
    assert_eq!(queue(datetime!(2021-02-02 0:00 UTC)).await, is(&[]));
    import(&log, &[post(1, "2021-01-12T10:00:00Z", "1.2.0")]).await;
    let first = queue(datetime!(2021-02-02 0:00 UTC)).await;
    assert_eq!(
        first,
        is(&[("2021-W02", 1), ("2021-W03", 1), ("2021-W04", 1)])
    );
    assert_eq!(queue(datetime!(2021-02-07 23:59 UTC)).await, is(&[]));
    // The product was off for a month. Each week of the month is sent.
    let month = queue(datetime!(2021-03-02 0:00 UTC)).await;
    assert_eq!(
        month,
        is(&[
            ("2021-W05", 1),
            ("2021-W06", 1),
            ("2021-W07", 1),
            ("2021-W08", 1)
        ])
    );
    // Late events cause a new revision of their week, once.
    import(&log, &[post(2, "2021-01-27T10:00:00Z", "1.3.0")]).await;
    assert_eq!(
        queue(datetime!(2021-03-02 1:00 UTC)).await,
        is(&[("2021-W04", 2)])
    );
    assert_eq!(queue(datetime!(2021-03-02 2:00 UTC)).await, is(&[]));
    // Events that change no value, and events that are not in the registry, cause no revision.
    let stranger = json!({ "name": "Stranger", "user_id": 3, "timestamp": "2021-01-27T10:00:00Z" });
    import(&log, &[stranger]).await;
    assert_eq!(queue(datetime!(2021-03-02 3:00 UTC)).await, is(&[]));
    let all = Entry::all(&log).await.expect("an outbox");
    let states: Vec<State> = all
        .iter()
        .filter(|it| it.week == week("2021-W04"))
        .map(|it| it.state)
        .collect();
    assert_eq!(states, [State::Replaced, State::Waiting]);
    let payload = all
        .iter()
        .rfind(|it| it.week == week("2021-W04"))
        .expect("it")
        .payload();
    let versions = payload.expect("a payload").versions;
    let version = |text: &str| text.parse::<Version>().expect("a version");
    assert_eq!(versions, BTreeMap::from([(version("1.3.0"), 1)]));
    // The product was off for years. The last 26 weeks are sent.
    let years = queue(datetime!(2023-01-02 0:00 UTC)).await;
    assert_eq!(
        (years.len(), years[0].0.as_str(), years[25].0.as_str()),
        (26, "2022-W27", "2022-W52")
    );
}

async fn several_queue_at_once(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    import(&log, &[post(1, "2020-09-01T10:00:00Z", "1.2.0")]).await;
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let url = place.url();
            tokio::spawn(async move {
                let log = EventLog::open(&url).await.expect("an event log");
                let registry = registry();
                let now = datetime!(2020-12-01 0:00 UTC);
                let home = home(&log, &registry);
                let queued = home.queue(time::Duration::ZERO, now, &mut |_| {}).await;
                queued.expect("it queues").len()
            })
        })
        .collect();
    let mut queued = 0;
    for task in tasks {
        queued += task.await.expect("no panic");
    }
    let all = Entry::all(&log).await.expect("an outbox");
    assert_eq!((queued, all.len()), (13, 13));
    assert!(
        all.iter()
            .all(|entry| entry.revision == 1 && entry.state == State::Waiting)
    );
}

fn unpacked(bytes: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(bytes)
        .read_to_string(&mut text)
        .expect("gzip");
    text
}

async fn answers_are_obeyed(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    import(&log, &[post(1, "2021-01-12T10:00:00Z", "1.2.0")]).await;
    let registry = registry();
    let queued = home(&log, &registry)
        .queue(
            time::Duration::ZERO,
            datetime!(2021-02-02 0:00 UTC),
            &mut |_| {},
        )
        .await
        .expect("it queues");
    let peer = Peer::new(vec![
        Reply::Status(503, "Retry-After: 3600\r\n", ""),
        Reply::Cut,
        Reply::Status(400, "", "{\"ok\":false,\"error\":\"no\"}"),
        Reply::Status(429, "", ""),
        Reply::Taken(""),
    ]);
    let store = StoreAddress::new(peer.address(), Some("secret")).expect("an address");
    let send = async |clock: fn() -> OffsetDateTime| {
        send_next(&log, &store, clock).await.expect("it sends")
    };
    let first: fn() -> OffsetDateTime = || datetime!(2021-02-02 12:00 UTC);
    let entry = send(first).await.expect("a payload");
    assert_eq!((entry.state, entry.status), (State::Waiting, Some(503)));
    assert_eq!(entry.due_at, "2021-02-02T13:00:01Z");
    let entry = send(first).await.expect("a payload");
    assert_eq!((entry.state, entry.status), (State::Waiting, None));
    assert!(entry.answer.is_some_and(|answer| !answer.is_empty()));
    let entry = send(first).await.expect("a payload");
    assert_eq!((entry.state, entry.status), (State::Parked, Some(400)));
    assert_eq!(send(first).await, None, "the others wait");
    let later: fn() -> OffsetDateTime = || datetime!(2021-02-02 13:00:02 UTC);
    let entry = send(later).await.expect("a payload");
    assert_eq!(
        (entry.state, entry.status, entry.attempts),
        (State::Waiting, Some(429), 2)
    );
    // The clock was ahead for a while. Waiting payloads must not wait for years.
    let mut due = log
        .database()
        .begin(pings_database::Mode::Write)
        .await
        .expect("a transaction");
    due.run(
        "UPDATE pings_outbox SET due_at = '2031-02-02T00:00:00Z' WHERE state = 'waiting'",
        &[],
    )
    .await
    .expect("an update");
    due.commit().await.expect("a commit");
    let back: fn() -> OffsetDateTime = || datetime!(2021-02-03 0:00 UTC);
    for _ in 0..2 {
        assert_eq!(send(back).await.expect("a payload").state, State::Sent);
    }
    assert_eq!(send(back).await, None);
    Entry::release_parked(&log, back())
        .await
        .expect("it is released");
    assert_eq!(send(back).await.expect("a payload").state, State::Sent);
    let all = Entry::all(&log).await.expect("an outbox");
    assert!(all.iter().all(|entry| entry.state == State::Sent));
    // The sent bodies are byte for byte those that were queued.
    let bodies: Vec<String> = queued.into_iter().map(|entry| entry.body).collect();
    for got in peer.got() {
        assert!(bodies.contains(&unpacked(&got)));
    }
    assert_eq!(peer.got().len(), 7);
}

async fn several_send_each_once(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    import(&log, &[post(1, "2020-09-01T10:00:00Z", "1.2.0")]).await;
    let registry = registry();
    let now: fn() -> OffsetDateTime = || datetime!(2020-12-01 0:00 UTC);
    home(&log, &registry)
        .queue(time::Duration::ZERO, now(), &mut |_| {})
        .await
        .expect("it queues");
    let peer = Peer::new(vec![Reply::Taken("")]);
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let (url, peer) = (place.url(), peer.clone());
            tokio::spawn(async move {
                let log = EventLog::open(&url).await.expect("an event log");
                let store = StoreAddress::new(peer.address(), None).expect("an address");
                while send_next(&log, &store, now)
                    .await
                    .expect("it sends")
                    .is_some()
                {}
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    let mut weeks: Vec<String> = peer
        .got()
        .iter()
        .map(|got| {
            Payload::read(unpacked(got).as_bytes())
                .expect("a payload")
                .week
                .to_string()
        })
        .collect();
    weeks.sort();
    weeks.dedup();
    assert_eq!((weeks.len(), peer.got().len()), (13, 13));
}

/// Concurrent calls create a single instance.
async fn an_instance_is_one(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let log = log.clone();
            tokio::spawn(async move {
                let instance = Instance::of(&log).await.expect("an instance");
                (instance.id, instance.key.public())
            })
        })
        .collect();
    let mut seen = Vec::new();
    for task in tasks {
        seen.push(task.await.expect("no panic"));
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
}

async fn what_is_switched_off_leaves_no_more(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    import(&log, &[post(1, "2021-01-26T00:00:00Z", "1.2.0")]).await;
    let registry = registry();
    let mut home = home(&log, &registry);
    home.consent.identifying = true;
    let now = datetime!(2021-02-02 0:00 UTC);
    let queued = home.queue(time::Duration::ZERO, now, &mut |_| {}).await;
    assert!(
        queued.expect("a week")[0]
            .body
            .contains("IdentifyingTitles")
    );
    // Without a switch that was turned off, nothing changes.
    let again = home.queue(time::Duration::ZERO, now, &mut |_| {}).await;
    assert_eq!(again.expect("nothing"), []);

    home.consent = Consent {
        usage: false,
        gather: false,
        ..Consent::default()
    };
    let queued = home.queue(time::Duration::ZERO, now, &mut |_| {}).await;
    let queued = queued.expect("a revision");
    let [entry] = queued.as_slice() else {
        panic!("{queued:?}");
    };
    let payload = entry.payload().expect("a payload");
    assert_eq!((payload.revision, payload.metrics.len()), (2, 0));
    let all = Entry::all(&log).await.expect("the outbox");
    let states: Vec<State> = all.iter().map(|entry| entry.state).collect();
    assert_eq!(states, [State::Replaced, State::Waiting]);
    log.close().await;
}

/// Boolean and numeric arguments, although the log stores them as texts.
async fn booleans_and_numbers_leave_as_they_are(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let registry = REGISTRY.replace(
        "title: string } }",
        "title: string, draft: boolean, length: integer, score: number } }",
    );
    let metrics = "      - { code: Posts, of: Post, measure: [count, unique_users] }\n";
    assert!(registry.contains(metrics));
    let registry = registry.replace(
        metrics,
        "      - { code: ByDraft, of: Post, by: [draft], measure: unique_users }
      - { code: ByLength, of: Post, by: [length] }
      - { code: ByScore, of: Post, by: [score] }\n",
    );
    let registry = pings_registry::parse(&registry).expect("a registry");
    let line = |user: u64, argument: Json| {
        json!({ "name": "Post", "user_id": user, "timestamp": "2021-01-26T00:00:00Z",
                "version": "14.1.0-ee", "argument": argument })
    };
    let lines = [
        line(1, json!({ "draft": true, "length": -3, "score": 1.5 })),
        line(
            2,
            json!({ "draft": false, "length": "planted", "score": "NaN" }),
        ),
    ];
    import(&log, &lines).await;
    let now = datetime!(2021-02-02 0:00 UTC);
    let payload = home(&log, &registry)
        .payload(Uuid::from_u128(7), week("2021-W04"), 1, now, &mut |_| {})
        .await
        .expect("a payload");
    let json: Json = serde_json::from_str(&payload.json()).expect("JSON");
    assert_eq!(json["versions"], json!({ "14.1.0": 2 }));
    let groups = |code: &str, by: &str| -> Vec<String> {
        let rows = json["metrics"][code]["rows"].as_array();
        let rows = rows.unwrap_or_else(|| panic!("{}", json["metrics"][code]));
        let mut groups: Vec<String> = rows.iter().map(|row| row[by].to_string()).collect();
        groups.sort();
        groups
    };
    assert_eq!(groups("ByDraft", "draft"), ["false", "true"]);
    assert_eq!(groups("ByLength", "length"), [r#""@other""#, "-3"]);
    assert_eq!(groups("ByScore", "score"), [r#""@other""#, "1.5"]);
    log.close().await;
}

macro_rules! on_both {
    ($($name:ident),*) => { $(
        mod $name {
            use super::Dialect;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name(Dialect::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$name(Dialect::Postgres).await;
            }
        }
    )* };
}

on_both!(
    what_is_switched_off_leaves_no_more,
    booleans_and_numbers_leave_as_they_are,
    nothing_leaves_that_is_not_declared,
    every_week_is_queued_once,
    several_queue_at_once,
    answers_are_obeyed,
    several_send_each_once,
    an_instance_is_one
);
