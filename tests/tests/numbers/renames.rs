//! A series continues across the rename of an event that is declared, and breaks otherwise.

use std::collections::BTreeMap;

use pings_diff::{Class, Kind, diff};
use pings_model::Registry;
use pings_sql::{Dialect, columns, query};
use pings_tests::answer::AnswerRow;
use pings_tests::databases::{Database, LOG_KINDS, LogLine, web};
use pings_tests::fixture::borders;

const OLD: &str = r#"
format: 1
name: desk
title: Desk Pings
events:
  TicketOpened:
    args:
      channel: { enum: [mail, chat] }
      attachments: integer
  TicketSolved: {}
pings:
  - id: tickets
    title: Tickets
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - code: Tickets
        of: TicketOpened
        measure: [count, unique_users, first_time_users]
        by: [channel]
      - code: Creators
        of: TicketOpened
        measure: first_time_users
      - code: Files
        of: TicketOpened
        where: { channel: mail }
        measure: [sum, stats, percentiles, distinct]
        at: [50]
        value: attachments
  - id: ways
    title: From opened to solved
    type: fe_event
    aggregation: weekly
    added: "1.0"
    funnels:
      - code: Way
        steps: [TicketOpened, TicketSolved]
"#;

/// The events by day, name, user and argument. The event is renamed on the fourth day of the first
/// week.
const DAYS: &[(&str, &str, i64, &str)] = &[
    (
        "2021-01-25",
        "open",
        1,
        r#"{"channel":"mail","attachments":2}"#,
    ),
    (
        "2021-01-26",
        "open",
        2,
        r#"{"channel":"chat","attachments":1}"#,
    ),
    ("2021-01-27", "solve", 1, ""),
    (
        "2021-01-28",
        "open",
        1,
        r#"{"channel":"mail","attachments":5}"#,
    ),
    (
        "2021-01-29",
        "open",
        3,
        r#"{"channel":"mail","attachments":2}"#,
    ),
    ("2021-01-30", "solve", 3, ""),
    (
        "2021-02-02",
        "open",
        2,
        r#"{"channel":"mail","attachments":4}"#,
    ),
    (
        "2021-02-03",
        "open",
        4,
        r#"{"channel":"chat","attachments":0}"#,
    ),
    ("2021-02-04", "solve", 4, ""),
];

fn parse(text: &str) -> Registry {
    pings_registry::parse(text).expect("a registry")
}

/// Returns the registry in which the event has another name.
fn renamed(says_so: bool) -> Registry {
    let declared = if says_so {
        "  CaseOpened:\n    renamed_from: TicketOpened\n"
    } else {
        "  CaseOpened:\n"
    };
    let text = OLD.replace("  TicketOpened:\n", declared);
    let text = text.replace("of: TicketOpened", "of: CaseOpened");
    parse(&text.replace("[TicketOpened, TicketSolved]", "[CaseOpened, TicketSolved]"))
}

/// Returns the log of a product that uses the other name from that day on.
fn log(renamed_on: &str) -> Vec<LogLine> {
    DAYS.iter()
        .map(|(day, what, user, argument)| LogLine {
            at: format!("{day} 12:00:00"),
            name: match *what {
                "solve" => "TicketSolved",
                _ if *day < renamed_on => "TicketOpened",
                _ => "CaseOpened",
            }
            .to_owned(),
            user: *user,
            anonymous: String::new(),
            argument: (!argument.is_empty()).then(|| (*argument).to_owned()),
            source: web(),
        })
        .collect()
}

/// Returns the values of each code for both weeks.
async fn series(
    registry: &Registry,
    lines: &[LogLine],
) -> BTreeMap<(String, String), Vec<AnswerRow>> {
    let mut database = Database::new(Dialect::Sqlite).await.expect("SQLite");
    database.log(LOG_KINDS[0], lines).await;
    let mut series = BTreeMap::new();
    for week in ["2021-W04", "2021-W05"] {
        for (ping, metric) in registry.metrics() {
            let query =
                query(registry, ping, metric, Dialect::Sqlite).expect("SQL for this database");
            let answer = database.ask(&query, &columns(metric), &borders(week)).await;
            let rows = answer.unwrap_or_else(|error| panic!("{}: {error}", metric.code));
            series.insert((week.to_owned(), metric.code.clone()), rows);
        }
    }
    series
}

#[tokio::test]
async fn a_series_goes_on_where_an_event_says_what_it_was_called() {
    let (old, new) = (parse(OLD), renamed(true));
    let never = series(&old, &log("9999")).await;
    let in_between = series(&new, &log("2021-01-28")).await;
    assert_eq!(in_between, never);

    let of = |week: &str, code: &str| &never[&(week.to_owned(), code.to_owned())][0];
    assert_eq!(of("2021-W04", "Creators")["first_time_users"], 3);
    // User 2 opened a ticket under the old name a week before.
    assert_eq!(of("2021-W05", "Creators")["first_time_users"], 1);
    assert_eq!(of("2021-W04", "Files")["sum"], 9);
    assert_eq!(of("2021-W04", "Way")["users"], 3);

    let changes = diff(&old, &new);
    let kinds: Vec<Kind> = changes.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [Kind::EventRenamed]);
}

#[tokio::test]
async fn a_series_breaks_where_it_does_not_and_the_diff_says_so() {
    let (old, new) = (parse(OLD), renamed(false));
    let never = series(&old, &log("9999")).await;
    let in_between = series(&new, &log("2021-01-28")).await;
    for (at, rows) in &in_between {
        let is_first_week = at.0 == "2021-W04";
        assert!(!is_first_week || *rows != never[at], "{at:?}");
    }
    let breaking: Vec<Kind> = diff(&old, &new)
        .iter()
        .filter(|change| change.class() == Class::Breaking)
        .map(|change| change.kind)
        .collect();
    assert!(breaking.contains(&Kind::EventRemoved), "{breaking:?}");
    assert!(breaking.contains(&Kind::EventsChanged), "{breaking:?}");
    assert!(breaking.contains(&Kind::StepsChanged), "{breaking:?}");
}
