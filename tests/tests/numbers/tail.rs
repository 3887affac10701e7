//! `pings tail` shows each event once, in whatever order transactions commit.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use code_insights_events::{Event, InsightType};
use pings_model::{EventMeasure, Measure, Source};
use pings_runtime::follow::ActorKind;
use pings_runtime::{Actor, EventLog, LoggedEvent, Options, Outage, Recorder, metrics_of_event};
use pings_sql::Dialect;
use pings_tests::databases::{Database, LOG_KINDS, LogKind, LogLine, web};
use pings_tests::oracle::{LogRow, WEEK, report_metrics};
use pings_tests::place::Place;
use pings_tests::random::{Arguments, cases, registry_text};
use pings_tests::server::Server;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

const REGISTRY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../pings.yaml");

/// The maximum time until a line appears.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running command.
struct Tail {
    process: Child,
    lines: Receiver<String>,
    messages: Receiver<String>,
}

/// Sends the lines of an output.
fn lines(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

fn command(database: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_command"));
    command
        .args(["tail", "--format", "json", "--database", database])
        .args(["--registry", REGISTRY])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

impl Tail {
    /// Starts the command, and returns once it follows the event log.
    fn start(database: &str, arguments: &[&str]) -> Self {
        let mut process = command(database, arguments).spawn().expect("it starts");
        let tail = Self {
            lines: lines(process.stdout.take().expect("an output")),
            messages: lines(process.stderr.take().expect("messages")),
            process,
        };
        tail.message("Following");
        tail
    }

    /// Returns the next message that contains a text.
    fn message(&self, part: &str) -> String {
        loop {
            let message = self.messages.recv_timeout(PATIENCE);
            let message = message.unwrap_or_else(|_| panic!("no message with `{part}`"));
            if message.contains(part) {
                return message;
            }
        }
    }

    /// Returns the next line of a kind, and the lines before it that are of another kind.
    fn next(&self, kind: &str) -> Json {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("no line of the kind {kind}"));
            let json: Json = serde_json::from_str(&line).expect("JSON");
            if json["kind"] == kind {
                return json;
            }
        }
    }

    /// Returns the client of the next event.
    fn source(&self) -> String {
        self.next("event")["source"]
            .as_str()
            .expect("a text")
            .to_owned()
    }

    /// Presses Ctrl-C, and returns the exit code.
    fn interrupt(mut self) -> Option<i32> {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status();
        assert!(sent.expect("kill").success());
        self.process.wait().expect("it ends").code()
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        // The process may already have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn hover() -> Event {
    Event::InsightHover {
        insight_type: InsightType::SearchInsights,
    }
}

fn recorder(place: &Place) -> Recorder {
    let options = Options {
        outage: Outage::Spill(place.folder().join("spill")),
        ..Options::new("3.36.0")
    };
    Recorder::start(&place.url(), options).expect("a recorder")
}

fn hovers(count: u64) -> Json {
    let row = json!({ "insightType": "searchInsights", "count": count });
    let rows = if count == 0 { json!([]) } else { json!([row]) };
    json!({ "by": ["insightType"], "rows": rows })
}

async fn shows_events_and_values(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    EventLog::init(&place.url()).await.expect("an event log");
    let recorder = recorder(&place);
    let tail = Tail::start(place.address(), &["--last", "0"]);
    let kept = recorder
        .record_durable(&hover(), Actor::user(987_654))
        .await;
    kept.expect("it is kept");
    let event = tail.next("event");
    let week = event["week"].clone();
    let metric = json!({ "code": "InsightHover", "ping": "insight_hovers", "status": "trusted" });
    assert_eq!(event["metrics"], json!([metric]));
    for (key, value) in [
        ("name", "InsightHover"),
        ("actor", "user"),
        ("source", "WEB"),
        ("version", "3.36.0"),
    ] {
        assert_eq!(event[key], value, "{event}");
    }
    assert_eq!(
        event["argument"],
        json!({ "insightType": "searchInsights" })
    );
    assert_eq!(event["faults"], json!([]));
    assert!(!event.to_string().contains("987654"), "{event}");
    assert_eq!(
        tail.next("value"),
        json!({
            "kind": "value", "code": "InsightHover", "ping": "insight_hovers", "week": week,
            "running": true, "before": hovers(0), "after": hovers(1),
        })
    );

    for (visitor, actor) in [("visitor-4711", "visitor"), ("", "nobody")] {
        let page = Event::InsightsPageView;
        let kept = recorder
            .record_durable(&page, Actor::anonymous(visitor))
            .await;
        kept.expect("it is kept");
        let event = tail.next("event");
        assert_eq!(event["actor"], actor);
        assert!(!event.to_string().contains("4711"), "{event}");
    }

    // More than a page of rows.
    for user in 1..=1_999 {
        recorder.record(&hover(), Actor::user(user));
    }
    let mut ids = Vec::new();
    while ids.len() < 1_999 {
        ids.push(tail.next("event")["id"].as_i64().expect("an id"));
    }
    assert!(ids.is_sorted_by(|a, b| a < b), "each row once, in order");
    let mut before = hovers(1);
    while before != hovers(2_000) {
        let value = tail.next("value");
        if value["code"] == "InsightHover" {
            assert_eq!(value["before"], before);
            before = value["after"].clone();
        }
    }
    assert_eq!(tail.interrupt(), Some(0));
}

#[tokio::test]
async fn events_and_values_are_shown_on_postgres() {
    shows_events_and_values(Dialect::Postgres).await;
}

#[tokio::test]
async fn events_and_values_are_shown_on_sqlite() {
    shows_events_and_values(Dialect::Sqlite).await;
}

async fn insert(database: &mut Database, source: &str) {
    let sql = format!(
        "INSERT INTO event_logs (name, source, version, timestamp) \
         VALUES ('InsightsPageView', '{source}', '3.36.0', now())"
    );
    database.execute(&sql).await;
}

/// A transaction takes the ids of its rows long before it commits.
#[tokio::test]
async fn rows_of_a_late_commit_are_shown_once() {
    let Some(place) = Place::new(Dialect::Postgres).await else {
        return;
    };
    EventLog::init(&place.url()).await.expect("an event log");
    let mut late = place.connect().await;
    let mut other = place.connect().await;
    late.execute("BEGIN").await;
    insert(&mut late, "BEFORE THE START").await;
    insert(&mut other, "FIRST").await;
    let tail = Tail::start(place.address(), &["--last", "1"]);
    assert_eq!(tail.source(), "FIRST");
    late.execute("COMMIT").await;
    assert_eq!(tail.source(), "BEFORE THE START");

    // The row belongs to a subtransaction, which has a number of its own.
    late.execute("BEGIN; SAVEPOINT step").await;
    insert(&mut late, "LATE").await;
    late.execute("RELEASE SAVEPOINT step").await;
    insert(&mut other, "SECOND").await;
    other.execute("BEGIN").await;
    insert(&mut other, "ROLLED BACK").await;
    other.execute("ROLLBACK").await;
    insert(&mut other, "THIRD").await;
    assert_eq!(
        (tail.source(), tail.source()),
        ("SECOND".into(), "THIRD".into())
    );
    // Longer than missing ids are kept for transactions that have no number yet.
    tokio::time::sleep(Duration::from_secs(4)).await;
    insert(&mut other, "FOURTH").await;
    assert_eq!(tail.source(), "FOURTH");
    late.execute("COMMIT").await;
    assert_eq!(tail.source(), "LATE");
    insert(&mut other, "LAST").await;
    assert_eq!(tail.source(), "LAST");
    assert_eq!(tail.interrupt(), Some(0));
}

#[tokio::test]
async fn following_survives_a_restart_of_the_server() {
    let Some(mut server) = Server::start_new().await else {
        return;
    };
    let address = server.address();
    let url = address.parse().expect("an address");
    let (log, _) = EventLog::init(&url).await.expect("an event log");
    log.close().await;
    let tail = Tail::start(&address, &["--last", "0"]);
    for (signal, source) in [("-INT", "ONE"), ("-KILL", "TWO")] {
        server.stop(signal);
        let message = tail.message("warning: ");
        assert!(message.ends_with("; trying again"), "{message}");
        assert!(tail.next("failed")["error"].is_string());
        server.start().await;
        let options = address.parse().expect("an address");
        let connection = PgConnection::connect_with(&options).await;
        let mut database = Database::Postgres(connection.expect("PostgreSQL answers"));
        insert(&mut database, source).await;
        tail.next("recovered");
        assert_eq!(tail.source(), source);
        tail.message("note: the database answers again");
    }
    assert_eq!(tail.interrupt(), Some(0));
}

/// The names of tables that the runtime creates.
async fn own_tables(database: &mut Database) -> Vec<String> {
    let sql = match database {
        Database::Postgres(_) => {
            "SELECT relname::text FROM pg_class WHERE relname LIKE 'pings%' AND relkind = 'r'"
        }
        Database::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE name LIKE 'pings%'",
    };
    let sql = AssertSqlSafe(sql);
    match database {
        Database::Postgres(db) => sqlx::query_scalar(sql).fetch_all(db).await,
        Database::Sqlite(db) => sqlx::query_scalar(sql).fetch_all(db).await,
    }
    .expect("the tables")
}

async fn reads_a_log_of_the_product(dialect: Dialect, kind: LogKind) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let mut database = place.connect().await;
    let line = |at: &str, name: &str, user, argument: &str| LogLine {
        at: at.to_owned(),
        name: name.to_owned(),
        user,
        anonymous: String::new(),
        argument: Some(argument.to_owned()),
        source: web(),
    };
    let known = r#"{"insightType": "searchInsights"}"#;
    let lines = [
        line("2021-01-25 00:00:00", "InsightHover", 7, known),
        line(
            "2021-01-31 23:59:59",
            "InsightHover",
            0,
            r#"{"insightType": "Search"}"#,
        ),
        line("2021-02-01 00:00:00", "InsightHovr", 7, known),
    ];
    database.log(kind, &lines).await;
    let ran = command(place.address(), &["--no-follow"]).output();
    let ran = ran.expect("it runs");
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(
        (ran.status.code(), told.as_str()),
        (Some(0), ""),
        "{kind:?}"
    );
    let lines = String::from_utf8(ran.stdout).expect("texts");
    let lines = lines.lines().map(serde_json::from_str::<Json>);
    let lines: Vec<Json> = lines.collect::<Result<_, _>>().expect("JSON");
    let pick = |line: &Json| {
        let fault = line["faults"][0]["kind"].clone();
        json!([line["at"], line["week"], line["actor"], fault])
    };
    let events: Vec<Json> = lines[..3].iter().map(pick).collect();
    assert_eq!(
        Json::from(events),
        json!([
            ["2021-01-25T00:00:00Z", "2021-W04", "user", null],
            [
                "2021-01-31T23:59:59Z",
                "2021-W04",
                "nobody",
                "argument-value"
            ],
            ["2021-02-01T00:00:00Z", "2021-W05", "user", "unknown-event"],
        ]),
        "{kind:?}"
    );
    let rows = json!([
        { "insightType": "@other", "count": 1 },
        { "insightType": "searchInsights", "count": 1 },
    ]);
    assert_eq!(
        lines[3..],
        [json!({
            "kind": "value", "code": "InsightHover", "ping": "insight_hovers", "week": "2021-W04",
            "running": false, "before": null, "after": { "by": ["insightType"], "rows": rows },
        })],
        "{kind:?}"
    );
    assert_eq!(own_tables(&mut database).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_log_of_the_product_is_only_read() {
    for kind in LOG_KINDS {
        reads_a_log_of_the_product(Dialect::Postgres, kind).await;
    }
    reads_a_log_of_the_product(Dialect::Sqlite, LOG_KINDS[1]).await;
}

/// Returns whether a value counts any event.
fn counts(value: &Json) -> bool {
    let lists = ["rows", "steps"]
        .into_iter()
        .filter_map(|list| value.get(list));
    let rows = lists.filter_map(Json::as_array).flatten().chain([value]);
    rows.filter_map(|row| row["count"].as_u64())
        .any(|count| count > 0)
}

/// Returns a row as an event that arrives.
fn logged<'a>(row: &'a LogRow, argument: &'a Json) -> LoggedEvent<'a> {
    LoggedEvent {
        name: &row.name,
        actor: match (row.user_id, row.anonymous_user_id.as_str()) {
            (1.., _) => ActorKind::User,
            (_, "") => ActorKind::Nobody,
            _ => ActorKind::Visitor,
        },
        source: &row.source,
        argument,
    }
}

/// An event moves exactly the metrics whose report counts it.
#[test]
fn moved_metrics_are_those_that_count_the_event() {
    let registry = pings_registry::parse(&registry_text()).expect("a registry");
    let counted: Vec<&str> = registry
        .metrics()
        .filter(|(_, metric)| match &metric.source {
            Source::Events(events) => events.measures.contains(&EventMeasure::Of(Measure::Count)),
            Source::Funnel(_) => true,
            Source::Capture(_) | Source::Sql(_) | Source::Value(_) => false,
        })
        .map(|(_, metric)| metric.code.as_str())
        .collect();
    assert!(counted.len() > 5, "{counted:?}");
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(200)
    };
    let strategy = cases(&registry, Arguments::AnyText);
    let done = TestRunner::new(config).run(&strategy, |case| {
        let week = case.week_start_ms..case.week_start_ms + WEEK;
        for row in case.rows.iter().filter(|row| week.contains(&row.timestamp)) {
            let text = row.argument.as_deref().unwrap_or_default();
            // serde_json refuses an object with the number 1e400, which databases can read.
            if text.contains("e400") {
                continue;
            }
            let argument: Json = serde_json::from_str(text).unwrap_or_default();
            let report = report_metrics(&registry, std::slice::from_ref(row), week.start);
            let moved = metrics_of_event(&registry, &logged(row, &argument));
            for code in &counted {
                let is_moved = moved.iter().any(|(_, metric)| metric.code == *code);
                if is_moved != counts(&report[*code]) {
                    let message = format!("{code} is moved: {is_moved}, by {row:?}");
                    return Err(TestCaseError::fail(message));
                }
            }
        }
        Ok(())
    });
    done.unwrap_or_else(|error| panic!("{error}"));
}
