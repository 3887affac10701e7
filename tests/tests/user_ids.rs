//! Users whose ids are texts or UUIDs, in event logs of ours and of the product, on both databases.

use std::fs;

use pings_runtime::{
    Actor, EventLog, Import, Kept, Options, Outage, Recorder, Reporter, UserIdType, Week,
    parse_time,
};
use pings_sql::{Dialect, columns, query};
use pings_tests::databases::Database;
use pings_tests::fixture::borders;
use pings_tests::place::Place;
use serde_json::{Value, json};

/// Everything that counts users, by each way in which they are counted.
const REGISTRY: &str = r#"
format: 1
name: forum
title: Forum
events:
  Post: { args: { kind: { enum: [question, answer] } } }
  Read: {}
pings:
  - id: posts
    section: Forum
    title: Posts
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: Posts, of: Post, measure: [count, unique_users] }
      - { code: Kinds, of: Post, measure: [count, unique_users], by: [kind] }
      - { code: NewPosters, of: Post, measure: first_time_users }
  - id: way
    section: Forum
    title: From reading to posting
    type: fe_event
    aggregation: weekly
    added: "1.0"
    funnels:
      - { code: Way, steps: [Read, Post] }
"#;

const ALICE: &str = "2c1f1b8e-3a1b-4c1e-9d7a-0123456789ab";
const BOB: &str = "2C1F1B8E-3A1B-4C1E-9D7A-0123456789AC";
const NIL: &str = "00000000-0000-0000-0000-000000000000";
const WEEK: &str = "2021-W04";

fn registry() -> pings_model::Registry {
    pings_registry::parse(REGISTRY).expect("a registry")
}

/// An `event_logs` of the product, whose `user_id` is of this type.
fn table(dialect: Dialect, user_id: &str) -> String {
    let (id, time) = match dialect {
        Dialect::Postgres => ("bigserial PRIMARY KEY", "timestamptz"),
        Dialect::Sqlite => ("INTEGER PRIMARY KEY", "TEXT"),
    };
    format!(
        "CREATE TABLE event_logs (id {id}, name text NOT NULL, url text, user_id {user_id}, \
         anonymous_user_id text, source text, argument text, version text, timestamp {time})"
    )
}

/// The columns of products that keep texts, each with what it keeps for nobody.
fn text_columns(dialect: Dialect) -> Vec<(&'static str, &'static str)> {
    match dialect {
        Dialect::Postgres => vec![
            ("text NOT NULL DEFAULT ''", "''"),
            ("varchar(64)", "NULL"),
            ("character varying(64) NOT NULL", "''"),
            ("text COLLATE no_case", "NULL"),
            ("user_key", "NULL"),
        ],
        Dialect::Sqlite => vec![
            ("TEXT NOT NULL DEFAULT ''", "''"),
            ("VARCHAR(26)", "NULL"),
            ("TEXT COLLATE NOCASE", "NULL"),
            ("", "NULL"),
        ],
    }
}

/// Types that a column may be of.
async fn prepare(database: &mut Database) {
    if database.dialect() == Dialect::Postgres {
        database
            .execute(
                "CREATE COLLATION no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false); \
                 CREATE DOMAIN user_key AS text",
            )
            .await;
    }
}

/// What is counted of the week, as the report has it.
async fn reported(log: &EventLog) -> Value {
    let registry = registry();
    let week: Week = WEEK.parse().expect("a week");
    let report = Reporter::new(log, &registry)
        .report(week, week.end(), &mut |_| {})
        .await
        .expect("a report");
    let json = serde_json::to_value(report).expect("JSON");
    let metrics = &json["metrics"];
    json!({
        "posts": metrics["Posts"]["unique_users"],
        "kinds": metrics["Kinds"]["rows"],
        "new": metrics["NewPosters"]["first_time_users"],
        "way": metrics["Way"]["steps"].as_array().map(|steps| {
            steps.iter().map(|step| json!([step["users"], step["reached"]])).collect::<Vec<_>>()
        }),
    })
}

/// The same as generated queries have it, which do not know the type of the column.
async fn queried(database: &mut Database) -> Value {
    let registry = registry();
    let mut answers = Vec::new();
    for code in ["Posts", "Kinds", "NewPosters", "Way"] {
        let (ping, metric) = registry.metric(code).expect("a metric");
        let query = query(&registry, ping, metric, database.dialect());
        let rows = database
            .ask(&query, &columns(metric), &borders(WEEK))
            .await
            .unwrap_or_else(|error| panic!("{code}: {error}\n{}", query.text));
        answers.push(rows);
    }
    let [posts, kinds, new, way] = &answers[..] else {
        panic!("four answers")
    };
    let steps = way.iter().map(|row| json!([row["users"], row["reached"]]));
    json!({
        "posts": posts[0]["unique_users"],
        "kinds": kinds,
        "new": new[0]["first_time_users"],
        "way": steps.collect::<Vec<_>>(),
    })
}

fn insert(user: &str, visitor: &str, name: &str, minute: usize) -> String {
    format!(
        "INSERT INTO event_logs (name, url, user_id, anonymous_user_id, source, argument, version, timestamp) \
         VALUES ('{name}', '', {user}, '{visitor}', 'WEB', '{{\"kind\":\"question\"}}', '1.0', '2021-01-26T10:{minute:02}:00Z')"
    )
}

/// Each row is who did it: the user as SQL, the visitor. First all read, then all post.
async fn rows(database: &mut Database, rows: &[(&str, &str)]) {
    for (place, (user, visitor)) in rows.iter().enumerate() {
        database
            .execute(&insert(user, visitor, "Read", place))
            .await;
        database
            .execute(&insert(user, visitor, "Post", place + 30))
            .await;
    }
}

fn all_are(users: u64, events: u64) -> Value {
    json!({
        "posts": users,
        "kinds": [{ "kind": "question", "count": events, "unique_users": users }],
        "new": users,
        "way": [[users, users], [users, users]],
    })
}

async fn users_and_visitors_never_collide(dialect: Dialect) {
    for (column, nobody) in text_columns(dialect) {
        let Some(place) = Place::new(dialect).await else {
            return;
        };
        let mut database = place.connect().await;
        prepare(&mut database).await;
        database.execute(&table(dialect, column)).await;
        rows(
            &mut database,
            &[
                ("'tjdp1kq8ctgsfktpsyo1xjnw6o'", ""),
                ("'tjdp1kq8ctgsfktpsyo1xjnw6o'", "somewhere else"),
                (nobody, "tjdp1kq8ctgsfktpsyo1xjnw6o"), // a visitor who is called like the user
                ("'alice'", ""),
                ("'Alice'", ""), // another user
                ("'7'", ""),
                (nobody, "7"),
                ("'-abc'", ""),
                ("'-1a'", ""),
                ("'user 7'", ""),
                ("'0'", ""), // nobody
                ("'0'", "v"),
                ("'-3'", "v"),
                ("''", "v"),
                (nobody, "v"),
                (nobody, "V"), // another visitor
                (nobody, ""),  // nobody
                ("'00000000-0000-0000-0000-000000000000'", ""),
            ],
        )
        .await;
        let log = EventLog::open(&place.url()).await.expect("the event log");
        // tjdp, alice, Alice, 7, -abc, -1a, "user 7"; the visitors tjdp, 7, v and V.
        let expected = all_are(11, 18);
        assert_eq!(queried(&mut database).await, expected, "{column}");
        assert_eq!(reported(&log).await, expected, "{column}");
        log.close().await;
    }
}

#[tokio::test]
async fn text_users_and_visitors_never_collide_on_postgres() {
    users_and_visitors_never_collide(Dialect::Postgres).await;
}

#[tokio::test]
async fn text_users_and_visitors_never_collide_on_sqlite() {
    users_and_visitors_never_collide(Dialect::Sqlite).await;
}

#[tokio::test]
async fn a_column_of_uuids_counts_users_and_visitors() {
    for (column, nobody) in [
        ("uuid", "NULL"),
        ("uuid NOT NULL", "'00000000-0000-0000-0000-000000000000'"),
    ] {
        let Some(place) = Place::new(Dialect::Postgres).await else {
            return;
        };
        let mut database = place.connect().await;
        database.execute(&table(Dialect::Postgres, column)).await;
        rows(
            &mut database,
            &[
                (&format!("'{ALICE}'"), ""),
                (&format!("'{}'", ALICE.to_uppercase()), "a"), // the same user
                (&format!("'{BOB}'"), ""),
                (nobody, ALICE), // a visitor who is called like a user
                (nobody, ""),
            ],
        )
        .await;
        let log = EventLog::open(&place.url()).await.expect("the event log");
        assert_eq!(queried(&mut database).await, all_are(3, 5), "{column}");
        assert_eq!(reported(&log).await, all_are(3, 5), "{column}");
        log.close().await;
    }
}

/// A whole number column of SQLite keeps a text that is none.
#[tokio::test]
async fn a_text_in_a_column_of_numbers_is_a_user_unless_it_is_empty() {
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    let mut database = place.connect().await;
    database.execute(&table(Dialect::Sqlite, "INTEGER")).await;
    rows(
        &mut database,
        &[
            ("7", ""),
            ("'7'", ""),
            ("0", "7"),
            ("-1", ""),
            ("''", "v"),
            ("'abc'", ""),
            ("NULL", "abc"),
        ],
    )
    .await;
    let log = EventLog::open(&place.url()).await.expect("the event log");
    // 7, abc; the visitors 7, v, abc.
    assert_eq!(queried(&mut database).await, all_are(5, 7));
    assert_eq!(reported(&log).await, all_are(5, 7));
    log.close().await;
}

/// The ids of a log, as texts, in order; of visitors after them.
async fn ids(database: &mut Database) -> Vec<(Option<String>, String)> {
    let sql = "SELECT CAST(user_id AS text), anonymous_user_id FROM event_logs ORDER BY id";
    match database {
        Database::Postgres(db) => sqlx::query_as(sql).fetch_all(db).await,
        Database::Sqlite(db) => sqlx::query_as(sql).fetch_all(db).await,
    }
    .expect("the event log")
}

async fn recorded_and_imported(dialect: Dialect) {
    for users in [UserIdType::Text, UserIdType::Uuid] {
        let Some(place) = Place::new(dialect).await else {
            return;
        };
        let (log, _) = EventLog::init_with(&place.url(), users)
            .await
            .expect("an event log");
        assert!(log.shape().is_indexed);
        let spill = place.folder().join("spill");
        let options = Options {
            outage: Outage::Spill(spill.clone()),
            ..Options::new("1.0")
        };
        let recorder = Recorder::start(&place.url(), options).expect("a recorder");
        for actor in [
            Actor::user(ALICE),
            Actor::anonymous(ALICE),
            Actor::user(0),
            Actor::user(""),
        ] {
            let kept = recorder
                .record_named(
                    "Post",
                    r#"{"kind":"question"}"#,
                    actor,
                    parse_time("2021-01-26T10:00:00Z"),
                )
                .await;
            assert_eq!(kept.expect("it is kept"), Kept::Logged);
        }
        recorder.shutdown().await.expect("it stops");
        let lines = [
            json!({ "id": 1, "name": "Post", "user_id": ALICE, "timestamp": "2021-01-27T10:00:00Z", "argument": { "kind": "question" } }),
            json!({ "id": 2, "name": "Post", "user_id": BOB, "timestamp": "2021-01-27T10:00:00Z", "argument": { "kind": "question" } }),
            json!({ "id": 3, "name": "Post", "user_id": NIL, "timestamp": "2021-01-27T10:00:00Z", "argument": { "kind": "question" } }),
            json!({ "id": 4, "name": "Post", "user_id": null, "timestamp": "2021-01-27T10:00:00Z", "argument": { "kind": "question" } }),
        ];
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        for again in [false, true] {
            let done = Import::new(&log)
                .read(text.as_bytes(), |_| {})
                .await
                .expect("an import");
            let expected = if again { (0, 4) } else { (4, 0) };
            assert_eq!(
                (done.imported, done.duplicates),
                expected,
                "{:?}",
                done.mistakes
            );
        }
        let mut database = place.connect().await;
        let nobody = (users == UserIdType::Text || dialect == Dialect::Sqlite).then(String::new);
        let bob = match (users, dialect) {
            (UserIdType::Uuid, Dialect::Postgres) => BOB.to_lowercase(),
            _ => BOB.to_owned(),
        };
        let row = |user: Option<&str>, visitor: &str| {
            (
                user.map(str::to_owned).or_else(|| nobody.clone()),
                visitor.to_owned(),
            )
        };
        let expected = [
            row(Some(ALICE), ""),
            row(None, ALICE),
            row(None, ""),
            row(None, ""),
            row(Some(ALICE), ""),
            row(Some(&bob), ""),
            row(None, ""),
            row(None, ""),
        ];
        assert_eq!(ids(&mut database).await, expected);
        // Alice, Bob, and the visitor who is called like Alice.
        let report = reported(&log).await;
        assert_eq!((&report["posts"], &report["new"]), (&json!(3), &json!(3)));
        let pruned = log
            .prune(time::macros::datetime!(2021-01-27 00:00 UTC), |_| {})
            .await;
        assert_eq!(pruned.expect("it is pruned").rows, 4);
        log.close().await;
    }
}

#[tokio::test]
async fn text_users_are_recorded_and_imported_on_postgres() {
    recorded_and_imported(Dialect::Postgres).await;
}

#[tokio::test]
async fn text_users_are_recorded_and_imported_on_sqlite() {
    recorded_and_imported(Dialect::Sqlite).await;
}

/// A user whom the column cannot keep goes where refused rows go, with the reason.
async fn refused(dialect: Dialect) {
    for (users, user, reason) in [
        (
            UserIdType::Integer,
            "alice",
            "the user id `alice` is not a whole number",
        ),
        (
            UserIdType::Uuid,
            "alice",
            "the user id `alice` is not a UUID",
        ),
    ] {
        if dialect == Dialect::Sqlite && users == UserIdType::Uuid {
            continue;
        }
        let Some(place) = Place::new(dialect).await else {
            return;
        };
        let (log, _) = EventLog::init_with(&place.url(), users)
            .await
            .expect("an event log");
        let spill = place.folder().join("spill");
        let options = Options {
            outage: Outage::Spill(spill.clone()),
            ..Options::new("1.0")
        };
        let recorder = Recorder::start(&place.url(), options).expect("a recorder");
        let event = || code_insights_events::Event::InsightsPageView;
        recorder.record(&event(), Actor::user(user));
        recorder.record(&event(), Actor::anonymous("v"));
        // What is acknowledged of a refused row is not what is tested here.
        let _ = recorder.flush().await;
        assert_eq!(recorder.counters().rejected, 1);
        let rejected = fs::read_to_string(spill.join("rejected.ndjson")).expect("the refused row");
        assert!(
            rejected.contains(reason) && rejected.contains("\"user_id\":\"alice\""),
            "{rejected}"
        );
        let _ = recorder.shutdown().await;
        let mut database = place.connect().await;
        let logged = ids(&mut database).await;
        assert_eq!(
            logged
                .iter()
                .map(|(_, visitor)| visitor.as_str())
                .collect::<Vec<_>>(),
            ["v"]
        );
        let line = json!({ "name": "Post", "user_id": user, "timestamp": "2021-01-27T10:00:00Z" });
        let done = Import::new(&log)
            .read(line.to_string().as_bytes(), |_| {})
            .await
            .expect("an import");
        assert_eq!((done.imported, done.bad), (0, 1));
        assert!(
            done.mistakes[0].reason.contains(reason),
            "{:?}",
            done.mistakes
        );
        log.close().await;
    }
}

#[tokio::test]
async fn a_user_whom_the_column_cannot_keep_is_refused_on_postgres() {
    refused(Dialect::Postgres).await;
}

#[tokio::test]
async fn a_user_whom_the_column_cannot_keep_is_refused_on_sqlite() {
    refused(Dialect::Sqlite).await;
}

/// Batches that wait in files: of today with texts, and as version 0.1 wrote them.
async fn read_back(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init_with(&place.url(), UserIdType::Text)
        .await
        .expect("an event log");
    log.close().await;
    let spill = place.folder().join("spill");
    fs::create_dir_all(&spill).expect("a folder");
    let line = |user: &str| {
        format!(
            "{{\"name\":\"Post\",\"url\":\"\",\"user_id\":{user},\"anonymous_user_id\":\"\",\"source\":\"WEB\",\
             \"argument\":\"{{}}\",\"version\":\"1.0\",\"timestamp\":1611655200000}}\n"
        )
    };
    for (word, user, recorder) in [("batch", "7", "old"), ("batch.2", "\"tjdp\"", "today")] {
        let lines = line(user);
        let block = format!(
            "{word} 1 {} {:08x}\n{lines}",
            lines.len(),
            crc32fast::hash(lines.as_bytes())
        );
        fs::write(spill.join(format!("{recorder}.spill")), block).expect("a file");
    }
    let options = Options {
        outage: Outage::Spill(spill.clone()),
        ..Options::new("1.0")
    };
    let recorder = Recorder::start(&place.url(), options).expect("a recorder");
    recorder.flush().await.expect("nothing waits");
    recorder.shutdown().await.expect("it stops");
    let mut database = place.connect().await;
    let mut logged: Vec<_> = ids(&mut database)
        .await
        .into_iter()
        .filter_map(|(user, _)| user)
        .collect();
    logged.sort();
    assert_eq!(logged, ["7", "tjdp"]);
}

#[tokio::test]
async fn batches_of_both_versions_are_read_back_on_postgres() {
    read_back(Dialect::Postgres).await;
}

#[tokio::test]
async fn batches_of_both_versions_are_read_back_on_sqlite() {
    read_back(Dialect::Sqlite).await;
}

/// While the table is away events of text users wait in the file, and come back.
async fn spilled(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init_with(&place.url(), UserIdType::Text)
        .await
        .expect("an event log");
    log.close().await;
    let mut database = place.connect().await;
    database
        .execute("ALTER TABLE event_logs RENAME TO away")
        .await;
    let spill = place.folder().join("spill");
    let options = || Options {
        outage: Outage::Spill(spill.clone()),
        ..Options::new("1.0")
    };
    let recorder = Recorder::start(&place.url(), options()).expect("a recorder");
    let kept = recorder
        .record_named("Post", "{}", Actor::user("tjdp\t1\\"), None)
        .await;
    assert_eq!(kept.expect("it is kept"), Kept::Spilled);
    let _ = recorder.shutdown().await;
    database
        .execute("ALTER TABLE away RENAME TO event_logs")
        .await;
    let recorder = Recorder::start(&place.url(), options()).expect("a recorder");
    recorder.flush().await.expect("it is read back");
    recorder.shutdown().await.expect("it stops");
    assert_eq!(
        ids(&mut database).await,
        [(Some("tjdp\t1\\".to_owned()), String::new())]
    );
}

#[tokio::test]
async fn text_users_wait_in_the_file_on_postgres() {
    spilled(Dialect::Postgres).await;
}

#[tokio::test]
async fn text_users_wait_in_the_file_on_sqlite() {
    spilled(Dialect::Sqlite).await;
}

#[tokio::test]
async fn a_column_that_keeps_no_ids_and_another_type_are_refused() {
    for (dialect, column, words) in [
        (
            Dialect::Postgres,
            "boolean",
            "the column `user_id` of event_logs is of type boolean",
        ),
        (
            Dialect::Postgres,
            "bytea",
            "the column `user_id` of event_logs is of type bytea",
        ),
        (
            Dialect::Sqlite,
            "BLOB",
            "the column `user_id` of event_logs is of type BLOB",
        ),
    ] {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        place.connect().await.execute(&table(dialect, column)).await;
        let error = EventLog::open(&place.url())
            .await
            .expect_err("another shape");
        assert!(error.to_string().contains(words), "{error}");
    }
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        place
            .connect()
            .await
            .execute(&table(dialect, "bigint"))
            .await;
        let error = EventLog::init_with(&place.url(), UserIdType::Text)
            .await
            .expect_err("another type");
        assert!(
            error.to_string().contains("holds whole numbers, not texts"),
            "{error}"
        );
    }
}
