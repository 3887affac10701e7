//! Queries for first sightings: the first matching event of each user in a range of the event log.

use pings_model::{EventDimension, EventMetric, Registry};

use crate::argument;
use crate::dialect::{Dialect, quote};
use crate::event_log::EventLog;
use crate::event_log_sql;
use crate::events;
use crate::layout::{Block, Select, list, with};
use crate::lists;
use crate::user_ids;

/// The query for first sightings of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sightings {
    /// The SQL. The parameters `$1` and `$2` are the id after which and the id up to which rows are
    /// read, and `$3` is the first day, or empty. The columns are `grp`, a JSON list of dimension values, `person`, and `first_at` as
    /// stored in the log.
    pub text: String,
    /// All names under which the events were ever logged; empty if every name counts.
    pub names: Vec<String>,
}

/// Returns the query for first sightings of the users of a metric.
#[must_use]
pub fn sightings(registry: &Registry, metric: &EventMetric, log: EventLog) -> Sightings {
    let names = match metric.selection.any_name {
        true => Vec::new(),
        false => event_log_sql::wire_names(registry, &metric.of),
    };
    let reads_arguments = metric.all_filters().next().is_some()
        || metric.by.iter().any(|by| *by != EventDimension::Event);
    let (name, time) = match log.dialect {
        Dialect::Postgres => ("name".to_owned(), "timestamp".to_owned()),
        Dialect::Sqlite => (
            format!("{} AS name", event_log_sql::name(log.dialect)),
            format!(
                "{} AS timestamp",
                event_log_sql::comparable_time(log.dialect)
            ),
        ),
    };
    let mut columns: Vec<Block> = vec![
        name.into(),
        user_ids::person(log).then(" AS person"),
        time.into(),
    ];
    if reads_arguments {
        columns.push(event_log_sql::argument(log, &events::keys(metric)));
    }
    let from = match log.dialect {
        // The index on names would make SQLite read the whole history of these events.
        Dialect::Sqlite => "FROM event_logs NOT INDEXED",
        Dialect::Postgres => "FROM event_logs",
    };
    let logged = Select {
        columns,
        from: vec![from.into()],
        conditions: ["id > $1".into(), "id <= $2".into()]
            .into_iter()
            .chain(event_log_sql::selected(registry, metric, log))
            .collect(),
        ..Select::default()
    };
    let since = match log.dialect {
        Dialect::Sqlite => "timestamp >= $3",
        Dialect::Postgres => "($3 = '' OR timestamp >= nullif($3, '')::timestamptz)",
    };
    let mut conditions: Vec<Block> = vec!["person IS NOT NULL".into(), since.into()];
    if log.dialect == Dialect::Sqlite {
        // An event with an unreadable time is in no week, so it is not a first event.
        conditions.push("timestamp IS NOT NULL".into());
    }
    conditions.extend(events::filters(registry, metric, log));
    let select = Select {
        columns: vec![
            group(registry, metric, log).then(" AS grp"),
            "person".into(),
            "min(timestamp) AS first_at".into(),
        ],
        from: std::iter::once("FROM logged".into())
            .chain(lists::joins(metric, log))
            .collect(),
        conditions,
        group_by: vec!["1".into(), "2".into()],
        ..Select::default()
    };
    Sightings {
        text: with(vec![("logged".to_owned(), logged.block())], select.block()).finished(),
        names: names.into_iter().map(str::to_owned).collect(),
    }
}

/// Returns the values of the dimensions as one text.
pub(super) fn group(registry: &Registry, metric: &EventMetric, log: EventLog) -> Block {
    let values = metric.by.iter().enumerate().map(|(place, by)| match by {
        _ if by.list().is_some() => lists::group(place, log.dialect),
        EventDimension::Event => events::newest_name(registry, metric, log.dialect),
        EventDimension::Argument(argument) | EventDimension::Bucket(argument, _) => {
            argument::dimension(argument, event_log_sql::ARGUMENT, log)
        }
    });
    let values: Vec<Block> = values.collect();
    if values.is_empty() {
        return quote::text("[]").into();
    }
    match log.dialect {
        Dialect::Sqlite => list("json_array(", values, ")"),
        Dialect::Postgres => list("json_build_array(", values, ")::text"),
    }
}
