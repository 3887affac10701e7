//! Runs each generated query on both databases and compares the results with answers that were
//! worked out by hand.

use std::collections::BTreeSet;

use pings_model::{Registry, ValueType};
use pings_sql::{Dialect, Role, columns, query};
use pings_tests::answer::AnswerRow;
use pings_tests::databases::{Database, LOG_KINDS};
use pings_tests::fixture::{Fixture, borders};
use serde_json::Value;

fn registry(fixture: &Fixture) -> Registry {
    let text = fixture.registry();
    pings_registry::parse(&text).unwrap_or_else(|diagnostics| {
        let source = pings_registry::Source {
            name: &fixture.name,
            text: &text,
        };
        let messages: Vec<_> = diagnostics
            .iter()
            .map(|d| pings_registry::render(source, d, false))
            .collect();
        panic!("{}", messages.join("\n\n"))
    })
}

/// Compares rows. Numbers of the databases may differ in the last bits of fractions.
fn same(answer: &[AnswerRow], expected: &[AnswerRow]) -> bool {
    let value = |a: &Value, b: &Value| match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0),
        _ => a == b,
    };
    let row = |a: &AnswerRow, b: &AnswerRow| {
        a.len() == b.len()
            && a.iter()
                .all(|(name, a)| b.get(name).is_some_and(|b| value(a, b)))
    };
    answer.len() == expected.len() && answer.iter().zip(expected).all(|(a, b)| row(a, b))
}

fn table(rows: &[AnswerRow]) -> String {
    let lines: Vec<_> = rows
        .iter()
        .map(|row| format!("  {}", Value::Object(row.clone())))
        .collect();
    if lines.is_empty() {
        "  no rows".to_owned()
    } else {
        lines.join("\n")
    }
}

async fn answers(dialect: Dialect) {
    let mut wrong = Vec::new();
    let mut asked = 0;
    for fixture in Fixture::all() {
        let registry = registry(&fixture);
        let mut answered = BTreeSet::new();
        for kind in LOG_KINDS {
            let Some(mut database) = Database::new(dialect).await else {
                return;
            };
            database.execute(&fixture.schema(dialect)).await;
            database.execute(&fixture.data(dialect)).await;
            database.log(kind, &fixture.events()).await;
            for (week, expected) in fixture.answers() {
                for (code, expected) in expected {
                    let (ping, metric) = registry
                        .metric(&code)
                        .unwrap_or_else(|| panic!("{}: no code {code}", fixture.name));
                    answered.insert(code.clone());
                    // Hand-written SQL may be for the other database only.
                    let Some(query) = query(&registry, ping, metric, dialect) else {
                        continue;
                    };
                    let answer = database
                        .ask(&query, &columns(metric), &borders(&week))
                        .await;
                    asked += 1;
                    let complaint = match answer {
                        Ok(answer) if same(&answer, &expected) => None,
                        Ok(answer) => Some(format!(
                            "expected\n{}\nfound\n{}",
                            table(&expected),
                            table(&answer)
                        )),
                        Err(error) => Some(error),
                    };
                    if let Some(complaint) = complaint {
                        wrong.push(format!(
                            "{} {code} {week} {kind:?}: {complaint}\n{}",
                            fixture.name, query.text
                        ));
                    }
                }
            }
        }
        let codes: BTreeSet<_> = registry
            .metrics()
            .map(|(_, metric)| metric.code.clone())
            .collect();
        let unanswered: Vec<_> = codes.difference(&answered).collect();
        assert!(
            unanswered.is_empty(),
            "{}: no answers for {unanswered:?}",
            fixture.name
        );
    }
    assert!(
        wrong.is_empty(),
        "{} of {asked} answers are wrong:\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
    assert!(asked > 100, "only {asked} queries were asked");
}

/// Checks that without any events each metric returns a row of zeros, or no groups.
async fn empty(dialect: Dialect) {
    for fixture in Fixture::all() {
        let registry = registry(&fixture);
        for kind in LOG_KINDS {
            let Some(mut database) = Database::new(dialect).await else {
                return;
            };
            database.execute(&fixture.schema(dialect)).await;
            database.log(kind, &[]).await;
            for (ping, metric) in registry.metrics() {
                let Some(query) = query(&registry, ping, metric, dialect) else {
                    continue;
                };
                let columns = columns(metric);
                let answer = database.ask(&query, &columns, &borders("2021-W04")).await;
                let answer = answer.unwrap_or_else(|error| {
                    panic!("{} {}: {error}\n{}", fixture.name, metric.code, query.text)
                });
                let funnel = matches!(metric.source, pings_model::Source::Funnel(_));
                let raw = matches!(metric.source, pings_model::Source::Sql(_));
                let grouped =
                    columns.iter().any(|column| column.role == Role::Dimension) && !funnel;
                let one_row = matches!(&metric.source, pings_model::Source::Capture(capture) if capture.one_row);
                if (grouped && !raw) || one_row {
                    assert_eq!(answer.len(), 0, "{} {}", fixture.name, metric.code);
                } else if !funnel && !raw {
                    assert_eq!(answer.len(), 1, "{} {}", fixture.name, metric.code);
                }
                for row in answer.iter().filter(|_| !raw) {
                    for column in columns.iter().filter(|column| column.role == Role::Measure) {
                        let value = &row[&column.name];
                        let zero = value.as_f64() == Some(0.0);
                        let nothing = value.is_null() && column.ty == ValueType::Number;
                        assert!(
                            zero || nothing,
                            "{} {} {}: {value}",
                            fixture.name,
                            metric.code,
                            column.name
                        );
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn answers_on_postgres() {
    answers(Dialect::Postgres).await;
}

#[tokio::test]
async fn answers_on_sqlite() {
    answers(Dialect::Sqlite).await;
}

#[tokio::test]
async fn nothing_on_postgres() {
    empty(Dialect::Postgres).await;
}

#[tokio::test]
async fn nothing_on_sqlite() {
    empty(Dialect::Sqlite).await;
}
