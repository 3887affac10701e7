//! Hand-written SQL may call only pure functions, anywhere in the statement and in any spelling.

use std::fs;
use std::path::Path;

use pings_database::{Access, Database, Mode};
use pings_model::ValueType;
use pings_registry::{Rule, parse, pure};
use pings_sql::Dialect;
use pings_tests::place::Place;

/// Returns a registry with a capture that consists of these statements.
fn registry(postgres: &str, sqlite: &str, functions: &str) -> String {
    let quoted = |sql: &str| serde_json::to_string(sql).unwrap();
    format!(
        "format: 1\nname: a\ntitle: A\n{functions}pings:\n  - id: a\n    title: A\n    type: be_capture\n    \
         aggregation: total\n    added: \"1\"\n    metrics:\n      - code: A\n        sql:\n          postgres: {}\n          \
         sqlite: {}\n        columns: {{ n: integer }}\n",
        quoted(postgres),
        quoted(sqlite)
    )
}

/// Returns the rules that a statement for PostgreSQL violates.
fn of_postgres(sql: &str) -> Vec<Rule> {
    rules(&registry(sql, "SELECT 1 AS n", ""))
}

/// Returns the rules that a statement for SQLite violates.
fn of_sqlite(sql: &str) -> Vec<Rule> {
    rules(&registry("SELECT 1 AS n", sql, ""))
}

fn rules(text: &str) -> Vec<Rule> {
    let mistakes = parse(text).err().into_iter().flatten();
    mistakes.map(|mistake| mistake.rule).collect()
}

/// Statements that PostgreSQL would run, with or without side effects.
const CALLS: &[&str] = &[
    "SELECT n::bigint AS n FROM dblink('dbname=product', 'INSERT INTO t VALUES (97) RETURNING 1') AS d(n int)",
    "SELECT length(f) AS n FROM pg_read_file('/etc/hostname') AS f",
    "SELECT 1 AS n FROM pg_sleep(3)",
    "SELECT 1 AS n FROM set_config('search_path', 'x', false)",
    r#"SELECT U&"pg\005fsleep"(1) AS n"#,
    r#"SELECT U&"pg!005fsleep" UESCAPE '!' (1) AS n"#,
    "SELECT own_function(1) AS n",
    r#"SELECT "pg_sleep"(1) AS n"#,
    "SELECT PG_SLEEP(1) AS n",
    "SELECT pg_sleep /* one */ (1) AS n",
    "SELECT pg_sleep -- one\n (1) AS n",
    "SELECT pg_catalog.pg_sleep(1) AS n",
    r#"SELECT "pg_catalog" . "pg_sleep" (1) AS n"#,
    "SELECT public.lower('A') AS n",
    "SELECT product.public.own(1) AS n",
    "SELECT 1 AS n FROM t, LATERAL pg_sleep(1)",
    "SELECT 1 AS n FROM t JOIN LATERAL pg_sleep(1) ON TRUE",
    "SELECT 1 AS n FROM ROWS FROM (pg_sleep(1)) AS x",
    "SELECT 1 AS n FROM pg_sleep(1) x",
    "SELECT 1 AS n FROM pg_sleep(1) WITH ORDINALITY",
    "SELECT 1 AS n ORDER BY pg_sleep(1)",
    "SELECT 1 AS n GROUP BY pg_sleep(1)",
    "SELECT 1 AS n HAVING pg_sleep(1) IS NULL",
    "SELECT 1 AS n LIMIT pg_backend_pid()",
    "SELECT 1 AS n OFFSET pg_backend_pid()",
    "SELECT DISTINCT ON (pg_sleep(1)) 1 AS n",
    "SELECT DISTINCT ON (1) pg_backend_pid() AS n",
    "SELECT count(*) FILTER (WHERE pg_try_advisory_lock(1)) AS n FROM t",
    "SELECT count(*) OVER (ORDER BY pg_sleep(1)) AS n FROM t",
    "SELECT count(*) OVER w AS n FROM t WINDOW w AS (ORDER BY pg_sleep(1))",
    "SELECT CASE WHEN pg_try_advisory_lock(1) THEN 1 END AS n",
    "SELECT coalesce(NULL, pg_backend_pid()) AS n",
    "SELECT ARRAY[pg_backend_pid()] AS n",
    "SELECT (SELECT pg_backend_pid()) AS n",
    "SELECT 1 AS n WHERE EXISTS (SELECT pg_sleep(1))",
    "SELECT 1 AS n WHERE 1 IN (pg_backend_pid())",
    "SELECT 1 AS n WHERE 1 = ANY (ARRAY[pg_backend_pid()])",
    "WITH x AS (SELECT pg_backend_pid() AS n) SELECT n FROM x",
    "WITH x AS MATERIALIZED (SELECT pg_backend_pid() AS n) SELECT n FROM x",
    "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + pg_backend_pid() FROM x WHERE n < 2) SELECT n FROM x",
    "VALUES (pg_backend_pid())",
    "SELECT 1 AS n UNION SELECT pg_backend_pid()",
    "(SELECT pg_backend_pid() AS n)",
    "SELECT 1 AS n FROM t TABLESAMPLE own(1)",
    "SELECT 1 AS n FROM (SELECT pg_sleep(1)) AS x(n)",
    "SELECT ('/etc/hostname'::text).pg_read_file AS n",
    "SELECT (ARRAY['/etc/hostname'::text])[1].pg_read_file AS n",
    "SELECT length(materialized.values) AS n FROM t, pg_read_file('/etc/hostname') AS materialized (values)",
    "SELECT length(materialized.values) AS n FROM t, pg_read_file('/etc/hostname') AS MATERIALIZED (VALUES, x)",
    "SELECT 1 AS n FROM t, \"pg_sleep\"(1) AS materialized (values)",
    "SELECT length(s.pg_read_file) AS n FROM unnest(ARRAY['/etc/hostname']) AS s",
    "SELECT length(s.pg_read_file) AS n FROM t, LATERAL unnest(ARRAY['/etc/hostname']) s",
    "SELECT length(s.pg_read_file) AS n FROM t JOIN unnest(ARRAY['/etc/hostname']) AS s ON true",
    "SELECT length(\"s\".\"pg_read_file\") AS n FROM unnest(ARRAY['/etc/hostname']) WITH ORDINALITY AS s",
    "SELECT length(s.pg_read_file) AS n FROM ROWS FROM (unnest(ARRAY['/etc/hostname'])) AS s",
    "SELECT length(unnest.pg_read_file) AS n FROM unnest(ARRAY['/etc/hostname'])",
    "SELECT count(s.pg_sleep) AS n FROM generate_series(2, 2) AS s",
    "SELECT count(*) AS n FROM json_to_record('{}') AS x (values own, b regclass)",
    "SELECT count(*) AS n FROM json_to_record('{}') AS x (a zone)",
    "SELECT join(1) AS n",
    "SELECT 1 AS n FROM join(1)",
    "SELECT 1 AS n FROM t, join(1)",
    "SELECT 1 AS n FROM t JOIN join(1) ON true",
    "SELECT 1 AS n FROM t WHERE join(1)",
    "SELECT 1 AS n FROM t WHERE true AND join(1)",
    "SELECT 1 + join(1) AS n",
    "SELECT DISTINCT ON (n) join(1) AS n FROM t",
    "SELECT sum(n) OVER (ORDER BY n ROWS join(1) PRECEDING) AS n FROM t",
    "SELECT sum(n) OVER (ROWS join(1) PRECEDING) AS n FROM t",
    "SELECT 1 AS n FETCH FIRST join(1) ROWS ONLY",
    "SELECT materialized(1) AS n",
    "SELECT NOT materialized(1) AS n",
    "SELECT overlaps(1) AS n",
    "SELECT DISTINCT ON (n) overlaps(1) AS n FROM t",
    "SELECT like(1, 2) AS n",
    "SELECT NOT like(1, 2) AS n",
    "SELECT 1 AS n FROM t WHERE like(1, 2)",
    "SELECT CASE WHEN ilike(1, 2) THEN 1 END AS n",
    "SELECT DISTINCT ON (n) filter(1) AS n FROM t",
    "SELECT DISTINCT ON (n) over(1) AS n FROM t",
    "SELECT 1 AS n FROM t ORDER BY cube(1)",
    "SELECT 1 AS n FROM t ORDER BY rollup(1)",
    "SELECT count(*) AS n FROM pg_file_settings",
    "SELECT count(*) AS n FROM \"pg_file_settings\"",
    "SELECT count(*) AS n FROM PG_FILE_SETTINGS",
    "SELECT count(*) AS n FROM pg_catalog.pg_file_settings",
    "SELECT count(*) AS n FROM product.pg_catalog.pg_authid",
    "SELECT count(*) AS n FROM information_schema.tables",
    "SELECT count(*) AS n FROM t, pg_stat_activity AS a",
    "SELECT count(*) AS n FROM t JOIN pg_hba_file_rules AS a ON true",
    "SELECT count(*) AS n FROM t JOIN (pg_shadow AS a JOIN t AS u ON true) ON true",
    "SELECT count(*) AS n FROM ONLY pg_authid",
    "SELECT count(*) AS n FROM (TABLE pg_authid) AS a",
    "SELECT (SELECT count(*) FROM pg_authid) AS n FROM t",
    "SELECT 1 AS n WHERE EXISTS (SELECT FROM pg_authid)",
    "WITH a AS (SELECT * FROM pg_authid) SELECT count(*) AS n FROM a",
    "SELECT count(*) AS n FROM public.pg_stat_statements",
    "SELECT count(*) AS n FROM pg_toast.pg_toast_1262",
    "SELECT 1 OPERATOR(pg_catalog.+) 1 AS n",
    "SELECT 1 OPERATOR(own.+) 1 AS n",
    "SELECT 1 +# 1 AS n",
    "SELECT 1 *# 1 AS n",
    "SELECT 1 ||- 1 AS n",
    "SELECT 'pg_class'::regclass::bigint AS n",
    "SELECT 'pg_class'::pg_catalog.regclass AS n",
    r#"SELECT 'pg_class'::"regclass" AS n"#,
    "SELECT CAST('pg_class' AS regclass) AS n",
    "SELECT CAST('x' AS public.own) AS n",
    "SELECT regclass 'pg_class' AS n",
    "SELECT pg_catalog.regclass 'pg_class' AS n",
    r#"SELECT "regclass" 'pg_class' AS n"#,
    "SELECT regclass('pg_class') AS n",
    "SELECT to_regclass('pg_class') AS n",
    "SELECT n FROM json_to_record('{}') AS x(n regclass)",
    "SELECT n FROM json_to_record('{}') AS (n own.type)",
    "SELECT nextval('s') AS n",
    "SELECT currval('s') AS n",
    "SELECT setval('s', 1) AS n",
    "SELECT lo_import('/etc/hostname') AS n",
    "SELECT pg_ls_dir('/') AS n",
    "SELECT pg_stat_file('/etc/hostname') AS n",
    "SELECT pg_reload_conf() AS n",
    "SELECT pg_terminate_backend(1) AS n",
    "SELECT pg_notify('a', 'b') AS n",
    "SELECT pg_logical_emit_message(false, 'a', 'b') AS n",
    "SELECT query_to_xml('SELECT pg_sleep(1)', true, true, '') AS n",
    "SELECT ts_stat('SELECT pg_sleep(1)') AS n",
    "SELECT ts_rewrite('a'::tsquery, 'SELECT 1') AS n",
    "SELECT current_setting('data_directory') AS n",
    "SELECT txid_current() AS n",
    "SELECT random() AS n",
    "SELECT clock_timestamp() AS n",
    "SELECT E'a'\n'\\' || ' || pg_sleep(1)::text || '' AS n",
    "SELECT U&'\\0041' AS n",
    "SELECT 1 AS n FOR UPDATE",
    "SELECT 1 AS n FROM t FOR KEY SHARE",
    "SELECT 1 AS n INTO t",
    "SELECT 1 AS n; DROP TABLE t",
    "COPY t TO PROGRAM 'true'",
    "COPY (SELECT 1 AS n) TO '/tmp/x'",
    "DO 'BEGIN END'",
    "CALL own()",
    "SET search_path = x",
    "EXPLAIN ANALYZE SELECT 1 AS n",
    "TABLE t",
    "WITH x AS (INSERT INTO t VALUES (1) RETURNING 1) SELECT 1 AS n FROM x",
    "WITH x AS (UPDATE t SET n = 1 RETURNING 1) SELECT 1 AS n FROM x",
    "WITH x AS (DELETE FROM t RETURNING 1) SELECT 1 AS n FROM x",
    "WITH x AS (SELECT 1) INSERT INTO t SELECT 1",
];

const CALLS_OF_SQLITE: &[&str] = &[
    "SELECT load_extension('x') AS n",
    "SELECT \"load_extension\"('x') AS n",
    "SELECT [load_extension]('x') AS n",
    "SELECT `load_extension`('x') AS n",
    "SELECT Load_Extension('x') AS n",
    "SELECT readfile('/etc/hostname') AS n",
    "SELECT writefile('/tmp/x', 'y') AS n",
    "SELECT edit('x') AS n",
    "SELECT fts3_tokenizer('x') AS n",
    "SELECT n FROM pragma_user_version AS p(n)",
    "SELECT user_version AS n FROM pragma_user_version",
    "SELECT user_version AS n FROM main.pragma_user_version",
    "SELECT user_version AS n FROM 'pragma_user_version'",
    "SELECT user_version AS n FROM \"pragma_user_version\"",
    "SELECT user_version AS n FROM PRAGMA_USER_VERSION",
    "SELECT 1 AS n FROM pragma_table_info('t')",
    "SELECT 1 AS n FROM 'pragma_table_info'('t')",
    "SELECT 1 AS n FROM fsdir WHERE path = '/'",
    "SELECT 1 AS n FROM t, own(1)",
    "SELECT random() AS n",
    "SELECT randomblob(9) AS n",
    "SELECT last_insert_rowid() AS n",
    "SELECT own(1) AS n",
    "SELECT 1 AS n ORDER BY own(1)",
    "SELECT $a(') + load_extension(1) -- ') AS n",
    "PRAGMA user_version = 1",
    "ATTACH '/tmp/x' AS x",
    "REPLACE INTO t VALUES (1)",
    "SELECT 1 AS n; DROP TABLE t",
];

/// Statements that are typical for captures.
const PURE: &[&str] = &[
    "SELECT count(*) AS n FROM t",
    "SELECT pg_catalog.count(*) AS n FROM t",
    "SELECT COUNT(DISTINCT lower(name)) AS n FROM t",
    "SELECT count(*) FILTER (WHERE name LIKE 'a%' AND name NOT IN ('b')) AS n FROM t",
    "SELECT sum(n) OVER (PARTITION BY name ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS n FROM t",
    "SELECT sum(n) OVER w AS n FROM t WINDOW w AS (PARTITION BY name)",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n) AS n FROM t",
    "SELECT extract(dow FROM at)::bigint AS n FROM t GROUP BY 1",
    "SELECT count(s.n) AS n FROM generate_series(1, 3) AS s (n) WHERE s.n > 1",
    "SELECT count(e.value) AS n FROM t, jsonb_each(t.j) AS e WHERE e.key = 'a'",
    "WITH x AS (VALUES (1), (2)) SELECT count(*) AS n FROM x",
    "SELECT date_trunc('week', at AT TIME ZONE 'UTC')::date - date '2020-01-01' AS n FROM t",
    "SELECT count(*) AS n FROM t WHERE at > now() - interval '7 days'",
    "SELECT count(*) AS n FROM t WHERE at > timestamp with time zone '2020-01-01' OR at < timestamptz '2019-01-01'",
    "SELECT count(*) AS n FROM generate_series(1, 3) AS g (i)",
    "SELECT count(*) AS n FROM t CROSS JOIN LATERAL jsonb_each_text(doc) AS e(k, v)",
    "SELECT count(*) AS n FROM json_to_record('{}') AS x(a int, b double precision, c timestamp with time zone)",
    "WITH a AS (SELECT n FROM t), b(m) AS (SELECT n FROM a) SELECT count(*) AS n FROM b",
    "WITH a AS NOT MATERIALIZED (SELECT n FROM t) SELECT count(*) AS n FROM a JOIN t USING (n)",
    "WITH RECURSIVE x(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM x WHERE n < 9) SELECT max(n) AS n FROM x",
    "SELECT CAST(avg(n) AS numeric(10, 2))::bigint AS n FROM t",
    "SELECT (doc->>'a')::int AS n FROM t WHERE doc ? 'a' AND doc @> '{}' AND doc #>> '{a}' <> ''",
    "SELECT CASE WHEN n BETWEEN 1 AND (2) THEN -1 ELSE (0) END AS n FROM t",
    "SELECT n FROM t WHERE n = ANY (ARRAY[1, 2]) AND n=-1 OR n>=-1 AND NOT (n = 1)",
    "SELECT count(*) AS n FROM t GROUP BY GROUPING SETS ((name), ())",
    "SELECT count(*) AS n FROM t GROUP BY ROLLUP (name)",
    "SELECT count(*) AS n FROM (VALUES (1), (2)) AS v(x)",
    "SELECT length(trim(BOTH 'x' FROM name)) AS n FROM t",
    "SELECT position('a' IN name) AS n FROM t WHERE name SIMILAR TO 'a%' OR name ~* 'b' OR name ILIKE ('c')",
    "SELECT greatest(1, least(2, n), nullif(n, 0)) AS n FROM t",
    "SELECT count(*) AS n FROM t WHERE (at, at) OVERLAPS (at, at) AND name COLLATE \"C\" > 'a'",
    "SELECT count(*) AS n FROM t WHERE name = $q$it's$q$ OR name = E'a\\'b'",
    "SELECT DISTINCT ON (name) n FROM t ORDER BY name, at DESC NULLS LAST LIMIT (1) OFFSET 0",
    "SELECT count(*) AS n FROM t WHERE EXISTS (SELECT FROM t AS u WHERE u.n = t.n) -- pg_sleep(1)",
    "SELECT count(*) AS n FROM t WHERE name = 'pg_sleep(1)' /* pg_sleep(1) */;",
    "SELECT current_date - at::date AS n FROM t",
    "SELECT count(*) AS n FROM t JOIN (SELECT 1) AS u ON u.n IS NULL JOIN (SELECT 2) AS v ON true",
    "SELECT count(*) AS n FROM groups JOIN (SELECT 1) AS u ON true LEFT OUTER JOIN (rows CROSS JOIN t) ON true",
    "SELECT count(*) AS n FROM t AS x JOIN (t AS y JOIN t AS z USING (n)) USING (n) NATURAL JOIN (SELECT 1) AS u",
    "SELECT count(*) AS n FROM t WHERE first LIKE ('a') OR t.name NOT LIKE ('b') OR lower(name) LIKE ('c')",
    "SELECT count(*) AS n FROM t WHERE NOT name LIKE ('a') AND 'a' NOT ILIKE (name) AND (name) LIKE ('d')",
    "SELECT sum(n) FILTER (WHERE n > 1) OVER (ORDER BY n) AS n FROM t GROUP BY CUBE (name)",
    "SELECT count(t.pg_size) AS n FROM t WHERE name COLLATE pg_catalog.\"C\" > 'a'",
    "SELECT pg_catalog.lower(name)::pg_catalog.int4 AS n FROM pg_catalog.generate_series(1, 3) AS g (i)",
];

const PURE_OF_SQLITE: &[&str] = &[
    "SELECT count(*) AS n FROM t",
    "SELECT count(DISTINCT date(at)) AS n FROM t WHERE at >= datetime('now', '-7 days')",
    "SELECT CAST(strftime('%w', at) AS INTEGER) AS n FROM t",
    "SELECT CAST(n AS NUMERIC(10, 2)) AS n FROM t",
    "SELECT count(*) AS n FROM t, json_each(t.doc) AS e WHERE e.value ->> '$.a' = 1",
    "SELECT count(*) FILTER (WHERE name GLOB ('a*')) AS n FROM t",
    "SELECT row_number() OVER (ORDER BY n) AS n FROM t",
    "WITH RECURSIVE x(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM x WHERE n < 9) SELECT max(n) AS n FROM x",
    "SELECT iif(n == 1, 2, coalesce(n, 3)) AS n FROM t WHERE name != \"x\" AND [n] IN (1, 2)",
    "SELECT group_concat(name, ', ') IS NULL AS n FROM t",
];

#[test]
fn statements_that_may_have_an_effect_are_refused() {
    for sql in CALLS {
        assert!(!of_postgres(sql).is_empty(), "{sql}");
    }
    for sql in CALLS_OF_SQLITE {
        assert!(!of_sqlite(sql).is_empty(), "{sql}");
    }
}

#[test]
fn statements_that_only_compute_pass() {
    for sql in PURE {
        let text = registry(sql, "SELECT 1 AS n", "");
        assert!(parse(&text).is_ok(), "{sql}: {:?}", parse(&text).err());
    }
    for sql in PURE_OF_SQLITE {
        let text = registry("SELECT 1 AS n", sql, "");
        assert!(parse(&text).is_ok(), "{sql}: {:?}", parse(&text).err());
    }
}

#[test]
fn a_registry_lists_functions_with_a_reason() {
    let functions =
        "functions:\n  reports.own: A view with an argument.\n  order_state: An enum.\n";
    let sql = "SELECT count(*) AS n FROM reports.own(1) AS x WHERE x.state = 'open'::order_state";
    assert_eq!(rules(&registry(sql, "SELECT 1 AS n", functions)), []);
    let other = "SELECT count(*) AS n FROM own(1) AS x WHERE x.state = 'open'::order_state";
    assert_eq!(
        rules(&registry(other, "SELECT 1 AS n", functions)),
        [Rule::UnlistedFunction]
    );
    let needless = "functions:\n  lower: It is pure.\n";
    assert_eq!(
        rules(&registry("SELECT 1 AS n", "SELECT 1 AS n", needless)),
        [Rule::UnusedFunction]
    );
}

#[test]
fn a_declared_table_may_have_a_name_of_the_server() {
    let tables = "tables:\n  pg_jobs: { id: integer }\n  public.pg_size: { id: integer }\n";
    for sql in [
        "SELECT count(pg_jobs.id) AS n FROM pg_jobs",
        "SELECT count(s.id) AS n FROM t JOIN public.pg_size AS s ON true",
    ] {
        assert_eq!(rules(&registry(sql, "SELECT 1 AS n", tables)), [], "{sql}");
        let undeclared = rules(&registry(sql, "SELECT 1 AS n", ""));
        assert_eq!(undeclared, [Rule::UnknownTable], "{sql}");
    }
}

/// PostgreSQL itself marks the listed functions as immutable or stable, except for those that are
/// syntax.
#[tokio::test]
async fn the_list_of_postgresql_is_immutable_or_stable() {
    const SYNTAX: [&str; 2] = ["greatest", "least"];
    let Some(place) = Place::new(Dialect::Postgres).await else {
        return;
    };
    let database = Database::open(&place.url(), Access::Read).await.unwrap();
    let mut tx = database.begin(Mode::Read).await.unwrap();
    let list = |names: &[&str]| {
        let quoted: Vec<_> = names.iter().map(|name| format!("'{name}'")).collect();
        quoted.join(", ")
    };
    let volatile = format!(
        "SELECT DISTINCT proname::text FROM pg_proc WHERE proname IN ({}) AND provolatile = 'v'",
        list(pure::postgres::FUNCTIONS)
    );
    let volatile = tx.rows(&volatile, &[], &[ValueType::Text]).await.unwrap();
    assert!(volatile.is_empty(), "{volatile:?}");
    let known = format!(
        "SELECT count(DISTINCT proname) FROM pg_proc WHERE proname IN ({})",
        list(pure::postgres::FUNCTIONS)
    );
    let known = tx.value(&known, &[], ValueType::Integer).await.unwrap();
    let known = known.and_then(|cell| cell.integer()).unwrap();
    // Some functions exist only in newer servers.
    let missing = pure::postgres::FUNCTIONS.len() - SYNTAX.len() - usize::try_from(known).unwrap();
    assert!(missing < 15, "{missing} are unknown");
    for ty in pure::postgres::TYPES {
        let sql = format!(
            "SELECT NULL::{} IS NULL",
            match *ty {
                "double" => "double precision",
                "national" => "national character",
                "dec" => "dec(1)",
                ty => ty,
            }
        );
        tx.value(&sql, &[], ValueType::Boolean).await.unwrap();
    }
    tx.rollback().await.unwrap();
}

/// SQLite itself marks functions without side effects. The exceptions only read search indexes.
#[tokio::test]
async fn the_list_of_sqlite_is_innocuous() {
    const INDEXES: [&str; 3] = ["bm25", "highlight", "snippet"];
    let place = Place::new(Dialect::Sqlite).await.unwrap();
    let database = Database::open(&place.url(), Access::Create).await.unwrap();
    let mut tx = database.begin(Mode::Read).await.unwrap();
    for name in pure::sqlite::FUNCTIONS {
        let sql = format!(
            "SELECT count(*) FROM pragma_function_list WHERE name = '{name}' AND flags & 0x200000 = 0"
        );
        let with_effects = tx.value(&sql, &[], ValueType::Integer).await.unwrap();
        let with_effects = with_effects.and_then(|cell| cell.integer());
        assert!(with_effects == Some(0) || INDEXES.contains(name), "{name}");
    }
}

/// The lists are sorted, as their binary search requires, and documented completely.
#[test]
fn the_lists_are_sorted_and_documented() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/sql-functions.md");
    let docs = fs::read_to_string(docs).unwrap();
    for list in [
        pure::postgres::FUNCTIONS,
        pure::sqlite::FUNCTIONS,
        pure::postgres::TYPES,
    ] {
        assert!(list.is_sorted_by(|a, b| a < b), "{list:?}");
        for name in list {
            assert!(docs.contains(&format!("`{name}`")), "{name}");
        }
    }
}
