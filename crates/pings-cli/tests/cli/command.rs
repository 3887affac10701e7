//! Tests the command as a process.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where something fails"
)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pings_runtime::{Actor, Consent, Durability, Options, Outage, Recorder};
use serde_json::{Value as Json, json};
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

/// The result of a call.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Said {
    fn json(&self) -> Json {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// A folder with the registry of a help desk.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let registry = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/help_desk/pings.yaml");
        std::fs::copy(registry, folder.path().join("pings.yaml")).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn call(&self, arguments: &str) -> Said {
        self.call_with(arguments, "")
    }

    fn call_with(&self, arguments: &str, input: &str) -> Said {
        let mut process = Command::new(env!("CARGO_BIN_EXE_pings"))
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .env_remove("PINGS_DATABASE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that reads no input may already have ended.
        let _ = process.stdin.take().unwrap().write_all(input.as_bytes());
        let output = process.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let said = Said {
            code: output.status.code().unwrap(),
            out: text(output.stdout),
            err: text(output.stderr),
        };
        assert!(
            !(said.out.contains('\u{1b}') || said.err.contains('\u{1b}')),
            "colour where there is none"
        );
        assert!(!said.err.contains("panicked"), "{}", said.err);
        said
    }
}

const EVENTS: &str = r#"{"id":1,"name":"TicketOpened","user_id":7,"timestamp":"2021-01-25T00:00:00Z","argument":{"channel":"mail","attachments":2},"version":"2.4.0"}
{"id":2,"name":"TicketOpened","user_id":7,"timestamp":"2021-01-26 10:00:00","argument":"{\"channel\":\"chat\"}","version":"2.4.0"}
{"id":3,"name":"TicketOpened","user_id":8,"timestamp":"2021-01-27 10:00:00","argument":{"channel":"pigeon","attachments":1},"version":"2.4.0"}
{"id":4,"name":"ArticleViewed","anonymous_user_id":"x","timestamp":"2021-01-26 09:00:00","version":"2.4.0"}
{"id":5,"name":"TicketClosed","user_id":7,"timestamp":"2021-01-31T23:59:59.999Z","version":"2.4.0"}
{"id":6,"name":"TicketOpened","user_id":9,"timestamp":"2021-02-01T00:00:00Z","argument":{"channel":"mail"},"version":"2.4.0"}
"#;

#[test]
fn a_change_of_the_registry_is_told_by_what_it_means() {
    let desk = Desk::new();
    let text = std::fs::read_to_string(desk.path("pings.yaml")).unwrap();
    let write = |name: &str, text: String| std::fs::write(desk.path(name), text).unwrap();

    let same = desk.call("diff pings.yaml pings.yaml");
    assert_eq!((same.code, same.out.as_str()), (0, ""));
    assert!(same.err.contains("means the same"), "{}", same.err);

    write("owner.yaml", text.replacen("team/desk", "team/phones", 1));
    let owner = desk.call("diff pings.yaml owner.yaml");
    assert_eq!(owner.code, 0);
    assert!(
        owner.out.starts_with("compatible[owner-changed]"),
        "{}",
        owner.out
    );
    assert!(
        owner.err.contains("1 change: 1 compatible"),
        "{}",
        owner.err
    );

    write(
        "added.yaml",
        text.replacen("added: \"2.0\"", "added: \"2.1\"", 1),
    );
    let added = desk.call("diff pings.yaml added.yaml --format json");
    assert_eq!(added.code, 1);
    let json = added.json();
    assert_eq!(json["ok"], false);
    assert_eq!(json["changes"][0]["kind"], "added-moved");
    assert_eq!(json["changes"][0]["file"], "added.yaml");
    let github = desk.call("diff pings.yaml added.yaml --format github");
    assert_eq!(github.code, 1);
    let place = format!("file=added.yaml,line={},", json["changes"][0]["line"]);
    assert!(
        github.out.starts_with(&format!("::error {place}")),
        "{}",
        github.out
    );
    let markdown = desk.call("diff pings.yaml added.yaml --format markdown");
    assert!(markdown.out.contains("**Breaking**"), "{}", markdown.out);

    write(
        "older.yaml",
        text.replacen("type: fe_event", "type: event", 1),
    );
    let older = desk.call("diff older.yaml pings.yaml");
    assert_eq!((older.code, older.out.as_str()), (1, ""));
    assert!(
        older.err.contains("older.yaml:") && older.err.contains("does not pass the current rules"),
        "{}",
        older.err
    );
    assert_eq!(desk.call("diff nowhere.yaml pings.yaml").code, 1);
}

#[test]
fn the_registry_is_checked() {
    let desk = Desk::new();
    let fine = desk.call("check");
    assert_eq!((fine.code, fine.out.as_str()), (0, ""));
    assert!(
        fine.err
            .contains("pings.yaml: 4 pings with 5 codes, 3 events, 2 tables"),
        "{}",
        fine.err
    );
    let expected = json!({ "ok": true, "registry": "help_desk", "pings": 4, "codes": 5, "events": 3, "tables": 2, "findings": [] });
    assert_eq!(desk.call("check --format json").json(), expected);

    let text = std::fs::read_to_string(desk.path("pings.yaml")).unwrap();
    std::fs::write(
        desk.path("wrong.yaml"),
        text.replace("by: [channel]", "by: [chanel]"),
    )
    .unwrap();
    let wrong = desk.call("check --registry wrong.yaml");
    assert_eq!(wrong.code, 1);
    assert!(
        wrong.err.contains("wrong.yaml:") && wrong.err.contains("did you mean `channel`?"),
        "{}",
        wrong.err
    );
    let wrong = desk.call("check --registry wrong.yaml --format json");
    assert_eq!(wrong.code, 1);
    assert_eq!(wrong.json()["mistakes"][0]["rule"], "unknown-argument");
    assert_eq!(wrong.json()["mistakes"][0]["line"], 43);
    assert_eq!(desk.call("check --registry none.yaml").code, 1);
}

#[test]
fn ranges_groups_and_the_newest_release_are_explained() {
    let desk = Desk::new();
    let registry = r#"format: 1
name: shop
title: Shop
released: "5.2"
events:
  Sold: { args: { price: number } }
tables:
  item: { id: integer, pieces: integer }
pings:
  - id: sold
    section: S
    title: What was sold
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: Sold, by: [price], bucket: { price: [0.5, 10] }, min_group: 5 }
  - id: items
    title: Items
    type: be_capture
    aggregation: total
    added: "1.0"
    metrics:
      - { code: Items, from: item, by: { pieces: pieces }, bucket: { pieces: [1, 10] } }
      - { code: Pieces, from: item, where: item.id > 7, per: item.pieces, measure: sum, value: max(item.id) }
      - { code: Sizes, from: item, measure: histogram, value: item.pieces * 2, buckets: [1, 10] }
"#;
    std::fs::write(desk.path("shop.yaml"), registry).unwrap();
    let explained = |code: &str| {
        desk.call(&format!("explain {code} --registry shop.yaml"))
            .out
    };
    let sold = explained("Sold");
    for line in [
        "  ranges          price: under 0.5, 0.5 to 10, 10 or more\n",
        "  groups          at least 5 members",
        "  newest release  5.2\n",
    ] {
        assert!(sold.contains(line), "{sold}");
    }
    let items = explained("Items");
    let line = "  ranges          pieces: under 1, 1 to 9, 10 or more\n";
    assert!(items.contains(line), "{items}");
    for (code, lines) in [
        (
            "Pieces",
            [
                "measure         the sum of max(item.id) per item.pieces\n",
                "where           item.id > 7\n",
            ],
        ),
        (
            "Sizes",
            [
                "measure         the number of values of item.pieces * 2 in each range: under 1, 1 to 9, 10 or more\n",
                "tables          item\n",
            ],
        ),
    ] {
        let text = explained(code);
        for line in lines {
            assert!(text.contains(line), "{text}");
        }
    }
    let json = desk
        .call("explain Sold --registry shop.yaml --format json")
        .json();
    assert_eq!(json["released"], json!("5.2"));
    assert_eq!(json["codes"][0]["bucket"], json!({ "price": [0.5, 10.0] }));
    assert_eq!(json["codes"][0]["min_group"], json!(5));
}

#[test]
fn a_code_is_explained() {
    let desk = Desk::new();
    insta::assert_snapshot!("explain", desk.call("explain TicketOpened --at 2.3.1").out);
    let json = desk
        .call("explain self_service --at 2.0 --format json")
        .json();
    assert_eq!(
        json["trust"],
        json!({ "state": "absent", "reason": "not yet added" })
    );
    assert_eq!(
        json["codes"][0]["events"][2],
        json!(["TicketSolved", "TicketClosed"])
    );
    let event = desk.call("explain TicketClosed");
    insta::assert_snapshot!("explain-event", event.out);
    let event = desk.call("explain ArticleViewed --format json");
    assert!(event.out.contains("ArticleThenTicket"), "{}", event.out);
    let wrong = desk.call("explain TicketOpend");
    assert_eq!((wrong.code, wrong.out.as_str()), (1, ""));
    assert!(
        wrong.err.contains("did you mean `TicketOpened`?"),
        "{}",
        wrong.err
    );
    let wrong = desk.call("explain TicketOpened --at soon");
    assert!(
        wrong.code == 1 && wrong.err.contains("`soon` is not a version"),
        "{}",
        wrong.err
    );
}

#[test]
fn a_query_is_printed() {
    let desk = Desk::new();
    let sql = desk.call("sql TicketOpened --dialect postgres");
    assert!(
        sql.code == 0 && sql.out.contains("FROM event_logs") && sql.out.contains("$1::timestamptz")
    );
    let json = desk
        .call("sql TicketOpened --dialect sqlite --format json")
        .json();
    assert_eq!(
        json["columns"][0],
        json!({ "name": "channel", "type": "text", "nullable": true, "dimension": true })
    );
    assert_eq!(json["takes_window"], true);
}

#[test]
fn there_must_be_an_event_log() {
    let desk = Desk::new();
    for command in [
        "record ArticleViewed --user 1",
        "report",
        "import -",
        "prune --before 2021-01-01",
    ] {
        let said = desk.call(command);
        assert_eq!(said.code, 1, "{command}");
        assert!(said.err.contains("`pings init`"), "{command}: {}", said.err);
    }
    assert!(
        !desk.path("pings.db").exists(),
        "nothing is made on the way"
    );
    let said = desk.call("report --database mysql://me:secret@host/x");
    assert!(
        said.code == 1 && !said.err.contains("secret"),
        "{}",
        said.err
    );
    let said = desk.call("report --database postgres://me:secret@127.0.0.1:1/x");
    assert!(
        said.code == 2 && !said.err.contains("secret"),
        "{}",
        said.err
    );
}

#[test]
fn events_are_recorded_as_the_registry_has_them() {
    let desk = Desk::new();
    assert_eq!(desk.call("init").code, 0);
    assert_eq!(
        desk.call("init --format json").json()["event_logs"],
        "found"
    );
    for (arguments, wrong) in [
        ("ArticleViewd", "did you mean `ArticleViewed`?"),
        (
            "TicketOpened --arg channel=pigeon --arg attachments=1",
            "must be one of mail, chat, phone",
        ),
        (
            "TicketOpened --arg chanel=mail --arg attachments=1",
            "did you mean `channel`?",
        ),
        (
            "TicketOpened --arg channel=mail",
            "`attachments` is missing",
        ),
        (
            "TicketOpened --arg channel=mail --arg attachments=1.5",
            "must be a whole number",
        ),
        (
            "TicketOpened --arg channel=mail --arg attachments=9007199254740992",
            "`attachments` is `9007199254740992`, and JSON keeps whole numbers up to 2^53 - 1",
        ),
        (
            "TicketOpened --user 99999999999999999999 --arg channel=mail --arg attachments=1",
            "the user id `99999999999999999999` exceeds the 64 bits",
        ),
        (
            "TicketOpened --arg channel=mail --arg attachments=1 --arg draft=yes",
            "must be true or false",
        ),
        ("TicketOpened --arg channel", "has no `=`"),
        ("ArticleViewed --at yesterday", "`yesterday` is not a time"),
        (
            "ArticleViewed --user 1 --anonymous x",
            "cannot be used with",
        ),
    ] {
        let said = desk.call(&format!("record {arguments}"));
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{arguments}");
        assert!(said.err.contains(wrong), "{arguments}: {}", said.err);
    }
    let recorded = desk.call("record TicketOpened --user 7 --arg channel=mail --arg attachments=2 --at 2021-01-26 --format json");
    let expected = json!({ "event": "TicketOpened", "argument": { "channel": "mail", "attachments": 2 }, "kept": "logged" });
    assert_eq!((recorded.code, recorded.json()), (0, expected));
    // The event is recorded by its previous name and reported by its current name.
    assert_eq!(desk.call("record TicketClosed --anonymous x").code, 0);
    let report = desk.call("report --week 2021-W04 --format json").json();
    assert_eq!(
        report["metrics"]["TicketOpened"]["rows"],
        json!([{ "channel": "mail", "count": 1, "unique_users": 1 }])
    );
    let running = desk.call("report --running --format json").json();
    assert_eq!(running["running"], true);
    assert_eq!(
        running["metrics"]["ArticleThenTicket"]["steps"][2]["count"],
        1
    );
}

/// An event log with an additional constraint, as a product may create it.
const CONSTRAINED: &str = "
CREATE TABLE event_logs (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    anonymous_user_id TEXT NOT NULL,
    source TEXT NOT NULL,
    argument TEXT NOT NULL,
    version TEXT NOT NULL CHECK (version LIKE '2.%'),
    timestamp TEXT NOT NULL
)";

#[test]
fn an_event_that_the_database_refuses_is_not_recorded() {
    let desk = Desk::new();
    let url = format!("sqlite://{}?mode=rwc", desk.path("pings.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut database = runtime.block_on(SqliteConnection::connect(&url)).unwrap();
    let made = sqlx::raw_sql(CONSTRAINED).execute(&mut database);
    runtime.block_on(made).unwrap();
    assert_eq!(desk.call("init").code, 0);
    for format in ["", " --format json"] {
        let record =
            |version| format!("record ArticleViewed --at 2021-01-26 --product-version {version}");
        let said = desk.call(&format!("{}{format}", record("3.0.0")));
        assert_eq!(said.code, 1, "{}{}", said.out, said.err);
        if format.is_empty() {
            assert_eq!(said.out, "");
        } else {
            assert_eq!(said.json()["ok"], false);
        }
        for part in ["CHECK constraint failed", "rejected.ndjson"] {
            assert!(said.err.contains(part), "{}", said.err);
        }
        let said = desk.call(&format!("{}{format}", record("2.4.0")));
        assert_eq!(said.code, 0, "{}", said.err);
    }
    let versions = "SELECT group_concat(version) FROM event_logs";
    let versions = sqlx::query_scalar(versions).fetch_one(&mut database);
    let versions: String = runtime.block_on(versions).unwrap();
    assert_eq!(versions, "2.4.0,2.4.0");
}

/// Lets events wait in a file in a folder, as if a process had died while its database was down.
fn spill(folder: &Path, version: &str, events: usize) {
    let missing = folder.join("missing.db");
    let url = format!("sqlite://{}", missing.display()).parse().unwrap();
    let options = Options {
        outage: Outage::Spill(folder.to_owned()),
        consent: Some(Consent::default()),
        ..Options::new(version)
    };
    let recorder = Recorder::start(&url, options).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(async {
        for _ in 0..events {
            let recorded = recorder.record_named("ArticleViewed", "{}", Actor::user(7), None);
            assert_eq!(recorded.await.unwrap(), Durability::Spilled);
        }
        recorder.shutdown().await.unwrap();
    });
}

#[test]
fn events_of_a_file_that_the_database_refuses_are_mentioned() {
    let desk = Desk::new();
    assert_eq!(desk.call("init").code, 0);
    let url = format!("sqlite://{}", desk.path("pings.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut database = runtime.block_on(SqliteConnection::connect(&url)).unwrap();
    let trigger = "CREATE TRIGGER second BEFORE INSERT ON event_logs \
        WHEN new.version NOT LIKE '2.%' BEGIN SELECT raise(ABORT, 'version must be 2.x'); END";
    let made = sqlx::raw_sql(trigger).execute(&mut database);
    runtime.block_on(made).unwrap();
    let waiting = desk.path("waiting");
    let record = "record ArticleViewed --spill waiting --product-version 2.5.0";
    spill(&waiting, "3.0.0", 2);
    spill(&waiting, "2.4.0", 1);
    let said = desk.call(record);
    assert_eq!(said.code, 0, "{}", said.err);
    let refused = "warning: the database refuses 2 events that waited in a file: version must be 2.x\n\
                   help: change the constraint or trigger; they are kept in waiting/rejected.ndjson\n";
    assert!(said.err.contains(refused), "{}", said.err);
    assert!(said.err.contains("Recorded ArticleViewed"), "{}", said.err);
    // The refused events are mentioned once only.
    let said = desk.call(record);
    assert!(!said.err.contains("refuses"), "{}", said.err);
    spill(&waiting, "3.0.0", 1);
    let said = desk.call(&format!("{record} --format json"));
    assert!(said.err.contains("refuses 1 event that"), "{}", said.err);
    let expected = json!([{ "events": 1, "file": "waiting/rejected.ndjson" }]);
    assert_eq!(said.json()["rejected"], expected);
    let kept = std::fs::read_to_string(waiting.join("rejected.ndjson")).unwrap();
    assert_eq!(kept.lines().count(), 3);
    let count = sqlx::query_scalar("SELECT count(*) FROM event_logs").fetch_one(&mut database);
    let count: i64 = runtime.block_on(count).unwrap();
    assert_eq!(count, 4);
}

#[test]
fn a_file_is_imported_once() {
    let desk = Desk::new();
    desk.call("init");
    let bad = format!("{EVENTS}not json\n{{\"name\":\"ArticleViewed\"}}\n");
    let strict = desk.call_with("import - --strict", &bad);
    assert!(
        strict.code == 1 && strict.err.contains("nothing was imported"),
        "{}",
        strict.err
    );
    std::fs::write(desk.path("events.ndjson"), &bad).unwrap();
    let first = desk.call("import events.ndjson --format json");
    assert_eq!(first.code, 1);
    assert_eq!(
        (
            first.json()["imported"].clone(),
            first.json()["mistakes"][0]["line"].clone()
        ),
        (json!(6), json!(7))
    );
    let again = desk.call_with("import -", EVENTS);
    assert_eq!(again.code, 0);
    assert!(
        again.err.contains("0 events, 6 were imported before"),
        "{}",
        again.err
    );
    let unknown = r#"{"name":"TicketOpend","timestamp":"2021-01-26","cohort":1}"#;
    let unknown = desk.call_with("import -", unknown);
    assert!(
        unknown.err.contains("did you mean `TicketOpened`?") && unknown.err.contains("cohort"),
        "{}",
        unknown.err
    );
    assert_eq!(desk.call("import nothing.ndjson").code, 1);
}

#[test]
fn a_week_is_reported() {
    let desk = Desk::new();
    desk.call("init");
    desk.call_with("import -", EVENTS);
    let report = desk.call("report --week 2021-W04 --format json").json();
    assert_eq!(
        report,
        json!({
            "format": 1, "registry": "help_desk", "week": "2021-W04",
            "start": "2021-01-25T00:00:00Z", "end": "2021-02-01T00:00:00Z", "version": "2.4.0",
            "metrics": {
                "TicketOpened": { "by": ["channel"], "rows": [
                    { "channel": "@other", "count": 1, "unique_users": 1 },
                    { "channel": "chat", "count": 1, "unique_users": 1 },
                    { "channel": "mail", "count": 1, "unique_users": 1 },
                ] },
                "TicketsWithFiles": { "sum": 3 },
                "ArticleThenTicket": { "steps": [
                    { "events": ["ArticleViewed"], "count": 1, "users": 1, "reached": 1 },
                    { "events": ["TicketOpened"], "count": 3, "users": 2, "reached": 0 },
                    { "events": ["TicketSolved"], "count": 1, "users": 1, "reached": 0 },
                ] },
                "SecondsToSolve": { "error": "no capture was taken for this week" },
                "RepliesPerTicket": { "error": "no capture was taken for this week" },
            },
            "runtime": { "dropped": 0, "spilled": 0, "write_errors": 0, "rejected": 0, "damaged": 0 },
        })
    );
    insta::assert_snapshot!("report", desk.call("report --week 2021-W04 --weeks 2").out);
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/report.schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for weeks in [1, 2, 5] {
        let json = desk
            .call(&format!(
                "report --week 2021-W04 --weeks {weeks} --format json"
            ))
            .json();
        let mistakes: Vec<_> = schema.iter_errors(&json).map(|it| it.to_string()).collect();
        assert!(mistakes.is_empty(), "{mistakes:?}");
    }
    // The versions that logged events in a week determine which metrics exist and which are
    // trusted. The current version does not matter.
    for (day, version) in [("2021-01-12", "2.0.0"), ("2021-01-19", "2.3.0")] {
        desk.call(&format!(
            "record TicketOpened --user 7 --arg channel=mail --arg attachments=1 \
             --at {day} --product-version {version}"
        ));
    }
    let before = desk
        .call("report --week 2021-W02 --product-version 2.4 --format json")
        .json();
    let codes: Vec<&String> = before["metrics"].as_object().unwrap().keys().collect();
    assert_eq!(
        codes,
        ["TicketOpened", "TicketsWithFiles"],
        "what does not exist is absent"
    );
    let broken = desk
        .call("report --week 2021-W03 --product-version 2.4")
        .out;
    assert!(
        broken.contains("not trusted, broken in 2.3-2.3.1: misses chats"),
        "{broken}"
    );
    for (arguments, wrong) in [
        ("--week 2021-W54", "`2021-W54` is not a week"),
        ("--week 2999-W01", "is not over yet"),
        ("--week 2021-W04 --running", "cannot be used with"),
        ("--weeks 0", "invalid value"),
    ] {
        let said = desk.call(&format!("report {arguments}"));
        assert!(
            said.code == 1 && said.err.contains(wrong),
            "{arguments}: {}",
            said.err
        );
    }
}

#[test]
fn captures_are_taken_and_reported() {
    let desk = Desk::new();
    desk.call("init");
    let said = desk.call("capture --product-database sqlite://product.db");
    assert!(
        said.code == 1
            && said
                .err
                .contains("the product's database: there is no database"),
        "{}",
        said.err
    );
    for command in ["capture", "run", "check"] {
        let said = desk.call(&format!("{command} --product-database sqlite://product.db"));
        assert_eq!(said.code, 1, "{command}");
        assert!(
            said.err
                .ends_with("help: check the address; the product creates this database\n"),
            "{command}: {}",
            said.err
        );
    }
    // Only one of the two tables exists. Its capture succeeds although the other one fails.
    desk.call("init --database sqlite://product.db");
    let said = desk.call("capture --product-database sqlite://product.db --dry-run");
    assert!(
        said.code == 1 && said.out.contains("failed: no such table: ticket"),
        "{}{}",
        said.out,
        said.err
    );
    let said = desk.call("capture --product-database sqlite://product.db --format json");
    assert_eq!(said.code, 1);
    assert_eq!(said.json()["captures"][0]["error"], "no such table: ticket");
    let report = desk.call("report --running --format json").json();
    assert_eq!(
        report["metrics"]["RepliesPerTicket"]["error"],
        "no such table: ticket"
    );
}

#[test]
fn what_is_pruned_is_no_zero() {
    let desk = Desk::new();
    desk.call("init");
    desk.call_with("import -", EVENTS);
    let said = desk.call("prune --before 2999-01-01");
    assert!(
        said.code == 1 && said.err.contains("is in the future"),
        "{}",
        said.err
    );
    let pruned = desk.call("prune --before 2021-01-27 --format json").json();
    assert_eq!(pruned, json!({ "rows": 3, "first_week": "2021-W05" }));
    let report = desk.call("report --week 2021-W04 --format json").json();
    assert_eq!(
        report["metrics"]["TicketsWithFiles"]["error"],
        "events before 2021-01-27T00:00:00Z were pruned"
    );
}

#[test]
fn events_that_captures_count_are_not_pruned_unasked() {
    let desk = Desk::new();
    let registry = "format: 1\nname: desk\ntitle: Desk\nevents:\n  TicketOpened: {}\n\
        tables:\n  event_logs: { name: text }\npings:\n\
        \x20 - id: all\n    section: Tickets\n    title: All tickets\n    type: be_capture\n\
        \x20   aggregation: total\n    added: \"1.0\"\n    metrics:\n\
        \x20     - { code: AllTickets, from: event_logs }\n";
    std::fs::write(desk.path("pings.yaml"), registry).unwrap();
    desk.call("init");
    desk.call_with("import -", EVENTS);
    let said = desk.call("prune --before 2021-01-27");
    assert!(
        said.code == 1 && said.err.contains("AllTickets") && said.err.contains("--lose-totals"),
        "{}",
        said.err
    );
    let pruned = desk.call("prune --before 2021-01-27 --lose-totals --format json");
    assert_eq!(
        pruned.json()["rows"],
        3,
        "the refused prune removed nothing"
    );
}

#[test]
fn an_error_as_json_is_words_alone() {
    let desk = Desk::new();
    desk.call("init");
    std::fs::write(desk.path("mistaken.yaml"), "format: 1\nname: a\ntitel: A\n").unwrap();
    std::fs::write(desk.path("latin.yaml"), b"name: \xff\n").unwrap();
    for (command, error) in [
        (
            "explain A --registry none.yaml",
            "cannot read none.yaml: No such file or directory (os error 2)\n\
             help: start a registry with `pings init`, or name its file with `--registry FILE` or PINGS_REGISTRY",
        ),
        (
            "explain A --registry latin.yaml",
            "latin.yaml is not UTF-8 text: byte 6 is invalid\nhelp: save the file as UTF-8",
        ),
        (
            "check --registry mistaken.yaml",
            "mistaken.yaml has 2 mistakes",
        ),
        (
            "explain A --registry mistaken.yaml",
            "mistaken.yaml has 2 mistakes",
        ),
        (
            "record TicketOpened --arg attachments=1.5",
            "TicketOpened: `attachments` is `1.5`, but must be a whole number\n\
             `channel` is missing\nhelp: add --arg channel=…, one of mail, chat, phone",
        ),
        (
            "report --week W4",
            "`W4` is not a week\nhelp: use an ISO 8601 week such as 2021-W04",
        ),
    ] {
        let said = desk.call(&format!("{command} --format json"));
        assert_eq!(said.code, 1, "{command}");
        let json = said.json();
        assert_eq!(
            (&json["ok"], json["error"].as_str()),
            (&json!(false), Some(error)),
            "{command}"
        );
        let is_mistaken = command.contains("mistaken");
        assert_eq!(json["mistakes"].is_array(), is_mistaken, "{command}");
    }
    let mistakes = desk.call("explain A --registry mistaken.yaml --format json");
    assert_eq!(
        mistakes.json()["mistakes"][0]["message"],
        "a registry needs `title`"
    );
}

#[test]
fn a_registry_that_is_not_there_can_be_named() {
    let desk = Desk::new();
    std::fs::remove_file(desk.path("pings.yaml")).unwrap();
    for command in [
        "store series A",
        "store impact A",
        "store doctor",
        "check",
        "scan",
        "new",
        "report",
    ] {
        let said = desk.call(command);
        assert!(
            said.code == 1
                && said.err.contains("error: cannot read pings.yaml: ")
                && said.err.contains("`--registry FILE`"),
            "{command}: {}",
            said.err
        );
    }
}

#[test]
fn one_of_a_kind_is_no_plural() {
    let desk = Desk::new();
    std::fs::write(
        desk.path("pings.yaml"),
        "format: 1\nname: a\ntitle: A\nevents: { A: }\npings:\n  - { id: a, title: A, type: fe_event, \
         purpose: P, owner: o, aggregation: weekly, added: \"1\", metrics: [{ code: A }] }\n",
    )
    .unwrap();
    assert_eq!(
        desk.call("check").err,
        "     Checked pings.yaml: 1 ping with 1 code, 1 event, 0 tables\n"
    );
}

#[test]
fn help_can_be_read() {
    let desk = Desk::new();
    let help = desk.call("-h");
    assert_eq!(help.code, 0);
    insta::assert_snapshot!("help", help.out);
    assert_eq!(desk.call("").code, 1);
    assert_eq!(desk.call("chek").code, 1);
}

#[test]
fn a_command_offers_the_formats_that_it_writes() {
    let desk = Desk::new();
    for (command, formats) in [
        ("prune", "human, json"),
        ("consent agree", "human, json"),
        ("outbox list", "human, json"),
        ("store rebuild", "human, json"),
        ("check", "human, json, github, sarif"),
        ("scan", "human, json, github"),
        ("diff", "human, json, github, markdown"),
        ("store series", "human, json, csv"),
    ] {
        let said = desk.call(&format!("{command} --format none"));
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{command}");
        let expected = format!("[possible values: {formats}]");
        assert!(said.err.contains(&expected), "{command}: {}", said.err);
    }
    let refused = desk.call("check --database sqlite://pings.db --format sarif");
    assert_eq!(refused.code, 1);
    let expected = "error: the comparison with databases does not support `--format sarif`";
    assert!(refused.err.starts_with(expected), "{}", refused.err);
}

#[test]
fn a_group_without_a_subcommand_names_its_subcommands() {
    let desk = Desk::new();
    for (group, subcommands) in [
        ("outbox", &["list", "show"][..]),
        ("instance", &["show", "new-id"]),
        ("store", &["serve", "import", "series", "forget"]),
        ("outbox --format json", &["list", "show"]),
    ] {
        let said = desk.call(group);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{group}");
        let name = group.split(' ').next().unwrap();
        let first = format!("error: `pings {name}` needs a subcommand:");
        assert_eq!(said.err.lines().next(), Some(first.as_str()));
        for subcommand in subcommands {
            let line = format!("  {subcommand} ");
            let is_listed = said.err.lines().any(|it| it.starts_with(&line));
            assert!(is_listed, "{subcommand}: {}", said.err);
        }
        let help = format!("help: `pings {name} --help` shows the options too");
        assert_eq!(said.err.lines().last(), Some(help.as_str()));
    }
}
