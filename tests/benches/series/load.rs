//! Creates a large store by copying a small one.

use pings_database::{Cell, Transaction};
use pings_model::{Registry, ValueType};
use pings_store::{Mode, Store};
use pings_tests::fleet::{Fleet, Shape};
use time::macros::datetime;

/// The number of weeks.
pub const WEEKS: u32 = 52;

/// The number of distinct instances. All further instances are copies.
const DIFFERENT: usize = 50;

/// Fills a store, and returns the number of values.
///
/// The rows are those that the store keeps for payloads, except for the bodies of most payloads,
/// which are not read here.
pub async fn load(store: &Store, registry: &Registry, instances: usize) -> i64 {
    let now = datetime!(2030-01-01 0:00 UTC);
    store.learn(registry, now).await.unwrap();
    let shape = Shape::new(1, DIFFERENT, WEEKS);
    Fleet::new(registry, shape).send(store).await;
    let mut tx = store
        .database()
        .expect("a database with transactions")
        .begin(Mode::Write)
        .await
        .unwrap();
    let copies = (instances / DIFFERENT).max(1);
    let instance = whole(&mut tx, "SELECT max(id) FROM instances").await;
    let payload = whole(&mut tx, "SELECT max(id) FROM payloads").await;
    let copy = format!(
        "WITH RECURSIVE copy (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < {})",
        copies - 1
    );
    // In the order of their primary keys, which is fastest for clustered tables.
    for (table, columns, values, order) in [
        (
            "instances",
            "id, uuid, key",
            format!("id + n * {instance}, uuid || '-' || n, key"),
            "1",
        ),
        (
            "instance_spans",
            "registry, instance, first_week, last_week",
            format!("registry, instance + n * {instance}, first_week, last_week"),
            "1, 2",
        ),
        (
            "payloads",
            "id, registry, instance, week, revision, origin, digest, received_at, is_newest, body",
            format!(
                "id + n * {payload}, registry, instance + n * {instance}, week, revision, origin, \
                 digest, received_at, is_newest, ''"
            ),
            "1",
        ),
        (
            "measured",
            "code, week, origin, instance",
            format!("code, week, origin, instance + n * {instance}"),
            "1, 2, 3, 4",
        ),
        (
            "failures",
            "code, week, origin, instance, kind",
            format!("code, week, origin, instance + n * {instance}, kind"),
            "1, 2, 3, 4",
        ),
        (
            "measurements",
            "series, week, origin, instance, value",
            format!("series, week, origin, instance + n * {instance}, value"),
            "1, 2, 3, 4",
        ),
    ] {
        if copies > 1 {
            let sql = format!(
                "{copy} INSERT INTO {table} ({columns}) SELECT {values} FROM {table}, copy \
                 ORDER BY {order}"
            );
            tx.run(&sql, &[]).await.unwrap();
        }
    }
    if copies > 1 {
        let sql = format!("UPDATE reports SET instances = instances * {copies}");
        tx.run(&sql, &[]).await.unwrap();
    }
    let rows = whole(&mut tx, "SELECT count(*) FROM measurements").await;
    tx.commit().await.unwrap();
    let mut tx = store
        .database()
        .expect("a database with transactions")
        .begin(Mode::Write)
        .await
        .unwrap();
    tx.script("ANALYZE").await.unwrap();
    tx.commit().await.unwrap();
    rows
}

async fn whole(tx: &mut Transaction, sql: &str) -> i64 {
    match tx.value(sql, &[], ValueType::Integer).await.unwrap() {
        Some(Cell::Integer(whole)) => whole,
        other => panic!("{sql}: {other:?}"),
    }
}
