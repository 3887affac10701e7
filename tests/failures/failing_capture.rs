//! One failing capture among many
//!
//! When one query failed, the data of its whole group of pings was missing. Here each capture runs
//! in its own transaction. A failed capture reports the failure in place of its value, and the
//! other captures arrive.

use std::time::Duration;

use pings_sql::Dialect;
use pings_tests::place::Place;

use crate::support::captures::{payload, take};
use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};

const PRODUCT: &str = "\
CREATE TABLE ticket (id bigint, state text);
INSERT INTO ticket VALUES (1, 'open'), (2, 'open');
";

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let registry = desk::registry(&desk::edited(&[(
        "    metrics:\n      - code: RepliesPerTicket\n",
        "    metrics:\n      - { code: Replies, from: reply }\n      - { code: Tickets, from: ticket }\n      - code: RepliesPerTicket\n",
    )]));
    let mut shown = None;
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        place.connect().await.execute(PRODUCT).await;
        let taken = take(&place, &registry, Duration::from_secs(30)).await;
        let taken: Vec<String> = taken
            .into_iter()
            .filter(|it| !it.starts_with("SecondsToSolve"))
            .collect();
        let sent = payload(&place, &registry).await;
        let metrics = ["Replies", "Tickets", "RepliesPerTicket"]
            .map(|code| format!("{code:?}: {}", sent["metrics"][code]));
        assert_eq!(sent["metrics"]["Replies"]["error"], "schema", "{dialect:?}");
        assert_eq!(sent["metrics"]["Tickets"]["count"], 2, "{dialect:?}");
        if dialect == Dialect::Sqlite {
            shown = Some((taken.join("\n"), metrics.join(",\n")));
        }
    }
    let (taken, sent) = shown.expect("SQLite is there");
    vec![
        exhibit(
            Stage::Running,
            "The product has no table `reply`. Captures that read only `ticket` succeed:",
        )
        .block("text", &taken)
        .words("The payload has the kind of the failure, and not the message of the database:")
        .block("json", &sent),
    ]
}
