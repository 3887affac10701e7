//! Checks whether the database accepts the queries of a registry.

use std::collections::BTreeMap;

use pings_model::Registry;
use pings_sql::{Column, Dialect, Query, columns, query};
use pings_tests::databases::{Database, LOG_KINDS};
use pings_tests::fixture::borders;

use crate::subject::{Subject, WEEKS};

/// The table with the values that a product sets.
const VALUES: &str =
    include_str!("../../../crates/pings-runtime/migrations/sqlite/0009_values.sql");

/// A database with the product's data, and the queries of the unchanged registry, which succeed.
pub struct Answers {
    database: Database,
    /// The queries that succeeded, by code.
    answered: BTreeMap<String, Question>,
}

/// The query of a metric, and the columns of its result.
#[derive(PartialEq)]
struct Question {
    query: Query,
    columns: Vec<Column>,
}

impl Answers {
    pub async fn of(subject: &Subject) -> Self {
        let database = Database::new(Dialect::Sqlite).await;
        let mut database = database.expect("SQLite is always there");
        database.execute(&subject.tables).await;
        database.execute(VALUES).await;
        database.log(LOG_KINDS[0], &subject.log).await;
        let answered = questions(&subject.registry);
        for (code, question) in &answered {
            let answer = ask(&mut database, question).await;
            answer.unwrap_or_else(|error| panic!("{code}: {error}"));
        }
        Self { database, answered }
    }

    /// Returns whether the database rejects a query of the registry. Unchanged queries do not run
    /// again.
    pub async fn fail(&mut self, registry: &Registry) -> bool {
        for (code, question) in questions(registry) {
            let is_answered = self.answered.get(&code) == Some(&question)
                || ask(&mut self.database, &question).await.is_ok();
            if !is_answered {
                return true;
            }
        }
        false
    }
}

fn questions(registry: &Registry) -> BTreeMap<String, Question> {
    let asked = registry.metrics().filter_map(|(ping, metric)| {
        let question = Question {
            query: query(registry, ping, metric, Dialect::Sqlite)?,
            columns: columns(metric),
        };
        Some((metric.code.clone(), question))
    });
    asked.collect()
}

async fn ask(database: &mut Database, question: &Question) -> Result<(), String> {
    let Question { query, columns } = question;
    for week in WEEKS {
        database.ask(query, columns, &borders(week)).await?;
    }
    Ok(())
}
