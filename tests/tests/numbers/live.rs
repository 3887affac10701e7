//! Checks a registry against databases that do not match it.

use pings_model::Registry;
use pings_runtime::live_check::{ArgumentFault, Finding, Live};
use pings_runtime::{Access, EventLog, Import};
use pings_sql::Dialect;
use pings_tests::databases::{Database, LOG_KINDS};
use pings_tests::place::Place;
use time::OffsetDateTime;
use time::macros::datetime;

const REGISTRY: &str = r#"
format: 1
name: shop
title: Shop
events:
  Ordered:
    renamed_from: Bought
    args:
      kind: { enum: [book, record] }
      price: number
      note: { type: string, optional: true }
  Viewed: {}
  Returned: {}
tables:
  customer:
    id: integer
    name: text
    mood: { enum: [happy, sad] }
    tags: text
    joined_at: timestamp
    left_at: timestamp
    balance: number
    is_active: boolean
    settings: json
    email: text
  basket:
    id: integer
    owner_id: integer
  gone:
    id: integer
pings:
  - id: orders
    section: Shop
    title: Orders
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: Ordered }
      - { code: Seen, of: Viewed }
      - { code: Returned }
  - id: later
    title: Later
    type: fe_event
    aggregation: weekly
    added: "9.0"
    metrics:
      - { code: Later, of: Returned }
  - id: customers
    title: Customers
    type: be_capture
    aggregation: total
    added: "1.0"
    metrics:
      - { code: Customers, from: customer }
      - { code: Baskets, from: basket, where: basket.owner_id > 0 }
      - { code: Gone, from: gone }
      - code: ByHand
        columns: { n: integer }
        sql: { postgres: SELECT count(*) AS n FROM nowhere, sqlite: SELECT count(*) AS n FROM nowhere }
"#;

/// Tables that match the registry, with the types of each database.
const POSTGRES: &str = r"
CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE DOMAIN label AS varchar(20);
CREATE TABLE customer (
  id int8, name label, mood mood, tags text[], joined_at timestamptz, left_at timestamp,
  balance numeric(10, 2), is_active boolean, settings jsonb, email uuid
);
CREATE TABLE basket (id smallint, owner_id bigint);
CREATE TABLE gone (id numeric(20, 0));
CREATE TABLE nowhere ();
";

const SQLITE: &str = r"
CREATE TABLE customer (
  ID INTEGER, name VARCHAR(20), mood, tags TEXT, joined_at DATETIME, left_at TEXT,
  balance REAL, is_active BOOLEAN, settings JSON, email UUID
);
CREATE TABLE basket (id INT, owner_id BIGINT);
CREATE VIEW gone AS SELECT 1 AS id;
CREATE TABLE nowhere (x);
";

const NOW: OffsetDateTime = datetime!(2021-01-27 12:00 UTC);

fn registry() -> Registry {
    pings_registry::parse(REGISTRY).expect("a registry")
}

async fn product(dialect: Dialect, changes: &str) -> Option<Vec<Finding>> {
    let place = Place::new(dialect).await?;
    let tables = match dialect {
        Dialect::Postgres => POSTGRES,
        Dialect::Sqlite => SQLITE,
    };
    let mut db = place.connect().await;
    db.execute(tables).await;
    if !changes.is_empty() {
        db.execute(changes).await;
    }
    let product = pings_runtime::Database::open(&place.url(), Access::Read)
        .await
        .expect("a product");
    let registry = registry();
    let found = Live::new(&registry, NOW).product(&product).await;
    product.close().await;
    Some(found.expect("a check"))
}

#[tokio::test]
async fn what_fits_is_not_mentioned() {
    for dialect in Dialect::ALL {
        if let Some(found) = product(dialect, "").await {
            assert_eq!(found, [], "{dialect:?}");
        }
    }
}

#[tokio::test]
async fn what_a_migration_broke_is_found() {
    let changes = "ALTER TABLE customer RENAME COLUMN mood TO moods; DROP TABLE basket; \
                   ALTER TABLE customer DROP COLUMN left_at; DROP TABLE nowhere;";
    for dialect in Dialect::ALL {
        let Some(found) = product(dialect, changes).await else {
            continue;
        };
        let reason = match dialect {
            Dialect::Postgres => r#"relation "nowhere" does not exist"#,
            Dialect::Sqlite => "no such table: nowhere",
        };
        let missing = |column: &str, near: Option<&str>| Finding::MissingColumn {
            table: "customer".to_owned(),
            column: column.to_owned(),
            near: near.map(str::to_owned),
        };
        let expected = [
            missing("mood", Some("moods")),
            missing("left_at", None),
            Finding::MissingTable {
                table: "basket".to_owned(),
            },
            // The missing table of `Baskets` was already reported.
            Finding::CaptureFails {
                code: "ByHand".to_owned(),
                reason: reason.to_owned(),
            },
        ];
        assert_eq!(found, expected, "{dialect:?}");
    }
}

#[tokio::test]
async fn other_types_and_values_are_found() {
    let changes = "ALTER TABLE customer DROP COLUMN is_active; ALTER TABLE customer ADD COLUMN is_active text; \
                   ALTER TABLE basket DROP COLUMN id; ALTER TABLE basket ADD COLUMN id text;";
    for dialect in Dialect::ALL {
        let Some(found) = product(dialect, changes).await else {
            continue;
        };
        let told: Vec<String> = found
            .iter()
            .filter_map(|finding| match finding {
                Finding::WrongType { column, real, .. } => {
                    Some(format!("{column} {}", real.to_lowercase()))
                }
                _ => None,
            })
            .collect();
        assert_eq!(
            told,
            ["is_active text", "id text"],
            "{dialect:?}: {found:?}"
        );
    }
    let changes = "ALTER TYPE mood ADD VALUE 'bored'; ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'";
    if let Some(found) = product(Dialect::Postgres, changes).await {
        let expected = Finding::EnumDiffers {
            table: "customer".to_owned(),
            column: "mood".to_owned(),
            impossible: vec!["sad".to_owned()],
            undeclared: vec!["blue".to_owned(), "bored".to_owned()],
        };
        assert_eq!(found, [expected]);
    }
}

const LINES: &str = r#"
{"name":"Returned","timestamp":"2020-06-01T00:00:00Z","version":"1.2.0"}
{"name":"Ordred","timestamp":"2020-06-01T00:00:00Z","version":"1.2.0"}
{"name":"Ordered","timestamp":"2021-01-05T00:00:00Z","argument":{"kind":"book","price":2},"version":"1.2.0"}
{"name":"Bought","timestamp":"2021-01-06T00:00:00Z","argument":{"kind":"book"},"version":"1.2.0"}
{"name":"Ordered","timestamp":"2021-01-07T00:00:00Z","argument":{"kind":"Jane Doe","price":"2"},"version":"1.2.0"}
{"name":"Ordered","timestamp":"2021-01-08T00:00:00Z","argument":{"kind":"Book","price":2.5,"jane":1},"version":"1.2.0"}
{"name":"Orderd","timestamp":"2021-01-09T00:00:00Z","version":"1.2.0"}
{"name":"Orderd","timestamp":"2021-01-11T00:00:00Z","version":"1.2.0"}
{"name":"Elsewhere","timestamp":"2021-01-12T00:00:00Z","version":"1.2.0"}
{"name":"Customers","timestamp":"2021-01-13T00:00:00Z","source":"BACKEND","argument":{"value":{}},"version":"1.2.0"}
"#;

/// Formats the findings for a log.
fn told(found: &[Finding]) -> Vec<String> {
    found
        .iter()
        .map(|finding| match finding {
            Finding::UnknownEvent {
                name,
                count,
                last_seen,
                near,
            } => format!("unknown {name} {count} {} {near:?}", &last_seen[..10]),
            Finding::Argument {
                event,
                fault,
                count,
                of,
                row,
                ..
            } => {
                let fault = match fault {
                    ArgumentFault::NoObject => "no object".to_owned(),
                    ArgumentFault::Missing(argument) => format!("missing {argument}"),
                    ArgumentFault::WrongKind {
                        argument, found, ..
                    } => format!("{argument} {found}"),
                    ArgumentFault::UndeclaredValue { argument, near } => {
                        format!("value of {argument} {near:?}")
                    }
                    ArgumentFault::UndeclaredKey { key } => format!("key {key:?}"),
                };
                format!("{event}: {fault} {count}/{of} {row}")
            }
            Finding::Silent {
                code, last_seen, ..
            } => format!(
                "silent {code} {:?}",
                last_seen.as_deref().map(|at| &at[..10])
            ),
            other => other.kind().to_owned(),
        })
        .collect()
}

const FOUND: [&str; 12] = [
    "unknown Orderd 2 2021-01-11 Some(\"Ordered\")",
    "unknown Elsewhere 1 2021-01-12 None",
    "Ordered: missing price 1/4 4",
    "Ordered: price a string 1/4 5",
    "Ordered: value of kind None 1/4 5",
    "Ordered: value of kind Some(\"book\") 1/4 6",
    "Ordered: key None 1/4 6",
    "silent Seen None",
    "silent Returned Some(\"2020-06-01\")",
    "silent Baskets None",
    "silent Gone None",
    "silent ByHand None",
];

async fn found(place: &Place, rows: i64) -> (Vec<Finding>, pings_runtime::live_check::Seen) {
    let registry = registry();
    let database = pings_runtime::Database::open(&place.url(), Access::Read)
        .await
        .expect("a database");
    let live = Live {
        rows,
        ..Live::new(&registry, NOW)
    };
    let checked = live
        .event_log(&database, &mut |_| {})
        .await
        .expect("a check");
    database.close().await;
    (checked.findings, checked.seen)
}

#[tokio::test]
async fn what_was_logged_is_held_to_the_registry() {
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
        let lines = LINES.trim();
        let done = Import::new(&log)
            .read(lines.as_bytes(), |_| {})
            .await
            .expect("an import");
        assert_eq!(done.imported, 10, "{:?}", done.mistakes);
        log.close().await;
        let (all, seen) = found(&place, 1_000).await;
        assert_eq!(told(&all), FOUND, "{dialect:?}");
        assert_eq!((seen.rows, seen.is_whole), (8, true));
        assert_eq!(seen.since, "2021-01-04T00:00:00Z");
        let shown = format!("{all:?}");
        assert!(
            !shown.contains("Jane") && !shown.contains("jane"),
            "{shown}"
        );
        // A limited read reports the limit, and the index still finds codes without recent rows.
        let (few, seen) = found(&place, 3).await;
        assert_eq!((seen.rows, seen.is_whole), (3, false), "{dialect:?}");
        assert_eq!(
            told(&few)[..2],
            [
                "unknown Elsewhere 1 2021-01-12 None",
                "unknown Orderd 1 2021-01-11 Some(\"Ordered\")"
            ]
        );
        assert!(
            !told(&few)
                .iter()
                .any(|told| told.starts_with("silent Ordered"))
        );
    }
}

#[tokio::test]
async fn an_event_log_of_any_kind_is_read() {
    for dialect in Dialect::ALL {
        for kind in LOG_KINDS {
            let Some(place) = Place::new(dialect).await else {
                continue;
            };
            let mut db: Database = place.connect().await;
            let (between, end) = kind.written;
            let (id, timestamp, argument) = match dialect {
                Dialect::Postgres => ("bigserial", kind.timestamp, kind.argument),
                Dialect::Sqlite => ("INTEGER", "TEXT", "TEXT"),
            };
            db.execute(&format!(
                "CREATE TABLE event_logs (id {id} PRIMARY KEY, name text NOT NULL, url text, user_id bigint, \
                 anonymous_user_id text, source text, argument {argument}, version text, timestamp {timestamp})"
            ))
            .await;
            db.execute(&format!(
                "INSERT INTO event_logs (name, argument, version, timestamp) VALUES \
                 ('Ordered', '{{\"kind\":\"book\"}}', '1.2.0', '2021-01-26{between}00:00:00{end}'), \
                 ('Odered', NULL, '1.2.0', '2021-01-26{between}10:00:00{end}')"
            ))
            .await;
            let (all, seen) = found(&place, 1_000).await;
            let expected = [
                "no-index",
                "unknown Odered 1 2021-01-26 Some(\"Ordered\")",
                "Ordered: missing price 1/1 1",
                "silent Seen None",
            ];
            assert_eq!(told(&all)[..4], expected, "{dialect:?} {kind:?}");
            assert!(seen.is_whole);
        }
    }
}

#[tokio::test]
async fn nothing_is_made_by_looking() {
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let mut db = place.connect().await;
        db.execute("CREATE TABLE other (id integer)").await;
        let registry = registry();
        let database = pings_runtime::Database::open(&place.url(), Access::Read)
            .await
            .expect("a database");
        let checked = Live::new(&registry, NOW)
            .event_log(&database, &mut |_| {})
            .await;
        let error = checked.expect_err("no event log");
        assert!(
            error.is_input() && error.to_string().contains("has no table event_logs"),
            "{error}"
        );
    }
}
