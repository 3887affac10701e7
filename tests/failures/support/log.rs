//! Event logs of both databases, asked by the registry and by hand.

use pings_model::{Registry, ValueType};
use pings_sql::{Column, Dialect, Parameters, Query, Role, columns, query};
use pings_tests::answer::AnswerRow;
use pings_tests::databases::{Database, LOG_KINDS, LogLine};
use pings_tests::fixture::borders;

/// An event of a user; 0 is an anonymous visitor of that name.
pub(crate) fn line(at: &str, name: &str, user: i64, anonymous: &str) -> LogLine {
    LogLine {
        at: at.to_owned(),
        name: name.to_owned(),
        user,
        anonymous: anonymous.to_owned(),
        argument: None,
    }
}

/// A new database with that log; none where there is no PostgreSQL, whose session is in Tokyo.
pub(crate) async fn database(dialect: Dialect, lines: &[LogLine]) -> Option<Database> {
    let mut database = Database::new(dialect).await?;
    database.log(LOG_KINDS[0], lines).await;
    Some(database)
}

/// What the generated query of a code answers of a week.
pub(crate) async fn generated(
    database: &mut Database,
    registry: &Registry,
    code: &str,
    week: &str,
) -> Vec<AnswerRow> {
    let (ping, metric) = registry.metric(code).expect("a code");
    let query = query(registry, ping, metric, database.dialect());
    let answer = database.ask(&query, &columns(metric), &borders(week)).await;
    answer.unwrap_or_else(|error| panic!("{code}: {error}"))
}

/// The one number that a query written by hand answers.
pub(crate) async fn by_hand(database: &mut Database, sql: &str) -> i64 {
    let query = Query {
        text: sql.to_owned(),
        parameters: Parameters::None,
    };
    let column = Column {
        name: "n".to_owned(),
        ty: ValueType::Integer,
        nullable: false,
        role: Role::Measure,
    };
    let never = (String::new(), String::new());
    let answer = database.ask(&query, &[column], &never).await;
    let answer = answer.unwrap_or_else(|error| panic!("{sql}: {error}"));
    answer[0]["n"].as_i64().expect("a number")
}
