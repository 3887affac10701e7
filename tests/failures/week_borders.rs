//! The first and the last instant of a week
//!
//! `timestamp > date_trunc('week', now())` excludes the first instant of the week, and has no upper
//! bound. Here the borders of a week are generated: every generated query has `>=` with the first
//! instant of the week, and `<` with the first instant after it. A capture of the product's tables
//! has its own condition, and a lint reports a condition that does not match the week.

use pings_sql::Dialect;
use pings_tests::databases::LogLine;
use serde_json::Value;

use crate::support::command::Folder;
use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};
use crate::support::log::{by_hand, database, generated, line};

/// Instants around week 4 of 2021, and whether they are in the week.
const INSTANTS: [(&str, bool); 4] = [
    ("2021-01-24 23:59:59.999", false),
    ("2021-01-25 00:00:00", true),
    ("2021-01-31 23:59:59.999", true),
    ("2021-02-01 00:00:00", false),
];

const CODE: &str = "ArticleThenTicket";

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    vec![
        of_events().await,
        without_an_end(),
        without_the_first_instant(),
    ]
}

async fn of_events() -> Exhibit {
    let registry = desk::registry(desk::REGISTRY);
    let mut table = String::from("ArticleViewed at          written by hand  generated\n");
    for (instant, is_in_it) in INSTANTS {
        let lines: Vec<LogLine> = vec![line(instant, "ArticleViewed", 1, "")];
        for dialect in Dialect::ALL {
            let Some(mut database) = database(dialect, &lines).await else {
                continue;
            };
            let monday = match dialect {
                Dialect::Postgres => "date_trunc('week', timestamptz '2021-01-27 12:00Z', 'UTC')",
                Dialect::Sqlite => "'2021-01-25T00:00:00Z'",
            };
            let sql = format!("SELECT count(*) AS n FROM event_logs WHERE timestamp > {monday}");
            let wrong = by_hand(&mut database, &sql).await;
            let rows = generated(&mut database, &registry, CODE, "2021-W04").await;
            assert_eq!(
                rows[0]["events"],
                Value::from(i64::from(is_in_it)),
                "{dialect:?} {instant}"
            );
            // The query is wrong at both ends: it excludes the first instant, and includes
            // everything after the week.
            let expected = i64::from(instant > "2021-01-25 00:00:00");
            assert_eq!(wrong, expected, "{dialect:?} {instant}");
            if dialect == Dialect::Sqlite {
                table += &format!("{instant:<25} {wrong:<16} {}\n", rows[0]["events"]);
            }
        }
    }
    exhibit(Stage::Running, "The week is 2021-W04, from 25 January to 31 January, UTC. In each row one event is logged, and counted by a query that was written by hand and by the generated one; PostgreSQL and SQLite agree:")
            .block("text", &table)
}

/// Shows the original query as a capture in hand-written SQL.
fn without_an_end() -> Exhibit {
    let text = desk::edited(&[(
        "    metrics:\n      - code: SecondsToSolve\n",
        "    metrics:
      - code: Solved
        columns: { solved: integer }
        sql:
          postgres: SELECT count(*) AS solved FROM ticket WHERE solved_at > date_trunc('week', now())
          sqlite: SELECT count(*) AS solved FROM ticket WHERE solved_at > date('now', 'weekday 1', '-7 days')
      - code: SecondsToSolve
",
    )]);
    let folder = Folder::new(&text);
    folder.succeeds("check");
    let told = folder.complains("check -D warnings");
    exhibit(Stage::Check, "A weekly capture that never says of which week, or has no end, is a warning, with `-D warnings` an error:")
        .block("text", &told)
}

fn without_the_first_instant() -> Exhibit {
    let text = desk::edited(&[(
        "ticket.solved_at >= :week_start",
        "ticket.solved_at > :week_start",
    )]);
    let told = Folder::new(&text).complains("check -D warnings");
    exhibit(
        Stage::Check,
        "A capture that says `>` for `>=` loses the first instant, and is a warning too:",
    )
    .block("diff", &desk::difference(desk::REGISTRY, &text))
    .block("text", &told)
}
