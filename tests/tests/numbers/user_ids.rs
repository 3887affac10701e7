//! User ids that are texts or UUIDs, in event logs of the runtime and of the product, on both
//! databases.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use pings_runtime::{
    Actor, Durability, EventLog, Import, Migration, Options, Outage, Recorder, Reporter,
    UserIdType, Week, parse_time,
};
use pings_sql::{Dialect, columns, query};
use pings_tests::databases::Database;
use pings_tests::fixture::borders;
use pings_tests::parts::{Part, is_missing};
use pings_tests::place::Place;
use serde_json::{Value, json};

/// A registry with all ways in which users are counted.
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

/// Returns the statement for an `event_logs` of the product with this type of `user_id`.
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

/// Returns the text columns of products, each with its value for an event without a user.
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

/// Creates the types that some columns use.
async fn prepare(database: &mut Database) {
    if database.dialect() == Dialect::Postgres {
        let collation = match is_missing(Part::Icu) {
            true => "CREATE COLLATION no_case FROM \"C\"",
            false => {
                "CREATE COLLATION no_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
            }
        };
        let types = format!("{collation}; CREATE DOMAIN user_key AS text");
        database.execute(&types).await;
    }
}

/// Returns the metrics in the report of a week.
async fn metrics(log: &EventLog, week: &str) -> Value {
    let registry = registry();
    let week: Week = week.parse().expect("a week");
    let report = Reporter::new(log, &registry)
        .report(week, week.end(), &mut |_| {})
        .await
        .expect("a report");
    let mut json = serde_json::to_value(report).expect("JSON");
    json["metrics"].take()
}

/// Returns the values of the week in the report.
async fn reported(log: &EventLog) -> Value {
    let metrics = metrics(log, WEEK).await;
    json!({
        "posts": metrics["Posts"]["unique_users"],
        "kinds": metrics["Kinds"]["rows"],
        "new": metrics["NewPosters"]["first_time_users"],
        "way": metrics["Way"]["steps"].as_array().map(|steps| {
            steps.iter().map(|step| json!([step["users"], step["reached"]])).collect::<Vec<_>>()
        }),
    })
}

/// Returns the same values from the generated queries, which do not know the type of the column.
async fn queried(database: &mut Database) -> Value {
    let registry = registry();
    let mut answers = Vec::new();
    for code in ["Posts", "Kinds", "NewPosters", "Way"] {
        let (ping, metric) = registry.metric(code).expect("a metric");
        let query =
            query(&registry, ping, metric, database.dialect()).expect("SQL for this database");
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

/// Inserts rows for each pair of a user, as SQL, and a visitor: first `Read` events for all, then
/// `Post` events.
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
                (nobody, "tjdp1kq8ctgsfktpsyo1xjnw6o"), // a visitor with the same id as the user
                ("'alice'", ""),
                ("'Alice'", ""), // another user
                ("'7'", ""),
                (nobody, "7"),
                ("'-abc'", ""),
                ("'-1a'", ""),
                ("'user 7'", ""),
                ("'0'", ""), // no user
                ("'0'", "v"),
                ("'-3'", "v"),
                ("''", "v"),
                (nobody, "v"),
                (nobody, "V"), // another visitor
                (nobody, ""),  // no user
                ("'00000000-0000-0000-0000-000000000000'", ""),
            ],
        )
        .await;
        let log = EventLog::open(&place.url()).await.expect("the event log");
        // The users are tjdp, alice, Alice, 7, -abc, -1a and "user 7"; the visitors are tjdp, 7, v
        // and V.
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
                (nobody, ALICE), // a visitor with the same id as a user
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

/// An integer column of SQLite stores a text that is not a number.
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
    // The users are 7 and abc; the visitors are 7, v and abc.
    assert_eq!(queried(&mut database).await, all_are(5, 7));
    assert_eq!(reported(&log).await, all_are(5, 7));
    log.close().await;
}

/// Returns the ids of users as texts and of visitors, in the order of the log.
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
            assert_eq!(kept.expect("it is kept"), Durability::Logged);
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
        // Alice, Bob, and the visitor whose id equals that of Alice.
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

/// A row with a user id that the column cannot store is rejected, with the reason.
async fn refused(dialect: Dialect) {
    for (users, user, reason) in [
        (
            UserIdType::Integer,
            "alice",
            "the user id `alice` is not an integer",
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
        // This test does not cover the acknowledgement of a refused row.
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

/// Reads batches from spill files: current ones with texts, and those of version 0.1.
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

/// While the table is missing, events of users with text ids wait in the file, and are logged
/// later.
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
    assert_eq!(kept.expect("it is kept"), Durability::Spilled);
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

async fn import(log: &EventLog, day: &str, users: &[Value]) {
    let lines: String = users
        .iter()
        .map(|user| {
            let line = json!({
                "name": "Post", "user_id": user[0], "anonymous_user_id": user[1],
                "timestamp": format!("{day}T10:00:00Z"), "argument": { "kind": "question" },
            });
            format!("{line}\n")
        })
        .collect();
    let done = Import::new(log)
        .read(lines.as_bytes(), |_| {})
        .await
        .expect("an import");
    assert_eq!(done.imported, users.len() as u64, "{:?}", done.mistakes);
}

async fn migrate(from: &EventLog, to: &EventLog) -> Result<u64, String> {
    let migration = Migration {
        from,
        source: "source",
        to,
        target: "target",
        without: &[],
    };
    let moved = migration.run(&mut |_| {}).await;
    moved.map(|it| it.events).map_err(|error| error.to_string())
}

/// Migrates to the other kind of database, which has another value for no user, and then to a third
/// database of the first kind.
async fn migrated(dialect: Dialect) {
    let other = match dialect {
        Dialect::Postgres => Dialect::Sqlite,
        Dialect::Sqlite => Dialect::Postgres,
    };
    for (users, one, two) in [
        (UserIdType::Integer, json!(7), json!(8)),
        (UserIdType::Text, json!("tjdp"), json!("TJDP")),
        (UserIdType::Uuid, json!(ALICE), json!(BOB)),
    ] {
        let (Some(first), Some(second), Some(third)) = (
            Place::new(dialect).await,
            Place::new(other).await,
            Place::new(dialect).await,
        ) else {
            return;
        };
        let (mut log, _) = EventLog::init_with(&first.url(), users)
            .await
            .expect("an event log");
        let same = one.as_str().map_or(one.to_string(), str::to_owned);
        let rows = [
            json!([one, ""]),
            json!([two, ""]),
            json!([0, same]), // a visitor with the same id as a user
            json!([0, ""]),
        ];
        import(&log, "2021-01-26", &rows).await;
        let before = reported(&log).await;
        assert_eq!((&before["posts"], &before["new"]), (&json!(3), &json!(3)));
        for (place, day) in [(&second, "2021-02-02"), (&third, "2021-02-03")] {
            let (moved, _) = EventLog::init_like(&place.url(), &log)
                .await
                .expect("an event log");
            let count = log_length(&log).await;
            assert_eq!(migrate(&log, &moved).await, Ok(count), "{users:?}");
            log.close().await;
            log = moved;
            assert_eq!(reported(&log).await, before, "{users:?}");
            // Existing users do not count as new.
            import(&log, day, &[json!([one, ""]), json!([0, same])]).await;
            let later = metrics(&log, "2021-W05").await;
            assert_eq!(later["NewPosters"]["first_time_users"], 0, "{users:?}");
        }
        log.close().await;
    }
}

/// Returns the number of `Post` events in both weeks.
async fn log_length(log: &EventLog) -> u64 {
    let mut all = 0;
    for week in [WEEK, "2021-W05"] {
        // A week in which the product did not run has no count.
        let count = &metrics(log, week).await["Posts"]["count"];
        all += count.as_u64().unwrap_or_default();
    }
    all
}

#[tokio::test]
async fn users_of_each_type_move_from_postgres_and_back() {
    migrated(Dialect::Postgres).await;
}

#[tokio::test]
async fn users_of_each_type_move_from_sqlite_and_back() {
    migrated(Dialect::Sqlite).await;
}

#[tokio::test]
async fn texts_do_not_move_to_a_column_of_numbers() {
    for dialect in Dialect::ALL {
        let (Some(from), Some(to)) = (Place::new(dialect).await, Place::new(dialect).await) else {
            continue;
        };
        let (old, _) = EventLog::init_with(&from.url(), UserIdType::Text)
            .await
            .expect("an event log");
        let (new, _) = EventLog::init(&to.url()).await.expect("an event log");
        import(&old, "2021-01-26", &[json!(["tjdp", ""])]).await;
        let refused = migrate(&old, &new).await.expect_err("another type");
        assert!(
            refused.contains("contains texts in the source, but integers in the target"),
            "{refused}"
        );
        // Numeric ids can be moved to a column of texts.
        import(&new, "2021-01-26", &[json!([7, ""])]).await;
        let text = Place::new(dialect).await.expect("a place");
        let (texts, _) = EventLog::init_with(&text.url(), UserIdType::Text)
            .await
            .expect("an event log");
        assert_eq!(migrate(&new, &texts).await, Ok(1));
        assert_eq!(reported(&texts).await, reported(&new).await);
    }
}

/// Runs the command in a folder with the registry.
fn pings(folder: &Path, database: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_command"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("PINGS_GATHER")
        .env("PINGS_DATABASE", database)
        .output()
        .expect("the command")
}

fn pings_ok(folder: &Path, database: &str, arguments: &[&str]) -> String {
    let output = pings(folder, database, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Runs `init`, `record`, `report` and `migrate` as an operator does.
async fn commanded(dialect: Dialect) {
    for (column, ids) in [
        ("uuid", [ALICE, BOB, ALICE]),
        ("text", ["tjdp", "TJDP", "tjdp"]),
    ] {
        let (Some(place), Some(target)) = (Place::new(dialect).await, Place::new(dialect).await)
        else {
            return;
        };
        let folder = place.folder();
        fs::write(folder.join("pings.yaml"), REGISTRY).expect("a registry");
        pings_ok(folder, place.address(), &["init", "--user-id", column]);
        let post = |who: &[&str]| {
            let mut arguments = vec!["record", "Post", "--arg", "kind=question"];
            arguments.extend(["--at", "2021-01-26T10:00:00Z", "--product-version", "1.0.0"]);
            arguments.extend(who);
            pings(folder, place.address(), &arguments)
        };
        for id in ids {
            let output = post(&["--user", id]);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{said}");
        }
        assert!(post(&["--anonymous", ids[0]]).status.success());
        if (dialect, column) == (Dialect::Postgres, "uuid") {
            let refused = post(&["--user", "alice"]);
            let said = String::from_utf8_lossy(&refused.stderr);
            assert_eq!(refused.status.code(), Some(1));
            assert!(said.contains("the user id `alice` is not a UUID"), "{said}");
        }
        let report = |database: &str| {
            let json = pings_ok(
                folder,
                database,
                &["report", "--week", WEEK, "--format", "json"],
            );
            let report: Value = serde_json::from_str(&json).expect("JSON");
            report["metrics"].clone()
        };
        let reported = report(place.address());
        assert_eq!(
            reported["Posts"],
            json!({ "count": 4, "unique_users": 3 }),
            "{column}"
        );
        assert_eq!(reported["NewPosters"], json!({ "first_time_users": 3 }));
        let to = ["--from", place.address(), "--to", target.address()];
        pings_ok(folder, place.address(), &[&["migrate"], &to[..]].concat());
        assert_eq!(report(target.address()), reported, "{column}");
    }
}

#[tokio::test]
async fn the_command_records_text_users_on_postgres() {
    commanded(Dialect::Postgres).await;
}

#[tokio::test]
async fn the_command_records_text_users_on_sqlite() {
    commanded(Dialect::Sqlite).await;
}

#[tokio::test]
async fn a_column_that_keeps_no_ids_and_another_type_are_refused() {
    for (dialect, column, words) in [
        (
            Dialect::Postgres,
            "boolean",
            "the column `user_id` of event_logs has the type boolean",
        ),
        (
            Dialect::Postgres,
            "bytea",
            "the column `user_id` of event_logs has the type bytea",
        ),
        (
            Dialect::Sqlite,
            "BLOB",
            "the column `user_id` of event_logs has the type BLOB",
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
            error.to_string().contains("contains integers, not texts"),
            "{error}"
        );
    }
}
