//! A broken release that nobody noticed
//!
//! A release counted half of what happened, and the chart of all instances, most of which were older,
//! hardly moved. Nobody saw it for months. Here the store compares each instance with itself, before
//! and after it took up a version.

use pings_model::Registry;
use pings_sql::Dialect;
use pings_store::{Received, Store};
use pings_tests::fleet::{Effect, Fleet, Shape};
use pings_tests::place::Place;
use time::macros::datetime;

use crate::support::command::Folder;
use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};

const CODE: &str = "TicketsWithFiles";

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    // The fleet's versions are of its own.
    let text = desk::edited(&[
        (
            "    broken:\n      - { versions: \"2.3-2.3.1\", reason: misses chats, fix: 311 }\n",
            "",
        ),
        ("    added: \"2.0\"\n", "    added: \"0\"\n"),
    ]);
    let registry = desk::registry(&text);
    let healthy = Fleet::new(&registry, Shape::new(1, 80, 30));
    let versions = healthy.versions();
    let version = versions[versions.len() / 2];
    let range = format!("{version}").parse().expect("a range");
    let broken = Shape::new(1, 80, 30).with(CODE, range, Effect::Halved);
    let broken = Fleet::new(&registry, broken);

    let folder = Folder::new(&text);
    let before = doctor(&folder, &registry, &healthy).await;
    let after = doctor(&folder, &registry, &broken).await;
    assert!(!before.contains(CODE), "{before}");
    assert!(after.contains(&format!("{CODE}:")), "{after}");
    vec![
        exhibit(Stage::Store, &format!("80 instances send 30 weeks. Version {version} is made to count half of `{CODE}`; nothing declares it. `pings store doctor`:"))
            .block("text", &after),
        exhibit(Stage::Never, "What moves less than a third, what fewer than eight instances took up, and what was broken before the store saw its first week."),
    ]
}

/// What the doctor says of a fleet.
async fn doctor(folder: &Folder, registry: &Registry, fleet: &Fleet) -> String {
    let place = Place::new(Dialect::Sqlite).await.expect("SQLite");
    let store = Store::open(&place.url(), true).await.expect("a store");
    let now = datetime!(2022-06-01 0:00 UTC);
    store.learn(registry, now).await.expect("it learns");
    let received = fleet
        .payloads
        .iter()
        .map(|payload| Received::read(payload.json().into_bytes(), now).expect("a payload"));
    let received: Vec<Received> = received.collect();
    for batch in received.chunks(200) {
        store.accept(batch).await.expect("they are kept");
    }
    store.close().await;
    folder.succeeds(&format!("store doctor --database {}", place.address()))
}
