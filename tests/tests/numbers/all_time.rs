//! Values for all time stay right after pruning, late events, renames and killed processes.

use std::process::{Command, Stdio};
use std::time::Duration;

use pings_model::Registry;
use pings_payload::{Payload, Reason, Value, Windowed};
use pings_runtime::{Consent, Delivery, EventLog, Import, NewMetrics, Reporter, Week};
use pings_sql::Dialect;
use pings_tests::place::Place;
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

/// A registry with an event `View`, or as it is called now, and these metrics.
fn registry_of(event: &str, metrics: &str) -> Registry {
    let text = format!(
        r#"
format: 1
name: forum
title: Forum
events:
  {event}: {{ args: {{ page: {{ enum: [home, search] }}, size: integer }} }}
pings:
  - id: views
    section: Forum
    title: Views
    type: fe_event
    window: all_time
    added: "1.0"
    metrics: [{metrics}]
"#
    );
    pings_registry::parse(&text).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

const METRICS: &str = "{ code: Views, of: View, measure: [count, unique_users] }, \
    { code: ByPage, of: View, by: [page], measure: [count, sum], value: size, window: [week, all_time] }";

fn registry() -> Registry {
    registry_of("View", METRICS)
}

/// Events: the time, the version, the user, the page and the size.
type Line<'l> = (&'l str, &'l str, u64, &'l str, i64);

const EVENTS: [Line<'_>; 5] = [
    ("2021-01-05T10:00:00Z", "1.0", 1, "home", 2),
    ("2021-01-12T10:00:00Z", "1.0", 2, "search", 3),
    ("2021-01-20T10:00:00Z", "1.1", 1, "home", 5),
    ("2021-01-27T10:00:00Z", "2.0", 3, "home", 7),
    ("2021-02-02T10:00:00Z", "2.0", 4, "search", 11),
];

async fn import(log: &EventLog, events: &[Line<'_>]) {
    let lines = events.iter().map(|(at, version, user, page, size)| {
        let argument = json!({ "page": page, "size": size });
        let line = json!({ "name": "View", "user_id": user, "timestamp": at,
            "version": version, "argument": argument });
        format!("{line}\n")
    });
    let text: String = lines.collect();
    let done = Import::new(log).read(text.as_bytes(), |_| {}).await;
    assert_eq!(done.expect("an import").imported, events.len() as u64);
}

async fn report(log: &EventLog, registry: &Registry, week: &str) -> Json {
    let week: Week = week.parse().expect("a week");
    let now = week.end().max(datetime!(2021-02-10 0:00 UTC));
    let reporter = Reporter::new(log, registry);
    let report = reporter.report(week, now, &mut |_| {}).await;
    serde_json::to_value(report.expect("a report")).expect("JSON")
}

/// Returns the first day of the window of a metric for all time, and its value.
fn all_time(report: &Json, code: &str) -> (String, Json) {
    let windows = report["windows"].as_array().expect("windows").iter();
    let windows = windows.filter(|it| it["window"] == "all_time");
    let mut windows = windows.filter(|it| it["metrics"].get(code).is_some());
    let window = windows.next().expect("a window");
    assert_eq!(windows.next(), None);
    assert_eq!(window["end"], report["end"]);
    let start = window["start"].as_str().expect("a start");
    (start[..10].to_owned(), window["metrics"][code].clone())
}

/// Returns the count, the users, and the count and the sum of each page.
fn numbers(report: &Json) -> (u64, u64, Vec<(String, u64, i64)>) {
    let (_, views) = all_time(report, "Views");
    let number = |json: &Json| json.as_u64().unwrap_or_else(|| panic!("{views}: {report}"));
    let (_, by_page) = all_time(report, "ByPage");
    let pages = by_page["rows"].as_array().expect("rows").iter().map(|row| {
        let page = row["page"].as_str().unwrap_or("none").to_owned();
        (
            page,
            number(&row["count"]),
            row["sum"].as_i64().expect("a sum"),
        )
    });
    (
        number(&views["count"]),
        number(&views["unique_users"]),
        pages.collect(),
    )
}

fn pages(rows: &[(&str, u64, i64)]) -> Vec<(String, u64, i64)> {
    let rows = rows
        .iter()
        .map(|(page, count, sum)| ((*page).to_owned(), *count, *sum));
    rows.collect()
}

async fn totals_stay_right(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let registry = registry();
    import(&log, &EVENTS).await;
    let week_3 = (3, 2, pages(&[("home", 2, 7), ("search", 1, 3)]));
    let week_4 = (4, 3, pages(&[("home", 3, 14), ("search", 1, 3)]));
    let of_week_4 = report(&log, &registry, "2021-W04").await;
    assert_eq!(numbers(&of_week_4), week_4);
    let start = all_time(&of_week_4, "Views").0;
    assert_eq!(start, "2021-01-05", "the first day that is known");
    assert_eq!(numbers(&report(&log, &registry, "2021-W03").await), week_3);

    // The totals would not have the rows that `EventLog::prune` removes.
    let refused = log.prune(datetime!(2021-01-18 0:00 UTC), |_| {}).await;
    assert!(refused.expect_err("totals").is_input());
    let reporter = Reporter::new(&log, &registry);
    let pruned = reporter.prune(datetime!(2021-01-18 0:00 UTC), |_| {}).await;
    assert_eq!(pruned.expect("it prunes").rows, 2);
    for _ in 0..2 {
        assert_eq!(
            report(&log, &registry, "2021-W04").await["windows"],
            of_week_4["windows"]
        );
        assert_eq!(numbers(&report(&log, &registry, "2021-W03").await), week_3);
        let first = report(&log, &registry, "2021-W01").await;
        assert_eq!(numbers(&first), (1, 1, pages(&[("home", 1, 2)])));
        let error = json!({ "error": "events before 2021-01-18T00:00:00Z were pruned" });
        assert_eq!(first["metrics"]["ByPage"], error);
    }

    // A late event counts in each week since, also if it is pruned before a report reads it.
    import(&log, &[("2021-01-13T10:00:00Z", "1.0", 1, "search", 13)]).await;
    let week_4 = (5, 3, pages(&[("home", 3, 14), ("search", 2, 16)]));
    assert_eq!(numbers(&report(&log, &registry, "2021-W04").await), week_4);
    import(&log, &[("2021-01-14T10:00:00Z", "1.0", 2, "search", 1)]).await;
    let pruned = reporter.prune(datetime!(2021-02-01 0:00 UTC), |_| {}).await;
    assert_eq!(pruned.expect("it prunes").rows, 4);
    let week_4 = (6, 3, pages(&[("home", 3, 14), ("search", 3, 17)]));
    assert_eq!(numbers(&report(&log, &registry, "2021-W04").await), week_4);
    let week_5 = (7, 4, pages(&[("home", 3, 14), ("search", 4, 28)]));
    assert_eq!(numbers(&report(&log, &registry, "2021-W05").await), week_5);

    // A renamed event counts on.
    let renamed = METRICS.replace("of: View", "of: Seen");
    let renamed = registry_of("Seen", &renamed);
    let mut parts = renamed.into_parts();
    parts.events[0].renamed_from = vec!["View".to_owned()];
    let renamed = Registry::from_checked(parts);
    assert_eq!(numbers(&report(&log, &renamed, "2021-W05").await), week_5);
    assert_eq!(
        numbers(&report(&log, &registry, "2021-W05").await).0,
        1,
        "it began again"
    );
    assert_eq!(
        all_time(&report(&log, &registry, "2021-W05").await, "Views").0,
        "2021-02-01"
    );

    // A metric that is added after a prune counts what is left, and its window says so.
    let later = format!("{METRICS}, {{ code: Later, of: View, measure: [count, unique_users] }}");
    let later = registry_of("View", &later);
    let value = json!({ "count": 1, "unique_users": 1 });
    let found = all_time(&report(&log, &later, "2021-W05").await, "Later");
    assert_eq!(found, ("2021-02-01".to_owned(), value));
    let (_, before) = all_time(&report(&log, &later, "2021-W04").await, "Later");
    let error = "the total begins after the week, on 2021-02-01: earlier events were pruned";
    assert_eq!(before, json!({ "error": error }));

    // All rows are removed, and their ids may be used again.
    let pruned = reporter.prune(datetime!(2021-03-01 0:00 UTC), |_| {}).await;
    assert_eq!(pruned.expect("it prunes").rows, 1);
    import(&log, &[("2021-03-02T10:00:00Z", "2.0", 9, "home", 1)]).await;
    let last = numbers(&report(&log, &registry, "2021-W09").await);
    assert_eq!(last, (2, 2, pages(&[("home", 1, 1), ("search", 1, 11)])));
}

/// PostgreSQL assigns ids before rows become visible, so the last rows stay to the report.
async fn most_rows_are_read_once(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let mut database = place.connect().await;
    let numbers = match dialect {
        Dialect::Postgres => "generate_series(1, 25000) AS n",
        Dialect::Sqlite => {
            "(WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers \
              WHERE n < 25000) SELECT n FROM numbers) AS numbers"
        }
    };
    let fill = format!(
        "INSERT INTO event_logs (name, user_id, source, argument, version, timestamp) \
         SELECT 'View', n % 7 + 1, 'WEB', '{{\"page\": \"home\", \"size\": 2}}', '1.0', \
           '2021-01-05T10:00:00.000Z' FROM {numbers}"
    );
    database.execute(&fill).await;
    let registry = registry();
    let expected = (25_000, 7, pages(&[("home", 25_000, 50_000)]));
    for _ in 0..2 {
        assert_eq!(
            self::numbers(&report(&log, &registry, "2021-W01").await),
            expected
        );
    }
    // The stored days have all rows; without them, the report has none.
    database.execute("DELETE FROM pings_total_days").await;
    let left = self::numbers(&report(&log, &registry, "2021-W01").await).0;
    assert_eq!(left, 0);
    if dialect == Dialect::Sqlite {
        return;
    }
    // While a transaction may have taken ids, the last rows are left to the report.
    let mut writer = place.connect().await;
    writer
        .execute("BEGIN; LOCK TABLE event_logs IN ROW EXCLUSIVE MODE")
        .await;
    database.execute("DELETE FROM pings_totals").await;
    for expected in [25_000, 10_000] {
        let found = self::numbers(&report(&log, &registry, "2021-W01").await).0;
        assert_eq!(found, expected);
        database.execute("DELETE FROM pings_total_days").await;
    }
}

fn delivery<'a>(log: &'a EventLog, registry: &'a Registry, send: bool) -> Delivery<'a> {
    Delivery {
        log,
        registry,
        consent: Consent {
            new_metrics: NewMetrics::Allow,
            send,
            ..Consent::default()
        },
        version: Some("2.0".parse().expect("a version")),
    }
}

async fn queue(delivery: &Delivery<'_>, now: OffsetDateTime) -> Vec<Payload> {
    let queued = delivery.queue(time::Duration::ZERO, now, &mut |_| {}).await;
    let queued = queued.expect("weeks");
    let payloads = queued.iter().map(|entry| {
        let payload = entry.payload().expect("a payload");
        assert_eq!(
            Payload::read(payload.json().as_bytes()).expect("a payload"),
            payload
        );
        payload
    });
    payloads.collect()
}

/// Returns the window with the views of all time, with the count.
fn sent(payload: &Payload) -> (&Windowed, Option<u64>) {
    let mut windows = payload.windows.iter();
    let window = windows.find(|it| it.metrics.contains_key("Views"));
    let window = window.expect("a window");
    let count = match &window.metrics["Views"].outcome {
        Ok(Value::One(measures)) => measures[0].1.as_ref().and_then(serde_json::Number::as_u64),
        _ => None,
    };
    (window, count)
}

async fn payloads_have_the_versions_and_every_late_event(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    // The shares exist since version 1.1.
    let text = format!("{METRICS}, {{ code: Since, of: View, added: \"1.1\" }}");
    let registry = registry_of("View", &text);
    import(&log, &EVENTS[..4]).await;
    let delivery = delivery(&log, &registry, true);
    let weeks = queue(&delivery, datetime!(2021-02-01 3:00 UTC)).await;
    let last = weeks.last().expect("a week");
    assert_eq!(last.week.to_string(), "2021-W04");
    let (window, count) = sent(last);
    assert_eq!(count, Some(4));
    assert_eq!(window.span.borders()[0], "2021-01-05T00:00:00Z");
    let versions = |window: &Windowed| {
        let versions = window.versions.iter().map(ToString::to_string);
        versions.collect::<Vec<_>>()
    };
    assert_eq!(versions(window), ["1.0", "1.1", "2.0"]);
    let mut since = last.windows.iter();
    let since = since
        .find(|it| it.metrics.contains_key("Since"))
        .expect("a window");
    assert_eq!(versions(since), ["1.1", "2.0"]);

    // Every week since the late event is revised, and the window begins earlier.
    import(&log, &[("2021-01-04T10:00:00Z", "0.9", 5, "home", 1)]).await;
    let revised = queue(&delivery, datetime!(2021-02-01 4:00 UTC)).await;
    let weeks: Vec<String> = revised.iter().map(|it| it.week.to_string()).collect();
    assert_eq!(weeks, ["2021-W01", "2021-W02", "2021-W03", "2021-W04"]);
    let last = revised.last().expect("a week");
    assert_eq!(last.reasons, [Reason::LateEvents].into());
    let (window, count) = sent(last);
    assert_eq!(
        (count, &window.span.borders()[0][..10]),
        (Some(5), "2021-01-04")
    );
    let of_all_time = last
        .windows
        .iter()
        .filter(|it| it.metrics.contains_key("Views"));
    assert_eq!(of_all_time.count(), 1);
    assert!(
        queue(&delivery, datetime!(2021-02-01 5:00 UTC))
            .await
            .is_empty()
    );
}

async fn payloads_count_from_the_consent_on(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let registry = registry();
    import(&log, &[("2020-11-30T10:00:00Z", "2.0", 1, "home", 1)]).await;
    queue(
        &delivery(&log, &registry, false),
        datetime!(2020-12-31 12:00 UTC),
    )
    .await;
    let delivery = delivery(&log, &registry, true);
    queue(&delivery, datetime!(2020-12-31 13:00 UTC)).await;
    import(&log, &EVENTS[..4]).await;
    for now in [
        datetime!(2021-02-01 3:00 UTC),
        datetime!(2021-02-01 4:00 UTC),
    ] {
        let weeks = queue(&delivery, now).await;
        if let Some(last) = weeks.last() {
            let (window, count) = sent(last);
            // The first whole week after sending was turned on.
            assert_eq!(
                (count, &window.span.borders()[0][..10]),
                (Some(4), "2021-01-04")
            );
        }
    }
    // The instance itself counts everything.
    assert_eq!(numbers(&report(&log, &registry, "2021-W04").await).0, 5);
}

/// Kills `pings prune` again and again while it adds rows to the totals and removes them.
async fn killed_processes_lose_nothing(dialect: Dialect) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let rows: Vec<Line<'_>> = (0..30_000)
        .map(|n| match n % 3 {
            0 => ("2021-01-05T10:00:00Z", "1.0", n % 11 + 1, "home", 2),
            1 => ("2021-01-12T10:00:00Z", "1.0", n % 11 + 1, "search", 3),
            _ => ("2021-01-27T10:00:00Z", "2.0", n % 11 + 1, "home", 4),
        })
        .collect();
    import(&log, &rows).await;
    let registry = place.folder().join("pings.yaml");
    std::fs::write(&registry, REGISTRY_FILE).expect("a file");
    let prune = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_command"));
        command
            .args([
                "prune",
                "--before",
                "2021-01-25",
                "--database",
                place.address(),
            ])
            .arg("--registry")
            .arg(&registry)
            .current_dir(place.folder())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };
    for milliseconds in (20..400).step_by(20) {
        let mut child = prune().spawn().expect("pings runs");
        std::thread::sleep(Duration::from_millis(milliseconds));
        // A process that already ended cannot be killed.
        let _ = child.kill();
        child.wait().expect("an end");
    }
    // PostgreSQL ends the statements of killed clients before it releases their locks.
    let is_done = || {
        let pruned = prune().stderr(Stdio::piped()).output().expect("pings runs");
        let said = String::from_utf8_lossy(&pruned.stderr).into_owned();
        assert!(pruned.status.success() || said.contains("locked"), "{said}");
        pruned.status.success()
    };
    assert!((0..20).any(|_| is_done()), "the database stays locked");
    let text = std::fs::read_to_string(&registry).expect("a file");
    let registry = pings_registry::parse(&text).expect("a registry");
    let found = numbers(&report(&log, &registry, "2021-W04").await);
    let expected = (
        30_000,
        11,
        pages(&[("home", 20_000, 60_000), ("search", 10_000, 30_000)]),
    );
    assert_eq!(found, expected);
    let reporter = Reporter::new(&log, &registry);
    let left = reporter.prune(datetime!(2021-01-25 0:00 UTC), |_| {}).await;
    assert_eq!(left.expect("it prunes").rows, 0);
}

const REGISTRY_FILE: &str = r#"
format: 1
name: forum
title: Forum
events: { View: { args: { page: { enum: [home, search] }, size: integer } } }
pings:
  - id: views
    section: Forum
    title: Views
    type: fe_event
    window: all_time
    added: "1.0"
    metrics:
      - { code: Views, of: View, measure: [count, unique_users] }
      - { code: ByPage, of: View, by: [page], measure: [count, sum], value: size }
"#;

on_both! {
    totals_stay_right,
    most_rows_are_read_once,
    payloads_have_the_versions_and_every_late_event,
    payloads_count_from_the_consent_on,
    killed_processes_lose_nothing,
}
