//! Event logs in both databases, queried with generated and with hand-written SQL.

use pings_model::{Registry, ValueType};
use pings_sql::{Column, Dialect, Parameters, Query, Role, columns, query};
use pings_tests::answer::AnswerRow;
use pings_tests::databases::{Database, LOG_KINDS, LogLine, web};
use pings_tests::fixture::borders;

/// Returns an event of a user, or of an anonymous visitor if `user` is 0.
pub(crate) fn line(at: &str, name: &str, user: i64, anonymous: &str) -> LogLine {
    LogLine {
        at: at.to_owned(),
        name: name.to_owned(),
        user,
        anonymous: anonymous.to_owned(),
        argument: None,
        source: web(),
    }
}

/// Creates a database with this event log. Returns `None` if PostgreSQL is not available. The
/// session of PostgreSQL uses the time zone of Tokyo.
pub(crate) async fn database(dialect: Dialect, lines: &[LogLine]) -> Option<Database> {
    let mut database = Database::new(dialect).await?;
    database.log(LOG_KINDS[0], lines).await;
    Some(database)
}

/// Runs the generated query of a metric for a week.
pub(crate) async fn generated(
    database: &mut Database,
    registry: &Registry,
    code: &str,
    week: &str,
) -> Vec<AnswerRow> {
    let (ping, metric) = registry.metric(code).expect("a code");
    let query = query(registry, ping, metric, database.dialect()).expect("SQL for this database");
    let answer = database.ask(&query, &columns(metric), &borders(week)).await;
    answer.unwrap_or_else(|error| panic!("{code}: {error}"))
}

/// Runs a hand-written query that returns a single number.
pub(crate) async fn by_hand(database: &mut Database, sql: &str) -> i64 {
    let query = Query {
        text: sql.to_owned(),
        parameters: Parameters::None,
    };
    let column = Column {
        name: "n".to_owned(),
        ty: ValueType::Integer,
        holds: ValueType::Integer,
        nullable: false,
        role: Role::Measure,
    };
    let never = (String::new(), String::new());
    let answer = database.ask(&query, &[column], &never).await;
    let answer = answer.unwrap_or_else(|error| panic!("{sql}: {error}"));
    answer[0]["n"].as_i64().expect("a number")
}
