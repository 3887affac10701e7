//! Queries for kept totals: the events of each day in a range of the event log, and their sums.

use pings_model::{EventDimension, EventMeasure, EventMetric, Measure, Registry, ValueType};

use super::sightings::group;
use crate::argument;
use crate::dialect::Dialect;
use crate::event_log::EventLog;
use crate::event_log_sql;
use crate::events;
use crate::layout::{Block, Select, with};
use crate::lists;

/// The query for the totals of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// The SQL. The parameters `$1` and `$2` are the id after which and the id up to which rows are
    /// read, and `$3` is the first day. The columns are `grp`, a JSON list of dimension values,
    /// `day` as `YYYY-MM-DD` in UTC, `events`, and the sum of the value: `sum_integer`, or
    /// `sum_number` if the value has a fraction.
    pub text: String,
    /// All names under which the events were ever logged; empty if every name counts.
    pub names: Vec<String>,
}

/// Which rows of a range a query for totals reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TotalRows<'a> {
    /// All rows.
    All,
    /// Rows with one of these names.
    Named(&'a [String]),
    /// Rows with one of these ids, a JSON list in the parameter `$4`.
    Listed,
    /// All rows of the copy that [`staged`](super::staged) makes.
    Staged,
}

/// Returns the query for the totals of a metric.
#[must_use]
pub fn totals(
    registry: &Registry,
    metric: &EventMetric,
    log: EventLog,
    rows: TotalRows<'_>,
) -> Totals {
    let names = match metric.selection.any_name {
        true => Vec::new(),
        false => event_log_sql::wire_names(registry, &metric.of),
    };
    let summed = metric.measures.iter().find_map(|measure| match measure {
        EventMeasure::Of(Measure::Sum(value)) => Some(value),
        _ => None,
    });
    let by_argument = |by: &EventDimension| *by != EventDimension::Event;
    let reads_arguments = metric.all_filters().next().is_some()
        || metric.by.iter().any(by_argument)
        || summed.is_some();
    let name = match log.dialect {
        Dialect::Postgres => "name".to_owned(),
        Dialect::Sqlite => format!("{} AS name", event_log_sql::name(log.dialect)),
    };
    let mut columns: Vec<Block> = vec![
        name.into(),
        format!("{} AS day", day(rows, log.dialect)).into(),
    ];
    if reads_arguments {
        columns.push(event_log_sql::argument(log, &events::keys(metric)));
    }
    let mut conditions = in_range(rows, log.dialect);
    conditions.extend(event_log_sql::selected(registry, metric, log));
    let logged = Select {
        columns,
        from: vec![from(rows, log.dialect).into()],
        conditions,
        ..Select::default()
    };
    let mut columns = vec![group(registry, metric, log).then(" AS grp"), "day".into()];
    columns.extend(summed.map(|value| {
        let value = argument::typed(value, event_log_sql::ARGUMENT, log);
        value.then(" AS value")
    }));
    let counted = Select {
        columns,
        from: std::iter::once("FROM logged".into())
            .chain(lists::joins(metric, log))
            .collect(),
        conditions: events::filters(registry, metric, log),
        ..Select::default()
    };
    let sums = match summed.map(|value| value.ty.measured()) {
        None => ["0", "0.0"],
        Some(ValueType::Integer) => ["coalesce(sum(value), 0)", "0.0"],
        Some(_) => ["0", "coalesce(sum(value), 0.0)"],
    };
    Totals {
        text: by_day(logged, counted, sums, log.dialect),
        names: names.into_iter().map(str::to_owned).collect(),
    }
}

/// Returns the query for the events with these names, or with any name, by version. The form is that
/// of [`totals`], and `grp` is the version.
#[must_use]
pub fn version_totals(names: Option<&[&str]>, log: EventLog, rows: TotalRows<'_>) -> String {
    let mut conditions = in_range(rows, log.dialect);
    conditions.extend(names.map(|names| match names {
        [] => "1 = 0".into(),
        _ => event_log_sql::is_named(names, log.dialect),
    }));
    let logged = Select {
        // No version is as long as this; an index of PostgreSQL accepts no longer texts.
        columns: vec![
            "substr(version, 1, 200) AS version".into(),
            format!("{} AS day", day(rows, log.dialect)).into(),
        ],
        from: vec![from(rows, log.dialect).into()],
        conditions,
        ..Select::default()
    };
    let counted = Select {
        columns: vec!["version AS grp".into(), "day".into()],
        from: vec!["FROM logged".into()],
        ..Select::default()
    };
    by_day(logged, counted, ["0", "0.0"], log.dialect)
}

/// Returns the rows that a query reads, before its conditions.
pub(super) fn from(rows: TotalRows<'_>, dialect: Dialect) -> &'static str {
    match (rows, dialect) {
        (TotalRows::Staged, _) => "FROM pings_staged",
        // The index on names would make SQLite read the whole history of these events.
        (_, Dialect::Sqlite) => "FROM event_logs NOT INDEXED",
        (_, Dialect::Postgres) => "FROM event_logs",
    }
}

/// Returns the day of an event in UTC, or NULL if its time cannot be read. Every session of the
/// runtime is in UTC.
pub(super) fn day(rows: TotalRows<'_>, dialect: Dialect) -> String {
    let time = match rows {
        TotalRows::Staged => "timestamp",
        _ => event_log_sql::comparable_time(dialect),
    };
    match dialect {
        Dialect::Postgres => format!("to_char({time}, 'YYYY-MM-DD')"),
        Dialect::Sqlite => format!("substr({time}, 1, 10)"),
    }
}

pub(super) fn in_range(rows: TotalRows<'_>, dialect: Dialect) -> Vec<Block> {
    let mut conditions: Vec<Block> = vec!["id > $1".into(), "id <= $2".into()];
    match rows {
        TotalRows::All | TotalRows::Staged => {}
        TotalRows::Named(names) => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            conditions.push(event_log_sql::is_named(&names, dialect));
        }
        TotalRows::Listed => conditions.push(match dialect {
            Dialect::Postgres => "id IN (SELECT json_array_elements_text($4::json)::bigint)".into(),
            Dialect::Sqlite => "id IN (SELECT value FROM json_each($4))".into(),
        }),
    }
    conditions
}

/// Adds the events up by group and day. `sums` are the sums of whole numbers and of fractions.
fn by_day(logged: Select, counted: Select, sums: [&str; 2], dialect: Dialect) -> String {
    let [integer, number] = match dialect {
        Dialect::Postgres => ["::bigint", "::double precision"],
        Dialect::Sqlite => ["", ""],
    };
    let select = Select {
        columns: vec![
            "grp".into(),
            "day".into(),
            "count(*) AS events".into(),
            format!("{}{integer} AS sum_integer", sums[0]).into(),
            format!("{}{number} AS sum_number", sums[1]).into(),
        ],
        from: vec!["FROM counted".into()],
        // A time without a day, or after the year 9999, is in no window.
        conditions: vec!["length(day) = 10".into(), "day >= $3".into()],
        group_by: vec!["grp".into(), "day".into()],
        ..Select::default()
    };
    let named = vec![
        ("logged".to_owned(), logged.block()),
        ("counted".to_owned(), counted.block()),
    ];
    with(named, select.block()).finished()
}
