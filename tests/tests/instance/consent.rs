//! Consent has a date and a list of metrics: earlier data is never gathered or sent.

use code_insights_events::Event;
use pings_model::Registry;
use pings_runtime::{
    Actor, Consent, Counters, Delivery, Durability, Entry, EventLog, Import, NewMetrics, Options,
    Outage, Recorder, State, StoreAddress, Switch, agree, next_send, send_next,
};
use pings_sql::Dialect;
use pings_tests::databases::Database;
use pings_tests::peer::{Peer, Reply};
use pings_tests::place::Place;
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

const REGISTRY: &str = r#"
format: 1
name: forum
title: Forum
events:
  Post: { args: { kind: { enum: [question, answer] }, title: string } }
  Vote: {}
pings:
  - id: posts
    title: Posts
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: Posts, of: Post, measure: count }
  - id: authors
    title: Authors
    type: fe_event
    aggregation: weekly
    added: "1.0"
    sensitivity: identifying
    metrics:
      - { code: Authors, of: Post, measure: unique_users }
"#;

const VOTES: &str = r#"  - id: votes
    title: Votes
    type: fe_event
    aggregation: weekly
    added: "1.1"
    metrics:
      - { code: Votes, of: Vote }
"#;

fn registry(text: &str) -> Registry {
    pings_registry::parse(text).unwrap_or_else(|mistakes| {
        let told: Vec<String> = mistakes.iter().map(|it| it.message.to_string()).collect();
        panic!("a registry: {told:?}")
    })
}

fn home<'a>(log: &'a EventLog, registry: &'a Registry, consent: Consent) -> Delivery<'a> {
    Delivery {
        log,
        registry,
        consent,
        version: None,
    }
}

/// Logs an event of each kind in each week from 2021-W01 to 2021-W08.
async fn log_events(log: &EventLog) {
    let mut lines = String::new();
    for week in 0..8 {
        let at = datetime!(2021-01-06 12:00 UTC) + time::Duration::weeks(week);
        let at = pings_payload::rfc3339(at);
        for name in ["Post", "Vote"] {
            let argument = json!({ "kind": "question", "title": "t" });
            let line = json!({ "name": name, "user_id": 1, "timestamp": at, "version": "1.2.0",
                               "argument": argument });
            lines += &format!("{line}\n");
        }
    }
    let done = Import::new(log).read(lines.as_bytes(), |_| {}).await;
    assert_eq!(done.expect("an import").imported, 16);
}

async fn queue(home: &Delivery<'_>, now: OffsetDateTime) -> Vec<String> {
    let queued = home.queue(time::Duration::ZERO, now, &mut |_| {}).await;
    let queued = queued.expect("it queues");
    queued.iter().map(|entry| entry.week.to_string()).collect()
}

/// Sends all payloads that are due, and returns their weeks.
async fn send(log: &EventLog, peer: &Peer) -> Vec<String> {
    let store = StoreAddress::new(peer.address(), None).expect("an address");
    let mut sent = Vec::new();
    while let Some(entry) = send_next(log, &store, OffsetDateTime::now_utc)
        .await
        .expect("the database answers")
    {
        sent.push(entry.week.to_string());
    }
    sent
}

fn metrics(entry: &Entry) -> Json {
    let json: Json = serde_json::from_str(&entry.body).expect("JSON");
    json["metrics"].clone()
}

async fn newest(log: &EventLog) -> Entry {
    let all = Entry::all(log).await.expect("the outbox");
    all.into_iter().next_back().expect("an entry")
}

const OFF: Consent = Consent {
    gather: true,
    send: false,
    usage: true,
    operational: true,
    identifying: false,
    new_metrics: NewMetrics::Ask,
};

async fn weeks_that_were_gathered_while_sending_was_off_stay(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    log_events(&log).await;
    let registry = registry(REGISTRY);
    let peer = Peer::new(vec![Reply::Status(503, "", "")]);
    let off = home(&log, &registry, OFF);
    let gathered = queue(&off, datetime!(2021-02-02 0:00 UTC)).await;
    assert_eq!(gathered, ["2021-W01", "2021-W02", "2021-W03", "2021-W04"]);
    assert_eq!(send(&log, &peer).await, [""; 0]);
    // Sending is turned on in the middle of a week, which does not count either.
    let on = home(&log, &registry, Consent::default());
    assert_eq!(
        queue(&on, datetime!(2021-02-10 12:00 UTC)).await,
        ["2021-W05"]
    );
    assert_eq!(send(&log, &peer).await, [""; 0]);
    let now = datetime!(2021-02-10 12:00 UTC);
    assert_eq!(next_send(&log, now).await.expect("it answers"), None);
    assert_eq!(peer.got().len(), 0, "nothing was sent");
    assert_eq!(
        queue(&on, datetime!(2021-02-23 0:00 UTC)).await,
        ["2021-W06", "2021-W07"]
    );
    assert_eq!(send(&log, &peer).await, ["2021-W07"]);
    assert_eq!(peer.got().len(), 1);
    let all = Entry::all(&log).await.expect("the outbox");
    let withheld = all.iter().filter(|entry| entry.state == State::Withheld);
    assert_eq!(withheld.count(), 6);
    log.close().await;
}

async fn weeks_that_were_logged_while_gathering_was_off_are_never_gathered(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    log_events(&log).await;
    let registry = registry(REGISTRY);
    let off = home(&log, &registry, Consent::NONE);
    assert_eq!(queue(&off, datetime!(2021-01-05 0:00 UTC)).await, [""; 0]);
    let on = home(&log, &registry, Consent::default());
    assert_eq!(
        queue(&on, datetime!(2021-02-10 12:00 UTC)).await,
        [""; 0],
        "not even the week in which it was turned on"
    );
    assert_eq!(
        queue(&on, datetime!(2021-03-02 0:00 UTC)).await,
        ["2021-W07", "2021-W08"]
    );
    // A late event does not make an earlier week eligible.
    let late =
        json!({ "name": "Post", "user_id": 2, "timestamp": "2021-01-20", "version": "1.2.0" });
    let done = Import::new(&log)
        .read(format!("{late}\n").as_bytes(), |_| {})
        .await;
    done.expect("an import");
    assert_eq!(queue(&on, datetime!(2021-03-02 1:00 UTC)).await, [""; 0]);
    log.close().await;
}

async fn a_metric_that_a_release_adds_waits(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    log_events(&log).await;
    let first = registry(REGISTRY);
    queue(
        &home(&log, &first, Consent::default()),
        datetime!(2021-01-12 0:00 UTC),
    )
    .await;
    let second = registry(&format!("{REGISTRY}{VOTES}"));
    let ask = home(&log, &second, Consent::default());
    queue(&ask, datetime!(2021-01-19 0:00 UTC)).await;
    let entry = newest(&log).await;
    assert_eq!(
        metrics(&entry),
        json!({ "Posts": { "count": 1 }, "Votes": { "error": "not_agreed" } })
    );
    let now = datetime!(2021-01-20 0:00 UTC);
    let pending = ask.agreement(now).await.expect("it").pending(&second);
    assert_eq!(pending.len(), 1);
    assert_eq!(
        (pending[0].code.as_str(), &pending[0].gained),
        ("Votes", &None)
    );
    // Somebody agrees in the middle of a week, so the next week counts.
    agree(&log, &second, &["Votes".to_owned()].into(), now)
        .await
        .expect("it is recorded");
    queue(&ask, datetime!(2021-01-26 0:00 UTC)).await;
    assert_eq!(metrics(&newest(&log).await)["Votes"]["error"], "not_agreed");
    queue(&ask, datetime!(2021-02-02 0:00 UTC)).await;
    assert_eq!(metrics(&newest(&log).await)["Votes"], json!({ "count": 1 }));

    // A metric that gains a dimension carries more than was agreed to.
    let more = REGISTRY.replace("of: Post, measure: count }", "of: Post, by: [kind] }");
    let third = registry(&format!("{more}{VOTES}"));
    let ask = home(&log, &third, Consent::default());
    queue(&ask, datetime!(2021-02-09 0:00 UTC)).await;
    let found = metrics(&newest(&log).await);
    assert_eq!(found["Posts"]["error"], "not_agreed");
    assert_eq!(found["Votes"], json!({ "count": 1 }));
    // With `new_metrics: allow`, metrics do not wait from the time at which it was set.
    let allowed = Consent {
        new_metrics: NewMetrics::Allow,
        ..Consent::default()
    };
    let allow = home(&log, &third, allowed);
    queue(&allow, datetime!(2021-02-16 0:00 UTC)).await;
    assert_eq!(metrics(&newest(&log).await)["Posts"]["error"], "not_agreed");
    queue(&allow, datetime!(2021-03-02 0:00 UTC)).await;
    assert_eq!(metrics(&newest(&log).await)["Posts"]["rows"][0]["count"], 1);
    log.close().await;
}

async fn what_becomes_less_sensitive_waits(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    log_events(&log).await;
    let first = registry(REGISTRY);
    queue(
        &home(&log, &first, Consent::default()),
        datetime!(2021-01-12 0:00 UTC),
    )
    .await;
    let found = metrics(&newest(&log).await);
    assert_eq!(found, json!({ "Posts": { "count": 1 } }));
    let lowered = registry(&REGISTRY.replace("    sensitivity: identifying\n", ""));
    let ask = home(&log, &lowered, Consent::default());
    queue(&ask, datetime!(2021-01-19 0:00 UTC)).await;
    assert_eq!(
        metrics(&newest(&log).await)["Authors"]["error"],
        "not_agreed"
    );
    // Turning the switch on means agreeing to the metrics that it then covers, but not for earlier
    // weeks.
    let identifying = Consent {
        identifying: true,
        ..Consent::default()
    };
    let on = home(&log, &first, identifying);
    queue(&on, datetime!(2021-01-26 0:00 UTC)).await;
    assert!(metrics(&newest(&log).await).get("Authors").is_none());
    queue(&on, datetime!(2021-02-09 0:00 UTC)).await;
    assert_eq!(
        metrics(&newest(&log).await)["Authors"],
        json!({ "unique_users": 1 })
    );
    log.close().await;
}

/// Covers an event log that the product has kept for years, and an instance that is older than the
/// records of consent.
async fn what_was_before_the_record_is_told_by_what_left(dialect: Dialect) {
    for has_sent in [false, true] {
        let Some(place) = Place::new(dialect).await else {
            return;
        };
        let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
        log_events(&log).await;
        let registry = registry(REGISTRY);
        let on = home(&log, &registry, Consent::default());
        if has_sent {
            queue(&on, datetime!(2021-01-19 0:00 UTC)).await;
            let peer = Peer::new(vec![Reply::Status(503, "", "")]);
            assert_eq!(send(&log, &peer).await.len(), 2);
        }
        // Simulates that the tables of the record were just created.
        let mut database = place.connect().await;
        for sql in [
            "DELETE FROM pings_consent",
            "DELETE FROM pings_consent_metrics",
            "UPDATE pings_consent_start SET at = '2021-02-10T00:00:00Z'",
        ] {
            database.execute(sql).await;
        }
        let queued = queue(&on, datetime!(2021-03-02 0:00 UTC)).await;
        let expected: &[&str] = if has_sent {
            &[
                "2021-W03", "2021-W04", "2021-W05", "2021-W06", "2021-W07", "2021-W08",
            ]
        } else {
            &["2021-W07", "2021-W08"]
        };
        assert_eq!(queued, expected);
        let agreement = on.agreement(datetime!(2021-03-02 0:00 UTC)).await;
        let first = agreement.expect("it").first_week(Switch::Send);
        let first = first.expect("it sends").to_string();
        assert_eq!(first, if has_sent { "2021-W01" } else { "2021-W07" });
        log.close().await;
    }
}

async fn a_clock_that_was_ahead_silences_nobody(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    log_events(&log).await;
    let registry = registry(REGISTRY);
    queue(
        &home(&log, &registry, Consent::NONE),
        datetime!(2031-01-01 0:00 UTC),
    )
    .await;
    let on = home(&log, &registry, Consent::default());
    on.agreement(datetime!(2031-01-02 0:00 UTC))
        .await
        .expect("it is recorded");
    queue(&on, datetime!(2021-02-08 0:00 UTC)).await;
    assert_eq!(
        queue(&on, datetime!(2021-02-16 0:00 UTC)).await,
        ["2021-W06"]
    );
    log.close().await;
}

async fn a_clock_that_is_behind_dates_no_consent_back(dialect: Dialect) {
    for behind in [
        datetime!(1990-01-01 0:00 UTC),
        datetime!(2021-01-07 0:00 UTC),
    ] {
        let Some(place) = Place::new(dialect).await else {
            return;
        };
        let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
        log_events(&log).await;
        let registry = registry(REGISTRY);
        let off = home(&log, &registry, OFF);
        for day in [5, 12, 19, 26] {
            let now = datetime!(2021-01-01 12:00 UTC) + time::Duration::days(day - 1);
            queue(&off, now).await;
        }
        let on = home(&log, &registry, Consent::default());
        on.agreement(behind).await.expect("it is recorded");
        queue(&on, datetime!(2021-02-16 0:00 UTC)).await;
        let all = Entry::all(&log).await.expect("the outbox");
        let waiting: Vec<String> = all
            .iter()
            .filter(|entry| entry.state == State::Waiting)
            .map(|entry| entry.week.to_string())
            .collect();
        assert_eq!(waiting, ["2021-W05", "2021-W06"], "{behind}");
        log.close().await;
    }
}

/// A release removes a ping, and then its switch is turned off.
async fn a_removed_metric_is_withdrawn_too(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    log_events(&log).await;
    let votes = VOTES.replace("added:", "sensitivity: operational\n    added:");
    let first = registry(&format!("{REGISTRY}{votes}"));
    let before = home(&log, &first, Consent::default());
    before
        .agreement(datetime!(2020-12-01 0:00 UTC))
        .await
        .expect("it is recorded");
    queue(&before, datetime!(2021-01-12 0:00 UTC)).await;
    assert_eq!(metrics(&newest(&log).await)["Votes"], json!({ "count": 1 }));
    let second = registry(REGISTRY);
    let kept = home(&log, &second, Consent::default());
    queue(&kept, datetime!(2021-01-12 1:00 UTC)).await;
    assert_eq!(
        metrics(&newest(&log).await)["Votes"]["count"],
        json!(1),
        "a removed ping keeps its history"
    );
    let consent = Consent {
        operational: false,
        ..Consent::default()
    };
    let off = home(&log, &second, consent);
    queue(&off, datetime!(2021-01-12 2:00 UTC)).await;
    let all = Entry::all(&log).await.expect("the outbox");
    for entry in all.iter().filter(|it| it.state == State::Waiting) {
        assert!(metrics(entry).get("Votes").is_none(), "{}", entry.body);
    }
    log.close().await;
}

async fn a_recorder_obeys(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let folder = place.folder().join("spill");
    let options = Options {
        outage: Outage::Spill(folder.clone()),
        consent: Some(Consent::NONE),
        ..Options::new("1.0.0")
    };
    let recorder = Recorder::start(&place.url(), options.clone()).expect("a recorder");
    let event = Event::InsightsPageView;
    for _ in 0..1000 {
        recorder.record(&event, Actor::user(7));
    }
    let kept = recorder.record_durable(&event, Actor::user(7)).await;
    assert_eq!(kept.expect("it answers"), Durability::SwitchedOff);
    let named = recorder
        .record_named("Named", "{}", Actor::user(7), None)
        .await;
    assert_eq!(named.expect("it answers"), Durability::SwitchedOff);
    assert_eq!(recorder.counters(), Counters::default());
    let stopped = recorder.shutdown().await;
    assert_eq!(stopped.expect("it stops"), Durability::SwitchedOff);
    assert!(!folder.exists());
    let count = async || {
        let sql = "SELECT count(*) FROM event_logs";
        let rows: i64 = match place.connect().await {
            Database::Postgres(mut db) => sqlx::query_scalar(sql).fetch_one(&mut db).await,
            Database::Sqlite(mut db) => sqlx::query_scalar(sql).fetch_one(&mut db).await,
        }
        .expect("a count");
        rows
    };
    assert_eq!(count().await, 0);
    // With consent, the recorder does record.
    let options = Options {
        consent: Some(Consent::default()),
        ..options
    };
    let recorder = Recorder::start(&place.url(), options).expect("a recorder");
    recorder
        .record_durable(&event, Actor::user(7))
        .await
        .expect("it is kept");
    recorder.shutdown().await.expect("it stops");
    assert_eq!(count().await, 1);
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
    weeks_that_were_gathered_while_sending_was_off_stay,
    a_clock_that_is_behind_dates_no_consent_back,
    a_removed_metric_is_withdrawn_too,
    weeks_that_were_logged_while_gathering_was_off_are_never_gathered,
    a_metric_that_a_release_adds_waits,
    what_becomes_less_sensitive_waits,
    what_was_before_the_record_is_told_by_what_left,
    a_clock_that_was_ahead_silences_nobody,
    a_recorder_obeys
);
