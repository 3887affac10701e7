//! A missed week
//!
//! An instance was off, or without a network, when a week was due, and the week was lost. Here
//! payloads are assembled from the event log into an outbox. A run assembles all complete weeks
//! since the last assembled week, even if the run is late.

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

/// The times of the runs: in the week after the first event, and five weeks later.
const RUNS: [OffsetDateTime; 2] = [
    datetime!(2021-01-19 8:00 UTC),
    datetime!(2021-02-23 8:00 UTC),
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
        exhibit(Stage::Running, "The instance runs on 19 January, and again five weeks later, on 23 February. The payloads that it assembles each time:")
            .block("text", shown),
        exhibit(Stage::Never, "At most 26 weeks are assembled. An instance that is off for longer has a gap, in which the store shows it as not reporting."),
    ]
}

async fn outbox(place: &Place) -> String {
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let imported = Import::new(&log).read(EVENTS.as_bytes(), |_| {}).await;
    assert_eq!(imported.expect("an import").imported, 2);
    let registry = desk::registry(desk::REGISTRY);
    let home = Delivery {
        log: &log,
        registry: &registry,
        consent: Consent::default(),
        version: None,
    };
    let mut weeks = Vec::new();
    let mut shown = String::new();
    for now in RUNS {
        let queued = home.queue(time::Duration::ZERO, now, &mut |_| {}).await;
        let queued = queued.expect("it queues").into_iter();
        let queued: Vec<String> = queued.map(|entry| entry.week.to_string()).collect();
        shown += &format!("{}  {}\n", now.date(), queued.join(" "));
        weeks.extend(queued);
    }
    assert_eq!(
        weeks,
        [
            "2021-W02", "2021-W03", "2021-W04", "2021-W05", "2021-W06", "2021-W07"
        ]
    );
    let all = Entry::all(&log).await.expect("an outbox");
    let late = all
        .iter()
        .find(|it| it.week.to_string() == "2021-W06")
        .expect("the week");
    let versions = late.payload().expect("a payload").versions;
    assert_eq!(
        versions.values().sum::<u64>(),
        1,
        "the event of February is in its own week"
    );
    let years = datetime!(2023-01-03 8:00 UTC);
    let queued = home.queue(time::Duration::ZERO, years, &mut |_| {}).await;
    assert_eq!(queued.expect("it queues").len(), 26);
    log.close().await;
    shown
}
