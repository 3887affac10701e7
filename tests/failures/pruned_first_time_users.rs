//! First-time users after pruning
//!
//! After old rows of the event log were pruned, every returning user counted as new, because the
//! first remaining event counted as the first event of the user. Here the runtime records each
//! user's first event before it is pruned, and the report uses this record.

use pings_runtime::{EventLog, Import, Reporter, Week};
use pings_sql::Dialect;
use pings_tests::place::Place;
use serde_json::json;
use time::macros::datetime;

use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};
use crate::support::log::{by_hand, generated};

/// User 1 reads in two weeks, and user 2 reads in the second of these weeks.
const EVENTS: &str = r#"{"name":"ArticleViewed","user_id":1,"timestamp":"2021-01-05T10:00:00Z","version":"2.4.0"}
{"name":"ArticleViewed","user_id":1,"timestamp":"2021-01-26T10:00:00Z","version":"2.4.0"}
{"name":"ArticleViewed","user_id":2,"timestamp":"2021-01-27T10:00:00Z","version":"2.4.0"}
"#;

const BY_HAND: &str = "\
SELECT count(*) AS n FROM
  (SELECT user_id, min(timestamp) AS first FROM event_logs WHERE name = 'ArticleViewed' GROUP BY user_id) AS users
WHERE first >= '2021-01-25'";

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let registry = desk::registry(&desk::edited(&[(
        "  - id: self_service\n",
        "  - id: readers\n    title: Readers\n    type: fe_event\n    aggregation: weekly\n    added: \"2.1\"\n    metrics:\n      - { code: NewReaders, of: ArticleViewed, measure: first_time_users }\n\n  - id: self_service\n",
    )]));
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
        let imported = Import::new(&log).read(EVENTS.as_bytes(), |_| {}).await;
        assert_eq!(imported.expect("an import").imported, 3);
        let reporter = Reporter::new(&log, &registry);
        let week: Week = "2021-W04".parse().expect("a week");
        let reported = async || {
            let report = reporter.report(week, week.end(), &mut |_| {}).await;
            let metrics = report.expect("a report").metrics;
            let readers = metrics.iter().find(|it| it.code == "NewReaders");
            serde_json::to_value(readers.expect("the code")).expect("JSON")
        };
        let mut database = place.connect().await;
        assert_eq!(
            reported().await,
            json!({ "first_time_users": 1 }),
            "{dialect:?}"
        );
        assert_eq!(by_hand(&mut database, BY_HAND).await, 1, "{dialect:?}");
        let pruned = log.prune(datetime!(2021-01-11 0:00 UTC), |_| {}).await;
        assert_eq!(pruned.expect("it prunes").rows, 1, "{dialect:?}");
        assert_eq!(
            reported().await,
            json!({ "first_time_users": 1 }),
            "{dialect:?}"
        );
        assert_eq!(by_hand(&mut database, BY_HAND).await, 2, "{dialect:?}");
        let rows = generated(&mut database, &registry, "NewReaders", "2021-W04").await;
        assert_eq!(
            json!(rows),
            json!([{ "first_time_users": 2 }]),
            "{dialect:?}"
        );
        log.close().await;
    }
    let table = "\
query                      before pruning  after pruning
by hand                    1               2
the report                 1               1
the generated query alone  1               2
";
    vec![
        exhibit(Stage::Running, "User 1 reads an article in 2021-W01 and again in 2021-W04, user 2 in 2021-W04. How many first-time users 2021-W04 has, before and after what came before 11 January is pruned:")
            .block("sql", BY_HAND)
            .block("text", table),
        exhibit(Stage::Never, "The query of the generated crate reads only `event_logs`. If events are pruned, use the report, and prune with `pings prune`."),
    ]
}
