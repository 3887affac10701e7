//! A store as of a day has what it had received by then.

use std::collections::BTreeMap;

use pings_model::Registry;
use pings_store::{FleetOptions, InstancesBy, Received, SeriesOptions, Store, UsageOptions};
use pings_tests::fleet::{Fleet, Shape};
use pings_tests::place::{Kind, Place};
use time::{Duration, OffsetDateTime};

const REGISTRY: &str = include_str!("../../../pings.yaml");

/// Returns when a payload arrives: late events come a week later.
fn arrival(payload: &pings_payload::Payload) -> OffsetDateTime {
    let days = i64::from(payload.revision - 1) * 7 + 1;
    payload.week.end() + Duration::days(days)
}

async fn as_of_is_the_truth(dialect: Kind) {
    let (Some(place), Some(earlier)) = (Place::new(dialect).await, Place::new(Kind::Sqlite).await)
    else {
        return;
    };
    let registry: Registry = pings_registry::parse(REGISTRY).expect("the registry passes");
    let mut fleet = Fleet::new(&registry, Shape::new(11, 20, 16));
    let store = Store::open(&place.url(), true).await.expect("a store");
    let first = fleet.shape.first;
    let learned = first.start();
    store.learn(&registry, learned).await.expect("it learns");
    for payload in &fleet.payloads {
        let received = Received::read(payload.json().into_bytes(), arrival(payload));
        store
            .accept(&[received.expect("a payload")])
            .await
            .expect("it accepts");
    }
    let end = first.forward(9).end() + Duration::days(3);
    store
        .note(first.forward(2), "early", end - Duration::DAY)
        .await
        .expect("a note");
    let late = store
        .note(first.forward(3), "late", end)
        .await
        .expect("a note");
    let then = Store::open(&earlier.url(), true).await.expect("a store");
    let copied = store.copy_before(end, &then).await.expect("a copy");
    let all = fleet.payloads.len();
    fleet.payloads.retain(|payload| arrival(payload) < end);
    assert_eq!(copied, fleet.payloads.len() as u64);
    assert!(all > fleet.payloads.len() + 50);
    let revised = fleet
        .newest()
        .values()
        .filter(|it| it.revision == 2)
        .count();
    let options = SeriesOptions {
        weeks: 520,
        ..SeriesOptions::default()
    };
    for code in ["InsightHover", "InsightsPageView"] {
        let series = then
            .series(&registry, code, &options)
            .await
            .expect("a series");
        let truth = fleet.truth(&registry, code);
        assert_eq!(series.weeks.len(), truth.len());
        for (week, kept) in series.weeks.iter().zip(truth.values()) {
            let sum: f64 = kept.values.get("count").into_iter().flatten().sum();
            assert_eq!(
                week.instances.trusted, kept.trusted,
                "{code} in {}",
                week.week
            );
            let expected = (kept.trusted > 0).then_some(sum);
            assert_eq!(week.values[0], expected, "{code} in {}", week.week);
        }
    }
    let today = store
        .series(&registry, "InsightHover", &options)
        .await
        .expect("a series");
    assert!(today.weeks.len() > 10 && revised > 0);
    let texts: Vec<String> = then
        .notes()
        .await
        .expect("notes")
        .into_iter()
        .map(|it| it.text)
        .collect();
    assert_eq!(texts, ["early"]);
    let notes = store.notes_by_week().await.expect("notes");
    let usage = UsageOptions {
        weeks: 520,
        by: Some(InstancesBy::Version),
        ..UsageOptions::default()
    };
    let usage = then
        .usage(&registry, "InsightHover", &usage)
        .await
        .expect("an answer");
    let mut json = usage.json();
    notes.add_to(&mut json);
    let noted = json["weeks"].as_array().expect("weeks").iter();
    let noted: BTreeMap<&str, &str> = noted
        .filter_map(|week| Some((week["week"].as_str()?, week["notes"].as_str()?)))
        .collect();
    let (third, fourth) = (first.forward(2).to_string(), first.forward(3).to_string());
    assert_eq!(
        noted,
        BTreeMap::from([(third.as_str(), "early"), (fourth.as_str(), "late")])
    );
    assert_eq!(store.delete_note(late).await.expect("a note").text, "late");
    store.delete_note(late).await.expect_err("it is gone");
    store
        .note(first, " \n", end)
        .await
        .expect_err("it is empty");
    let options = FleetOptions {
        weeks: 520,
        ..FleetOptions::default()
    };
    let weeks = then
        .fleet(&registry, &options)
        .await
        .expect("a fleet")
        .weeks;
    let active: u64 = weeks.iter().map(|week| week.active).sum();
    assert_eq!(active, fleet.newest().len() as u64);
    store.close().await;
    then.close().await;
}

#[tokio::test]
async fn as_of_is_the_truth_on_both_databases() {
    as_of_is_the_truth(Kind::Sqlite).await;
    as_of_is_the_truth(Kind::Postgres).await;
    as_of_is_the_truth(Kind::ClickHouse).await;
}
