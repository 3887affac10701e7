//! A week that follows the database's time zone
//!
//! `date_trunc('week', …)` uses the time zone of the session, so instances in two countries sent
//! different weeks under the same name. Here a week is an ISO week in UTC. A query gets the two
//! borders of the week, and does not use the time zone of the session.

use pings_sql::Dialect;
use serde_json::Value;

use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};
use crate::support::log::{by_hand, database, generated, line};

const BY_HAND: &str = "\
SELECT count(*) AS n FROM event_logs
WHERE date_trunc('week', timestamp) = date_trunc('week', timestamptz '2021-01-27 12:00 UTC')";

/// Sunday evening in UTC, which is Monday in Tokyo.
const AT: &str = "2021-01-31 20:00:00";

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let registry = desk::registry(desk::REGISTRY);
    for dialect in Dialect::ALL {
        let Some(mut database) = database(dialect, &[line(AT, "ArticleViewed", 1, "")]).await
        else {
            continue;
        };
        // The session of PostgreSQL uses the time zone of Tokyo. SQLite has no session time zone.
        if dialect == Dialect::Postgres {
            assert_eq!(by_hand(&mut database, BY_HAND).await, 0);
        }
        for (week, count) in [("2021-W04", 1), ("2021-W05", 0)] {
            let rows = generated(&mut database, &registry, "ArticleThenTicket", week).await;
            assert_eq!(rows[0]["events"], Value::from(count), "{dialect:?} {week}");
        }
    }
    vec![
        exhibit(Stage::Running, "One event is logged on Sunday, 2021-01-31 20:00 UTC, in a PostgreSQL whose session is in Tokyo. By hand it is 0 events in the week of 27 January:")
            .block("sql", BY_HAND)
            .words("The generated query says 1 in 2021-W04 and 0 in 2021-W05, whatever the session."),
    ]
}
