//! Values that do not have the declared type are either read correctly, or fail their capture with
//! a reason.

use pings_model::Registry;
use pings_rows::Cells;
use pings_runtime::live_check::{Finding, Live};
use pings_runtime::{Access, Captures, EventLog, Reporter, Week};
use pings_sql::{Dialect, columns, query};
use pings_tests::fixture::borders;
use pings_tests::parts::{Part, is_missing};
use pings_tests::place::Place;
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2021-02-03 12:00 UTC);

/// Returns a registry with a table `t` and captures of it in YAML.
fn registry(table: &str, metrics: &str) -> Registry {
    let text = format!(
        "format: 1\nname: values\ntitle: Values\ntables:\n  t: {table}\npings:\n  - id: values\n    \
         title: Values\n    type: be_capture\n    aggregation: weekly\n    added: \"1.0\"\n    metrics:\n{metrics}"
    );
    pings_registry::parse(&text).unwrap_or_else(|all| panic!("{all:?}\n{text}"))
}

/// A database of a product, from which values are captured.
struct Product {
    place: Place,
    database: pings_runtime::Database,
}

impl Product {
    async fn new(dialect: Dialect, sql: &str) -> Option<Self> {
        let place = Place::new(dialect).await?;
        place.connect().await.execute(sql).await;
        let database = pings_runtime::Database::open(&place.url(), Access::Read)
            .await
            .expect("a product");
        Some(Self { place, database })
    }

    async fn captured(&self, registry: &Registry) -> Vec<String> {
        let (log, _) = EventLog::init(&self.place.url())
            .await
            .expect("an event log");
        let captures = Captures::new(&self.database, registry, NOW);
        let taken = captures.take(&log, "1.0", || NOW, |_| {}).await;
        taken
            .expect("captures")
            .iter()
            .map(|captured| match &captured.outcome {
                Ok(value) => value.json(),
                Err(reason) => reason.to_string(),
            })
            .collect()
    }

    async fn found(&self, registry: &Registry) -> Vec<&'static str> {
        let found = Live::new(registry, NOW).product(&self.database).await;
        found.expect("a check").iter().map(Finding::kind).collect()
    }
}

/// SQLite stores values of any type in any column.
#[tokio::test]
async fn what_sqlite_would_read_wrong_fails_with_its_reason() {
    for (ty, value, metric, reason) in [
        (
            "timestamp",
            "1611655200123",
            "where: t.x < :week_end",
            "invalid times",
        ),
        (
            "timestamp",
            "20210126",
            "where: t.x < :week_end",
            "invalid times",
        ),
        (
            "timestamp",
            "'2021-01-26 10:00:00 +0000 UTC'",
            "where: t.x < :week_end",
            "invalid times",
        ),
        (
            "timestamp",
            "'2021-01-26 10:00:00.5 +0545 +0545 m=+0.01'",
            "where: t.x < :week_end",
            "invalid times",
        ),
        (
            "timestamp",
            "'2021-01-26 10:00:00+00'",
            "where: t.x < :week_end",
            "invalid times",
        ),
        (
            "timestamp",
            "'2021-01-26T10:00:00+0000'",
            "where: t.x < :week_end",
            "invalid times",
        ),
        (
            "timestamp",
            "'2021-W04-2'",
            "where: t.x < :week_end",
            "invalid times",
        ),
        (
            "timestamp",
            "'20210126T100000Z'",
            "where: t.x < :week_end",
            "invalid times",
        ),
        (
            "timestamp",
            "'10:00:00'",
            "where: t.x < :week_end",
            "invalid times",
        ),
        (
            "timestamp",
            "'now'",
            "where: t.x < :week_end",
            "invalid times",
        ),
        (
            "timestamp",
            "'2021-02-30 10:00:00'",
            "where: t.x < :week_end",
            "invalid times",
        ),
        (
            "timestamp",
            "'infinity'",
            "where: t.x < :week_end",
            "invalid times",
        ),
        ("timestamp", "''", "where: t.x < :week_end", "invalid times"),
        (
            "timestamp",
            "x'32303231'",
            "where: t.x < :week_end",
            "invalid times",
        ),
        (
            "integer",
            "2.7",
            "measure: sum, value: t.x",
            "values that are not integers",
        ),
        (
            "integer",
            "2.7",
            "by: { x: t.x / 2 }",
            "values that are not integers",
        ),
        (
            "integer",
            "1e30",
            "measure: sum, value: t.x",
            "values that are not integers",
        ),
        (
            "integer",
            "'many'",
            "where: t.x > 0",
            "values that are not integers",
        ),
        (
            "number",
            "'many'",
            "measure: stats, value: t.x",
            "values that are not numbers",
        ),
        (
            "boolean",
            "'perhaps'",
            "where: t.x",
            "values that are not booleans",
        ),
        (
            "text",
            "x'616263'",
            "where: t.x = 'abc'",
            "bytes instead of text",
        ),
        (
            "{ enum: [abc] }",
            "x'616263'",
            "by: { x: t.x }",
            "bytes instead of text",
        ),
    ] {
        let sql = format!("CREATE TABLE t (x); INSERT INTO t VALUES ({value}), (NULL)");
        let product = Product::new(Dialect::Sqlite, &sql).await.expect("SQLite");
        let registry = registry(
            &format!("{{ x: {ty} }}"),
            &format!(
                "      - {{ code: Wrong, from: t, {} }}\n      - {{ code: All, from: t }}\n",
                quoted(metric)
            ),
        );
        assert_eq!(
            product.captured(&registry).await,
            [
                format!("`t.x` contains {reason} in 1 of 2 rows"),
                "{\"count\":2}".to_owned()
            ],
            "{value} as {ty}"
        );
        assert_eq!(
            product.found(&registry).await,
            ["column-values"],
            "{value} as {ty}"
        );
    }
}

/// Quotes the condition: within braces, YAML cannot parse `where: t.x < :week_end` without quotes.
fn quoted(metric: &str) -> String {
    match metric.split_once("where: ") {
        Some((_, condition)) => format!("where: \"{condition}\""),
        None => metric.to_owned(),
    }
}

#[tokio::test]
async fn what_sqlite_reads_right_is_no_misfit() {
    for (ty, values, metric, right) in [
        (
            "timestamp",
            "('2021-01-26'), (1611655200), (2459241.5), ('2021-02-01T00:30:00.123456789+01:00'), ('2021-01-26 10:00Z'), \
             ('2021-01-24T24:00:00Z')",
            "where: t.x < :week_end AND t.x >= :week_start",
            r#"{"count":6}"#,
        ),
        (
            "integer",
            "(2), (3.0)",
            "measure: sum, value: t.x",
            r#"{"sum":5}"#,
        ),
        (
            "number",
            "(2), (2.5)",
            "measure: sum, value: t.x",
            r#"{"sum":4.5}"#,
        ),
        (
            "boolean",
            "('yes'), ('F'), (0), (7)",
            "where: t.x",
            r#"{"count":2}"#,
        ),
        (
            "json",
            "('{'), (''), (x'00')",
            "by: { x: \"json_text(t.x, 'k')\" }",
            r#"{"by":["x"],"rows":[{"x":null,"count":3}]}"#,
        ),
    ] {
        let sql = format!("CREATE TABLE t (x); INSERT INTO t VALUES {values}");
        let product = Product::new(Dialect::Sqlite, &sql).await.expect("SQLite");
        let registry = registry(
            &format!("{{ x: {ty} }}"),
            &format!("      - {{ code: Right, from: t, {} }}\n", quoted(metric)),
        );
        assert_eq!(product.captured(&registry).await, [right], "{ty}");
        assert!(product.found(&registry).await.is_empty(), "{ty}");
    }
}

/// Covers a sum and a product beyond 64 bits.
#[tokio::test]
async fn an_overflow_says_so() {
    let table = "CREATE TABLE t (x bigint); INSERT INTO t VALUES (9223372036854775807), (9223372036854775807)";
    for dialect in Dialect::ALL {
        let Some(product) = Product::new(dialect, table).await else {
            continue;
        };
        let registry = registry(
            "{ x: integer }",
            "      - { code: Sum, from: t, measure: sum, value: t.x }\n      - { code: Twice, from: t, by: { x: t.x * 2 } }\n",
        );
        let captured = product.captured(&registry).await;
        let expected = match dialect {
            Dialect::Postgres => ["bigint out of range", "bigint out of range"],
            Dialect::Sqlite => [
                "integer overflow",
                "`x` is 1.8446744073709552e19, which does not fit into 64 bits",
            ],
        };
        assert_eq!(captured, expected, "{dialect:?}");
    }
}

#[tokio::test]
async fn hand_written_sql_selects_what_it_declares() {
    let table = "CREATE TABLE t (x integer, s text); INSERT INTO t VALUES (2, '12'), (3, 'ab')";
    for (ty, selected, reason) in [
        (
            "integer",
            "avg(x)",
            "`n` is 2.5, but `columns` declares integer",
        ),
        (
            "integer",
            "CAST(3.5 AS double precision)",
            "`n` is 3.5, but `columns` declares integer",
        ),
        (
            "integer",
            "max(s)",
            "`n` is of type text, but `columns` declares integer",
        ),
        (
            "integer",
            "min(s)",
            "`n` is of type text, but `columns` declares integer",
        ),
        (
            "number",
            "'abc'",
            "`n` is of type text, but `columns` declares number",
        ),
    ] {
        for dialect in Dialect::ALL {
            let Some(product) = Product::new(dialect, table).await else {
                continue;
            };
            let sql = format!("SELECT {selected} AS n FROM t");
            let registry = registry(
                "{ x: integer }",
                &format!(
                    "      - code: Raw\n        sql: {{ postgres: \"{sql}\", sqlite: \"{sql}\" }}\n        columns: {{ n: {ty} }}\n"
                ),
            );
            assert_eq!(
                product.captured(&registry).await,
                [reason],
                "{dialect:?} {selected}"
            );
        }
    }
    for (dialect, selected, reason) in [
        (
            Dialect::Postgres,
            "1e20::float8",
            "`n` is 1e+20, but `columns` declares integer",
        ),
        (
            Dialect::Sqlite,
            "1e20",
            "`n` is 1e20, but `columns` declares integer",
        ),
    ] {
        let Some(product) = Product::new(dialect, table).await else {
            continue;
        };
        let (name, other) = match dialect {
            Dialect::Postgres => ("postgres", "sqlite"),
            Dialect::Sqlite => ("sqlite", "postgres"),
        };
        let registry = registry(
            "{ x: integer }",
            &format!(
                "      - code: Raw\n        sql: {{ {other}: \"SELECT 1 AS n\", {name}: \"SELECT {selected} AS n\" }}\n        columns: {{ n: integer }}\n"
            ),
        );
        assert_eq!(product.captured(&registry).await, [reason]);
    }
}

#[tokio::test]
async fn neither_infinity_nor_nan_is_in_a_range() {
    let metric = "      - { code: A, from: t, by: { x: x }, bucket: { x: [10] } }\n";
    for (dialect, values) in [
        (
            Dialect::Postgres,
            "('NaN'), ('Infinity'), ('-Infinity'), ('1'), ('20')",
        ),
        (Dialect::Sqlite, "(NULL), (9e999), (-9e999), (1), (20)"),
    ] {
        let table = format!("CREATE TABLE t (x double precision); INSERT INTO t VALUES {values}");
        let Some(product) = Product::new(dialect, &table).await else {
            continue;
        };
        let captured = product.captured(&registry("{ x: number }", metric)).await;
        let captured: serde_json::Value = serde_json::from_str(&captured[0]).expect("JSON");
        let expected = serde_json::json!([
            { "x": null, "count": 3 },
            { "x": "10 or more", "count": 1 },
            { "x": "under 10", "count": 1 },
        ]);
        assert_eq!(captured["rows"], expected, "{dialect:?}");
    }
}

/// The generated crate reads rows like the runtime.
#[tokio::test]
async fn the_generated_crate_refuses_other_types() {
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    let pings_tests::databases::Database::Sqlite(mut db) = place.connect().await else {
        panic!("SQLite");
    };
    let row =
        sqlx::query("SELECT 2.5 AS n, 'ab' AS s, 2 AS b, 3 AS whole, CAST(x'ed' AS TEXT) AS t")
            .fetch_one(&mut db)
            .await
            .expect("a row");
    let said = |error: sqlx::Error| error.to_string();
    let fraction = row
        .integer_or_null(0)
        .map_err(said)
        .expect_err("a fraction");
    assert!(
        fraction.contains("`n` is 2.5, but `columns` declares integer"),
        "{fraction}"
    );
    let text = row.number_or_null(1).map_err(said).expect_err("a text");
    assert!(
        text.contains("`s` is of type text, but `columns` declares number"),
        "{text}"
    );
    let two = row.boolean_or_null(2).map_err(said).expect_err("2");
    assert!(
        two.contains("`b` is 2, but `columns` declares boolean"),
        "{two}"
    );
    assert_eq!(row.number_or_null(3).expect("a number"), Some(3.0));
    assert_eq!(row.text_or_null(4).expect("no text"), None);
}

/// A value that cannot be read does not affect other rows.
#[tokio::test]
async fn a_text_that_cannot_be_read_is_null() {
    let metrics = "      - { code: C, from: t, measure: [count, sum], value: t.id, by: { k: \"json_text(t.j, 'k')\" } }\n";
    let table = "{ id: integer, j: json }";
    let documents =
        r#"(1, '{"k":"\ud83d"}'), (2, '{"k":"good"}'), (3, '{"k":"\ude00x"}'), (4, '{}')"#;
    let right =
        r#"{"by":["k"],"rows":[{"k":null,"count":3,"sum":8},{"k":"good","count":1,"sum":2}]}"#;
    for (dialect, ty) in [
        (Dialect::Postgres, "json"),
        (Dialect::Postgres, "text"),
        (Dialect::Sqlite, "text"),
    ] {
        let sql = format!("CREATE TABLE t (id int, j {ty}); INSERT INTO t VALUES {documents}");
        let Some(product) = Product::new(dialect, &sql).await else {
            continue;
        };
        assert_eq!(
            product.captured(&registry(table, metrics)).await,
            [right],
            "{dialect:?} {ty}"
        );
    }
    let nul = r#"CREATE TABLE t (id int, j json); INSERT INTO t VALUES (1, '{"k":"a\u0000b"}'), (2, '{"k":"good"}')"#;
    if let Some(product) = Product::new(Dialect::Postgres, nul).await {
        let right =
            r#"{"by":["k"],"rows":[{"k":null,"count":1,"sum":1},{"k":"good","count":1,"sum":2}]}"#;
        assert_eq!(product.captured(&registry(table, metrics)).await, [right]);
    }
    let bytes = "CREATE TABLE t (id int, s text); INSERT INTO t VALUES (1, CAST(x'ff' AS TEXT)), (2, CAST(x'fe' AS TEXT)), (3, 'a'), (4, NULL)";
    let product = Product::new(Dialect::Sqlite, bytes).await.expect("SQLite");
    let by_text = registry(
        "{ id: integer, s: text }",
        "      - { code: C, from: t, by: { s: t.s } }\n",
    );
    assert_eq!(
        product.captured(&by_text).await,
        [r#"{"by":["s"],"rows":[{"s":null,"count":3},{"s":"a","count":1}]}"#]
    );
}

/// With such a collation, `=` also matches texts that differ.
#[tokio::test]
async fn a_collation_that_is_not_deterministic_is_refused() {
    if is_missing(Part::Icu) {
        return;
    }
    let sql = "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false); \
               CREATE TABLE t (id int, s text COLLATE ci); INSERT INTO t VALUES (1, 'v1'), (2, 'V1')";
    let Some(product) = Product::new(Dialect::Postgres, sql).await else {
        return;
    };
    let registry = registry(
        "{ id: integer, s: text }",
        "      - { code: C, from: t, where: \"t.s = 'v1'\" }\n      - { code: All, from: t, where: t.id > 0 }\n",
    );
    assert_eq!(
        product.captured(&registry).await,
        [
            "`t.s` has the collation `ci`, which treats different texts as equal",
            "{\"count\":2}"
        ]
    );
    assert_eq!(product.found(&registry).await, ["column-collation"]);
}

const EVENTS: &str = r"
format: 1
name: log
title: Log
events:
  A:
    args: { kind: { enum: [x, y] }, title: { type: string, optional: true } }
pings:
  - id: a
    title: A
    type: fe_event
    aggregation: weekly
    added: '1'
    metrics:
      - { code: A, measure: [count, unique_users, first_time_users] }
      - { code: Kinds, of: A, by: [kind] }
      - { code: Titles, of: A, by: [title], measure: [count, first_time_users] }
";

/// Returns the values that the report and the queries of 2021-W04 agree on, and the findings of
/// the check of the log.
async fn said_of_the_log(rows: &str) -> (String, Vec<&'static str>) {
    said_of_the_week("2021-W04", rows).await
}

async fn said_of_the_week(name: &str, rows: &str) -> (String, Vec<&'static str>) {
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    let mut db = place.connect().await;
    db.execute(
        "CREATE TABLE event_logs (id integer primary key, name text collate nocase, url text, user_id integer, \
         anonymous_user_id text, source text, argument text collate nocase, version text, timestamp text)",
    )
    .await;
    db.execute(&format!(
        "INSERT INTO event_logs (name, user_id, timestamp, argument, anonymous_user_id, source, version) \
         SELECT column1, column2, column3, column4, '', 'WEB', '1.0' FROM (VALUES {rows})"
    ))
    .await;
    let registry = pings_registry::parse(EVENTS).expect("a registry");
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let week: Week = name.parse().expect("a week");
    let report = Reporter::new(&log, &registry)
        .report(week, NOW, &mut |_| {})
        .await;
    let report = report.expect("a report");
    let mut all = Vec::new();
    for metric in &report.metrics {
        let (ping, model) = registry.metric(&metric.code).expect("a metric");
        let value = match &metric.outcome {
            Ok(value) => serde_json::to_value(value).expect("JSON"),
            Err(reason) => reason.to_string().into(),
        };
        all.push(format!("{} {value}", metric.code));
        if metric.code == "Titles" {
            // The driver of the tests refuses texts that are not UTF-8.
            continue;
        }
        let rows = db
            .ask(
                &query(&registry, ping, model, Dialect::Sqlite).expect("SQL for this database"),
                &columns(model),
                &borders(name),
            )
            .await
            .expect("an answer");
        let rows: Vec<_> = rows.into_iter().map(serde_json::Value::Object).collect();
        let asked = match model.source {
            pings_model::Source::Events(ref events) if !events.by.is_empty() => rows.into(),
            _ => rows[0].clone(),
        };
        let reported = value.get("rows").unwrap_or(&value);
        assert_eq!(&asked, reported, "{}", metric.code);
    }
    let database = pings_runtime::Database::open(&place.url(), Access::Read)
        .await
        .expect("a database");
    let live = Live {
        weeks: 400,
        ..Live::new(&registry, NOW)
    };
    let checked = live
        .event_log(&database, &mut |_| {})
        .await
        .expect("a check");
    let kinds = checked.findings.iter().map(Finding::kind);
    (
        all.join("\n"),
        kinds.filter(|kind| *kind != "no-index").collect(),
    )
}

#[tokio::test]
async fn log_times_with_an_offset_are_in_their_week() {
    let (said, found) = said_of_the_log(
        r#"('A', 1, '2021-01-25 00:30:00+01:00', '{"kind":"x"}'),
           ('A', 2, '2021-02-01 00:30:00+01:00', '{"kind":"x"}'),
           ('A', 3, '2021-01-24 20:00:00-05:00', '{"kind":"y"}'),
           ('A', 1, '2021-01-26T10:00:00.000Z', '{"kind":"y"}')"#,
    )
    .await;
    // User 1 had an earlier event on Sunday at 23:30 UTC.
    assert_eq!(
        said,
        "A {\"count\":3,\"unique_users\":3,\"first_time_users\":2}\n\
         Kinds {\"by\":[\"kind\"],\"rows\":[{\"kind\":\"x\",\"count\":1},{\"kind\":\"y\",\"count\":2}]}\n\
         Titles {\"by\":[\"title\"],\"rows\":[{\"title\":null,\"count\":3,\"first_time_users\":2}]}"
    );
    assert!(found.is_empty(), "{found:?}");
}

/// A row with a time that cannot be parsed is in no week, does not make its user known, and is
/// reported by the check.
#[tokio::test]
async fn log_times_that_cannot_be_read_count_nowhere() {
    for time in [
        "''",
        "0",
        "'0'",
        "'2021-01-26 10:00:00 +0000 UTC'",
        "'2021-01-26 10:00:00+00'",
        "'2021-01-26 1:00'",
        "'soon'",
    ] {
        let (said, found) = said_of_the_log(&format!(
            r#"('A', 1, {time}, '{{"kind":"x"}}'), ('A', 1, '2021-01-26 10:00:00', '{{"kind":"x"}}')"#
        ))
        .await;
        assert_eq!(
            said,
            "A {\"count\":1,\"unique_users\":1,\"first_time_users\":1}\n\
             Kinds {\"by\":[\"kind\"],\"rows\":[{\"kind\":\"x\",\"count\":1}]}\n\
             Titles {\"by\":[\"title\"],\"rows\":[{\"title\":null,\"count\":1,\"first_time_users\":1}]}",
            "{time}"
        );
        assert_eq!(found, ["unread-time"], "{time}");
    }
}

/// SQLite reads a day that is not in the calendar as one of the next month, and repeats the hour 24.
#[tokio::test]
async fn log_times_are_those_of_the_calendar() {
    for time in [
        "2020-11-31T10:00:00.000Z",
        "2020-11-31T10:00:00Z",
        "2020-11-31 10:00",
        "2020-11-31",
        "2020-11-31 10:00:00+01:00",
    ] {
        let (said, found) = said_of_the_week(
            "2020-W49",
            &format!(
                r#"('A', 1, '2020-11-30 10:00:00', '{{"kind":"x"}}'), ('A', 2, '{time}', '{{"kind":"x"}}')"#
            ),
        )
        .await;
        let first = said.lines().next().expect("a line");
        let expected = r#"A {"count":1,"unique_users":1,"first_time_users":1}"#;
        assert_eq!((first, found), (expected, vec!["unread-time"]), "{time}");
    }
    for [before, after] in [
        ["2021-01-24T24:00:00.000Z", "2021-01-31T24:00:00.000Z"],
        ["2021-01-24T24:00:00Z", "2021-01-31T24:00:00Z"],
        ["2021-01-24 24:00", "2021-01-31 24:00"],
        ["2021-01-24 24:30:00+00:30", "2021-01-31 24:30:00+00:30"],
    ] {
        let (said, found) = said_of_the_log(&format!(
            r#"('A', 1, '{before}', '{{"kind":"x"}}'), ('A', 2, '{after}', '{{"kind":"x"}}')"#
        ))
        .await;
        let first = said.lines().next().expect("a line");
        let expected = r#"A {"count":1,"unique_users":1,"first_time_users":1}"#;
        assert_eq!((first, found), (expected, vec![]), "{before}");
    }
}

/// The columns of this log ignore case. The arguments are texts, bytes, and invalid UTF-8.
#[tokio::test]
async fn a_log_is_read_by_its_bytes() {
    let (said, _) = said_of_the_log(
        r#"('A', 1, '2021-01-26 10:00:00', '{"kind":"x","kind":"y","title":"a"}'),
           ('a', 2, '2021-01-26 10:00:00', '{"kind":"x"}'),
           ('A', 3, '2021-01-26 10:00:00', '{"kind":"X","title":"A"}'),
           ('A', 4, '2021-01-26 10:00:00', x'7b226b696e64223a2278227d'),
           ('A', 5, '2021-01-26 10:00:00', '{"kind":"x","title":"\ud83d"}'),
           ('A', 6, '2021-01-26 10:00:00', '{"kind":"x","title":"\ude00"}')"#,
    )
    .await;
    assert_eq!(
        said,
        "A {\"count\":5,\"unique_users\":5,\"first_time_users\":5}\n\
         Kinds {\"by\":[\"kind\"],\"rows\":[{\"kind\":\"@other\",\"count\":1},{\"kind\":\"x\",\"count\":3},{\"kind\":\"y\",\"count\":1}]}\n\
         Titles {\"by\":[\"title\"],\"rows\":[{\"title\":null,\"count\":3,\"first_time_users\":3},\
         {\"title\":\"A\",\"count\":1,\"first_time_users\":1},{\"title\":\"a\",\"count\":1,\"first_time_users\":1}]}"
    );
}
