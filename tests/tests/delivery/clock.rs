//! A clock that was ahead once leaves no lasting effects.

use pings_runtime::{Entry, State};
use pings_sql::Dialect;
use time::macros::datetime;

use crate::on_both;
use crate::support::{Clock, Desk, Vendor, week};

async fn one_run_with_a_clock_ahead_silences_nothing(dialect: Dialect) {
    let (Some(desk), Some(vendor)) = (Desk::new(dialect).await, Vendor::new(dialect).await) else {
        return;
    };
    desk.posts("2025-11-04T10:00:00Z", &[1]).await;
    assert_eq!(
        desk.queue(datetime!(2025-11-10 0:00 UTC)).await,
        ["2025-W45/1"]
    );
    let then: Clock = || datetime!(2025-11-10 0:00 UTC);
    desk.send(&vendor.address, then).await;
    // A late event, which the run with the wrong clock reads and skips.
    desk.posts("2025-11-05T10:00:00Z", &[2]).await;
    let ahead: Clock = || datetime!(2030-01-15 0:00 UTC);
    assert_eq!(desk.queue(ahead()).await.len(), 26);
    desk.send(&vendor.address, ahead).await;

    desk.posts("2025-11-11T10:00:00Z", &[3, 4]).await;
    let back: Clock = || datetime!(2025-11-25 0:00 UTC);
    assert_eq!(
        desk.queue(back()).await,
        ["2025-W45/2", "2025-W46/1", "2025-W47/1"]
    );
    let sent = desk.send(&vendor.address, back).await;
    assert_eq!(sent.len(), 3, "weeks of the future are not sent: {sent:?}");
    assert!(sent.iter().all(|it| it.state == State::Sent), "{sent:?}");
    for (week, posts) in [("2025-W45", 2.0), ("2025-W46", 2.0), ("2025-W47", 0.0)] {
        assert_eq!(vendor.posts(week, None).await, posts, "{week}");
    }
    assert_eq!(desk.queue(back()).await, [""; 0]);
    // A week in the future does not delay other weeks, and no week is rejected.
    assert_eq!(
        pings_runtime::next_send(&desk.log, back()).await.unwrap(),
        None
    );
    let all = Entry::all(&desk.log).await.unwrap();
    assert!(
        all.iter()
            .filter(|it| it.is_over(back()))
            .all(|it| it.state == State::Sent)
    );

    // When these weeks are over years later, they are assembled with their events.
    desk.posts("2029-07-25T10:00:00Z", &[5]).await;
    let years: Clock = || datetime!(2029-07-31 0:00 UTC);
    assert!(desk.queue(years()).await.contains(&"2029-W30/2".to_owned()));
    let all = Entry::all(&desk.log).await.unwrap();
    let newest = all.iter().rfind(|it| it.week == week("2029-W30")).unwrap();
    assert_eq!(newest.payload().unwrap().versions.values().sum::<u64>(), 1);
}

/// A week that is still running was assembled because the clock was ahead.
async fn a_week_that_was_assembled_early_is_assembled_again(dialect: Dialect) {
    let (Some(desk), Some(vendor)) = (Desk::new(dialect).await, Vendor::new(dialect).await) else {
        return;
    };
    desk.posts("2025-11-04T10:00:00Z", &[1]).await;
    let ahead: Clock = || datetime!(2025-11-12 0:00 UTC);
    assert_eq!(desk.queue(ahead()).await, ["2025-W45/1"]);
    desk.send(&vendor.address, ahead).await;
    // The correct date was the 5th.
    assert_eq!(desk.queue(datetime!(2025-11-05 0:00 UTC)).await, [""; 0]);
    desk.posts("2025-11-06T10:00:00Z", &[2]).await;
    assert_eq!(desk.queue(datetime!(2025-11-06 12:00 UTC)).await, [""; 0]);
    let over: Clock = || datetime!(2025-11-13 0:00 UTC);
    assert_eq!(desk.queue(over()).await, ["2025-W45/2"]);
    desk.send(&vendor.address, over).await;
    assert_eq!(vendor.posts("2025-W45", None).await, 2.0);
}

/// A clock that is behind for a while loses neither waiting payloads nor late events.
async fn a_clock_that_is_behind_loses_nothing(dialect: Dialect) {
    let (Some(desk), Some(vendor)) = (Desk::new(dialect).await, Vendor::new(dialect).await) else {
        return;
    };
    desk.posts("2025-11-04T10:00:00Z", &[1]).await;
    let now: Clock = || datetime!(2025-11-11 0:00 UTC);
    desk.queue(now()).await;
    desk.posts("2025-11-05T10:00:00Z", &[2]).await;
    let behind: Clock = || datetime!(2011-01-01 0:00 UTC);
    assert_eq!(desk.queue(behind()).await, [""; 0]);
    desk.send(&vendor.address, behind).await;
    assert_eq!(desk.queue(now()).await, ["2025-W45/2"]);
    desk.send(&vendor.address, now).await;
    assert_eq!(vendor.posts("2025-W45", None).await, 2.0);
}

/// Payloads that arrived while the store's clock was ahead do not make other instances count as not
/// reporting, and hide no week.
async fn a_store_whose_clock_was_ahead_goes_on(dialect: Dialect) {
    let (Some(desk), Some(vendor)) = (Desk::new(dialect).await, Vendor::new(dialect).await) else {
        return;
    };
    let now: Clock = || datetime!(2021-02-02 0:00 UTC);
    desk.posts("2021-01-26T10:00:00Z", &[1]).await;
    desk.queue(now()).await;
    desk.send(&vendor.address, now).await;
    vendor.store.learn(&desk.registry, now()).await.unwrap();
    let all = Entry::all(&desk.log).await.unwrap();
    let [start, end] = week("2040-W01").borders();
    let body = all[0].body.replace("2021-W04", "2040-W01");
    let body = body.replace("2021-01-25T00:00:00Z", &start);
    let body = body.replace("2021-02-01T00:00:00Z", &end);
    let ahead = datetime!(2040-02-01 0:00 UTC);
    let received = pings_store::Received::read(body.into_bytes(), ahead).unwrap();
    vendor.store.accept(&[received]).await.unwrap();
    let found = vendor.store.doctor(&desk.registry).await.unwrap();
    assert_eq!(found.weeks.unwrap().1, week("2021-W04"));
    // Half a year later the instance counts as gone, and not as not reporting until 2040.
    let options = pings_store::SeriesOptions {
        weeks: 1,
        until: Some(week("2022-W04")),
        ..pings_store::SeriesOptions::default()
    };
    let series = vendor
        .store
        .series(&desk.registry, "Posts", &options)
        .await
        .unwrap();
    assert_eq!(series.weeks[0].instances.silent, 0);
}

on_both!(
    a_store_whose_clock_was_ahead_goes_on,
    one_run_with_a_clock_ahead_silences_nothing,
    a_week_that_was_assembled_early_is_assembled_again,
    a_clock_that_is_behind_loses_nothing
);
