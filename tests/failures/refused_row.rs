//! An event that the event log refuses
//!
//! A product had a constraint on its table of events, and a new major version violated the
//! constraint. The recorder reported rejected events as recorded, with an exit code of 0. Here an
//! event is acknowledged after its row is committed. A rejected event is an error, and does not
//! delay other events.

use std::fs;

use pings_sql::Dialect;
use pings_tests::place::Place;

use crate::support::command::Folder;
use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};
use crate::support::log::by_hand;

/// Returns the SQL for the product's constraint on the table, in the syntax of each database.
fn constraint(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => {
            "ALTER TABLE event_logs ADD CONSTRAINT second_version CHECK (version LIKE '2.%')"
        }
        Dialect::Sqlite => {
            "CREATE TRIGGER second_version BEFORE INSERT ON event_logs\n\
             WHEN new.version NOT LIKE '2.%'\n\
             BEGIN SELECT raise(ABORT, 'version must be 2.x'); END"
        }
    }
}

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let mut exhibits = Vec::new();
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let folder = Folder::new(desk::REGISTRY);
        let database = format!("--database {}", place.address());
        folder.succeeds(&format!("init {database}"));
        let mut connection = place.connect().await;
        connection.execute(constraint(dialect)).await;
        let call = |version: &str| {
            format!("record ArticleViewed --user 7 --product-version {version} --spill waiting")
        };
        folder.succeeds(&format!("{} {database}", call("2.4.0")));
        let told = folder.complains(&format!("{} {database}", call("3.0.0")));
        folder.succeeds(&format!("{} {database}", call("2.4.1")));
        let logged = "SELECT count(*) AS n FROM event_logs";
        assert_eq!(by_hand(&mut connection, logged).await, 2, "{dialect:?}");
        let kept = fs::read_to_string(folder.path().join("waiting/rejected.ndjson"));
        let kept = kept.expect("what the database refused");
        assert_eq!(kept.lines().count(), 1, "{kept}");
        assert!(kept.contains("3.0.0"), "{kept}");
        exhibits.push(
            exhibit(
                Stage::Running,
                match dialect {
                    Dialect::Postgres => "On PostgreSQL, with a constraint:",
                    Dialect::Sqlite => "On SQLite, with a trigger:",
                },
            )
            .block("sql", constraint(dialect))
            .block("console", &format!("$ pings {}\n{told}", call("3.0.0"))),
        );
    }
    exhibits.push(exhibit(
        Stage::Never,
        "`record` waits for nothing and returns nothing: an event that it took and that the database \
         refuses is in `rejected.ndjson`, and is counted as rejected.",
    ));
    exhibits
}
