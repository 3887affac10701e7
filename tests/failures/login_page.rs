//! A login page that answers for the store
//!
//! An instance was behind a captive portal or a proxy that answers each request with 200 and its
//! own page. The sender treated the page as an acknowledgement, and the weeks were lost. Here a
//! payload counts as delivered only if the answer names the instance, the week and the revision.

use pings_runtime::{Consent, Delivery, EventLog, Import, StoreAddress, send_next};
use pings_sql::Dialect;
use pings_tests::peer::{Peer, Reply};
use pings_tests::place::Place;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};

const EVENT: &str = r#"{"name":"ArticleViewed","user_id":1,"timestamp":"2021-01-12T10:00:00Z","version":"2.4.0"}
"#;

/// The time at which the payload is assembled, followed by the times of the attempts to send it.
const QUEUED: OffsetDateTime = datetime!(2021-01-19 8:00 UTC);
const ATTEMPTS: [fn() -> OffsetDateTime; 3] = [
    || datetime!(2021-01-20 8:00 UTC),
    || datetime!(2021-01-22 8:00 UTC),
    || datetime!(2021-01-25 8:00 UTC),
];

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let mut shown = Vec::new();
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        shown.push(attempts(&place).await);
    }
    shown.dedup();
    let [shown] = shown.as_slice() else {
        panic!("the databases differ: {shown:?}")
    };
    vec![
        exhibit(
            Stage::Running,
            "A payload is sent to a login page, to a proxy that answers with nothing, and to the store. After \
             each attempt the outbox says:",
        )
        .block("text", shown),
        exhibit(
            Stage::Never,
            "A proxy that forges the answer of the store is recognised only over `https`.",
        ),
    ]
}

async fn attempts(place: &Place) -> String {
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let imported = Import::new(&log).read(EVENT.as_bytes(), |_| {}).await;
    assert_eq!(imported.expect("an import").imported, 1);
    let registry = desk::registry(desk::REGISTRY);
    let home = Delivery {
        log: &log,
        registry: &registry,
        consent: Consent::default(),
        version: None,
    };
    let queued = home.queue(time::Duration::ZERO, QUEUED, &mut |_| {}).await;
    assert_eq!(queued.expect("it queues").len(), 1);
    let peer = Peer::new(vec![
        Reply::Status(200, "", "<html>Please log in</html>"),
        Reply::Status(204, "", ""),
        Reply::Taken(""),
    ]);
    let store = StoreAddress::new(peer.address(), None).expect("an address");
    let mut shown = String::new();
    for clock in ATTEMPTS {
        let entry = send_next(&log, &store, clock).await.expect("an outbox");
        let entry = entry.expect("an entry");
        let answer = entry.answer.as_deref().unwrap_or_default();
        // An acknowledgement names the instance, whose id is random.
        let answer = answer.split(",\"instance\"").next().unwrap_or_default();
        shown += &format!("{}  {:7}  {answer}\n", entry.week, entry.state.name());
    }
    assert_eq!(peer.got().len(), 3);
    log.close().await;
    shown
}
