//! A reserved word as a name
//!
//! A table was named `group`, or an argument `type`, and a query or a build failed, in some cases
//! on only one of the two databases. Here all names are quoted or escaped.

use pings_sql::Dialect;
use serde_json::json;

use crate::support::exhibit::{Exhibit, Stage, exhibit};
use crate::support::log::{database, generated};
use crate::support::{compile, desk};

const METRIC: &str = "      - { code: Groups, from: group, by: { select: '\"case\"' } }\n";

/// The name of the column as written in the metric.
const QUOTED: &str = "'\"case\"'";

const CALL_SITE: &str = "\
use help_desk_events::{Event, Type};

fn main() {
    let event = Event::ArticleViewed { type_: Type::Match };
    println!(\"{}\", event.name());
}
";

/// Returns a registry with reserved words as names, and with this metric.
fn registry(metric: &str) -> String {
    desk::edited(&[
        (
            "  ArticleViewed:\n",
            "  ArticleViewed:\n    args:\n      type: { enum: [match, self] }\n",
        ),
        (
            "  reply:\n",
            "  group:\n    id: integer\n    case: integer\n  reply:\n",
        ),
        (
            "    metrics:\n      - code: RepliesPerTicket\n",
            &format!("    metrics:\n{metric}      - code: RepliesPerTicket\n"),
        ),
    ])
}

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let text = registry(METRIC);
    let parsed = desk::registry(&text);
    for dialect in Dialect::ALL {
        let Some(mut database) = database(dialect, &[]).await else {
            continue;
        };
        database
            .execute("CREATE TABLE \"group\" (id bigint, \"case\" bigint); INSERT INTO \"group\" VALUES (1, 1), (2, 2), (3, 2)")
            .await;
        let rows = generated(&mut database, &parsed, "Groups", "2021-W04").await;
        assert_eq!(
            json!(rows),
            json!([{ "select": 1, "count": 1 }, { "select": 2, "count": 2 }]),
            "{dialect:?}"
        );
    }
    assert_eq!(compile::check(&compile::product(&text, CALL_SITE)), Ok(()));
    let unquoted = desk::registry(&registry(&METRIC.replace(QUOTED, "case")));
    assert_eq!(unquoted, parsed);
    vec![
        exhibit(Stage::Running, "The generated query counts rows of `group` by `case` on PostgreSQL and on SQLite; written without quotes the metric means the same:")
            .block("yaml", METRIC.trim_start()),
        exhibit(Stage::Build, "An argument `type` with a value `match` compiles, under names that Rust takes:")
            .block("rust", CALL_SITE),
    ]
}
