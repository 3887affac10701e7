//! A number that no store accepts fails only its own metric, and the other metrics are sent.

use pings_model::ValueType;
use pings_runtime::{Access, Captures, Database, Import};
use pings_sql::Dialect;
use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::on_both;
use crate::support::{Desk, Vendor};

const REGISTRY: &str = r#"
format: 1
name: forum
title: Forum
events:
  Post: { args: { score: number } }
tables:
  account: { id: integer, balance: number }
pings:
  - id: posts
    section: Forum
    title: Posts
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: Posts, of: Post }
      - { code: Scores, of: Post, measure: sum, value: score }
      - { code: Spread, of: Post, measure: stats, value: score }
  - id: accounts
    section: Forum
    title: Accounts
    type: be_capture
    aggregation: total
    added: "1.0"
    metrics:
      - { code: Accounts, from: account }
      - { code: Balances, from: account, measure: sum, value: balance }
      - code: Written
        sql:
          postgres: SELECT max(balance) AS largest FROM account
          sqlite: SELECT max(balance) AS largest FROM account
        columns: { largest: number }
"#;

async fn numbers_that_are_too_large_fail_alone(dialect: Dialect) {
    // The largest number that a store accepts, a larger number, and numbers with an infinite sum.
    for (scores, is_sent) in [
        (&["1e200"][..], true),
        (&["1.1e200"], false),
        (&["9e307", "9e307", "9e307"], false),
    ] {
        let (Some(mut desk), Some(vendor)) = (Desk::new(dialect).await, Vendor::new(dialect).await)
        else {
            return;
        };
        desk.registry = pings_registry::parse(REGISTRY).ok().unwrap();
        let mut lines = String::new();
        let sql = "CREATE TABLE account (id integer, balance double precision)";
        desk.sql(sql).await;
        for score in scores {
            let score: serde_json::Number = score.parse().unwrap();
            let line = json!({ "name": "Post", "user_id": 1, "timestamp": "2021-01-26T10:00:00Z",
                               "version": "1.2.0", "argument": { "score": score } });
            lines += &format!("{line}\n");
            desk.sql(&format!("INSERT INTO account VALUES (1, {score})"))
                .await;
        }
        let done = Import::new(&desk.log).read(lines.as_bytes(), |_| {}).await;
        assert_eq!(done.unwrap().imported, scores.len() as u64);
        let product = Database::open(&desk.place.url(), Access::Read)
            .await
            .unwrap();
        const AT: OffsetDateTime = datetime!(2021-01-27 12:00 UTC);
        let captures = Captures::new(&product, &desk.registry, AT);
        captures
            .take(&desk.log, "1.2.0", || AT, |_| {})
            .await
            .unwrap();

        assert_eq!(
            desk.queue(datetime!(2021-02-02 0:00 UTC)).await,
            ["2021-W04/1"]
        );
        desk.send(&vendor.address, || datetime!(2021-02-02 0:00 UTC))
            .await;
        assert_eq!(desk.outbox().await, ["2021-W04/1 sent"], "{scores:?}");
        let count = scores.len() as f64;
        assert_eq!(vendor.posts("2021-W04", None).await, count);
        let failed = "SELECT codes.code || ' ' || failures.kind FROM failures \
            JOIN codes ON codes.id = failures.code ORDER BY codes.code";
        let mut tx = vendor.store.read().await.unwrap();
        let failed = tx.rows(failed, &[], &[ValueType::Text]).await.unwrap();
        let failed: Vec<&str> = failed.iter().filter_map(|row| row[0].text()).collect();
        let expected = match is_sent {
            true => &[][..],
            // Event metrics ignore numbers above 1e150, so only the captures fail.
            false => &["Balances query", "Written query"],
        };
        assert_eq!(failed, expected, "{scores:?}");
        product.close().await;
    }
}

on_both!(numbers_that_are_too_large_fail_alone);
