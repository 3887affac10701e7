//! Consent that applies retroactively
//!
//! When sending was switched on, the instance also sent months that it had gathered while sending
//! was off. Similarly, a release added new metrics, which were sent under the consent to the old
//! metrics. Here a switch covers the weeks that begin after it was turned on, and a new metric
//! waits until an operator agrees to it.

use pings_runtime::{Consent, Delivery, Entry, EventLog, Import};
use pings_sql::Dialect;
use pings_tests::place::Place;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};

const EVENTS: &str = r#"{"name":"ArticleViewed","user_id":1,"timestamp":"2021-01-12T10:00:00Z","version":"2.4.0"}
{"name":"ArticleViewed","user_id":2,"timestamp":"2021-02-10T10:00:00Z","version":"2.4.0"}
"#;

/// The times of the runs, and whether sending is on.
const RUNS: [(OffsetDateTime, bool); 3] = [
    (datetime!(2021-02-02 8:00 UTC), false),
    (datetime!(2021-02-04 8:00 UTC), true),
    (datetime!(2021-02-23 8:00 UTC), true),
];

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let mut shown = Vec::new();
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        shown.push(outbox(&place).await);
    }
    shown.dedup();
    let [shown] = shown.as_slice() else {
        panic!("both databases say the same: {shown:?}")
    };
    vec![
        exhibit(
            Stage::Running,
            "Sending is switched on on Thursday 4 February. What becomes of each week:",
        )
        .block("text", shown),
        exhibit(
            Stage::Never,
            "Settings that change and change back between two runs are not noticed.",
        ),
    ]
}

async fn outbox(place: &Place) -> String {
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let imported = Import::new(&log).read(EVENTS.as_bytes(), |_| {}).await;
    assert_eq!(imported.expect("an import").imported, 2);
    let registry = desk::registry(desk::REGISTRY);
    for (now, send) in RUNS {
        let home = Delivery {
            log: &log,
            registry: &registry,
            consent: Consent {
                send,
                ..Consent::default()
            },
            version: None,
        };
        let queued = home.queue(time::Duration::ZERO, now, &mut |_| {}).await;
        queued.expect("it queues");
    }
    let all = Entry::all(&log).await.expect("an outbox");
    let shown: Vec<String> = all
        .iter()
        .map(|entry| format!("{}  {}\n", entry.week, entry.state.name()))
        .collect();
    log.close().await;
    assert_eq!(shown.len(), 6);
    shown.concat()
}
