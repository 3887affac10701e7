//! Weeks with more versions than a store accepts.

use pings_payload::Payload;
use pings_runtime::{Entry, Import, State};
use pings_sql::Dialect;
use pings_store::{Bind, Cell};
use serde_json::json;
use time::macros::datetime;

use crate::on_both;
use crate::support::{Clock, Desk, Vendor, week};

const NOW: Clock = || datetime!(2021-02-02 0:00 UTC);

/// Logs events of the versions `1.1`, `1.2` and so on: n events of the version `1.n`.
async fn log(desk: &Desk, versions: u32) {
    let lines = (1..=versions).flat_map(|minor| {
        let line = json!({ "name": "Post", "user_id": 1, "timestamp": "2021-01-26T10:00:00Z",
                           "version": format!("1.{minor}"), "argument": { "length": 1 } });
        std::iter::repeat_n(format!("{line}\n"), minor as usize)
    });
    let lines: String = lines.collect();
    Import::new(&desk.log)
        .read(lines.as_bytes(), |_| {})
        .await
        .unwrap();
}

/// Returns the number of versions that the store has for the week, and the number of events that it
/// counts without a version.
async fn kept(vendor: &Vendor) -> (i64, i64) {
    let sql = "SELECT CAST(sum(CASE WHEN version = '?' THEN 0 ELSE 1 END) AS bigint), \
          CAST(sum(CASE WHEN version = '?' THEN events ELSE 0 END) AS bigint) \
        FROM payload_versions JOIN payloads ON payloads.id = payload_versions.payload \
        WHERE week = $1 AND is_newest = 1";
    let types = [pings_model::ValueType::Integer; 2];
    let mut tx = vendor.store.read().await.unwrap();
    let rows = tx.rows(sql, &[Bind::Text("2021-W04")], &types).await;
    match rows.unwrap().first().map(Vec::as_slice) {
        Some([Cell::Integer(versions), Cell::Integer(unknown)]) => (*versions, *unknown),
        other => panic!("{other:?}"),
    }
}

async fn the_rarest_versions_are_sent_as_unknown_ones(dialect: Dialect) {
    let (Some(desk), Some(vendor)) = (Desk::new(dialect).await, Vendor::new(dialect).await) else {
        return;
    };
    log(&desk, 60).await;
    assert_eq!(desk.queue(NOW()).await, ["2021-W04/1"]);
    let sent = desk.send(&vendor.address, NOW).await;
    assert_eq!(sent[0].state, State::Sent, "{:?}", sent[0].answer);
    assert_eq!(kept(&vendor).await, (50, (1..=10).sum()));
    assert_eq!(
        vendor.posts("2021-W04", None).await,
        f64::from((1..=60).sum::<u32>())
    );
    // A late event causes one further revision. After that, the week does not change.
    desk.posts("2021-01-27T10:00:00Z", &[1]).await;
    assert_eq!(desk.queue(NOW()).await, ["2021-W04/2"]);
    desk.send(&vendor.address, NOW).await;
    assert!(desk.has_sent_all().await);
    assert_eq!(desk.queue(NOW()).await, [""; 0]);
    let events = Entry::all(&desk.log).await.unwrap().pop().unwrap().events();
    assert_eq!(events, (1..=60).sum::<u64>() + 1);
}

/// Earlier releases sent all versions of a week, and the store refused the week.
async fn a_week_that_was_refused_is_assembled_again(dialect: Dialect) {
    let (Some(desk), Some(vendor)) = (Desk::new(dialect).await, Vendor::new(dialect).await) else {
        return;
    };
    log(&desk, 50).await;
    desk.queue(NOW()).await;
    let more: String = (1..=10).map(|minor| format!("\"0.{minor}\":1,")).collect();
    desk.sql(&format!(
        "UPDATE pings_outbox SET body = replace(body, '\"versions\":{{', '\"versions\":{{{more}')"
    ))
    .await;
    let sent = desk.send(&vendor.address, NOW).await;
    assert_eq!(sent[0].state, State::Parked);
    let answer = sent[0].answer.as_deref().unwrap();
    assert!(
        answer.contains(&format!(
            "60 versions exceed the maximum of {}",
            Payload::VERSIONS
        )),
        "{answer}"
    );
    assert_eq!(desk.queue(NOW()).await, ["2021-W04/2"]);
    let sent = desk.send(&vendor.address, NOW).await;
    assert_eq!(
        (sent[0].week, sent[0].state),
        (week("2021-W04"), State::Sent)
    );
    assert_eq!(kept(&vendor).await, (50, 10));
    assert_eq!(desk.queue(NOW()).await, [""; 0]);
}

on_both!(
    the_rarest_versions_are_sent_as_unknown_ones,
    a_week_that_was_refused_is_assembled_again
);
