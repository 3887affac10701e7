//! A payload delivered twice
//!
//! The answer of the store was lost in transit, so the instance sent the payload again, and its
//! week was counted twice. Here a payload is identified by its instance, week and revision, and is
//! stored once. It can be sent any number of times, and always gets the same answer.

use std::path::Path;

use pings_model::ValueType;
use pings_sql::Dialect;
use pings_store::{Cell, Store};
use pings_tests::http::{Answer, Client};
use pings_tests::place::Place;
use pings_tests::vendor::{Vendor, payload};
use serde_json::Value as Json;

use crate::support::exhibit::{Exhibit, Stage, exhibit};
use crate::support::log::by_hand;

const COUNTED: &str =
    "SELECT value FROM measurements_labelled WHERE code = 'A' AND measure = 'count'";

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let mut shown = Vec::new();
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let program = Path::new(env!("CARGO_BIN_EXE_store"));
        let vendor = Vendor::start(program, place.address(), "127.0.0.1:0", None);
        let post = |value| -> Answer {
            let mut client = Client::connect(&vendor.address).expect("it listens");
            let body = payload(1, 3, 1, value).to_string();
            client.post("", body.as_bytes()).expect("an answer")
        };
        let first = post(42);
        assert_eq!(first.status, 200, "{dialect:?}: {first:?}");
        // The second request arrives in another second, in which a new answer would differ.
        std::thread::sleep(std::time::Duration::from_millis(1_100));
        assert_eq!(post(42).body, first.body, "{dialect:?}");
        let once = counted(&place).await;
        assert_eq!(once, [42.0], "{dialect:?}");
        // A machine was cloned with its id: the store keeps the first content and reports a
        // conflict to the sender.
        let third = post(43).json();
        assert_eq!(third["conflict"], true, "{dialect:?}");
        assert_eq!(
            (&third["newest"], &third["events"]),
            (&Json::from(1), &Json::from(13))
        );
        assert_eq!(counted(&place).await, once, "{dialect:?}");
        let mut database = place.connect().await;
        let conflicts = by_hand(&mut database, "SELECT count(*) AS n FROM conflicts").await;
        assert_eq!(conflicts, 1, "{dialect:?}");
        let mut answer: Json = first.json();
        answer["received_at"] = Json::from("2021-02-01T08:12:45Z");
        shown.push(answer.to_string());
    }
    shown.dedup();
    let [answer] = shown.as_slice() else {
        panic!("both databases say the same: {shown:?}")
    };
    vec![
        exhibit(Stage::Store, "Posted twice, a second apart, to a store on PostgreSQL and to one on SQLite. Both times the answer is this one, to the byte, with the time at which it came first:")
            .block("json", answer)
            .words("It has one row, and still has where the same revision comes a third time with another number, which is kept apart as a conflict:")
            .block("text", &format!("{COUNTED}\n\n42")),
    ]
}

async fn counted(place: &Place) -> Vec<f64> {
    let store = Store::open(&place.url(), false).await.expect("a store");
    let mut tx = store.read().await.expect("it answers");
    let rows = tx
        .rows(COUNTED, &[], &[ValueType::Number])
        .await
        .expect("rows");
    let values = rows.iter().map(|row| match row.as_slice() {
        [Cell::Number(value)] => *value,
        other => panic!("{other:?}"),
    });
    values.collect()
}
