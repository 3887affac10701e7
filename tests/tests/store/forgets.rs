//! An erased instance leaves no trace in the store: neither in a table nor in its files.

use std::path::Path;

use pings_model::ValueType;
use pings_payload::Uuid;
use pings_sql::Dialect;
use pings_store::{Cell, Mode, Received, Store};
use pings_tests::http::Client;
use pings_tests::place::Place;
use pings_tests::vendor::{Vendor, payload};
use serde_json::Value as Json;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use time::OffsetDateTime;

const PROGRAM: &str = env!("CARGO_BIN_EXE_store");

/// The instance to erase, and a value of a dimension that only this instance sent.
const FORGOTTEN: u32 = 0xabcdef;
const SECRET: &str = "only-this-instance";

fn forgotten() -> Uuid {
    format!("00000000-0000-4000-8000-{FORGOTTEN:012x}")
        .parse()
        .expect("a UUID")
}

fn secret(week: u32, revision: u32, value: u32) -> Json {
    let mut sent = payload(FORGOTTEN, week, revision, value);
    sent["metrics"]["B"]["rows"][0]["x"] = SECRET.into();
    sent
}

fn post(vendor: &Vendor, payload: &Json) -> Json {
    let mut client = Client::connect(&vendor.address).expect("it listens");
    let answer = client.post("", payload.to_string().as_bytes());
    let answer = answer.expect("it answers");
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// Returns the whole content of the database as text.
async fn content(place: &Place, store: &Store) -> String {
    if store
        .database()
        .expect("a database with transactions")
        .dialect()
        == Dialect::Sqlite
    {
        let files = std::fs::read_dir(place.folder()).expect("a folder");
        let bytes = files.flat_map(|file| std::fs::read(file.expect("a file").path()));
        let bytes: Vec<u8> = bytes.flatten().collect();
        return String::from_utf8_lossy(&bytes).into_owned();
    }
    let mut tx = store.read().await.expect("a store");
    let text = [ValueType::Text];
    let sql = "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables \
        WHERE schemaname = 'public'";
    let tables = tx.rows(sql, &[], &text).await.expect("tables");
    let mut content = String::new();
    for table in tables {
        let table = table[0].text().expect("a name");
        let sql = format!("SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} AS t");
        let rows = tx.rows(&sql, &[], &text).await.expect("rows");
        content += rows[0][0].text().expect("text");
    }
    let sql = "SELECT coalesce(string_agg(coalesce(most_common_vals::text, '') || \
        coalesce(histogram_bounds::text, ''), ' '), '') FROM pg_stats WHERE schemaname = 'public'";
    let rows = tx.rows(sql, &[], &text).await.expect("statistics");
    content + rows[0][0].text().expect("text")
}

/// Checks that the files of a PostgreSQL server that the test started contain nothing of the
/// instance, but something of other instances.
async fn check_files(store: &Store, id: &str) {
    if std::env::var_os("PINGS_TEST_POSTGRES_URL").is_some() {
        return;
    }
    let mut tx = store
        .database()
        .expect("a database with transactions")
        .begin(Mode::Write)
        .await
        .expect("a store");
    tx.run("CHECKPOINT", &[]).await.expect("a checkpoint");
    let sql = "SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database \
        WHERE datname = current_database()";
    let folder = tx.value(sql, &[], ValueType::Text).await;
    let folder = folder.expect("an answer").expect("a row");
    let folder = Path::new(folder.text().expect("a path"));
    let has = |text: &str| {
        let files = std::fs::read_dir(folder).expect("a folder");
        files.map(|file| file.expect("a file").path()).find(|path| {
            let bytes = std::fs::read(path).expect("a file");
            bytes.windows(text.len()).any(|it| it == text.as_bytes())
        })
    };
    assert!(has("00000000-0000-4000-8000-000000000001").is_some());
    for gone in [id, SECRET] {
        assert_eq!(has(gone), None, "{gone}");
    }
}

#[tokio::test]
async fn a_receipt_names_the_files_that_may_not_be_rewritten() {
    let Some(place) = Place::new(Dialect::Postgres).await else {
        return;
    };
    let store = Store::open(&place.url(), true).await.expect("a store");
    let now = OffsetDateTime::now_utc();
    let sent = Received::read(secret(0, 1, 1).to_string().into_bytes(), now);
    store
        .accept(&[sent.expect("a payload")])
        .await
        .expect("it is kept");
    let mut tx = store
        .database()
        .expect("a database with transactions")
        .begin(Mode::Write)
        .await
        .expect("a store");
    let database = "SELECT current_database()::text";
    let database = tx.value(database, &[], ValueType::Text).await.expect("one");
    let role = format!(
        "{}_writer",
        database.as_ref().and_then(Cell::text).expect("a name")
    );
    for sql in [
        format!("CREATE ROLE {role} LOGIN"),
        format!("GRANT ALL ON SCHEMA public TO {role}"),
        format!("GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"),
        format!("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}"),
    ] {
        tx.run(&sql, &[]).await.expect("a role");
    }
    tx.commit().await.expect("a commit");
    let options: PgConnectOptions = place.address().parse().expect("an address");
    let url = options.username(&role).to_url_lossy().to_string();
    let writer = Store::open(&url.parse().expect("an address"), false).await;
    let writer = writer.expect("a store");
    let receipt = writer.forget(forgotten(), now).await.expect("it is there");
    assert_eq!(receipt.payloads, 1);
    let not_rewritten = receipt.not_rewritten.iter().map(String::as_str);
    let not_rewritten: Vec<&str> = not_rewritten.collect();
    assert!(not_rewritten.contains(&"payloads"), "{not_rewritten:?}");
    assert_eq!(not_rewritten.last(), Some(&"pg_catalog.pg_statistic"));
    writer.close().await;
    let mut tx = store
        .database()
        .expect("a database with transactions")
        .begin(Mode::Write)
        .await
        .expect("a store");
    for sql in [format!("DROP OWNED BY {role}"), format!("DROP ROLE {role}")] {
        tx.run(&sql, &[]).await.expect("it is dropped");
    }
    tx.commit().await.expect("a commit");
}

async fn count(store: &Store, sql: &str) -> i64 {
    let mut tx = store.read().await.expect("a store");
    let value = tx.value(sql, &[], ValueType::Integer).await;
    let value = value.expect("an answer").expect("a row");
    value.integer().expect("a number")
}

#[tokio::test]
async fn no_byte_of_a_forgotten_instance_is_left() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let store = Store::open(&place.url(), true).await.expect("a store");
        // A server continues to receive payloads in the meantime.
        let vendor = Vendor::start(Path::new(PROGRAM), place.address(), "127.0.0.1:0", None);
        for week in 0..4 {
            post(&vendor, &payload(1, week, 1, 3));
            for revision in 1..4 {
                post(&vendor, &secret(week, revision, revision));
            }
            // A conflicting content of the same revision.
            post(&vendor, &secret(week, 1, 9));
        }
        for instance in 2..200 {
            post(&vendor, &payload(instance, 0, 1, 1));
        }
        let id = forgotten().to_string();
        let before = content(&place, &store).await;
        assert!(before.contains(&id) && before.contains(SECRET));

        let now = OffsetDateTime::now_utc();
        let receipt = store.forget(forgotten(), now).await.expect("it is there");
        assert_eq!(
            (receipt.payloads, receipt.conflicts, receipt.weeks),
            (12, 4, 4)
        );
        assert_eq!(receipt.registries, ["code_insights"]);
        assert!(receipt.not_rewritten.is_empty(), "{receipt:?}");
        let after = content(&place, &store).await;
        for gone in [id.as_str(), SECRET] {
            assert!(!after.contains(gone), "{dialect:?}: {gone}");
        }
        if dialect == Dialect::Postgres {
            check_files(&store, &id).await;
        }
        // All other payloads are still stored, and the counts are correct.
        let payloads = "SELECT count(*) FROM payloads";
        assert_eq!(count(&store, payloads).await, 202);
        let reports = "SELECT CAST(sum(instances) AS bigint) FROM reports";
        assert_eq!(count(&store, reports).await, 202);

        let error = store.forget(forgotten(), now).await.unwrap_err();
        assert!(error.is_input(), "{error}");

        // The server must discard its cached ids of removed names.
        post(&vendor, &secret(0, 1, 3));
        post(&vendor, &payload(1, 0, 2, 4));
        let rows = "SELECT count(*) FROM measurements \
            JOIN series ON series.id = measurements.series \
            JOIN instances ON instances.id = measurements.instance \
            WHERE instances.uuid LIKE '%abcdef'";
        let expected = Received::read(secret(0, 1, 3).to_string().into_bytes(), now);
        let expected = expected.expect("a payload").numbers();
        assert_eq!(count(&store, rows).await, expected as i64);
        vendor.stop();
    }
}
