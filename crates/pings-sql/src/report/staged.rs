//! Queries for many totals that read a range of the event log once.
//!
//! The rows of the range are copied into a temporary table with the columns that the totals need. The
//! times of SQLite are read once, and each total reads the rows with its names from an index.

use pings_model::{EventMetric, Registry};

use super::sightings::group;
use super::totals::{TotalRows, day, from, in_range};
use crate::dialect::{Dialect, quote};
use crate::event_log::EventLog;
use crate::event_log_sql;
use crate::events;
use crate::layout::{Block, Select, with};
use crate::lists;
use crate::user_ids;

/// The maximum length of a person in a stored set, in bytes. An index of PostgreSQL does not accept
/// long texts, so longer ones are replaced with their hash.
const LONGEST: usize = 200;

/// Returns the statements that copy the rows after an id and up to an id into the temporary table
/// `pings_staged`, for totals of these metrics. With `names`, the rows with these names are copied for
/// totals of versions as well: all rows if it is `Some(None)`. Rows from before the day `since` are not
/// needed, if it is not empty.
#[must_use]
pub fn staged(
    registry: &Registry,
    metrics: &[&EventMetric],
    names: Option<Option<&[&str]>>,
    log: EventLog,
    ((after, to), since): ((i64, i64), &str),
) -> Vec<String> {
    let mut columns = vec!["id", "name", "user_id", "anonymous_user_id"];
    if metrics.iter().any(|it| !it.selection.sources.is_empty()) {
        columns.push("source");
    }
    if names.is_some() {
        columns.push("version");
    }
    let mut columns: Vec<Block> = columns.into_iter().map(Block::from).collect();
    let time = event_log_sql::comparable_time(log.dialect);
    columns.push(format!("{time} AS timestamp").into());
    let reading: Vec<&&EventMetric> = metrics
        .iter()
        .filter(|metric| events::reads_arguments(metric))
        .collect();
    let is_named = |names: &[&str]| event_log_sql::is_named(names, log.dialect);
    if !reading.is_empty() {
        columns.push(match wire_names(registry, reading.into_iter().copied()) {
            None => event_log_sql::ARGUMENT.into(),
            Some(names) => Block::from("CASE WHEN ")
                .then(is_named(&names))
                .then(format!(" THEN {0} END AS {0}", event_log_sql::ARGUMENT)),
        });
    }
    let mut conditions: Vec<Block> =
        vec![format!("id > {after}").into(), format!("id <= {to}").into()];
    if !since.is_empty() {
        // No offset from UTC is as long as a day.
        let day = quote::text(since);
        conditions.push(match log.dialect {
            Dialect::Sqlite => format!("timestamp >= date({day}, '-1 day')").into(),
            Dialect::Postgres => format!("timestamp >= {day}::date - 1").into(),
        });
    }
    let of_metrics = wire_names(registry, metrics.iter().copied());
    let all = match (of_metrics, names) {
        (Some(of_metrics), None) => Some(of_metrics),
        (Some(mut of_metrics), Some(Some(others))) => {
            of_metrics.extend(others);
            Some(of_metrics)
        }
        (None, _) | (_, Some(None)) => None,
    };
    conditions.extend(all.map(|names| match names.as_slice() {
        [] => "1 = 0".into(),
        names => is_named(names),
    }));
    let select = Select {
        columns,
        from: vec![from(TotalRows::All, log.dialect).into()],
        conditions,
        ..Select::default()
    };
    let select = select.block().finished();
    match log.dialect {
        Dialect::Sqlite => vec![
            format!("CREATE TEMP TABLE pings_staged AS {select}"),
            "CREATE INDEX temp.pings_staged_name ON pings_staged (name)".to_owned(),
        ],
        Dialect::Postgres => vec![
            format!("CREATE TEMP TABLE pings_staged ON COMMIT DROP AS {select}"),
            "CREATE INDEX ON pings_staged (name)".to_owned(),
        ],
    }
}

/// Returns the names of the events of these metrics, or `None` if one counts every name.
fn wire_names<'r, 'm>(
    registry: &'r Registry,
    mut metrics: impl Iterator<Item = &'m EventMetric>,
) -> Option<Vec<&'r str>> {
    let mut names = Vec::new();
    let is_named = metrics.all(|metric| {
        names.extend(event_log_sql::wire_names(registry, &metric.of));
        !metric.selection.any_name
    });
    names.sort_unstable();
    names.dedup();
    is_named.then_some(names)
}

/// Returns the query for the users of a metric on each day in `pings_staged`. The parameters are those
/// of [`totals`](super::totals); the columns are `grp`, `day` and `person`.
#[must_use]
pub fn staged_people(registry: &Registry, metric: &EventMetric, log: EventLog) -> String {
    let rows = TotalRows::Staged;
    let mut columns: Vec<Block> = vec![
        "name".into(),
        format!("{} AS day", day(rows, log.dialect)).into(),
        user_ids::person(log).then(" AS person"),
    ];
    if events::reads_arguments(metric) {
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
    let person = match log.dialect {
        Dialect::Sqlite => "person".to_owned(),
        Dialect::Postgres => format!(
            "CASE WHEN octet_length(person) > {LONGEST} \
             THEN encode(sha256(convert_to(person, 'UTF8')), 'hex') ELSE person END AS person"
        ),
    };
    // A time without a day, or after the year 9999, is in no window.
    let mut conditions: Vec<Block> = vec![
        "person IS NOT NULL".into(),
        "length(day) = 10".into(),
        "day >= $3".into(),
    ];
    conditions.extend(events::filters(registry, metric, log));
    let select = Select {
        columns: vec![
            Block::from("DISTINCT ")
                .then(group(registry, metric, log))
                .then(" AS grp"),
            "day".into(),
            person.into(),
        ],
        from: std::iter::once("FROM logged".into())
            .chain(lists::joins(metric, log))
            .collect(),
        conditions,
        ..Select::default()
    };
    with(vec![("logged".to_owned(), logged.block())], select.block()).finished()
}

/// Returns the query for the days of the rows after the id `$1`.
#[must_use]
pub fn days_after(dialect: Dialect) -> String {
    let rows = TotalRows::All;
    let (day, from) = (day(rows, dialect), from(rows, dialect));
    format!("SELECT DISTINCT {day} {from} WHERE id > $1")
}
