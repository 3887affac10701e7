//! The database of an instance or of a store is restored from a backup.

use pings_runtime::{Entry, State};
use pings_sql::Dialect;
use pings_tests::peer::{Peer, Reply};
use time::macros::datetime;

use crate::on_both;
use crate::support::{Clock, Desk, Vendor, week};

const NOW: Clock = || datetime!(2021-02-02 0:00 UTC);

/// Returns an instance and a store with a week that was sent twice. The instance then loses the
/// second revision.
async fn restored(dialect: Dialect) -> Option<(Desk, Vendor)> {
    let (desk, vendor) = (Desk::new(dialect).await?, Vendor::new(dialect).await?);
    desk.posts("2021-01-26T10:00:00Z", &[1]).await;
    assert_eq!(desk.queue(NOW()).await, ["2021-W04/1"]);
    desk.send(&vendor.address, NOW).await;
    desk.posts("2021-01-27T10:00:00Z", &[2, 3]).await;
    assert_eq!(desk.queue(NOW()).await, ["2021-W04/2"]);
    desk.send(&vendor.address, NOW).await;
    assert_eq!(vendor.posts("2021-W04", None).await, 3.0);
    desk.sql("DELETE FROM pings_outbox WHERE revision = 2")
        .await;
    desk.sql("DELETE FROM event_logs WHERE id > 1").await;
    desk.sql("UPDATE pings_outbox_read SET read_to = 1").await;
    // The totals of a restored database have its rows, too.
    desk.log.recount().await.expect("a recount");
    Some((desk, vendor))
}

async fn a_restored_instance_sends_its_late_events(dialect: Dialect) {
    let Some((desk, vendor)) = restored(dialect).await else {
        return;
    };
    desk.posts("2021-01-28T10:00:00Z", &[4, 5, 6, 7, 8]).await;
    assert_eq!(desk.queue(NOW()).await, ["2021-W04/2"]);
    let sent = desk.send(&vendor.address, NOW).await;
    let states: Vec<State> = sent.iter().map(|it| it.state).collect();
    assert_eq!(states, [State::Replaced, State::Sent]);
    assert_eq!(
        desk.outbox().await,
        ["2021-W04/1 sent", "2021-W04/2 replaced", "2021-W04/3 sent"]
    );
    assert_eq!(vendor.posts("2021-W04", None).await, 6.0);
}

/// The store has more events of the week than the restored instance, so its content counts.
async fn a_restored_instance_takes_nothing_away(dialect: Dialect) {
    let Some((desk, vendor)) = restored(dialect).await else {
        return;
    };
    desk.sql("DELETE FROM pings_outbox").await;
    desk.posts("2021-01-19T10:00:00Z", &[4]).await;
    assert_eq!(desk.queue(NOW()).await, ["2021-W03/1", "2021-W04/1"]);
    let sent = desk.send(&vendor.address, NOW).await;
    assert_eq!(vendor.posts("2021-W04", None).await, 3.0);
    let kept = sent.iter().find(|it| it.week == week("2021-W04")).unwrap();
    assert_eq!((kept.state, kept.outweighed_by()), (State::Sent, Some(3)));
    assert_eq!((kept.events(), kept.contested_by()), (1, None));
    // On request, the content of the instance counts instead.
    Entry::ask_again(&desk.log, &[week("2021-W04")])
        .await
        .unwrap();
    desk.send(&vendor.address, NOW).await;
    assert_eq!(vendor.posts("2021-W04", None).await, 1.0);
    let strange = Entry::ask_again(&desk.log, &[week("2019-W04")]).await;
    assert!(
        strange
            .unwrap_err()
            .to_string()
            .contains("not in the outbox")
    );
}

/// The week is assembled again, and only the duration differs.
async fn the_same_content_is_no_conflict(dialect: Dialect) {
    let (Some(desk), Some(vendor)) = (Desk::new(dialect).await, Vendor::new(dialect).await) else {
        return;
    };
    desk.posts("2021-01-26T10:00:00Z", &[1]).await;
    desk.queue(NOW()).await;
    desk.send(&vendor.address, NOW).await;
    desk.sql("UPDATE pings_outbox SET state = 'waiting', body = replace(body, '\"took_ms\":{', '\"took_ms\":{\"x\":99,')")
        .await;
    let sent = desk.send(&vendor.address, NOW).await;
    assert!(!sent[0].answer.as_deref().unwrap().contains("conflict"));
    assert_eq!(desk.outbox().await, ["2021-W04/1 sent"]);
}

async fn a_restored_store_gets_the_weeks_that_it_lost(dialect: Dialect) {
    let (Some(desk), Some(vendor)) = (Desk::new(dialect).await, Vendor::new(dialect).await) else {
        return;
    };
    for at in ["2021-01-05", "2021-01-12", "2021-01-19", "2021-01-26"] {
        desk.posts(&format!("{at}T10:00:00Z"), &[1]).await;
    }
    desk.queue(NOW()).await;
    desk.send(&vendor.address, NOW).await;
    assert_eq!(vendor.posts("2021-W03", None).await, 1.0);
    vendor.lose_from("2021-W02").await;
    assert_eq!(vendor.posts("2021-W03", None).await, 0.0);
    // Weeks can be sent again by hand without a new week.
    Entry::ask_again(&desk.log, &[week("2021-W02")])
        .await
        .unwrap();
    let sent = desk.send(&vendor.address, NOW).await;
    assert_eq!(sent.len(), 1);
    assert_eq!(vendor.posts("2021-W02", None).await, 1.0);
    // Missing weeks are sent automatically together with the next week.
    desk.posts("2021-02-02T10:00:00Z", &[1]).await;
    let later: Clock = || datetime!(2021-02-09 0:00 UTC);
    desk.queue(later()).await;
    desk.send(&vendor.address, later).await;
    for week in ["2021-W01", "2021-W02", "2021-W03", "2021-W04", "2021-W05"] {
        assert_eq!(vendor.posts(week, None).await, 1.0, "{week}");
    }
    assert!(desk.has_sent_all().await);
}

/// A store that asks for a week also gets the revisions of other weeks that it lost.
async fn a_restored_store_gets_the_revisions_that_it_lost(dialect: Dialect) {
    let (Some(desk), Some(vendor)) = (Desk::new(dialect).await, Vendor::new(dialect).await) else {
        return;
    };
    let [first, second, third]: [Clock; 3] = [
        || datetime!(2021-01-18 0:00 UTC),
        || datetime!(2021-01-26 0:00 UTC),
        || datetime!(2021-02-02 0:00 UTC),
    ];
    desk.posts("2021-01-05T10:00:00Z", &[1]).await;
    desk.posts("2021-01-12T10:00:00Z", &[1]).await;
    desk.queue(first()).await;
    desk.send(&vendor.address, first).await;
    let backup = vendor.place.restored_backup().await;
    desk.posts("2021-01-06T10:00:00Z", &[1]).await;
    desk.posts("2021-01-19T10:00:00Z", &[1]).await;
    assert_eq!(desk.queue(second()).await, ["2021-W01/2", "2021-W03/1"]);
    desk.send(&vendor.address, second).await;
    assert_eq!(vendor.posts("2021-W01", None).await, 2.0);
    let restored = Vendor::of(backup).await;
    assert_eq!(restored.posts("2021-W01", None).await, 1.0);
    desk.posts("2021-01-26T10:00:00Z", &[1]).await;
    assert_eq!(desk.queue(third()).await, ["2021-W04/1"]);
    desk.send(&restored.address, third).await;
    for (week, posts) in [("2021-W01", 2.0), ("2021-W02", 1.0), ("2021-W03", 1.0)] {
        assert_eq!(restored.posts(week, None).await, posts, "{week}");
    }
    assert!(desk.has_sent_all().await);
}

/// A store that reports a conflict in each answer causes only a few revisions.
async fn a_store_that_never_agrees_gets_few_revisions(dialect: Dialect) {
    let Some(desk) = Desk::new(dialect).await else {
        return;
    };
    desk.posts("2021-01-19T10:00:00Z", &[1]).await;
    for (conflict, attempts) in [
        (",\"conflict\":true,\"newest\":1,\"events\":0", 4),
        // A revision beyond the maximum of a store is not answered with a new one.
        (",\"conflict\":true,\"newest\":10000,\"events\":0", 1),
    ] {
        desk.sql("DELETE FROM pings_outbox").await;
        desk.queue(NOW()).await;
        let peer = Peer::new(vec![Reply::Taken(conflict)]);
        let tried = desk.send(peer.address(), NOW).await;
        let of_week = tried.iter().filter(|it| it.week == week("2021-W03"));
        assert_eq!(of_week.count(), attempts, "{conflict}");
        assert!(tried.iter().all(|it| it.revision <= 4), "{conflict}");
        // The store does not have more events, so the last revision is not outweighed.
        let last = tried.iter().rfind(|it| it.week == week("2021-W03"));
        let last = last.unwrap();
        assert_eq!(last.state, State::Sent, "{conflict}");
        assert_eq!((last.outweighed_by(), last.contested_by()), (None, Some(0)));
        assert!(desk.has_sent_all().await);
    }
}

/// A refusal ends the request of a person or of a store.
async fn a_week_that_is_requested_again_and_refused_is_parked(dialect: Dialect) {
    let Some(desk) = Desk::new(dialect).await else {
        return;
    };
    desk.posts("2021-01-19T10:00:00Z", &[1]).await;
    desk.queue(NOW()).await;
    let refused = Reply::Status(403, "", "{\"ok\":false,\"error\":\"no\"}");
    let takes = Peer::new(vec![Reply::Taken(""), Reply::Taken(""), refused.clone()]);
    desk.send(takes.address(), NOW).await;
    assert!(desk.has_sent_all().await);
    Entry::ask_again(&desk.log, &[week("2021-W03")])
        .await
        .unwrap();
    let refuses = Peer::new(vec![refused]);
    let tried = desk.send(refuses.address(), NOW).await;
    let states: Vec<State> = tried.iter().map(|it| it.state).collect();
    assert_eq!(states, [State::Parked]);
    assert_eq!(desk.send(refuses.address(), NOW).await, []);
}

/// Another process replaces a payload while its answer is awaited.
async fn what_was_replaced_on_its_way_does_not_wait_again(dialect: Dialect) {
    let Some(desk) = Desk::new(dialect).await else {
        return;
    };
    desk.posts("2021-01-26T10:00:00Z", &[1]).await;
    desk.queue(NOW()).await;
    let peer = Peer::new(vec![Reply::Drip]);
    let sending = desk.send_first(peer.address(), NOW);
    let replacing = async {
        while peer.got().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        desk.sql("UPDATE pings_outbox SET state = 'replaced'").await;
    };
    tokio::join!(sending, replacing);
    assert_eq!(desk.outbox().await, ["2021-W04/1 replaced"]);
}

async fn a_store_that_always_asks_is_not_sent_to_for_ever(dialect: Dialect) {
    let Some(desk) = Desk::new(dialect).await else {
        return;
    };
    desk.posts("2021-01-19T10:00:00Z", &[1]).await;
    desk.queue(NOW()).await;
    let peer = Peer::new(vec![Reply::Taken(
        ",\"lacks\":[\"2021-W03\",\"2021-W04\",\"1999-W01\"]",
    )]);
    assert_eq!(desk.send(peer.address(), NOW).await.len(), 4);
    assert_eq!(desk.send(peer.address(), NOW).await.len(), 0);
    assert!(desk.has_sent_all().await);
}

on_both!(
    a_restored_instance_sends_its_late_events,
    a_restored_instance_takes_nothing_away,
    the_same_content_is_no_conflict,
    a_restored_store_gets_the_weeks_that_it_lost,
    a_restored_store_gets_the_revisions_that_it_lost,
    a_store_that_never_agrees_gets_few_revisions,
    a_week_that_is_requested_again_and_refused_is_parked,
    what_was_replaced_on_its_way_does_not_wait_again,
    a_store_that_always_asks_is_not_sent_to_for_ever
);
