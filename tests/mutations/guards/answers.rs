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
    /// By code.
    expected: BTreeMap<String, (Question, Answer)>,
}

/// What a metric asks.
#[derive(PartialEq)]
struct Question {
    query: Query,
    columns: Vec<Column>,
}

/// The rows of each week.
type Answer = Vec<Vec<AnswerRow>>;

impl Answers {
    pub async fn of(subject: &Subject) -> Self {
        let database = Database::new(Dialect::Sqlite).await;
        let mut database = database.expect("SQLite is always there");
        database.execute(&subject.tables).await;
        database.log(LOG_KINDS[0], &subject.log).await;
        let mut expected = BTreeMap::new();
        for (code, question) in questions(&subject.registry) {
            let answer = ask(&mut database, &question).await;
            let answer = answer.unwrap_or_else(|error| panic!("{code}: {error}"));
            expected.insert(code, (question, answer));
        }
        Self { database, expected }
    }

    /// Whether a registry answers the same, of every code.
    pub async fn are_those_of(&mut self, registry: &Registry) -> bool {
        let questions = questions(registry);
        if !questions.keys().eq(self.expected.keys()) {
            return false;
        }
        for (code, question) in questions {
            let (original, expected) = &self.expected[&code];
            let is_same = question == *original
                || ask(&mut self.database, &question).await.as_ref() == Ok(expected);
            if !is_same {
                return false;
            }
        }
        true
    }
}

fn questions(registry: &Registry) -> BTreeMap<String, Question> {
    let asked = registry.metrics().map(|(ping, metric)| {
        let question = Question {
            query: query(registry, ping, metric, Dialect::Sqlite),
            columns: columns(metric),
        };
        (metric.code.clone(), question)
    });
    asked.collect()
}

async fn ask(database: &mut Database, question: &Question) -> Result<Answer, String> {
    let Question { query, columns } = question;
    let mut answers = Vec::new();
    for week in WEEKS {
        answers.push(database.ask(query, columns, &borders(week)).await?);
    }
    Ok(answers)
}
