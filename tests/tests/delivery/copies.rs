//! A database was copied and both copies continue. One copy gets a new id.

use pings_runtime::Instance;
use pings_sql::Dialect;
use time::macros::datetime;

use crate::on_both;
use crate::support::{Clock, Desk, Vendor, week};

async fn a_copy_gets_an_id_and_counts_once(dialect: Dialect) {
    let (Some(one), Some(copy), Some(vendor)) = (
        Desk::new(dialect).await,
        Desk::new(dialect).await,
        Vendor::new(dialect).await,
    ) else {
        return;
    };
    one.posts("2021-01-05T10:00:00Z", &[1]).await;
    let first: Clock = || datetime!(2021-01-12 0:00 UTC);
    one.queue(first()).await;
    one.send(&vendor.address, first).await;
    let original = Instance::of(&one.log).await.unwrap();
    // The copy has the events, the outbox and the id of the original.
    copy.posts("2021-01-05T10:00:00Z", &[1]).await;
    copy.queue(first()).await;
    let old = Instance::of(&copy.log).await.unwrap().id;
    let id = original.id;
    copy.sql(&format!("UPDATE pings_instance SET id = '{id}'"))
        .await;
    copy.sql(&format!(
        "UPDATE pings_outbox SET state = 'sent', body = replace(body, '{old}', '{id}')"
    ))
    .await;
    for day in ["2021-01-12", "2021-01-19", "2021-01-26"] {
        let at = format!("{day}T10:00:00Z");
        one.posts(&at, &[1, 2]).await;
        copy.posts(&at, &[1, 2, 3, 4, 5]).await;
    }
    let now: Clock = || datetime!(2021-02-02 0:00 UTC);
    one.queue(now()).await;
    one.send(&vendor.address, now).await;

    let renewed = Instance::renew(&copy.log, week("2021-W02"), now())
        .await
        .unwrap();
    assert_ne!(renewed.id, id);
    assert_ne!(renewed.key.public(), original.key.public());
    copy.queue(now()).await;
    copy.send(&vendor.address, now).await;
    // The copy does not send a late event of a week that belongs to the original.
    copy.posts("2021-01-06T10:00:00Z", &[1]).await;
    assert_eq!(copy.queue(now()).await, [""; 0]);
    copy.send(&vendor.address, now).await;
    assert_eq!(vendor.posts("2021-W01", None).await, 1.0);
    for week in ["2021-W02", "2021-W03", "2021-W04"] {
        assert_eq!(vendor.posts(week, Some(id)).await, 2.0, "{week}");
        assert_eq!(vendor.posts(week, None).await, 7.0, "{week}");
    }
    let future = Instance::renew(&copy.log, week("2021-W40"), now()).await;
    assert!(
        future
            .err()
            .unwrap()
            .to_string()
            .contains("has not started")
    );
}

/// The copy sent first. The original then makes its own weeks count again.
async fn a_copy_that_sent_under_the_old_id_is_put_right(dialect: Dialect) {
    let (Some(one), Some(copy), Some(vendor)) = (
        Desk::new(dialect).await,
        Desk::new(dialect).await,
        Vendor::new(dialect).await,
    ) else {
        return;
    };
    let id = Instance::of(&one.log).await.unwrap().id;
    Instance::of(&copy.log).await.unwrap();
    copy.sql(&format!("UPDATE pings_instance SET id = '{id}'"))
        .await;
    // A copy also has the key.
    for desk in [&one, &copy] {
        desk.sql(&format!(
            "UPDATE pings_instance SET seed = '{}'",
            "07".repeat(32)
        ))
        .await;
    }
    one.posts("2021-01-26T10:00:00Z", &[1, 2]).await;
    copy.posts("2021-01-26T10:00:00Z", &[1, 2, 3]).await;
    let now: Clock = || datetime!(2021-02-02 0:00 UTC);
    one.queue(now()).await;
    one.send(&vendor.address, now).await;
    copy.queue(now()).await;
    copy.send(&vendor.address, now).await;
    assert_eq!(vendor.posts("2021-W04", None).await, 3.0);
    Instance::renew(&copy.log, week("2021-W04"), now())
        .await
        .unwrap();
    copy.queue(now()).await;
    copy.send(&vendor.address, now).await;
    pings_runtime::Entry::ask_again(&one.log, &[week("2021-W04")])
        .await
        .unwrap();
    one.send(&vendor.address, now).await;
    assert_eq!(vendor.posts("2021-W04", Some(id)).await, 2.0);
    assert_eq!(vendor.posts("2021-W04", None).await, 5.0);
}

on_both!(
    a_copy_gets_an_id_and_counts_once,
    a_copy_that_sent_under_the_old_id_is_put_right
);
