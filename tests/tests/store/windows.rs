//! Values of windows other than the week are stored apart, and trusted by the versions of all weeks of
//! their window.

use pings_model::{Period, Registry, ValueType};
use pings_store::{Cell, Received, Series, SeriesOptions, Store};
use pings_tests::place::{Kind, Place};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2021-03-30 12:00 UTC);

const REGISTRY: &str = r#"
format: 1
name: desk
title: Desk
events: { Opened: { args: { channel: { enum: [mail, chat] } } } }
pings:
  - id: opened
    section: S
    title: T
    type: fe_event
    window: [day, week, days_28, month, all_time]
    added: "1.0"
    broken: [{ versions: "1.3", reason: counts twice }]
    metrics:
      - { code: Opened, measure: [count, unique_users] }
      - { code: ByChannel, of: Opened, by: [channel], window: month }
"#;

fn registry() -> Registry {
    pings_registry::parse(REGISTRY).unwrap()
}

fn values(count: u64) -> Json {
    json!({ "Opened": { "count": count, "unique_users": count.min(1) } })
}

/// Returns the payload of 2021-W04 of an instance. The numbers of its windows are those of its
/// versions in the earlier weeks.
fn payload(instance: u32, earlier: &[&str], revision: u32) -> Json {
    let day = |day: u32| {
        json!({
            "window": "day", "versions": ["1.4"],
            "start": format!("2021-01-{day}T00:00:00Z"),
            "end": match day { 31 => "2021-02-01T00:00:00Z".to_owned(), day => format!("2021-01-{}T00:00:00Z", day + 1) },
            "metrics": values(u64::from(day) - 25 + u64::from(revision) - 1),
        })
    };
    let mut windows: Vec<Json> = (25..=31).map(day).collect();
    let versions: Vec<&str> = earlier.iter().copied().chain(["1.4"]).collect();
    windows.push(json!({
        "window": "days_28", "start": "2021-01-04T00:00:00Z", "end": "2021-02-01T00:00:00Z",
        "versions": versions, "metrics": values(100 * u64::from(instance)),
    }));
    let mut month = values(1000 * u64::from(instance));
    month["ByChannel"] = json!({ "by": ["channel"], "rows": [{ "channel": "mail", "count": 9 }] });
    windows.push(json!({
        "window": "month", "start": "2021-01-01T00:00:00Z", "end": "2021-02-01T00:00:00Z",
        "versions": versions, "metrics": month,
    }));
    // The total begins when the instance did, in the year of its number.
    windows.push(json!({
        "window": "all_time", "start": format!("200{instance}-05-06T00:00:00Z"),
        "end": "2021-02-01T00:00:00Z",
        "versions": versions, "metrics": values(10_000 * u64::from(instance)),
    }));
    json!({
        "format": 1, "registry": "desk", "fingerprint": pings_payload::fingerprint(&registry()),
        "instance": format!("00000000-0000-4000-8000-{instance:012}"),
        "week": "2021-W04", "start": "2021-01-25T00:00:00Z", "end": "2021-02-01T00:00:00Z",
        "revision": revision, "version": "1.4", "versions": { "1.4": 10 },
        "metrics": values(10 * u64::from(instance)), "windows": windows,
    })
}

async fn accept(store: &Store, payloads: &[Json]) {
    let received = |json: &Json| Received::read(json.to_string().into_bytes(), NOW).unwrap();
    let batch: Vec<Received> = payloads.iter().map(received).collect();
    store.accept(&batch).await.unwrap();
}

async fn series(store: &Store, code: &str, window: Option<Period>, by: Option<&str>) -> Series {
    let options = SeriesOptions {
        weeks: 2,
        window,
        by: by.map(str::to_owned),
        ..SeriesOptions::default()
    };
    store.series(&registry(), code, &options).await.unwrap()
}

/// Returns the first measure of each entry, with the number of trusted instances and of instances
/// that are partly broken.
fn told(series: &Series) -> Vec<(String, Option<f64>, u64, u64)> {
    let weeks = series.weeks.iter().map(|week| {
        let [start, _] = week.window.borders();
        let of = &week.instances;
        let value = week.values.first().copied().flatten();
        (
            start[..10].to_owned(),
            value,
            of.trusted,
            of.all_partly_broken(),
        )
    });
    weeks.collect()
}

#[tokio::test]
async fn a_window_over_a_broken_week_is_not_trusted() {
    for dialect in Kind::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let store = Store::open(&place.url(), true).await.unwrap();
        store.learn(&registry(), NOW).await.unwrap();
        // The second instance ran the broken version in an earlier week.
        accept(
            &store,
            &[payload(1, &["1.2"], 1), payload(2, &["1.3.1"], 1)],
        )
        .await;
        for _ in 0..2 {
            let weeks = series(&store, "Opened", None, None).await;
            assert_eq!(weeks.window, Period::Week);
            assert_eq!(told(&weeks), [("2021-01-25".to_owned(), Some(30.0), 2, 0)]);
            let four_weeks = series(&store, "Opened", Some(Period::Days28), None).await;
            let expected = [("2021-01-04".to_owned(), Some(100.0), 1, 1)];
            assert_eq!(told(&four_weeks), expected);
            let months = series(&store, "Opened", Some(Period::Month), None).await;
            let expected = [("2021-01-01".to_owned(), Some(1000.0), 1, 1)];
            assert_eq!(told(&months), expected);
            let days = series(&store, "Opened", Some(Period::Day), None).await;
            let days = told(&days);
            assert_eq!(days.len(), 7);
            assert_eq!(days[0], ("2021-01-25".to_owned(), Some(0.0), 2, 0));
            assert_eq!(days[6], ("2021-01-31".to_owned(), Some(12.0), 2, 0));
            let ever = series(&store, "Opened", Some(Period::AllTime), None).await;
            let expected = [("0001-01-01".to_owned(), Some(10_000.0), 1, 1)];
            assert_eq!(told(&ever), expected);
            // A code without a weekly value is shown for its own window.
            let grouped = series(&store, "ByChannel", None, Some("channel")).await;
            assert_eq!((grouped.window, grouped.weeks.len()), (Period::Month, 1));
            assert_eq!(grouped.weeks[0].groups[0].values, [Some(9.0)]);
            store.rebuild(|_, _| {}).await.unwrap();
        }
        // A later revision replaces the values of all windows.
        accept(&store, &[payload(1, &["1.2"], 2)]).await;
        let days = series(&store, "Opened", Some(Period::Day), None).await;
        assert_eq!(told(&days)[0].1, Some(1.0));
        let sql = "SELECT code, versions, trust FROM measurements_labelled \
            WHERE measure = 'count' AND code LIKE '%@month' ORDER BY code, instance";
        let mut tx = store.read().await.unwrap();
        let rows = tx.rows(sql, &[], &[ValueType::Text; 3]).await.unwrap();
        let rows = rows.iter().map(|row| {
            let cells = row.iter().filter_map(Cell::text);
            cells.collect::<Vec<_>>().join(", ")
        });
        let expected = [
            "ByChannel@month, 1.2.0 1.4.0, trusted",
            "ByChannel@month, 1.3.1 1.4.0, partly_broken",
            "Opened@month, 1.2.0 1.4.0, trusted",
            "Opened@month, 1.3.1 1.4.0, partly_broken",
        ];
        assert_eq!(rows.collect::<Vec<_>>(), expected);
        tx.end().await.unwrap();
        let options = SeriesOptions {
            weeks: 1,
            window: Some(Period::Week),
            ..SeriesOptions::default()
        };
        let none = store.series(&registry(), "ByChannel", &options).await;
        let message = none.unwrap_err().to_string();
        assert_eq!(
            message,
            "ByChannel has no window `week`\nhelp: its windows are month"
        );
    }
}

/// A week from Sunday is stored under its code, as a week from Monday is, with the name of the ISO week
/// in which it ended.
#[tokio::test]
async fn weeks_from_sunday_are_the_weeks_of_a_code() {
    let registry = REGISTRY.replace("title: Desk", "title: Desk\nweek_starts: sunday");
    let registry = pings_registry::parse(&registry).unwrap();
    for dialect in Kind::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let store = Store::open(&place.url(), true).await.unwrap();
        store.learn(&registry, NOW).await.unwrap();
        let mut json = payload(1, &["1.2"], 1);
        json["fingerprint"] = json!(pings_payload::fingerprint(&registry));
        json["metrics"] = json!({});
        json["windows"] = json!([{
            "window": "week_from_sunday", "versions": ["1.2", "1.4"], "metrics": values(7),
            "start": "2021-01-24T00:00:00Z", "end": "2021-01-31T00:00:00Z",
        }]);
        accept(&store, &[json.clone()]).await;
        let options = SeriesOptions::default();
        let weeks = store.series(&registry, "Opened", &options).await.unwrap();
        assert_eq!(weeks.window, Period::WeekFromSunday);
        let last = told(&weeks).pop();
        assert_eq!(last, Some(("2021-01-24".to_owned(), Some(7.0), 1, 0)));
        assert_eq!(weeks.weeks.last().unwrap().week.to_string(), "2021-W04");

        // The week must be the one that ended in the ISO week, and there is only one of it.
        json["windows"][0]["start"] = json!("2021-01-23T00:00:00Z");
        let error = Received::read(json.to_string().into_bytes(), NOW).unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains("this is not a `week_from_sunday` window of 2021-W04"),
            "{message}"
        );
    }
}
