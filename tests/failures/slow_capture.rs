//! A capture too slow for a large instance
//!
//! A query that took a second on the vendor's own instance took an hour on the largest instance,
//! while its users were working. Here each capture has a time limit. When the limit is reached, the
//! query is cancelled, and the other captures continue.

use std::time::{Duration, Instant};

use pings_sql::Dialect;
use pings_tests::place::Place;

use crate::support::captures::{payload, take};
use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};

/// A capture that never ends, between two fast captures.
const CAPTURES: &str = "    metrics:
      - { code: Tickets, from: ticket }
      - code: Endless
        columns: { n: integer }
        sql:
          postgres: SELECT count(*) AS n FROM generate_series(1, 1000000) AS a, generate_series(1, 1000000) AS b
          sqlite: WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT count(*) AS n FROM n
      - { code: Replies, from: reply }
      - code: RepliesPerTicket
";

const PRODUCT: &str = "\
CREATE TABLE ticket (id bigint);
CREATE TABLE reply (id bigint, ticket_id bigint);
INSERT INTO ticket VALUES (1), (2);
";

const OURS: [&str; 3] = ["Tickets", "Endless", "Replies"];

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let registry = desk::registry(&desk::edited(&[(
        "    metrics:\n      - code: RepliesPerTicket\n",
        CAPTURES,
    )]));
    let mut shown = Vec::new();
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        place.connect().await.execute(PRODUCT).await;
        let started = Instant::now();
        let taken = take(&place, &registry, Duration::from_millis(500)).await;
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{dialect:?}: it is cancelled"
        );
        let ours = |it: &String| OURS.iter().any(|code| it.starts_with(&format!("{code}  ")));
        let taken: Vec<String> = taken.into_iter().filter(ours).collect();
        shown.push(taken.join("\n"));
        let sent = payload(&place, &registry).await;
        assert_eq!(
            sent["metrics"]["Endless"]["error"], "time_limit",
            "{dialect:?}"
        );
        assert_eq!(sent["metrics"]["Replies"]["count"], 0, "{dialect:?}");
    }
    shown.dedup();
    let [shown] = shown.as_slice() else {
        panic!("both databases say the same: {shown:?}")
    };
    vec![
        exhibit(Stage::Running, "A capture that never ends, with a limit of half a second, on PostgreSQL and on SQLite:")
            .block("text", shown),
        exhibit(Stage::Never, "That it will be slow on a large instance is not known before it is taken there."),
    ]
}
