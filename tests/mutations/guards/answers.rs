//! What a registry's queries answer on the sample data.

use std::collections::BTreeMap;

use pings_model::Registry;
use pings_sql::{Column, Dialect, Query, columns, query};
use pings_tests::answer::AnswerRow;
use pings_tests::databases::{Database, LOG_KINDS};
use pings_tests::fixture::borders;

use crate::subject::{Subject, WEEKS};

/// A database with the data, and what the registry without mistakes answers on it, which
/// `tests/answers.rs` holds to answers worked out by hand.
pub struct Answers {
    database: Database,
    expected: BTreeMap<String, (Query, Vec<Column>, Vec<Vec<AnswerRow>>)>,
}

impl Answers {
    pub async fn of(subject: &Subject) -> Self {
        let database = Database::new(Dialect::Sqlite).await;
        let mut database = database.expect("SQLite is always there");
        database.execute(&subject.tables).await;
        database.log(LOG_KINDS[0], &subject.log).await;
        let mut expected = BTreeMap::new();
        for (code, (query, columns)) in queries(&subject.registry) {
            let rows = ask(&mut database, &query, &columns).await;
            let rows = rows.unwrap_or_else(|error| panic!("{code}: {error}\n{}", query.text));
            expected.insert(code, (query, columns, rows));
        }
        Self { database, expected }
    }

    /// Whether a registry answers the same, of every code.
    pub async fn are_those_of(&mut self, registry: &Registry) -> bool {
        let queries = queries(registry);
        if !queries.keys().eq(self.expected.keys()) {
            return false;
        }
        for (code, (query, columns)) in queries {
            let (original, promised, rows) = &self.expected[&code];
            let is_same = query.text == original.text && columns == *promised;
            if !is_same && ask(&mut self.database, &query, &columns).await.as_ref() != Ok(rows) {
                return false;
            }
        }
        true
    }
}

fn queries(registry: &Registry) -> BTreeMap<String, (Query, Vec<Column>)> {
    let asked = registry.metrics().map(|(ping, metric)| {
        let query = query(registry, ping, metric, Dialect::Sqlite);
        (metric.code.clone(), (query, columns(metric)))
    });
    asked.collect()
}

/// The answers of each week.
async fn ask(
    database: &mut Database,
    query: &Query,
    columns: &[Column],
) -> Result<Vec<Vec<AnswerRow>>, String> {
    let mut answers = Vec::new();
    for week in WEEKS {
        answers.push(database.ask(query, columns, &borders(week)).await?);
    }
    Ok(answers)
}
