//! Events at the borders of days, weeks, four weeks, months and years, with answers worked out by hand.

use pings_model::Registry;
use pings_runtime::{EventLog, Import, Reporter, Week};
use pings_sql::Dialect;
use pings_tests::place::Place;
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

/// Returns a registry whose weeks begin on a day.
fn registry(week_starts: &str) -> Registry {
    let text = r#"
format: 1
week_starts: monday
name: forum
title: Forum
events: { View: {} }
pings:
  - id: views
    title: Views
    type: fe_event
    window: [day, week, days_28, month]
    added: "1.0"
    metrics: [{ code: View, measure: [count, unique_users] }]
"#;
    let text = text.replace("monday", week_starts);
    pings_registry::parse(&text).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

/// Events at the first instants of windows and at the last ones before them, each with its user.
const EVENTS: &[(&str, u32)] = &[
    // Around 2020-W53. December begins in 2020-W49, and the four weeks on December 7.
    ("2020-11-30T23:59:59.999Z", 1),
    ("2020-12-01T00:00:00.000Z", 1),
    ("2020-12-06T23:59:59.999Z", 2),
    ("2020-12-07T00:00:00.000Z", 2),
    ("2020-12-27T23:59:59.999Z", 3),
    ("2020-12-28T00:00:00.000Z", 3),
    ("2020-12-31T23:59:59.999Z", 4),
    ("2021-01-01T00:00:00.000Z", 4),
    ("2021-01-03T23:59:59.999Z", 1),
    ("2021-01-04T00:00:00.000Z", 1),
    // Around 2021-W04, which ends with January.
    ("2021-01-26T23:59:59.999Z", 1),
    ("2021-01-27T00:00:00.000Z", 2),
    ("2021-01-31T23:59:59.999Z", 2),
    ("2021-02-01T00:00:00.000Z", 2),
    // Around 2023-W09, whose February has 28 days.
    ("2023-01-31T23:59:59.999Z", 1),
    ("2023-02-01T00:00:00.000Z", 1),
    ("2023-02-05T23:59:59.999Z", 2),
    ("2023-02-06T00:00:00.000Z", 2),
    ("2023-02-27T00:00:00.000Z", 3),
    ("2023-02-28T23:59:59.999Z", 4),
    ("2023-03-01T00:00:00.000Z", 4),
    ("2023-03-05T23:59:59.999Z", 3),
    ("2023-03-06T00:00:00.000Z", 3),
    // Around 2023-W52, which ends with the month and the year, and 2024-W01.
    ("2023-11-30T23:59:59.999Z", 1),
    ("2023-12-01T00:00:00.000Z", 1),
    ("2023-12-03T23:59:59.999Z", 2),
    ("2023-12-04T00:00:00.000Z", 2),
    ("2023-12-24T23:59:59.999Z", 3),
    ("2023-12-25T00:00:00.000Z", 3),
    ("2023-12-31T23:59:59.999Z", 3),
    ("2024-01-01T00:00:00.000Z", 3),
    ("2024-01-07T23:59:59.999Z", 4),
    ("2024-01-08T00:00:00.000Z", 4),
    // Around 2024-W09, which has a leap day.
    ("2024-01-31T23:59:59.999Z", 1),
    ("2024-02-01T00:00:00.000Z", 1),
    ("2024-02-04T23:59:59.999Z", 2),
    ("2024-02-05T00:00:00.000Z", 2),
    ("2024-02-25T23:59:59.999Z", 3),
    ("2024-02-26T00:00:00.000Z", 3),
    ("2024-02-28T23:59:59.999Z", 5),
    ("2024-02-29T00:00:00.000Z", 5),
    ("2024-02-29T23:59:59.999Z", 4),
    ("2024-03-01T00:00:00.000Z", 4),
    ("2024-03-03T23:59:59.999Z", 1),
    ("2024-03-04T00:00:00.000Z", 1),
];

/// The answers for a week. Each pair is the number of events and of their users.
struct Answers {
    week: &'static str,
    /// The events of each day from Monday.
    days: [u64; 7],
    in_week: (u64, u64),
    /// The week from the Sunday before.
    in_week_from_sunday: (u64, u64),
    in_days_28: (u64, u64),
    in_month: (u64, u64),
}

const ANSWERS: &[Answers] = &[
    Answers {
        week: "2020-W53",
        days: [1, 0, 0, 1, 1, 0, 1],
        in_week: (4, 3),
        in_week_from_sunday: (4, 2),
        in_days_28: (6, 4),
        in_month: (6, 4),
    },
    Answers {
        week: "2021-W04",
        days: [0, 1, 1, 0, 0, 0, 1],
        in_week: (3, 2),
        in_week_from_sunday: (2, 2),
        in_days_28: (4, 2),
        in_month: (6, 3),
    },
    Answers {
        week: "2023-W09",
        days: [1, 1, 1, 0, 0, 0, 1],
        in_week: (4, 2),
        in_week_from_sunday: (3, 2),
        in_days_28: (5, 3),
        in_month: (5, 4),
    },
    Answers {
        week: "2023-W52",
        days: [1, 0, 0, 0, 0, 0, 1],
        in_week: (2, 1),
        in_week_from_sunday: (2, 1),
        in_days_28: (4, 2),
        in_month: (6, 3),
    },
    // The month is still December, and the four weeks begin on December 11.
    Answers {
        week: "2024-W01",
        days: [1, 0, 0, 0, 0, 0, 1],
        in_week: (2, 2),
        in_week_from_sunday: (2, 1),
        in_days_28: (5, 2),
        in_month: (6, 3),
    },
    Answers {
        week: "2024-W09",
        days: [1, 0, 1, 2, 1, 0, 1],
        in_week: (6, 4),
        in_week_from_sunday: (6, 3),
        in_days_28: (8, 5),
        in_month: (8, 5),
    },
];

/// The windows of a report for a week.
struct Reported {
    days: Vec<Json>,
    week: Json,
    week_from_sunday: Vec<Json>,
    days_28: Json,
    month: Json,
}

async fn report(log: &EventLog, registry: &Registry, week: &str) -> Reported {
    let week: Week = week.parse().expect("a week");
    let reporter = Reporter::new(log, registry);
    let report = reporter.report(week, week.end(), &mut |_| {}).await;
    let report = serde_json::to_value(report.expect("a report")).expect("JSON");
    let of = |period: &str| -> Vec<Json> {
        let windows = report["windows"].as_array().expect("windows").iter();
        let windows = windows.filter(|it| it["window"] == period);
        windows.map(|it| it["metrics"]["View"].clone()).collect()
    };
    let only = |period: &str| match <[Json; 1]>::try_from(of(period)) {
        Ok([value]) => value,
        Err(values) => panic!("{period}: {values:?}"),
    };
    Reported {
        days: of("day"),
        week: report["metrics"]["View"].clone(),
        week_from_sunday: of("week_from_sunday"),
        days_28: only("days_28"),
        month: only("month"),
    }
}

fn value((count, unique_users): (u64, u64)) -> Json {
    json!({ "count": count, "unique_users": unique_users })
}

async fn check(log: &EventLog, place: &str) {
    let registry = registry("monday");
    for answers in ANSWERS {
        let found = report(log, &registry, answers.week).await;
        let place = format!("{} {place}", answers.week);
        let days: Vec<&Json> = found.days.iter().map(|day| &day["count"]).collect();
        assert_eq!(days, answers.days, "{place}");
        assert_eq!(found.week, value(answers.in_week), "{place}");
        assert_eq!(found.days_28, value(answers.in_days_28), "{place}");
        assert_eq!(found.month, value(answers.in_month), "{place}");
    }
}

/// Checks the weeks of a registry whose weeks begin on Sunday.
async fn check_from_sunday(log: &EventLog, place: &str) {
    let registry = registry("sunday");
    for answers in ANSWERS {
        let found = report(log, &registry, answers.week).await;
        let place = format!("{} from Sunday {place}", answers.week);
        assert_eq!(found.week, Json::Null, "{place}");
        assert_eq!(
            found.week_from_sunday,
            vec![value(answers.in_week_from_sunday)],
            "{place}"
        );
        assert_eq!(found.days_28, value(answers.in_days_28), "{place}");
    }
}

/// Prunes the rows up to the start of four weeks: they keep their values, the month that began
/// earlier loses its own, and so does everything of an earlier week.
async fn check_pruned(log: &EventLog) {
    let [registry, from_sunday] = ["monday", "sunday"].map(registry);
    for (before, week) in [
        (datetime!(2020-12-07 0:00 UTC), 0),
        (datetime!(2024-02-05 0:00 UTC), 5),
    ] {
        let pruned: Result<_, _> = log.prune(before, |_| {}).await;
        pruned.expect("pruned rows");
        let answers = &ANSWERS[week];
        let found = report(log, &registry, answers.week).await;
        assert_eq!(found.week, value(answers.in_week));
        assert_eq!(found.days_28, value(answers.in_days_28));
        assert_eq!(found.month, pruned_before(before));
        let found = report(log, &from_sunday, answers.week).await;
        assert_eq!(
            found.week_from_sunday,
            vec![value(answers.in_week_from_sunday)]
        );
    }
    let gone = report(log, &registry, "2024-W01").await;
    let error = pruned_before(datetime!(2024-02-05 0:00 UTC));
    assert_eq!(gone.days, vec![error.clone(); 7]);
    for window in [gone.week, gone.days_28, gone.month] {
        assert_eq!(window, error);
    }
    let gone = report(log, &from_sunday, "2024-W01").await;
    assert_eq!(gone.week_from_sunday, vec![error]);
}

fn pruned_before(moment: OffsetDateTime) -> Json {
    let before = pings_payload::rfc3339(moment);
    json!({ "error": format!("events before {before} were pruned") })
}

async fn borders_are_exact(dialect: Dialect, zone: Option<&str>) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    if let Some(zone) = zone {
        let mut database = place.connect().await;
        let sql = format!(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone = %L', \
             current_database(), '{zone}'); END $$"
        );
        database.execute(&sql).await;
    }
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let lines = EVENTS.iter().map(|(at, user)| {
        let line = json!({ "name": "View", "user_id": user, "timestamp": at, "version": "1.0" });
        format!("{line}\n")
    });
    let text: String = lines.collect();
    let done = Import::new(&log).read(text.as_bytes(), |_| {}).await;
    assert_eq!(done.expect("an import").imported, EVENTS.len() as u64);
    let zone = zone.unwrap_or_default();
    check(&log, zone).await;
    check_from_sunday(&log, zone).await;
    check_pruned(&log).await;
}

#[tokio::test]
async fn borders_are_exact_in_sqlite() {
    borders_are_exact(Dialect::Sqlite, None).await;
}

/// The time zone of the session moves no border.
#[tokio::test]
async fn borders_are_exact_in_postgres_in_each_time_zone() {
    for zone in ["America/Los_Angeles", "Asia/Kolkata", "Pacific/Kiritimati"] {
        borders_are_exact(Dialect::Postgres, Some(zone)).await;
    }
}
