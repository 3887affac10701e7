//! Weeks in which the product was switched off
//!
//! An instance was switched off for months and then reported zeros for each of these weeks, under a
//! version that was released later. The fleet's numbers fell, although usage was the same.
//! Here the recorder and the captures leave a trace of each week in which the product runs, and a
//! week without a trace is reported as not running.

use pings_payload::Uuid;
use pings_runtime::{Consent, Delivery, EventLog, Import};
use pings_sql::Dialect;
use pings_tests::place::Place;
use serde_json::Value as Json;

use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};

const EVENTS: &str = r#"{"name":"ArticleViewed","user_id":1,"timestamp":"2021-01-12T10:00:00Z","version":"2.4.0"}
{"name":"ArticleViewed","user_id":2,"timestamp":"2021-02-10T10:00:00Z","version":"2.5.0"}
"#;

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let mut shown = Vec::new();
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        shown.push(payloads(&place).await);
    }
    shown.dedup();
    let [shown] = shown.as_slice() else {
        panic!("the databases differ: {shown:?}")
    };
    vec![
        exhibit(
            Stage::Running,
            "One event is logged in week 2, the next in week 6. The payloads of weeks 2, 4 and 6, without their heads:",
        )
        .block("json", shown),
        exhibit(
            Stage::Never,
            "A week that the product ran through without the recorder, captures or an event looks like a week in which it was off.",
        ),
    ]
}

async fn payloads(place: &Place) -> String {
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let imported = Import::new(&log).read(EVENTS.as_bytes(), |_| {}).await;
    assert_eq!(imported.expect("an import").imported, 2);
    let registry = desk::registry(desk::REGISTRY);
    let home = Delivery {
        log: &log,
        registry: &registry,
        consent: Consent::default(),
        version: Some("2.5.0".parse().expect("a version")),
    };
    let mut shown = String::new();
    for week in ["2021-W02", "2021-W04", "2021-W06"] {
        let week: pings_payload::Week = week.parse().expect("a week");
        let now = week.end();
        let payload = home
            .payload(Uuid::from_u128(7), week, 1, now, &mut |_| {})
            .await
            .expect("a payload");
        let json: Json = serde_json::from_str(&payload.json()).expect("JSON");
        let metrics = json["metrics"].get("ArticleThenTicket");
        let shape = [
            ("week", Some(&json["week"])),
            ("not_running", json.get("not_running")),
            ("versions", Some(&json["versions"])),
            ("ArticleThenTicket", metrics),
        ];
        let members = shape
            .iter()
            .filter_map(|(name, value)| Some(format!("\"{name}\":{}", value.as_ref()?)));
        shown += &format!("{{{}}}\n", members.collect::<Vec<_>>().join(","));
    }
    log.close().await;
    shown
}
