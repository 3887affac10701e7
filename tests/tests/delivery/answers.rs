//! Only the answer of a store to this payload counts as a receipt or a refusal.

use pings_runtime::{Entry, State, StoreAddress, send_next};
use pings_sql::Dialect;
use pings_tests::peer::{Peer, Reply};
use time::macros::datetime;

use crate::on_both;
use crate::support::{Clock, Desk};

/// Answers that are not those of a store, each with a part of the text that the outbox shows.
const STRANGERS: [(Reply, &str); 14] = [
    (Reply::Status(400, "", "not\0 here"), "not here"),
    (
        Reply::Status(200, "", "<html>Please log in</html>"),
        "Please log in",
    ),
    (Reply::Status(200, "", ""), "does not confirm"),
    (Reply::Status(204, "", ""), "not the answer of a store"),
    (Reply::Status(200, "", "{\"ok\":true}"), "does not match"),
    (
        Reply::Status(200, "", "{\"ok\":false,\"error\":\"x\"}"),
        "does not confirm",
    ),
    (
        Reply::Status(
            200,
            "",
            "{\"ok\":true,\"instance\":\"00000000-0000-4000-8000-000000000001\",\"week\":\"2021-W04\",\"revision\":1}",
        ),
        "does not match",
    ),
    (
        Reply::Status(302, "Location: https://login.example.com/in\r\n", ""),
        "redirects to https://login.example.com/in",
    ),
    (
        Reply::Status(403, "", "<html>blocked by policy</html>"),
        "blocked by policy",
    ),
    (Reply::Status(404, "", ""), "not the answer of a store"),
    (
        Reply::Status(407, "", "Proxy Authentication Required"),
        "Proxy Auth",
    ),
    (Reply::Status(413, "", ""), "not the answer of a store"),
    (Reply::Long(1 << 20), "too long"),
    (
        Reply::Status(
            400,
            "",
            "{\"ok\":false,\"error\":\"it has not begun\",\"path\":\"week\"}",
        ),
        "has not begun",
    ),
];

const NOW: Clock = || datetime!(2021-07-06 0:00 UTC);

async fn an_answer_that_is_not_a_stores_is_tried_again(dialect: Dialect) {
    let Some(desk) = Desk::new(dialect).await else {
        return;
    };
    desk.posts("2021-01-12T10:00:00Z", &[1]).await;
    desk.queue(NOW()).await;
    let replies = STRANGERS.iter().map(|(reply, _)| reply.clone());
    let peer = Peer::new(replies.collect());
    let store = StoreAddress::new(peer.address(), None).unwrap();
    for (reply, says) in &STRANGERS {
        let entry = send_next(&desk.log, &store, NOW).await.unwrap().unwrap();
        assert_eq!(entry.state, State::Waiting, "{reply:?}");
        let answer = entry.answer.as_deref().unwrap();
        assert!(answer.contains(says), "{reply:?}: {answer}");
        // The pause is at least half an hour, because an operator must first fix the problem.
        assert!(entry.due_at.as_str() > "2021-07-06T00:30:00Z", "{reply:?}");
    }
}

async fn what_is_cut_off_is_tried_again_soon(dialect: Dialect) {
    let Some(desk) = Desk::new(dialect).await else {
        return;
    };
    desk.posts("2021-05-12T10:00:00Z", &[1]).await;
    desk.queue(NOW()).await;
    let replies = vec![
        Reply::Bytes("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"ok\":"),
        Reply::Cut,
        Reply::Bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ok\""),
        Reply::Status(503, "", "busy\0 until \0\0 noon"),
        Reply::Bytes("HTTP/1.1 500 Oh\r\nContent-Length: 3\r\nRetry-After: \0\r\n\r\n\0\0\0"),
        Reply::Drip,
        Reply::Bytes("SSH-2.0-OpenSSH_9.2\r\n"),
    ];
    let peer = Peer::new(replies.clone());
    let store = StoreAddress::new(peer.address(), None).unwrap();
    for reply in replies {
        let entry = send_next(&desk.log, &store, NOW).await.unwrap().unwrap();
        assert_eq!(entry.state, State::Waiting, "{reply:?}");
        assert!(
            entry
                .answer
                .as_ref()
                .is_some_and(|it| !it.is_empty() && !it.contains('\0')),
            "{reply:?}"
        );
        assert!(entry.due_at.as_str() < "2021-07-06T00:00:04Z", "{reply:?}");
        let stored = Entry::all(&desk.log).await.unwrap();
        assert!(stored.contains(&entry), "{reply:?}: {stored:?}");
    }
}

async fn only_a_store_parks_and_only_a_receipt_is_delivery(dialect: Dialect) {
    let Some(desk) = Desk::new(dialect).await else {
        return;
    };
    desk.posts("2021-06-23T10:00:00Z", &[1]).await;
    assert_eq!(desk.queue(NOW()).await, ["2021-W25/1", "2021-W26/1"]);
    let peer = Peer::new(vec![
        Reply::Status(
            403,
            "",
            "{\"ok\":false,\"error\":\"the token belongs to another instance\"}",
        ),
        Reply::Taken(""),
    ]);
    desk.send(peer.address(), NOW).await;
    assert_eq!(
        desk.outbox().await,
        ["2021-W25/1 parked", "2021-W26/1 sent"]
    );
}

/// `Retry-After` with 0 or with a time in the past does not shorten the pause.
async fn retry_after_does_not_switch_the_pause_off(dialect: Dialect) {
    let Some(desk) = Desk::new(dialect).await else {
        return;
    };
    desk.posts("2021-06-30T10:00:00Z", &[1]).await;
    desk.queue(NOW()).await;
    let peer = Peer::new(vec![
        Reply::Status(429, "Retry-After: 0\r\n", ""),
        Reply::Status(503, "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n", ""),
        Reply::Status(429, "Retry-After: 0\r\n", ""),
        Reply::Status(429, "Retry-After: 0\r\n", ""),
        Reply::Status(429, "Retry-After: 3600\r\n", ""),
    ]);
    let store = StoreAddress::new(peer.address(), None).unwrap();
    let clocks: [Clock; 5] = [
        || datetime!(2021-07-06 1:00 UTC),
        || datetime!(2021-07-06 2:00 UTC),
        || datetime!(2021-07-06 3:00 UTC),
        || datetime!(2021-07-06 4:00 UTC),
        || datetime!(2021-07-06 5:00 UTC),
    ];
    // The minimum pauses are half of 1, 2, 4 and 8 seconds, or an hour if the answer asks for it.
    let least = [
        "01:00:01Z",
        "02:00:02Z",
        "03:00:03Z",
        "04:00:05Z",
        "06:00:01Z",
    ];
    for (clock, least) in clocks.into_iter().zip(least) {
        let entry = send_next(&desk.log, &store, clock).await.unwrap().unwrap();
        assert!(entry.due_at[11..] >= *least, "{} {least}", entry.due_at);
        assert_eq!(send_next(&desk.log, &store, clock).await.unwrap(), None);
    }
}

on_both!(
    an_answer_that_is_not_a_stores_is_tried_again,
    what_is_cut_off_is_tried_again_soon,
    only_a_store_parks_and_only_a_receipt_is_delivery,
    retry_after_does_not_switch_the_pause_off
);
