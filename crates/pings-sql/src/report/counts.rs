//! Metrics that only count events and users, combined into one statement.

use pings_model::{EventMeasure, EventMetric, Identity, Measure, Registry};

use super::read::Read;
use crate::dialect::Dialect;
use crate::event_log::EventLog;
use crate::event_log_sql;
use crate::layout::{Block, Select};
use crate::parameters::Parameters;
use crate::query::Query;
use crate::user_ids::{self, POSTGRES_VISITOR};

/// The maximum number of metrics per statement. SQLite allows at most 500.
const MOST: usize = 100;

/// Returns whether a metric can be computed from the index alone.
pub(super) fn is_counted(metric: &EventMetric) -> bool {
    let is_counted = |measure: &EventMeasure| {
        matches!(
            measure,
            EventMeasure::UniqueUsers | EventMeasure::Of(Measure::Count)
        )
    };
    let is_plain = metric.all_of.is_empty() && metric.identity == Identity::Actor;
    is_plain
        && metric.by.is_empty()
        && metric.all_filters().next().is_none()
        && metric.measures.iter().all(is_counted)
}

/// Returns the statements that count these metrics.
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
        users(log)
    } else {
        format!("0{cast}").into()
    };
    let mut conditions = event_log_sql::selected(registry, metric, log);
    conditions.extend(event_log_sql::in_window(log));
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

/// Renders the number of distinct users. PostgreSQL sorts numbers three times as fast as texts, so
/// users and visitors are counted separately.
fn users(log: EventLog) -> Block {
    match log.dialect {
        Dialect::Postgres => {
            let (user, is_user) = (user_ids::postgres_user(log), user_ids::has_user(log));
            let is_visitor = user_ids::has_visitor(log.dialect);
            Block::from(format!("count(DISTINCT {user}) FILTER (WHERE {is_user})")).within(format!(
                "+ count(DISTINCT {POSTGRES_VISITOR}) FILTER (WHERE ({is_user}) IS NOT TRUE AND {is_visitor})"
            ))
        }
        Dialect::Sqlite => format!("count(DISTINCT {})", user_ids::sqlite_key(log)).into(),
    }
}
