//! The event log: created concurrently, used unchanged, read through its index, and pruned.

use pings_runtime::{EventLog, Import, Initialized, Reporter, Week};
use pings_sql::{Dialect, Read, TotalRows, reads, sightings, totals};
use pings_tests::databases::{Database, LOG_KINDS};
use pings_tests::fixture::Fixture;
use pings_tests::place::Place;
use serde_json::{Value, json};
use time::macros::datetime;

async fn strings(database: &mut Database, sql: &str) -> Vec<String> {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    match database {
        Database::Postgres(db) => sqlx::query_scalar(sql).fetch_all(db).await,
        Database::Sqlite(db) => sqlx::query_scalar(sql).fetch_all(db).await,
    }
    .expect("an answer")
}

/// A registry with metrics of first-time users, grouped and not grouped, and with a count.
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
      - { code: Posters, of: Post, measure: [count, first_time_users], by: [kind] }
      - { code: NewPosters, of: Post, measure: first_time_users }
      - { code: Read }
"#;

fn registry() -> pings_model::Registry {
    pings_registry::parse(REGISTRY).expect("a registry")
}

async fn import(log: &EventLog, lines: &[Value]) {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let done = Import::new(log)
        .read(text.as_bytes(), |_| {})
        .await
        .expect("an import");
    assert_eq!(
        (done.imported, done.bad),
        (lines.len() as u64, 0),
        "{:?}",
        done.mistakes
    );
}

fn post(user: i64, at: &str, kind: &str) -> Value {
    json!({ "name": "Post", "user_id": user, "timestamp": at, "argument": { "kind": kind }, "version": "1.2.0" })
}

async fn report(log: &EventLog, week: &str) -> Value {
    let registry = registry();
    let week: Week = week.parse().expect("a week");
    let report = Reporter::new(log, &registry)
        .report(week, week.end(), &mut |_| {})
        .await;
    serde_json::to_value(report.expect("a report")).expect("JSON")
}

async fn made_by_many_at_once(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let url = place.url();
            tokio::spawn(async move {
                let (log, done) = EventLog::init(&url).await.expect("an event log");
                log.close().await;
                done
            })
        })
        .collect();
    let mut created = 0;
    for task in tasks {
        created += usize::from(task.await.expect("a task") == Initialized::Created);
    }
    assert!(created >= 1);
    let mut database = place.connect().await;
    let steps = strings(
        &mut database,
        "SELECT CAST(step AS text) FROM pings_migrations ORDER BY pings_migrations.step",
    )
    .await;
    let all: Vec<String> = (1..=13).map(|step| step.to_string()).collect();
    assert_eq!(steps, all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn made_by_many_at_once_on_postgres() {
    made_by_many_at_once(Dialect::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn made_by_many_at_once_on_sqlite() {
    made_by_many_at_once(Dialect::Sqlite).await;
}

#[tokio::test]
async fn a_table_of_another_shape_is_told_from_an_event_log() {
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let mut database = place.connect().await;
        database
            .execute("CREATE TABLE event_logs (id integer, name text)")
            .await;
        let error = EventLog::init(&place.url())
            .await
            .expect_err("it is another table");
        assert!(error.is_input());
        assert_eq!(
            error.to_string(),
            "the table event_logs has no column `url`, `user_id`, `anonymous_user_id`, `source`, `argument`, `version`, `timestamp`\n\
             help: an event log has the columns id, name, url, user_id, anonymous_user_id, source, argument, version, timestamp"
        );
        let left = strings(
            &mut database,
            match dialect {
                Dialect::Postgres => {
                    "SELECT relname::text FROM pg_class WHERE relname LIKE 'pings%'"
                }
                Dialect::Sqlite => "SELECT name FROM sqlite_master WHERE name LIKE 'pings%'",
            },
        )
        .await;
        assert!(left.is_empty(), "nothing is half made: {left:?}");
    }
}

/// Without ids, the report could not track which rows it has read, and first-time users would be 0.
#[tokio::test]
async fn ids_must_fill_themselves() {
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let mut database = place.connect().await;
        database
            .execute(
                "CREATE TABLE event_logs (id integer, name text, url text, user_id integer, anonymous_user_id text, \
                 source text, argument text, version text, timestamp timestamp)",
            )
            .await;
        let error = EventLog::init(&place.url()).await.expect_err("no ids");
        assert!(
            error.is_input() && error.to_string().contains("auto-incrementing"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn there_must_be_an_event_log() {
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let error = EventLog::open(&place.url())
            .await
            .expect_err("there is none");
        let missing = match dialect {
            Dialect::Postgres => "has no table event_logs",
            Dialect::Sqlite => "there is no database",
        };
        assert!(
            error.is_input() && error.to_string().contains(missing),
            "{error}"
        );
    }
}

/// Returns the plan of each query of the report, on a log that is large enough for the index to be
/// used.
async fn plans(dialect: Dialect) -> Option<Vec<(String, String)>> {
    let place = Place::new(dialect).await?;
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let mut database = place.connect().await;
    let name = "CASE n % 7 WHEN 0 THEN 'Post' WHEN 1 THEN 'Read' ELSE 'Other' || n % 50 END";
    let fill = match dialect {
        Dialect::Postgres => format!(
            "INSERT INTO event_logs (name, user_id, source, version, timestamp) SELECT {name}, n % 1000, 'WEB', '1', \
             timestamptz '2020-01-01Z' + n * interval '1 minute' FROM generate_series(1, 100000) AS n; ANALYZE"
        ),
        Dialect::Sqlite => format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000) \
             INSERT INTO event_logs (name, user_id, source, version, timestamp) SELECT {name}, n % 1000, 'WEB', '1', \
             strftime('%Y-%m-%dT%H:%M:%fZ', '2020-01-01', n || ' minutes') FROM numbers"
        ),
    };
    database.execute(&fill).await;
    let registry = registry();
    let metrics: Vec<_> = registry.metrics().map(|(_, metric)| metric).collect();
    let known = pings_sql::EventLog {
        is_utc: true,
        has_jsonb: log.shape().argument == "jsonb",
        user_id: Some(pings_sql::UserIdType::Integer),
        has_plain_times: true,
        ..pings_sql::EventLog::any(dialect)
    };
    let mut queries: Vec<String> = reads(&registry, &metrics, known)
        .into_iter()
        .map(|read| match read {
            Read::Counts { query, .. } | Read::Metric { query, .. } => query.text,
        })
        .map(|text| match dialect {
            Dialect::Postgres => text
                .replace("$1", "'2020-02-03Z'")
                .replace("$2", "'2020-02-10Z'"),
            Dialect::Sqlite => text
                .replace("?1", "'2020-02-03'")
                .replace("?2", "'2020-02-10'"),
        })
        .collect();
    for metric in &metrics {
        if let pings_model::Source::Events(metric) = &metric.source {
            let seen = sightings(&registry, metric, known).text;
            let kept = totals(&registry, metric, known, TotalRows::All).text;
            queries.extend([seen, kept].map(|text| {
                let text = text.replace("$1", "99000").replace("$2", "99500");
                text.replace("$3", "'2020-01-01'")
            }));
        }
    }
    let mut plans = Vec::new();
    for query in queries {
        let plan = match dialect {
            Dialect::Postgres => strings(&mut database, &format!("EXPLAIN {query}")).await,
            Dialect::Sqlite => {
                let Database::Sqlite(db) = &mut database else {
                    unreachable!("this is SQLite")
                };
                let sql = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}"));
                let rows: Vec<(i64, i64, i64, String)> =
                    sqlx::query_as(sql).fetch_all(db).await.expect("a plan");
                rows.into_iter().map(|row| row.3).collect()
            }
        };
        plans.push((query, plan.join("\n")));
    }
    log.close().await;
    Some(plans)
}

#[tokio::test]
async fn every_query_of_the_report_uses_an_index() {
    for dialect in Dialect::ALL {
        let Some(plans) = plans(dialect).await else {
            continue;
        };
        let mut covered = 0;
        for (query, plan) in &plans {
            let scans = match dialect {
                Dialect::Postgres => plan.contains("Seq Scan on event_logs"),
                Dialect::Sqlite => plan
                    .lines()
                    .any(|line| line.trim().starts_with("SCAN event_logs")),
            };
            assert!(
                !scans,
                "{dialect:?} reads all of the log:\n{plan}\nfor\n{query}"
            );
            let by_id = query.contains("WHERE id > ");
            let index = match (dialect, by_id) {
                (_, false) => "event_logs_name_timestamp_user",
                (Dialect::Postgres, true) => "event_logs_pkey",
                (Dialect::Sqlite, true) => "INTEGER PRIMARY KEY",
            };
            assert!(
                plan.contains(index),
                "{dialect:?} does without {index}:\n{plan}\nfor\n{query}"
            );
            covered += usize::from(plan.contains("COVERING INDEX event_logs"));
        }
        // PostgreSQL reads only the index if the table was vacuumed and this is estimated to be
        // cheaper.
        assert!(
            covered >= 1 || dialect == Dialect::Postgres,
            "what only counts reads the index alone"
        );
        assert_eq!(plans.len(), 10);
    }
}

async fn first_time_users_after_pruning(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    import(
        &log,
        &[
            post(1, "2021-01-04T10:00:00Z", "question"),
            post(2, "2021-01-20T10:00:00Z", "question"),
            post(1, "2021-01-26T10:00:00Z", "question"),
            post(1, "2021-01-26T11:00:00Z", "answer"),
            post(3, "2021-01-31T23:59:59.999Z", "answer"),
        ],
    )
    .await;
    let expected = json!({
        "Posts": { "count": 3, "unique_users": 2 },
        "Posters": { "by": ["kind"], "rows": [
            { "kind": "answer", "count": 2, "first_time_users": 2 },
            { "kind": "question", "count": 1, "first_time_users": 0 },
        ] },
        "NewPosters": { "first_time_users": 1 },
        "Read": { "count": 0 },
    });
    assert_eq!(report(&log, "2021-W04").await["metrics"], expected);

    let registry = registry();
    Reporter::new(&log, &registry)
        .catch_up(&mut |_| {})
        .await
        .expect("it catches up");
    let pruned = log
        .prune(datetime!(2021-01-25 0:00 UTC), |_| {})
        .await
        .expect("it prunes");
    assert_eq!(pruned.rows, 2);
    assert_eq!(
        report(&log, "2021-W04").await["metrics"],
        expected,
        "users stay known"
    );
    let gone = json!({ "error": "events before 2021-01-25T00:00:00Z were pruned" });
    assert_eq!(
        report(&log, "2021-W03").await["metrics"]["Posts"],
        gone,
        "a hole is no zero"
    );
    assert_eq!(
        report(&log, "2021-W03").await["metrics"]["NewPosters"],
        gone
    );

    // Because of a late event, a user who counted as new turns out not to be new.
    import(&log, &[post(3, "2021-01-10T10:00:00Z", "question")]).await;
    let late = report(&log, "2021-W04").await;
    assert_eq!(
        late["metrics"]["NewPosters"],
        json!({ "first_time_users": 0 })
    );
    assert_eq!(late["version"], "1.2.0");
}

#[tokio::test]
async fn first_time_users_stay_right_after_pruning_on_postgres() {
    first_time_users_after_pruning(Dialect::Postgres).await;
}

#[tokio::test]
async fn first_time_users_stay_right_after_pruning_on_sqlite() {
    first_time_users_after_pruning(Dialect::Sqlite).await;
}

/// A table that was emptied reuses ids, and the definition of a metric may change.
#[tokio::test]
async fn what_was_read_is_read_again_where_it_must_be() {
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let mut database = place.connect().await;
        database.log(LOG_KINDS[0], &[]).await;
        let (log, done) = EventLog::init(&place.url()).await.expect("an event log");
        assert_eq!(done, Initialized::Found);
        import(
            &log,
            &[
                post(1, "2021-01-20T10:00:00Z", "answer"),
                post(2, "2021-01-20T11:00:00Z", "answer"),
            ],
        )
        .await;
        let new = |report: Value| report["metrics"]["NewPosters"]["first_time_users"].clone();
        assert_eq!(new(report(&log, "2021-W03").await), 2);
        database.execute("DELETE FROM event_logs").await;
        import(&log, &[post(3, "2021-01-26T10:00:00Z", "answer")]).await;
        assert_eq!(new(report(&log, "2021-W04").await), 1);

        let narrower = REGISTRY.replace(
            "code: NewPosters, of: Post,",
            "code: NewPosters, of: Post, where: { kind: question },",
        );
        let narrower = pings_registry::parse(&narrower).expect("a registry");
        let week: Week = "2021-W04".parse().expect("a week");
        let report = Reporter::new(&log, &narrower)
            .report(week, week.end(), &mut |_| {})
            .await;
        assert_eq!(
            new(serde_json::to_value(report.expect("a report")).expect("JSON")),
            0
        );
    }
}

async fn two_reporters_at_once(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let lines: Vec<Value> = (0..3000)
        .map(|n| {
            post(
                n % 700 + 1,
                &format!("2021-01-{:02}T10:00:00Z", 11 + n % 20),
                "answer",
            )
        })
        .collect();
    import(&log, &lines).await;
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let url = place.url();
            tokio::spawn(async move {
                let log = EventLog::open(&url).await.expect("an event log");
                report(&log, "2021-W04").await
            })
        })
        .collect();
    let expected = report(&log, "2021-W04").await;
    assert_ne!(expected["metrics"]["Posts"]["count"], 0);
    for task in tasks {
        assert_eq!(task.await.expect("a task"), expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_reporters_say_the_same_on_postgres() {
    two_reporters_at_once(Dialect::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_reporters_say_the_same_on_sqlite() {
    two_reporters_at_once(Dialect::Sqlite).await;
}

async fn imports(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let mut lines: Vec<Value> = (0..10_000)
        .map(|n| {
            let mut line = post(n % 70 + 1, "2021-01-26 10:00:00", "answer");
            line["id"] = n.into();
            line
        })
        .collect();
    lines[7]["id"] = "a text".into();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let bad = "{\"name\": \"Post\"}\nnot json\n\n";
    let strict = Import::new(&log)
        .strict()
        .read(format!("{text}{bad}").as_bytes(), |_| {})
        .await
        .expect("an import");
    assert_eq!(
        (strict.imported, strict.bad),
        (0, 2),
        "a strict import keeps none"
    );
    let first = Import::new(&log)
        .read(format!("{bad}{text}").as_bytes(), |_| {})
        .await
        .expect("an import");
    assert_eq!(
        (first.imported, first.duplicates, first.bad),
        (10_000, 0, 2)
    );
    let places: Vec<u64> = first.mistakes.iter().map(|mistake| mistake.line).collect();
    assert_eq!(places, [1, 2]);
    let again = Import::new(&log)
        .read(text.as_bytes(), |_| {})
        .await
        .expect("an import");
    assert_eq!(
        (again.imported, again.duplicates, again.bad),
        (0, 10_000, 0)
    );
    lines[0]["user_id"] = 5000.into();
    let other = format!("{}\n{}\n{}\n", lines[0], lines[1], lines[1]);
    let other = Import::new(&log)
        .read(other.as_bytes(), |_| {})
        .await
        .expect("an import");
    assert_eq!((other.imported, other.duplicates, other.bad), (0, 2, 1));
    assert_eq!(
        other.mistakes[0].reason,
        "another event with the `id` 0 was already imported"
    );
    assert_eq!(
        report(&log, "2021-W04").await["metrics"]["Posts"],
        json!({ "count": 10_000, "unique_users": 70 })
    );
}

#[tokio::test]
async fn what_is_imported_twice_counts_once_on_postgres() {
    imports(Dialect::Postgres).await;
}

#[tokio::test]
async fn what_is_imported_twice_counts_once_on_sqlite() {
    imports(Dialect::Sqlite).await;
}

/// The generated crates and the report with a registry that is read at run time return the same
/// values.
#[tokio::test]
async fn typed_crates_and_the_report_say_the_same() {
    use code_insights_captures::events;
    let fixture = Fixture::all()
        .into_iter()
        .find(|it| it.name == "code-insights")
        .expect("the fixture");
    let registry =
        pings_registry::parse(code_insights_events::REGISTRY).expect("the registry in the crate");
    assert_eq!(
        registry,
        pings_registry::parse(&fixture.registry()).expect("the registry in the file")
    );
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let mut database = place.connect().await;
        database.log(LOG_KINDS[0], &fixture.events()).await;
        let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
        let week: Week = "2021-W04".parse().expect("a week");
        let reporter =
            Reporter::new(&log, &registry).at_version("3.38".parse().expect("a version"));
        let report = reporter
            .report(week, week.end(), &mut |_| {})
            .await
            .expect("a report");
        let json = serde_json::to_value(&report).expect("JSON");
        macro_rules! asked {
            ($query:ident) => {
                match &mut database {
                    Database::Postgres(db) => events::$query::postgres(&mut *db, week).await,
                    Database::Sqlite(db) => events::$query::sqlite(&mut *db, week).await,
                }
                .expect("rows")
            };
        }
        let additions: Vec<Value> = asked!(insight_addition)
            .iter()
            .map(|row| json!({ "insightType": row.insight_type, "count": row.count }))
            .collect();
        assert!(!additions.is_empty());
        assert_eq!(json["metrics"]["InsightAddition"]["rows"], json!(additions));
        let creators = asked!(weekly_first_time_insight_creators);
        assert_eq!(
            json["metrics"]["WeeklyFirstTimeInsightCreators"],
            json!({ "first_time_users": creators.first_time_users })
        );
        let steps: Vec<i64> = asked!(search_insight_funnel)
            .iter()
            .map(|row| row.reached)
            .collect();
        let reported = json["metrics"]["SearchInsightFunnel"]["steps"]
            .as_array()
            .expect("steps");
        let reported: Vec<i64> = reported
            .iter()
            .filter_map(|step| step["reached"].as_i64())
            .collect();
        assert_eq!(reported, steps);
    }
}
