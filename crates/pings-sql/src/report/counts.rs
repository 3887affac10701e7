//! Metrics that only count events and users, all in one statement.

use pings_model::{EventMeasure, EventMetric, Measure, Registry};

use super::Read;
use crate::dialect::Dialect;
use crate::event_log::EventLog;
use crate::layout::{Block, Select};
use crate::log;
use crate::query::{Parameters, Query};

/// How many metrics a statement counts: SQLite takes no more than 500.
const MOST: usize = 100;

/// Whether a metric needs nothing but the index.
pub(super) fn is_counted(metric: &EventMetric) -> bool {
    let is_counted = |measure: &EventMeasure| {
        matches!(
            measure,
            EventMeasure::UniqueUsers | EventMeasure::Of(Measure::Count)
        )
    };
    metric.by.is_empty() && metric.filters.is_empty() && metric.measures.iter().all(is_counted)
}

/// The statements that count these.
pub(super) fn reads(
    registry: &Registry,
    metrics: &[(usize, EventMetric)],
    log: EventLog,
) -> Vec<Read> {
    metrics
        .chunks(MOST)
        .map(|chunk| {
            let selects = chunk
                .iter()
                .map(|(place, metric)| select(registry, *place, metric, log));
            let all = selects.reduce(|all, select| all.below("UNION ALL").below(select));
            Read::Counts {
                places: chunk.iter().map(|(place, _)| *place).collect(),
                query: Query {
                    text: all.unwrap_or_else(Block::empty).finished(),
                    parameters: Parameters::Window,
                },
            }
        })
        .collect()
}

fn select(registry: &Registry, place: usize, metric: &EventMetric, log: EventLog) -> Block {
    let cast = match log.dialect {
        Dialect::Postgres => "::bigint",
        Dialect::Sqlite => "",
    };
    let users = if metric.measures.contains(&EventMeasure::UniqueUsers) {
        users(log.dialect)
    } else {
        format!("0{cast}").into()
    };
    let mut conditions = vec![log::is_named(
        &log::wire_names(registry, &metric.of),
        log.dialect,
    )];
    conditions.extend(log::in_window(log));
    Select {
        columns: vec![
            format!("{place}{cast} AS place").into(),
            "count(*) AS events".into(),
            users.then(" AS users"),
        ],
        from: vec!["FROM event_logs".into()],
        conditions,
        ..Select::default()
    }
    .block()
}

/// Distinct users. PostgreSQL sorts numbers in a third of the time of texts, so
/// users and visitors are counted apart; in SQLite a number and a text differ.
fn users(dialect: Dialect) -> Block {
    match dialect {
        Dialect::Postgres => Block::from(
            "count(DISTINCT user_id) FILTER (WHERE user_id > 0)",
        )
        .within(
            "+ count(DISTINCT anonymous_user_id::text) FILTER (WHERE coalesce(user_id, 0) <= 0 AND anonymous_user_id::text <> '')",
        ),
        Dialect::Sqlite => Block::from("count(DISTINCT ")
            .then(log::number_or_text())
            .then(")"),
    }
}
