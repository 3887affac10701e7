//! Anonymous visitors counted as one user
//!
//! All visitors who are not signed in have `user_id = 0`, so `count(DISTINCT user_id)` counted them
//! as one user. Here this query is generated: every measure of users identifies a user by `user_id`
//! if it is above 0, and by `anonymous_user_id` otherwise.

use pings_sql::Dialect;
use serde_json::Value;

use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};
use crate::support::log::{by_hand, database, generated, line};

const BY_HAND: &str =
    "SELECT count(DISTINCT user_id) AS n FROM event_logs WHERE name = 'ArticleViewed'";

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let text = desk::edited(&[(
        "  - id: self_service\n",
        "  - id: articles\n    title: Readers\n    type: fe_event\n    aggregation: weekly\n    added: \"2.1\"\n    metrics:\n      - { code: ArticleViewed, measure: [count, unique_users] }\n\n  - id: self_service\n",
    )]);
    let registry = desk::registry(&text);
    let log = [
        line("2021-01-26 12:00:00", "ArticleViewed", 7, "browser-a"),
        line("2021-01-26 12:01:00", "ArticleViewed", 0, "browser-b"),
        line("2021-01-26 12:02:00", "ArticleViewed", 0, "browser-c"),
        line("2021-01-26 12:03:00", "ArticleViewed", 0, "browser-c"),
        line("2021-01-26 12:04:00", "ArticleViewed", 0, ""),
    ];
    for dialect in Dialect::ALL {
        let Some(mut database) = database(dialect, &log).await else {
            continue;
        };
        assert_eq!(by_hand(&mut database, BY_HAND).await, 2, "{dialect:?}");
        let rows = generated(&mut database, &registry, "ArticleViewed", "2021-W04").await;
        assert_eq!(rows[0]["count"], Value::from(5), "{dialect:?}");
        assert_eq!(rows[0]["unique_users"], Value::from(3), "{dialect:?}");
    }
    let table = "\
user_id  anonymous_user_id
7        browser-a
0        browser-b
0        browser-c
0        browser-c
0
";
    vec![
        exhibit(Stage::Running, "One user is signed in, two visitors are not, and one event has neither a user nor a visitor:")
            .block("text", table)
            .words("By hand that is 2 users, on either database:")
            .block("sql", BY_HAND)
            .words("The generated query says 5 events and 3 users:")
            .block("yaml", "metrics:\n  - { code: ArticleViewed, measure: [count, unique_users] }"),
    ]
}
