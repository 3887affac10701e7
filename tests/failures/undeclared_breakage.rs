//! A broken release that goes unnoticed
//!
//! A release counted only half of the events. Most instances ran older releases, so the chart of
//! the fleet hardly changed, and the error was not noticed for months. Here the store compares the
//! values of each instance before and after it adopted a version.

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

/// The sizes of a fleet for which the doctor reports the break, and of a fleet that is too small.
const MANY: usize = 80;
const FEW: usize = 7;

const WEEKS: u32 = 30;

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    // The fleet has its own versions, so the ping must exist in all versions and have no broken
    // range.
    let text = desk::edited(&[
        (
            "    broken:\n      - { versions: \"2.3-2.3.1\", reason: misses chats, fix: 311 }\n",
            "",
        ),
        ("    added: \"2.0\"\n", "    added: \"0\"\n"),
    ]);
    let registry = desk::registry(&text);
    let healthy = Fleet::new(&registry, Shape::new(1, MANY, WEEKS));
    let versions = healthy.versions();
    let version = versions[versions.len() / 2];
    let broken = |instances| {
        let range = version.to_string().parse().expect("a range");
        let shape = Shape::new(1, instances, WEEKS).with(CODE, range, Effect::Halved);
        Fleet::new(&registry, shape)
    };
    let folder = Folder::new(&text);
    let found = format!("{CODE}:");
    let before = doctor(&folder, &registry, &healthy).await;
    assert!(!before.contains(&found), "{before}");
    let after = doctor(&folder, &registry, &broken(MANY)).await;
    assert!(after.contains(&found), "{after}");
    let few = doctor(&folder, &registry, &broken(FEW)).await;
    assert!(!few.contains(&found), "{few}");
    vec![
        exhibit(Stage::Store, &format!("{MANY} instances send {WEEKS} weeks. Version {version} counts only half of `{CODE}`, and the registry does not say so. `pings store doctor` finds it, and finds nothing in the same fleet without the mistake:"))
            .block("text", &after),
        exhibit(Stage::Never, &format!("The doctor needs eight instances that updated to the version, so it finds nothing in a fleet of {FEW} instances with the same mistake. The numbers of these weeks are lost in any case.")),
    ]
}

/// Returns the output of the doctor for a fleet.
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
